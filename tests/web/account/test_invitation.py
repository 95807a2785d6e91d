"""The page of an invitation's link."""

from __future__ import annotations

import pytest
from flask import Flask

from gnlc_apply.models import Role
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import account
from tests.accounts import person, portugal
from tests.signing_in import PASSWORD, post, sign_in


@pytest.fixture
def path(app: Flask) -> str:
    """An invitation of a National Commission."""
    portugal()
    token = account.invite(
        actor=SYSTEM, email="natcom@example.org", name="Comissão Nacional", role=Role.COMMISSION, country="PRT"
    )
    return f"/en/account/invitation/{token}"


def test_a_new_person_comes_in(app: Flask, path: str) -> None:
    client = app.test_client()
    page = client.get(path)
    assert "National Commission" in page.text
    assert "Portugal" in page.text
    assert post(client, path, name="Comissão", password="").status_code == 303
    page = client.get("/en/account")
    assert "Comissão" in page.text
    assert client.get(path).status_code == 409


def test_looking_at_it_accepts_nothing(app: Flask, path: str) -> None:
    client = app.test_client()
    for _ in range(2):
        assert client.get(path).status_code == 200


def test_role_and_address_are_the_invitations_own(app: Flask, path: str) -> None:
    client = app.test_client()
    post(client, path, name="N", password=PASSWORD, role="director", email="mallory@example.org")
    page = client.get("/en/account").text
    assert "natcom@example.org" in page
    assert "director" not in page


def test_somebody_with_an_account_signs_in_first_and_comes_back(app: Flask, path: str) -> None:
    number = person("natcom@example.org", name="Known Person")
    client = app.test_client()
    assert "There is an account with this address already." in client.get(path).text
    answer = post(client, "/en/account/sign-in", email="natcom@example.org", password=PASSWORD)
    assert answer.headers["Location"].endswith(path)
    assert post(client, path).status_code == 303
    assert "National Commission" in client.get("/en/account").text
    assert number


def test_somebody_else_is_told_to_sign_out(app: Flask, path: str) -> None:
    person("natcom@example.org")
    other = person("other@example.org")
    client = app.test_client()
    sign_in(client, other)
    assert "You are signed in with another address." in client.get(path).text
