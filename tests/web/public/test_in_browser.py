"""The public pages in a real browser: accessible, narrow enough, printable, without a complaint of the security policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.registry_lists import bring_all, officer, open_call

pytestmark = pytest.mark.browser


@pytest.fixture
def served(app: Flask) -> Iterator[tuple[str, str]]:
    """The application on the loopback with the real lists and an opened call: its address, the call's reference."""
    bring_all()
    call = open_call(officer())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", call
    server.shutdown()
    thread.join()
    server.server_close()


def pages(call: str) -> list[str]:
    """Every kind of public page."""
    return [
        "",
        "registry/?q=e&status=all",
        "registry/?q=atlantis",
        "registry/map",
        "registry/figures",
        "registry/bhr-muharraq",
        "cohorts/",
        "cohorts/GNLC-2024",
        "calls/",
        f"calls/{call}",
        f"calls/{call}/questions",
        f"calls/{call}/guide",
        f"calls/{call}/blank-form",
        "help",
        "accessibility",
        "privacy",
    ]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_barrier_that_a_machine_finds(served: tuple[str, str], chromium: Browser, language: str) -> None:
    root, call = served
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found = {}
    for path in pages(call):
        page.goto(f"{root}/{language}/{path}")
        violations = Axe().run(page).response["violations"]
        if violations:
            found[path] = [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in violations]
    context.close()
    assert found == {}
    assert complaints == []


def test_nothing_scrolls_sideways_on_a_narrow_screen(served: tuple[str, str], chromium: Browser) -> None:
    root, call = served
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    wide = {}
    for language in ("en", "ar", "en-XA"):
        for path in pages(call):
            page.goto(f"{root}/{language}/{path}", wait_until="load")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 320:
                wide[f"{language}/{path}"] = width
    context.close()
    assert wide == {}


def test_somebody_finds_a_city_without_scripts(served: tuple[str, str], chromium: Browser) -> None:
    root, _call = served
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{root}/en/")
    page.get_by_label("City or country").fill("muharraq")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Muharraq").click()
    assert page.locator("h1").inner_text() == "Muharraq"
    page.get_by_role("link", name="New member cities of 2024").click()
    assert "56 new members from 29 countries" in page.locator("h1").inner_text()
    assert context.cookies() == []
    context.close()
