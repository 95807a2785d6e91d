"""How long a session still lasts, as the pages say it; and staying signed in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.core import clock
from gnlc_apply.models import Role
from tests.accounts import person
from tests.signing_in import sign_in

_SAID = re.compile(r'data-session="idle"[^>]*data-seconds="(\d+)"(?: data-last="(\d+)")?')


@pytest.fixture
def client(app: Flask, frozen_clock: object) -> FlaskClient:
    client = app.test_client()
    sign_in(client, person("ana@example.org"))
    return client


def said(client: FlaskClient) -> tuple[int, int | None]:
    found = _SAID.search(client.get("/en/account").text)
    assert found is not None
    return int(found[1]), int(found[2]) if found[2] else None


def test_the_page_never_says_longer_than_the_session_lasts(client: FlaskClient) -> None:
    """Just before that many seconds one is in, and it is not much shorter either."""
    seconds, last = said(client)
    assert (seconds, last) == (119 * 60, None)
    # "Last seen" is not written anew within a minute: the worst case.
    with clock.at(clock.now() + timedelta(seconds=59)):
        assert said(client) == (seconds, None)
        with clock.at(clock.now() + timedelta(seconds=seconds)):
            assert client.get("/en/account").status_code == 200


@pytest.mark.parametrize(("role", "minutes"), [(None, 119), (Role.OFFICER, 29)])
def test_each_role_hears_its_own_limit(app: Flask, role: Role | None, minutes: int) -> None:
    client = app.test_client()
    sign_in(client, person("olga@example.org", role))
    assert said(client)[0] == minutes * 60


def test_staying_begins_the_rest_anew_even_within_the_minute(client: FlaskClient) -> None:
    start = clock.now()
    said(client)
    with clock.at(start + timedelta(seconds=50)):
        assert client.get("/en/account/sessions/stay").json == {"seconds": 119 * 60, "last": None}
    with clock.at(start + timedelta(minutes=120, seconds=30)):
        assert client.get("/en/account").status_code == 200


def test_the_end_after_twelve_hours_cannot_be_moved(client: FlaskClient) -> None:
    start = clock.now()
    for hour in range(1, 12):
        with clock.at(start + timedelta(hours=hour)):
            answer = client.get("/en/account/sessions/stay").json
            assert answer is not None
            assert answer["last"] == (3600 * (12 - hour) if hour >= 10 else None)
    with clock.at(start + timedelta(hours=11, minutes=59)):
        assert said(client) == (119 * 60, 60)
        assert client.get("/en/account/sessions/stay").json == {"seconds": 119 * 60, "last": 60}
    with clock.at(start + timedelta(hours=12)):
        assert client.get("/en/account").status_code == 303
        assert client.get("/en/account/sessions/stay").json == {"seconds": 0, "last": None}


def test_asking_to_stay_signs_nobody_in_and_changes_no_way_back(client: FlaskClient) -> None:
    with clock.at(clock.now() + timedelta(hours=3)):
        answer = client.get("/en/account/sessions/stay")
        assert answer.json == {"seconds": 0, "last": None}
        assert "Set-Cookie" not in answer.headers
        with client.session_transaction() as kept:
            assert "after_sign_in" not in kept


def test_nobody_else_hears_of_it(app: Flask, client: FlaskClient) -> None:
    assert "data-session" in client.get("/en/help").text
    assert "data-session" not in app.test_client().get("/en/help").text
    assert "data-session" not in client.get("/en/nothing-here").text


@pytest.mark.parametrize("wrong", [timedelta(days=-1), timedelta(hours=-3)])
def test_a_clock_that_was_set_back_lengthens_no_session(client: FlaskClient, wrong: timedelta) -> None:
    start = clock.now()
    with clock.at(start + wrong):
        assert client.get("/en/account").status_code == 200
        seconds, last = said(client)
        assert seconds <= 119 * 60
        assert last is None or last <= 12 * 3600 + abs(wrong.total_seconds())
    with clock.at(start + timedelta(minutes=121)):
        assert client.get("/en/account").status_code == 303
    with clock.at(start + timedelta(hours=12, seconds=1)):
        assert client.get("/en/account").status_code == 303


def test_a_clock_that_ran_ahead_lets_nobody_in(client: FlaskClient) -> None:
    start = clock.now()
    with clock.at(start + timedelta(days=1)):
        assert client.get("/en/account").status_code == 303
