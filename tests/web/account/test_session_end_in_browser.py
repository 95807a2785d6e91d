"""The notice before a session ends, in a real browser whose clock is moved: said in time, answered by one key, text kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update
from werkzeug.serving import make_server

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import WebSession
from tests.accounts import person
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.browser
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# The session of a city rests for two hours at most; the page knows of 119 minutes and speaks two minutes earlier.
QUIET, NOTICE = "01:56:58", "00:00:03"


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of one person."""
    context = chromium.new_context()
    yield context
    context.close()


def _open(browser: BrowserContext, origin: str, language: str = "en") -> Page:
    page = browser.new_page()
    page.clock.install()
    page.goto(f"{origin}/{language}/account/profile")
    return page


@pytest.fixture
def page(browser: BrowserContext, origin: str) -> Page:
    """A signed-in person's profile, with words typed and not sent."""
    person("ana@example.org")
    page = browser.new_page()
    page.goto(f"{origin}/en/account/sign-in")
    page.fill("#email", "ana@example.org")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.close()
    page = _open(browser, origin)
    page.fill("#organisation", "Half a sentence")
    return page


def _session_ends() -> None:
    """On the server: the time is over."""
    with db.writing() as session:
        session.execute(update(WebSession).values(expires_at=clock.now()))


def _wait_to_the_notice(page: Page) -> None:
    page.clock.fast_forward(QUIET)
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    page.clock.fast_forward(NOTICE)


def test_the_notice_is_said_with_focus_and_one_key_stays(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    _wait_to_the_notice(page)
    notice = page.get_by_role("alertdialog", name="You will soon be signed out")
    expect(notice).to_be_visible()
    button = page.get_by_role("button", name="Stay signed in")
    expect(button).to_be_focused()
    assert Axe().run(page, options=WCAG).response["violations"] == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    # The focus is back where it was, with every word; and the time began anew.
    expect(page.locator("#organisation")).to_be_focused()
    expect(page.locator("#organisation")).to_have_value("Half a sentence")
    page.clock.fast_forward("01:50:00")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    page.clock.fast_forward("00:08:00")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert complaints == []


def test_after_the_end_the_page_says_so_and_the_words_are_not_lost(page: Page) -> None:
    _wait_to_the_notice(page)
    page.clock.fast_forward("00:02:00")
    expect(page.get_by_role("alertdialog", name="You are signed out")).to_be_visible()
    page.get_by_role("button", name="Close this notice").click()
    expect(page.locator("#organisation")).to_have_value("Half a sentence")
    _session_ends()
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("what you typed was kept")
    page.goto(page.url)
    page.wait_for_url("**/account/sign-in")
    page.fill("#email", "ana@example.org")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    expect(page.locator("#organisation")).to_have_value("Half a sentence")


def test_too_late_to_stay_is_said_as_it_is(page: Page) -> None:
    _wait_to_the_notice(page)
    _session_ends()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alertdialog", name="You are signed out")).to_be_visible()


def test_work_in_another_window_counts(browser: BrowserContext, origin: str, page: Page) -> None:
    _wait_to_the_notice(page)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    _open(browser, origin).close()
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_the_notice_speaks_arabic(browser: BrowserContext, origin: str, page: Page) -> None:
    page.close()
    arabic = _open(browser, origin, "ar")
    _wait_to_the_notice(arabic)
    expect(arabic.get_by_role("alertdialog")).to_be_visible()
    assert Axe().run(arabic, options=WCAG).response["violations"] == []
