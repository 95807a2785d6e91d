"""Signing in by password: the way in, and every way in which it is refused."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from gnlc_apply.models import Role
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import account
from tests.signing_in import PASSWORD, post, sign_in

WRONG = "The address or the password is not right."


@pytest.fixture
def official(client: FlaskClient) -> str:
    """A city official with an account."""
    created = account.create(actor=SYSTEM, email="ana@example.org", name="Ana Costa", role=None)
    account.reset_password(actor=SYSTEM, token=created.token, password=PASSWORD)
    return "ana@example.org"


@pytest.mark.postgres
def test_sign_in_leads_on_and_names_the_person(client: FlaskClient, official: str) -> None:
    answer = post(client, "/en/account/sign-in", email=" ANA@example.org ", password=PASSWORD)
    assert answer.status_code == 303
    page = client.get("/en/account")
    assert page.status_code == 200
    assert "Ana Costa" in page.text


def test_officer_must_set_up_a_second_factor(client: FlaskClient) -> None:
    account.create(actor=SYSTEM, email="officer@example.org", name="Olga Officer", role=Role.OFFICER)
    sign_in(client, "officer@example.org", second_factor=False)
    assert client.get("/en/account").headers["Location"].endswith("/en/account/second-factor/set-up")
    sign_in(client, "officer@example.org")
    assert client.get("/en/account").status_code == 200
