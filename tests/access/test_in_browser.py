"""A real browser walks the ground: nothing is asked of anybody else, and no page stands in a frame (cases E11, E15, E17)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.access.asking import Asker
from tests.access.ground import COOKIE
from tests.web.test_headers import check

pytestmark = pytest.mark.browser
TEMPLATES = Path(__file__).parents[2] / "templates"
FRAME = "<!doctype html><title>a frame</title><iframe src='{address}' width='900' height='900'></iframe>"


def pages(asker: Asker) -> dict[str, list[str]]:
    """Pages of every audience, by who opens them."""
    files, calls, cohorts = asker.ground.files, asker.ground.calls, asker.ground.cohorts
    return {
        "anonymous": [
            *("/en/", "/ar/", "/en/registry/", "/en/registry/map", "/en/registry/figures", "/en/calls/", "/en/help"),
            *(f"/en/calls/{calls['now']}/questions", f"/en/cohorts/{cohorts['announced']}", "/en/account/sign-in"),
            f"/en/sign/{asker.ground.tokens['mayor']}",
        ],
        "owner": [f"/en/applications/{files['draft']}/sections/{name}" for name in ("city", "vision", "practices")]
        + [f"/en/applications/{files['in_review']}", f"/en/applications/{files['admitted']}/outcome", "/en/account"],
        "commission": ["/en/commission/KEN", f"/en/commission/files/{files['submitted']}"],
        "reader": ["/en/jury", f"/en/jury/files/{files['in_review']}/read"],
        "director": [
            *("/en/secretariat", f"/en/secretariat/calls/{calls['now']}/ranking", "/en/secretariat/mail"),
            *(f"/en/secretariat/applications/{files['endorsed']}", f"/en/secretariat/cohorts/{cohorts['armed']}/now"),
        ],
        "administrator": ["/en/administration/accounts"],
    }


def test_nothing_is_asked_of_anybody_else(asker: Asker, origin: str, chromium: Browser) -> None:
    asked: list[str] = []
    for role, paths in pages(asker).items():
        context = chromium.new_context()
        if role in asker.ground.cookies:
            context.add_cookies([{"name": COOKIE, "value": asker.ground.cookies[role], "url": origin}])
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for path in paths:
            answer = page.goto(f"{origin}{path}", wait_until="networkidle")
            assert answer is not None
            assert answer.status == 200, (role, path)
            assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") in (0, 1)
        context.close()
    assert len(asked) > 60
    assert [url for url in asked if not url.startswith((f"{origin}/", "data:"))] == []


def test_the_button_that_announces_stands_in_nobodys_frame(asker: Asker, origin: str, chromium: Browser) -> None:
    path = f"/en/secretariat/cohorts/{asker.ground.cohorts['armed']}/now"
    check(asker.browser("director").get(path))
    context = chromium.new_context()
    context.add_cookies([{"name": COOKIE, "value": asker.ground.cookies["director"], "url": origin}])
    page = context.new_page()
    page.goto(f"{origin}{path}")
    assert page.locator("main form").count() > 0
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.route("**/framing", lambda route: route.fulfill(body=FRAME.format(address=path), content_type="text/html"))
    page.goto(f"{origin}/framing", wait_until="networkidle")
    (frame,) = page.frames[1:]
    assert frame.locator("form").count() == 0
    assert [words for words in complaints if "frame-ancestors" in words or "X-Frame-Options" in words]
    context.close()


def test_links_that_open_elsewhere_give_nothing_away() -> None:
    found = [
        tag
        for template in sorted(TEMPLATES.rglob("*.html"))
        for tag in re.findall(r"<a\b[^>]*target=[^>]*>", template.read_text("utf-8"))
    ]
    assert found
    assert [tag for tag in found if "noopener" not in tag] == []
    assert [tag for tag in found if "url_for(" not in tag and "noreferrer" not in tag] == []
