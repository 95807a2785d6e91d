"""A juror's own device: remembered until the jury's time is over, never for more than it is."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Invalid, TooMany
from gnlc_apply.models import Role
from gnlc_apply.permissions import ANONYMOUS, SYSTEM
from gnlc_apply.services import account
from gnlc_apply.services.account.people import SECRETARIAT
from tests.accounts import actor, person
from tests.city import open_call
from tests.signing_in import PASSWORD, app_code, csrf_of, post, sign_in

EMAIL = "jo@example.org"


@pytest.fixture
def juror(app: Flask) -> int:
    """A juror of a call whose results are promised for the first of November."""
    officer = person("olga@example.org", Role.OFFICER)
    call = open_call(actor(officer), results_promised_on=date(2027, 11, 1))
    number = person(EMAIL, name="Jo Juror")
    account.create(actor=SYSTEM, email=EMAIL, name="Jo Juror", role=Role.JUROR, call_reference=call)
    return number


def _remembering(app: Flask, number: int) -> FlaskClient:
    """A browser in which the juror ticked the box."""
    client = app.test_client()
    sign_in(client, number)
    client = app.test_client()
    sign_in(client, number, second_factor=False)
    answer = post(client, "/en/account/second-factor", code=app_code(EMAIL), remembers="y")
    assert answer.status_code == 303
    return client


@pytest.mark.postgres
def test_a_remembered_device_needs_no_code_at_sign_in_but_is_not_fresh(app: Flask, juror: int) -> None:
    client = _remembering(app, juror)
    post(client, "/en/account/sign-out")
    with clock.at(clock.now() + timedelta(minutes=10)):
        sign_in(client, juror, second_factor=False)
        assert client.get("/en/account").status_code == 200
        assert client.get("/en/account/password").headers["Location"].endswith("/en/account/second-factor")
        other = app.test_client()
        sign_in(other, juror, second_factor=False)
        assert other.get("/en/account").headers["Location"].endswith("/en/account/second-factor")


def test_it_ends_with_the_jurys_time_a_new_password_or_a_click(app: Flask, juror: int) -> None:
    client = _remembering(app, juror)
    cookie = client.get_cookie("gnlc-device")
    assert cookie is not None
    device = cookie.value
    entered = account.sign_in(actor=ANONYMOUS, email=EMAIL, password=PASSWORD, device=device)
    assert entered.second_factor_at is not None
    with clock.at(clock.now().replace(month=11, day=2)):
        entered = account.sign_in(actor=ANONYMOUS, email=EMAIL, password=PASSWORD, device=device)
        assert entered.second_factor_at is None
    page = client.get("/en/account/sessions")
    assert "Remembered devices" in page.text
    client.post("/en/account/sessions/forget-devices", data={"csrf_token": csrf_of(page)})
    assert account.sign_in(actor=ANONYMOUS, email=EMAIL, password=PASSWORD, device=device).second_factor_at is None


@pytest.mark.parametrize("role", SECRETARIAT)
def test_a_role_in_the_secretariat_ends_it(app: Flask, juror: int, role: Role) -> None:
    client = _remembering(app, juror)
    cookie = client.get_cookie("gnlc-device")
    assert cookie is not None
    account.create(actor=SYSTEM, email=EMAIL, name="Jo", role=role)
    entered = account.sign_in(actor=ANONYMOUS, email=EMAIL, password=PASSWORD, device=cookie.value)
    assert entered.second_factor_at is None


def test_somebody_elses_guessing_does_not_lock_the_juror_out(app: Flask, juror: int) -> None:
    client = _remembering(app, juror)
    cookie = client.get_cookie("gnlc-device")
    assert cookie is not None
    for _ in range(10):
        with pytest.raises(Invalid):
            account.sign_in(actor=ANONYMOUS, email=EMAIL, password="wrong wrong wrong", network="203.0.113.9")
    with pytest.raises(TooMany):
        account.sign_in(actor=ANONYMOUS, email=EMAIL, password=PASSWORD, network="203.0.113.9")
    account.sign_in(actor=ANONYMOUS, email=EMAIL, password=PASSWORD, device=cookie.value)


def test_the_box_is_offered_to_jurors_only(app: Flask, juror: int) -> None:
    client = _remembering(app, juror)
    assert re.search(r'name="remembers"', client.get("/en/account/second-factor").text)
    officer = app.test_client()
    sign_in(officer, "olga@example.org")
    assert 'name="remembers"' not in officer.get("/en/account/second-factor").text
