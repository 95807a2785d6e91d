"""Key pages of every role, narrow and in Arabic: nothing scrolls sideways, the page reads from the right, no barrier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from gnlc_apply.core import clock
from gnlc_apply.scenarios import cast
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import review
from tests.journeys.ground import Ground
from tests.journeys.person import Person
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]

NARROW = 320
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


class Scene(Ground):
    """A call in which every role has something before it: a draft, a submitted file, one with the jury, a cohort begun."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.draft, self.waiting, self.read = (self.city(number) for number in range(3))
        self.draft.ask_signature()
        self.waiting.submit()
        for act in (self.read.attach, self.read.ask_signature, self.read.sign, self.read.submit):
            act()
        self.read.endorse()
        self.read.check()
        self.run.applicants = [self.read]
        self.run.invite_jury()
        self.run.accept_jury()
        jury = self.run.seated()
        jury.assign(clock.now() + timedelta(days=30))
        self.reader = next(email for email in jury.jurors if jury.files_of(email))
        self.cohort = cohorts.create(actor=self.officer, call=self.run.call, title="New members 2027")

    def pages(self) -> Iterator[tuple[Person, list[str]]]:
        """Everybody with the paths to look at."""
        call, draft, waiting, read = self.run.call, self.draft.reference, self.waiting.reference, self.read.reference
        nobody = Person(self.site, "Somebody", "somebody@example.org")
        yield nobody, ["/", "/apply", f"/calls/{call}", f"/calls/{call}/questions", "/registry/", "/account/register"]
        city = [
            f"/applications/{draft}{page}" for page in ("", "/sections/city", "/check", "/signature", "/colleagues")
        ]
        yield self.official(self.draft), [*city, f"/applications/{draft}/sections/practices/1"]
        yield self.official(self.waiting), [f"/applications/{waiting}", f"/applications/{waiting}/receipt"]
        yield self.mayor(self.draft, on_telephone=False), [self.site.link(self.draft.mayor[0])]
        commission = self.commission(self.waiting)
        desk = f"/commission/{self.waiting.place.country}"
        yield commission, [desk, f"/commission/files/{waiting}", f"/commission/files/{waiting}/endorse"]
        yield self.before_browser(self.reader), ["/jury", f"/jury/files/{read}"]
        base = f"/secretariat/calls/{call}"
        staff = [base, f"{base}/applications", f"/secretariat/applications/{read}", f"{base}/assignments"]
        cohort = f"/secretariat/cohorts/{self.cohort}"
        more = [f"{base}/ranking", f"{base}/decisions", cohort, f"{cohort}/dry-run", "/secretariat/mail"]
        yield self.before_browser(cast.OFFICER), ["/secretariat", *staff, *more]
        yield self.before_browser(cast.ADMINISTRATOR), ["/administration/accounts"]


def wide(person: Person) -> int:
    """How wide the page is on a narrow screen."""
    person.page.set_viewport_size({"width": NARROW, "height": 640})
    width = int(person.page.evaluate("document.documentElement.scrollWidth"))
    person.page.set_viewport_size({"width": 1280, "height": 900})
    return width


def barriers(person: Person) -> list[Any]:
    """What a machine finds of barriers on the page."""
    found = Axe().run(person.page, options=WCAG).response["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in found]


def test_pages_of_every_role_are_narrow_mirrored_and_without_barriers(site: Site) -> None:
    scene = Scene(site)
    found: dict[str, Any] = {}
    seen = 0
    for person, paths in scene.pages():
        for path in paths:
            person.language = "en"
            look_at(person, path, found)
            seen += 1
        if scene.reader == person.email:
            review.declare(actor=scene.people.actor(person.email), reference=scene.read.reference, has_conflict=False)
            look_at(person, f"/jury/files/{scene.read.reference}/read", found)
    assert found == {}
    assert seen >= 25


def look_at(person: Person, path: str, found: dict[str, Any]) -> None:
    """One page in both languages."""
    for language in ("en", "ar"):
        person.language = language
        person.open(path.replace("/en/", f"/{language}/") if path.startswith("http") else path)
        name = f"{language} {person.path}"
        direction = person.page.get_attribute("html", "dir")
        if direction != ("rtl" if language == "ar" else "ltr"):
            found[f"{name}: direction"] = direction
        if (width := wide(person)) > NARROW:
            found[f"{name}: width"] = width
        if problems := barriers(person):
            found[f"{name}: barriers"] = problems
