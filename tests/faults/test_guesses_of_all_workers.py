"""Wrong passwords are counted once for all web processes, and the count outlives a restart (``gnlc serve``, four processes)."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from gnlc_apply import config
from tests.accounts import person
from tests.faults import site
from tests.faults.site import Answer, Served

pytestmark = pytest.mark.usefixtures("database")
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


def guess(served: Served, password: str, **headers: str) -> int:
    """One try from a browser of its own; the status."""
    page: Answer = served.ask("GET", "/en/account/sign-in")
    token = _CSRF.search(page.body.decode())
    assert token is not None
    cookie = page.headers["Set-Cookie"].split(";")[0]
    body = urlencode({"csrf_token": token.group(1), "email": "ana@example.org", "password": password}).encode()
    form = "application/x-www-form-urlencoded"
    return served.ask("POST", "/en/account/sign-in", body, Cookie=cookie, Content_Type=form, **headers).status


def test_four_processes_and_a_restart_count_as_one(database: config.Settings) -> None:
    person("ana@example.org")
    with site.serving(database, "--processes", "4") as served:
        assert len(served.web_processes(awaited=4)) >= 4
        # A header that names another address of the client each time changes nothing: no proxy is trusted.
        first = [guess(served, f"wrong wrong {number}", X_Forwarded_For=f"203.0.113.{number}") for number in range(6)]
    with site.serving(database, "--processes", "4") as served:
        then = [guess(served, f"wrong again {number}", X_Forwarded_For=f"198.51.100.{number}") for number in range(7)]
    assert first + then == [422] * 10 + [429] * 3
