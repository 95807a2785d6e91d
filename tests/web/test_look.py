"""The layout, the macros and the script together, in a real browser, under the content security policy of every page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, Request, Route

from gnlc_apply.web import assets
from gnlc_apply.web.headers import CSP
from tests.web.look import ROOT, html

pytestmark = pytest.mark.browser

ORIGIN = "http://look.invalid"
LANGUAGES = [("en", "ltr"), ("ar", "rtl")]


@dataclass
class Visit:
    """An open page, what its browser complained of, and what it posted."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Any]:
    """Opens the page in the browser, every answer from memory, with the headers of the product."""
    manifest = assets.read_manifest()
    contexts = []

    def answer(route: Route, request: Request, body: str, visit: Visit) -> None:
        path = request.url.removeprefix(ORIGIN)
        if request.method == "POST":
            visit.posted.append(request.post_data or "")
            route.fulfill(status=204)
        elif path.startswith("/static/"):
            asset = manifest.files[path.removeprefix("/static/")]
            route.fulfill(body=asset.bodies[""], content_type=asset.type)
        else:
            headers = {"Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff"}
            route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)

    def open_page(body: str, *, width: int = 1280, has_script: bool = True) -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=has_script)
        contexts.append(context)
        opened = Visit(context.new_page())
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
        opened.page.route("**/*", lambda route, request: answer(route, request, body, opened))
        opened.page.goto(f"{ORIGIN}/look", wait_until="load")
        return opened

    yield open_page
    for context in contexts:
        context.close()


WRONG = {"mail": "x", "people": "12", "plan": "two words"}


def test_same_words_at_the_field_and_in_the_summary(visit: Any) -> None:
    page = visit(html(sent=WRONG)).page
    links = page.locator(".govuk-error-summary__list a")
    words = [link.inner_text() for link in links.all()]
    assert words == [
        "Enter the name of the city",
        "Enter an address like name@example.org",
        "Choose a country",
        "Tick the box when you have read the notice",
        "Enter your password",
    ]
    for link in links.all():
        target = page.locator(link.get_attribute("href") or "")
        assert target.count() == 1
        at_field = page.locator(f"#{target.get_attribute('id')}-error").inner_text()
        assert at_field.removeprefix("Error:").strip() == link.inner_text()


def test_errors_are_named_in_the_title_and_take_the_focus(visit: Any) -> None:
    page = visit(html(sent=WRONG)).page
    assert page.title().startswith("Error: The look")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert visit(html()).page.title().startswith("The look")


def test_what_was_typed_stands_in_the_field_again(visit: Any) -> None:
    page = visit(html(sent={**WRONG, "people": "about 12", "plan": "\n<b>two</b> words"})).page
    assert page.input_value("#people") == "about 12"
    assert page.input_value("#plan") == "\n<b>two</b> words"


@pytest.mark.parametrize(("language", "direction"), LANGUAGES)
@pytest.mark.parametrize("sent", [None, WRONG])
def test_no_barriers_and_no_complaints(visit: Any, language: str, direction: str, sent: dict[str, str] | None) -> None:
    opened = visit(html(language, direction, sent=sent))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # Last, since the checker itself is a script from elsewhere: what the page asked for must have passed the policy.
    assert opened.complaints == []
    found = Axe().run(opened.page, options={"runOnly": tags}).response["violations"]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found] == []


@pytest.mark.parametrize(("language", "direction"), LANGUAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_scrolls_sideways(visit: Any, language: str, direction: str, width: int) -> None:
    page = visit(html(language, direction, sent=WRONG), width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_browser_counts_words_as_the_server_does(visit: Any) -> None:
    page = visit(html()).page
    vectors = json.loads((ROOT / "tests" / "core" / "word_vectors.json").read_text("utf-8"))
    assert len(vectors) >= 25
    counted = {}
    for vector in vectors:
        page.locator("#plan").fill(vector["text"])
        left = re.sub(r"\D", "", page.locator("#plan-count").inner_text())
        counted[vector["name"]] = 1000 - int(left)
    assert counted == {vector["name"]: vector["words"] for vector in vectors}


def test_words_over_the_limit_are_named(visit: Any) -> None:
    page = visit(html()).page
    page.locator("#plan").fill("word " * 1003)
    assert page.locator("#plan-count").inner_text() == "Words over the limit: 3"


def test_total_follows_the_choice(visit: Any) -> None:
    page = visit(html()).page

    def choose(**values: str) -> str:
        for code, value in values.items():
            page.locator(f"input[name=score-{code}][value='{value}']").check(force=True)
        return str(page.locator("[data-total-value]").inner_text())

    assert choose(plan="5") == "not enough scored yet"
    assert choose(partners="2", reach="1") == "3.30"
    # jury-method: "not applicable" is not 0, and 80 % of the weight is enough.
    assert choose(plan="4", partners="3", reach="na") == "3.63"
    assert choose(partners="na") == "not enough scored yet"
    assert page.locator("fieldset[data-weight] [data-chosen]").first.inner_text() == "What a 4 looks like"


def test_one_press_sends_once(visit: Any) -> None:
    opened = visit(html())
    opened.page.get_by_role("button", name="Save").dblclick()
    opened.page.wait_for_timeout(300)
    assert len(opened.posted) == 1
    assert 'name="csrf_token"\r\n\r\ntoken' in opened.posted[0]
    assert 'name="idempotency_key"\r\n\r\nkey' in opened.posted[0]


def test_leaving_a_changed_form_asks_first(visit: Any) -> None:
    opened = visit(html())
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    opened.page.on("dialog", agree)
    opened.page.goto(f"{ORIGIN}/elsewhere")
    assert asked == []
    opened.page.locator("#city").fill("Nairobi")
    opened.page.goto(f"{ORIGIN}/look")
    assert asked == ["beforeunload"]


def test_fields_of_a_choice_stand_below_it_while_chosen(visit: Any) -> None:
    page = visit(html()).page
    assert not page.locator("#scan").is_visible()
    page.get_by_label("On paper").check()
    assert page.locator("#scan").is_visible()
    without = visit(html(), has_script=False).page
    assert without.locator("#scan").is_visible()


def test_password_can_be_looked_at(visit: Any) -> None:
    page = visit(html()).page
    page.locator("#password").fill("secret")
    page.get_by_role("button", name="Show password").click()
    assert page.locator("#password").get_attribute("type") == "text"


def test_languages_open_without_a_script_and_inside_the_page(visit: Any) -> None:
    for width in (320, 1280):
        page = visit(html(), width=width, has_script=False).page
        page.locator(".gn-menu summary").click()
        box = page.get_by_role("link", name="العربية").bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width


def test_rows_become_cards_on_a_small_screen(visit: Any) -> None:
    for width, display in ((1280, "table-row"), (320, "block")):
        row = visit(html(), width=width).page.locator(".gn-table tbody tr").first
        assert row.evaluate("row => getComputedStyle(row).display") == display


def test_no_style_and_no_script_inside_a_page() -> None:
    for body in (html(), html("ar", "rtl", sent=WRONG)):
        assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", body) == []
