"""What a session and a reset link withstand: a changed cookie, another key, the wrong person."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply import config, create_app
from gnlc_apply.core.errors import Invalid
from gnlc_apply.extensions import db
from gnlc_apply.models import Role
from gnlc_apply.permissions import ANONYMOUS, SYSTEM
from gnlc_apply.services import account
from tests.accounts import person, secret
from tests.signing_in import PASSWORD, csrf_of, post, sign_in

NEW = "a quiet green bicycle"


def test_a_cookie_that_was_changed_is_nobodys(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, person("ana@example.org"))
    cookie = client.get_cookie("gnlc")
    assert cookie is not None
    assert client.get("/en/account").status_code == 200
    own = cookie.value
    for place in range(0, len(own), 5):
        changed = own[:place] + ("A" if own[place] != "A" else "B") + own[place + 1 :]
        other = app.test_client()
        other.set_cookie("gnlc", changed)
        assert other.get("/en/account").status_code == 303, place
    for changed in ("", own[:-1], own * 2, own.upper(), "x" * 3000, "../../etc"):
        other = app.test_client()
        other.set_cookie("gnlc", changed)
        assert other.get("/en/account").status_code == 303, changed[:40]
    assert client.get("/en/account").status_code == 200


def test_another_key_ends_no_session_and_voids_what_was_sealed(app: Flask, settings: config.Settings) -> None:
    """Sessions are random numbers kept on the server: a new key needs no old one beside it, and nobody is thrown out.

    What the old key signed or sealed is void: the token of a form, and the way back to a second factor.
    """
    client = app.test_client()
    sign_in(client, person("ana@example.org"))
    cookie, token = client.get_cookie("gnlc"), csrf_of(client.get("/en/account/profile"))
    assert cookie is not None
    db.close()
    other = create_app(dataclasses.replace(settings, secret_key="another key of this test " + "y" * 32))
    after = other.test_client()
    after.set_cookie("gnlc", cookie.value)
    page = after.get("/en/account/profile")
    assert page.status_code == 200
    assert "Ana Costa" in page.text
    fields = {"name": "Ana Costa Lima", "language": "en"}
    assert after.post("/en/account/profile", data={**fields, "csrf_token": token}).status_code == 400
    assert post(after, "/en/account/profile", **fields).status_code == 303
    # Whoever has no session comes in by the password, which no key touches.
    sign_in(other.test_client(), "ana@example.org")
    assert "Ana Costa Lima" in after.get("/en/account").text


def test_a_reset_link_sets_nobody_elses_password(client: FlaskClient) -> None:
    """Not even for whoever is signed in as somebody else and follows it: the link is bound to its own person."""
    ana, ben = person("ana@example.org", name="Ana Costa"), person("ben@example.org", name="Ben Berg")
    account.ask_for_reset(actor=SYSTEM, email="ana@example.org")
    token = secret("password_reset")
    sign_in(client, ben)
    post(client, f"/en/account/password/set/{token}", password=NEW)
    assert account.sign_in(actor=ANONYMOUS, email="ben@example.org", password=PASSWORD).person_id == ben
    with pytest.raises(Invalid):
        account.sign_in(actor=ANONYMOUS, email="ben@example.org", password=NEW)
    assert account.sign_in(actor=ANONYMOUS, email="ana@example.org", password=NEW).person_id == ana


def test_a_form_of_before_the_sign_in_signs_nobody_in_elsewhere(app: Flask) -> None:
    """Somebody else's page fills the sign-in form with the attacker's own account: without this browser's token it fails."""
    person("mallory@example.org")
    attacker, victim = app.test_client(), app.test_client()
    page = attacker.get("/en/account/sign-in").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    victim.get("/en/account/sign-in")
    answer = victim.post(
        "/en/account/sign-in", data={"csrf_token": token, "email": "mallory@example.org", "password": PASSWORD}
    )
    assert answer.status_code == 400
    assert victim.get("/en/account").status_code == 303


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_the_second_step_is_not_stepped_over_by_an_address(app: Flask, role: Role) -> None:
    number = person("olga@example.org", role)
    sign_in(app.test_client(), number)  # sets an app up
    half_way = app.test_client()
    sign_in(half_way, number, second_factor=False)
    paths = ("account", "account/profile", "account/sessions", "account/second-factor/codes", "administration/accounts")
    for path in (*paths, "secretariat", "account/second-factor/set-up"):
        answer = half_way.get(f"/en/{path}")
        assert answer.status_code in (303, 404), path
        if answer.status_code == 303:
            assert answer.headers["Location"].endswith("/en/account/second-factor"), path
