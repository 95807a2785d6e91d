"""Signing in in a real browser: pasting, the button that shows, and the same without a script."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from gnlc_apply.core import clock, totp
from gnlc_apply.models import Role
from tests.accounts import person
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.browser
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


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
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window; with ``no_script`` in the test's name, without scripts."""
    context = chromium.new_context(java_script_enabled="without_a_script" not in request.node.name)
    yield context.new_page()
    context.close()


def _sign_in(page: Page, origin: str, email: str) -> None:
    page.goto(f"{origin}/en/account/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")


def test_pasting_and_the_show_button_work(page: Page, origin: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{origin}/en/account/sign-in")
    page.fill("#email", PASSWORD)
    page.focus("#email")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.focus("#password")
    page.keyboard.press("Control+v")
    assert page.input_value("#password") == PASSWORD
    assert page.get_attribute("#password", "type") == "password"
    page.get_by_role("button", name="Show password").click()
    assert page.get_attribute("#password", "type") == "text"
    assert page.get_attribute("#password", "autocomplete") == "current-password"
    assert page.get_attribute("#email", "autocomplete") == "username"
    assert complaints == []


def test_the_whole_way_in_without_a_script(page: Page, origin: str) -> None:
    person("olga@example.org", Role.OFFICER, name="Olga Officer")
    _sign_in(page, origin, "olga@example.org")
    assert page.url.endswith("/en/account/second-factor/set-up")
    secret = page.inner_text("main code").replace(" ", "")
    page.fill("#code", totp.code_at(secret, totp.step_at(clock.now())))
    page.click("main button[type=submit]")
    assert page.locator("main ol code").count() == 10
    page.click("main button[type=submit]")
    page.goto(f"{origin}/en/account")
    assert page.locator("h1").inner_text() == "Your account"
    page.goto(f"{origin}/en/account/sign-out")
    page.click("main button[type=submit]")
    assert "You are signed out." in page.inner_text("main")


def test_pages_of_accounts_have_no_barriers(page: Page, origin: str) -> None:
    person("adam@example.org", Role.ADMINISTRATOR, name="Adam Administrator")
    found = []
    for path in ("sign-in", "register", "code", "password/forgotten"):
        page.goto(f"{origin}/en/account/{path}")
        found += [(path, v["id"]) for v in Axe().run(page, options=WCAG).response["violations"]]
    _sign_in(page, origin, "adam@example.org")
    found += [("set-up", v["id"]) for v in Axe().run(page, options=WCAG).response["violations"]]
    secret = page.inner_text("main code").replace(" ", "")
    page.fill("#code", totp.code_at(secret, totp.step_at(clock.now())))
    page.click("main button[type=submit]")
    page.click("main button[type=submit]")
    for path in (
        "account",
        "account/sessions",
        "account/password",
        "administration/accounts",
        "administration/invitations/new",
    ):
        page.goto(f"{origin}/ar/{path}")
        found += [(path, v["id"]) for v in Axe().run(page, options=WCAG).response["violations"]]
    assert found == []
