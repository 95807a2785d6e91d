"""Where signing in leads: to a page of ours, whatever stands in the way."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.models import Role
from gnlc_apply.web.entering import is_own_path
from tests.accounts import person
from tests.signing_in import PASSWORD, post, sign_in

HOSTS = (
    "evil.example",
    "evil.example/en/account",
    "evil.example%2F..",
    "localhost@evil.example",
    "127.0.0.1.evil.example",
)
CORPUS = [
    *(
        f"{start}{host}"
        for host in HOSTS
        for start in ("//", "///", "////", "/\\", "\\\\", "\\/", "/%09/", "/%0a/", "/%5c")
    ),
    *(
        f"{scheme}{host}"
        for host in HOSTS[:2]
        for scheme in ("https:", "https:/", "https://", "HTTP://", "ftp://", "data:")
    ),
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    "/en/account\r\nLocation: https://evil.example",
    "/。。/evil.example",
    "/／evil.example",
    "/en/account\u202e",
    "/@evil.example",
    "@evil.example",
    ".evil.example",
    "en/account",
    "",
    "/en/account/sessions/end",  # only ever posted to
    "/nothing/here",
    None,
    7,
]


@pytest.mark.parametrize("target", CORPUS)
def test_nothing_leads_elsewhere(app: Flask, target: object) -> None:
    with app.test_request_context("/en/"):
        assert not is_own_path(target)


@pytest.mark.parametrize("target", ["/en/", "/en/account", "/ar/account?x=1&y=//evil.example", "/en/account/sessions"])
def test_our_own_pages_are_fine(app: Flask, target: str) -> None:
    with app.test_request_context("/en/"):
        assert is_own_path(target)


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 60


def test_one_comes_back_to_the_page_one_wanted(client: FlaskClient) -> None:
    person("ana@example.org")
    assert client.get("/en/account/sessions?a=b").status_code == 303
    answer = post(client, "/en/account/sign-in", email="ana@example.org", password=PASSWORD)
    assert answer.headers["Location"].endswith("/en/account/sessions?a=b")


def test_an_administrators_first_room_is_the_accounts(client: FlaskClient) -> None:
    number = person("adam@example.org", Role.ADMINISTRATOR)
    sign_in(client, number)
    answer = post(client, "/en/account/second-factor/codes", "/en/account/profile")
    assert answer.headers["Location"].endswith("/en/administration/accounts")
