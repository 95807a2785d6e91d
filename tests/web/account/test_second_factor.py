"""The second factor on its pages: demanded, not to be stepped around, remembered for jurors."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.core import clock, totp
from gnlc_apply.extensions import db
from gnlc_apply.models import Person, Role
from gnlc_apply.permissions import NEEDS_SECOND_FACTOR, SYSTEM
from gnlc_apply.services import account
from tests.accounts import actor, person, portugal, secret
from tests.city import open_call
from tests.signing_in import PASSWORD, app_code, csrf_of, post, sign_in

HOME = {
    Role.OFFICER: "secretariat",
    Role.DIRECTOR: "secretariat",
    Role.ADMINISTRATOR: "administration/accounts",
    Role.JUROR: "jury",
    Role.CHAIR: "jury",
}


@pytest.mark.parametrize("role", NEEDS_SECOND_FACTOR)
def test_only_the_set_up_page_is_open_before_it(app: Flask, role: Role) -> None:
    number = person("olga@example.org")
    call = None
    if role in (Role.JUROR, Role.CHAIR):
        call = open_call(actor(person("ona@example.org", Role.OFFICER, name="Ona Officer")))
    account.create(actor=SYSTEM, email="olga@example.org", name="Olga Oak", role=role, call_reference=call)
    client = app.test_client()
    sign_in(client, number, second_factor=False)
    for path in ("account", "account/sessions", "account/second-factor/codes", "applications", HOME[role]):
        answer = client.get(f"/en/{path}")
        assert answer.status_code == 303, path
        assert answer.headers["Location"].endswith("/en/account/second-factor/set-up"), path
    assert client.get("/en/account/second-factor/set-up").status_code == 200
    # With it, each of these pages is open.
    sign_in(client, number)
    assert [client.get(f"/en/{path}").status_code for path in ("account", "applications", HOME[role])] == [200] * 3


def test_half_way_in_is_not_in_on_public_pages(app: Flask) -> None:
    number = person("olga@example.org", Role.OFFICER, name="Olga Officer")
    client = app.test_client()
    sign_in(client, number, second_factor=False)
    page = client.get("/en/help").text
    assert "Olga Officer" not in page
    sign_in(client, number)
    assert "Olga Officer" in client.get("/en/help").text


@pytest.mark.postgres
def test_set_up_show_and_recover(app: Flask) -> None:
    number = person("olga@example.org", Role.OFFICER)
    client = app.test_client()
    sign_in(client, number, second_factor=False)
    page = client.get("/en/account/second-factor/set-up")
    assert "<svg" in page.text
    assert "style=" not in page.text
    spelled = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page.text)
    assert spelled is not None
    spelled_secret = spelled.group(1).replace(" ", "")
    code = totp.code_at(spelled_secret, totp.step_at(clock.now()))
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert post(client, "/en/account/second-factor/set-up", code=wrong).status_code == 422
    before = client.get_cookie("gnlc")
    answer = post(client, "/en/account/second-factor/set-up", code=code)
    after = client.get_cookie("gnlc")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    shown = client.get(answer.headers["Location"])
    codes = re.findall(r"<code>([A-Z0-9]{5}-[A-Z0-9]{5})</code>", shown.text)
    assert len(codes) == 10
    client.post(answer.headers["Location"], data={"csrf_token": csrf_of(shown)})
    assert codes[0] not in client.get("/en/account/second-factor/codes").text

    again = app.test_client()
    sign_in(again, number, second_factor=False)
    assert again.get("/en/account").headers["Location"].endswith("/en/account/second-factor")
    assert post(again, "/en/account/second-factor", code=code).status_code == 422  # used already
    assert post(again, "/en/account/second-factor/recovery", code=codes[0]).status_code == 303
    assert "Recovery codes left: 9." in again.get("/en/account").text


def test_chosen_freely_it_is_asked_for_all_the_same(app: Flask) -> None:
    number = person("ana@example.org")
    client = app.test_client()
    sign_in(client, number)
    post(client, "/en/account/second-factor/set-up", code=_first_code(client))
    other = app.test_client()
    sign_in(other, number, second_factor=False)
    assert other.get("/en/account").headers["Location"].endswith("/en/account/second-factor")
    assert post(other, "/en/account/second-factor", code=app_code("ana@example.org")).status_code == 303
    assert other.get("/en/account").status_code == 200


def _first_code(client: FlaskClient) -> str:
    page = client.get("/en/account/second-factor/set-up").text
    spelled = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page)
    assert spelled is not None
    return totp.code_at(spelled.group(1).replace(" ", ""), totp.step_at(clock.now()))


def test_replacing_the_app_asks_for_the_present_one(app: Flask, frozen_clock: object) -> None:
    number = person("olga@example.org", Role.OFFICER)
    client = app.test_client()
    sign_in(client, number)
    with clock.at(clock.now() + timedelta(minutes=6)):
        for path in ("set-up", "renew", "turn-off"):
            answer = client.get(f"/en/account/second-factor/{path}")
            assert answer.headers["Location"].endswith("/en/account/second-factor")
    with db.reading() as session:
        assert session.get_one(Person, number).totp_confirmed_at is not None


def test_a_code_of_a_commission_does_not_open_the_secretariat(app: Flask) -> None:
    portugal()
    number = person("both@example.org", Role.OFFICER)
    account.create(actor=SYSTEM, email="both@example.org", name="B", role=Role.COMMISSION, country="PRT")
    client = app.test_client()
    answer = post(client, "/en/account/code", email="both@example.org")
    code = secret("sign_in_code", "secret_code")
    post(client, answer.headers["Location"], code=code)
    assert client.get("/en/account").headers["Location"].endswith("/en/account/second-factor/set-up")
    assert number


def test_a_password_never_stands_in_for_the_second_factor(app: Flask) -> None:
    """Somebody at an unlocked computer who knows the password, and has no telephone, must not become fresh."""
    client, number = app.test_client(), person("olga@example.org", Role.OFFICER)
    sign_in(client, number)
    client.get("/en/account")
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert client.get("/en/account/address").headers["Location"].endswith("/en/account/second-factor")
        answer = post(client, "/en/account/confirm", password=PASSWORD)
        assert answer.headers["Location"].endswith("/en/account/second-factor")
        assert client.get("/en/account/address").headers["Location"].endswith("/en/account/second-factor")
        post(client, "/en/account/second-factor", code=app_code("olga@example.org"))
        assert client.get("/en/account/address").status_code == 200
