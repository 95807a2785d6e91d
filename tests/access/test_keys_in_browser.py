"""A real browser without a mouse, with the back button, with wider spacing (cases C25, I20, N13, N14 and N17)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import opened
from gnlc_apply.models import Application, Cohort, CohortState, OutboxMessage, Review
from gnlc_apply.questionnaire import default_guide
from gnlc_apply.services import application as applications
from tests.access.asking import Asker
from tests.access.ground import COOKIE
from tests.access.keys import Keys
from tests.access.populace import by_email
from tests.access.test_in_browser import pages
from tests.city import fill

pytestmark = pytest.mark.browser

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=640)


@contextmanager
def window(asker: Asker, origin: str, chromium: Browser, role: str) -> Iterator[Page]:
    """A page of a browser in which this role is signed in."""
    context: BrowserContext = chromium.new_context(viewport=WIDE)
    if role in asker.ground.cookies:
        context.add_cookies([{"name": COOKIE, "value": asker.ground.cookies[role], "url": origin}])
    yield context.new_page()
    context.close()


def state_of(reference: str) -> str:
    with db.reading() as session:
        return str(session.scalars(select(Application.state).where(Application.reference == reference)).one())


def a_filled_draft(asker: Asker) -> str:
    owner = by_email("owner@kisumu.example")
    place = {"city__country": "KEN", "city__name_latin": "Narok", "city__name_local": "Narok"}
    reference = applications.begin(actor=owner, call=asker.ground.calls["now"], country="KEN", place_name="Narok")
    fill(owner, reference, **place, city__website="https://city.example/")
    return reference


# --- the back button --------------------------------------------------------------------------------------------------


def test_after_signing_out_the_back_button_shows_no_decision(asker: Asker, origin: str, chromium: Browser) -> None:
    decisions = f"{origin}/en/secretariat/calls/{asker.ground.calls['armed']}/decisions"
    with window(asker, origin, chromium, "director") as page:
        page.goto(decisions)
        assert "Puno" in page.inner_text("main")
        page.goto(f"{origin}/en/account/sign-out")
        page.go_back()
        # Before signing out, going back shows what stood there.
        assert "Puno" in page.inner_text("main")
        page.go_forward()
        with page.expect_navigation():
            page.locator("main form button").last.click()
        for _step in range(4):
            page.go_back()
            assert "Puno" not in page.content(), page.url
        page.goto(decisions)
        assert page.url.endswith("/account/sign-in")


def test_going_back_after_submitting_shows_the_state_and_sends_nothing(
    asker: Asker, origin: str, chromium: Browser
) -> None:
    reference = a_filled_draft(asker)
    sent: list[str] = []
    with window(asker, origin, chromium, "owner") as page:
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        page.goto(f"{origin}/en/applications/{reference}")
        page.goto(f"{origin}/en/applications/{reference}/submit")
        with page.expect_navigation():
            page.get_by_role("button", name="Submit the application").click()
        assert page.url.endswith("/receipt")
        page.reload()
        page.go_back()
        assert page.get_by_role("button", name="Submit the application").count() == 0
        assert "There is nothing to submit at this moment." in page.inner_text("main")
        page.go_back()
        assert "Submitted" in page.inner_text("main")
        page.go_forward()
        page.go_forward()
        assert page.url.endswith("/receipt")
    assert sent == [f"{origin}/en/applications/{reference}/submit"]
    assert state_of(reference) == "submitted"


# --- the keyboard alone -----------------------------------------------------------------------------------------------


def test_a_city_writes_and_submits_by_the_keyboard_alone(asker: Asker, origin: str, chromium: Browser) -> None:
    reference = a_filled_draft(asker)
    with window(asker, origin, chromium, "owner") as page:
        keys = Keys(page)
        page.goto(f"{origin}/en/applications/{reference}/sections/vision")
        keys.fill_and_press({"vision.objectives_near": "Twelve centres by 2030."}, "Save and continue")
        page.goto(f"{origin}/en/applications/{reference}")
        keys.fill_and_press({}, "Submit the application")
        keys.fill_and_press({}, "Submit the application")
        assert page.url.endswith("/receipt")
    assert state_of(reference) == "submitted"


def test_a_mayor_signs_by_the_keyboard_alone(asker: Asker, origin: str, chromium: Browser) -> None:
    with window(asker, origin, chromium, "anonymous") as page:
        keys = Keys(page)
        page.goto(f"{origin}/en/sign/{asker.ground.tokens['mayor']}")
        keys.fill_and_press({}, "Send the code")
        with db.reading() as session:
            newest = select(OutboxMessage.values).where(OutboxMessage.kind == "signature_code")
            code = str(opened(session.scalars(newest).one())["secret_code"])
        who = {"name": "Achieng Otieno", "title": "Dr", "function": "Mayor"}
        keys.fill_and_press({**who, "code": code, "is_ticked": "y"}, "Sign the application")
        assert "Thank you" in page.inner_text("main")


def test_a_commission_endorses_by_the_keyboard_alone(asker: Asker, origin: str, chromium: Browser) -> None:
    reference = asker.ground.files["submitted"]
    with window(asker, origin, chromium, "commission") as page:
        keys = Keys(page)
        page.goto(f"{origin}/en/commission/files/{reference}")
        keys.fill_and_press({}, "Endorse")
        keys.fill_and_press({"name": "Nora Natcom", "function": "Secretary-General"}, "Endorse")
    assert state_of(reference) == "endorsed"


def test_a_juror_reads_and_scores_by_the_keyboard_alone(asker: Asker, origin: str, chromium: Browser) -> None:
    file = asker.ground.files["in_review"]
    values = {"paragraph": "Read with care."}
    for criterion in default_guide().criteria:
        values |= {f"score-{criterion.code}": "3", f"reason-{criterion.code}": "As the plan shows."}
    with window(asker, origin, chromium, "undeclared_reader") as page:
        keys = Keys(page)
        page.goto(f"{origin}/en/jury/files/{file}")
        keys.fill_and_press({"answer": "no"}, "Continue")
        keys.fill_and_press(values, "Submit for good")
        if page.url.endswith("/submit"):
            keys.fill_and_press({}, "Submit for good")
        assert "Your review is submitted" in page.inner_text("main")
    with db.reading() as session:
        assert len(session.scalars(select(Review).where(Review.submitted_at.is_not(None))).all()) > 0


def test_an_officer_confirms_a_city_by_the_keyboard_alone(asker: Asker, origin: str, chromium: Browser) -> None:
    file = asker.ground.files["endorsed"]
    with window(asker, origin, chromium, "officer") as page:
        page.goto(f"{origin}/en/secretariat/applications/{file}/city")
        Keys(page).fill_and_press({"city": "new", "name": "Embu"}, "Confirm the city")
        assert "The city is confirmed." in page.inner_text("main")


def test_a_director_arms_an_announcement_by_the_keyboard_alone(asker: Asker, origin: str, chromium: Browser) -> None:
    cohort = asker.ground.cohorts["locked"]
    with window(asker, origin, chromium, "director") as page:
        page.goto(f"{origin}/en/secretariat/cohorts/{cohort}/arm")
        Keys(page).fill_and_press({"typed_title": "Members locked"}, "Arm")
    with db.reading() as session:
        state = session.scalars(select(Cohort.state).where(Cohort.reference == cohort)).one()
    assert state is CohortState.ARMED


# --- what is seen -----------------------------------------------------------------------------------------------------

# WCAG 1.4.12, as a reader's own style sheet would set it.
_SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
        p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
# Text that is cut off: a box that hides what does not fit and holds more than it shows.
_CUT_OFF = """() => [...document.querySelectorAll("body *")].filter(box => {
    const style = getComputedStyle(box);
    const hides = /hidden|clip/.test(style.overflowX + style.overflowY) && style.position !== "absolute";
    const shown = box.clientWidth > 1 && box.clientHeight > 1 && box.innerText && box.innerText.trim();
    return hides && shown && (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1);
}).map(box => box.outerHTML.slice(0, 120))"""
# Everything that takes the focus, one after the other in this order: what is not to be seen then, by its middle or a corner of it.
# Points of the map may lie upon each other.
_UNSEEN = """backwards => {
    const stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
    if (backwards) stops.reverse();
    return stops.filter(at => {
        at.focus();
        if (document.activeElement !== at || at.closest("svg")) return false;
        const box = at.getBoundingClientRect(), points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]];
        return !points.some(([x, y]) => {
            const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
            const label = at.labels && [...at.labels].some(one => one.contains(top));
            return top && (at.contains(top) || label || top.contains(at) && !/^(BODY|HTML)$/.test(top.tagName));
        });
    }).map(at => at.outerHTML.slice(0, 200));
}"""


def _cut_off(page: Page) -> list[str]:
    page.evaluate(_SPACED)
    found = []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        width = int(page.evaluate("document.documentElement.scrollWidth"))
        if width > size["width"]:
            found.append(f"{size['width']}: {width} wide")
        found += [f"{size['width']}: {what}" for what in page.evaluate(_CUT_OFF)]
    page.set_viewport_size(WIDE)
    return found


def _covered(page: Page) -> list[str]:
    found = []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for backwards in (False, True):
            unseen = page.evaluate(_UNSEEN, backwards)
            found += [f"{size['width']} {'back' if backwards else 'on'}: {what}" for what in unseen]
    return found


def sticky(asker: Asker) -> dict[str, list[str]]:
    """The pages on which something stays in sight while the rest goes by, and one of each other shape."""
    files, calls = asker.ground.files, asker.ground.calls
    base = f"/en/secretariat/calls/{calls['now']}"
    return {
        "anonymous": ["/en/registry/", f"/en/sign/{asker.ground.tokens['mayor']}"],
        "owner": [f"/en/applications/{files['draft']}/sections/vision"],
        "commission": [f"/en/commission/files/{files['submitted']}"],
        "reader": [f"/en/jury/files/{files['in_review']}/read"],
        "officer": [
            *(f"/en/secretariat/calls/{calls['past']}/ranking", f"{base}/applications", "/en/secretariat/mail"),
            *(f"{base}/jurors", f"/en/secretariat/calls/{calls['armed']}/decisions"),
        ],
    }


def _found(
    asker: Asker, origin: str, chromium: Browser, paths: dict[str, list[str]], look: Callable[[Page], list[str]]
) -> dict[str, list[str]]:
    found = {}
    for role, addresses in paths.items():
        with window(asker, origin, chromium, role) as page:
            for address in addresses:
                page.goto(f"{origin}{address}")
                if problems := look(page):
                    found[f"{role} {address}"] = problems[:9]
    return found


def test_wider_spacing_cuts_nothing_off(asker: Asker, origin: str, chromium: Browser) -> None:
    assert _found(asker, origin, chromium, pages(asker), _cut_off) == {}


def test_nothing_covers_what_has_the_focus(asker: Asker, origin: str, chromium: Browser) -> None:
    assert _found(asker, origin, chromium, sticky(asker), _covered) == {}
