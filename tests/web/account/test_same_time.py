"""Nobody learns from the time an answer takes who has an account: signing in, resetting, registering, a code, inviting (case D5).

An ordinary run asks a few times and judges only what is held back; ``./dev prove`` asks a hundred times on a quiet machine.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.models import Role
from gnlc_apply.web.account.evenly import SECONDS
from tests import proof
from tests.accounts import person, portugal
from tests.city import City
from tests.proof import amount
from tests.signing_in import PASSWORD, csrf_of, sign_in
from tests.web.statements import counted

pytestmark = [pytest.mark.proof, pytest.mark.alone, pytest.mark.timeout(1200)]

KNOWN, UNKNOWN = "known@example.org", "nobody{}@example.org"
HELD_BACK = {
    "register": ("/en/account/register", {"name": "Some Body"}),
    "reset": ("/en/account/password/forgotten", {}),
    "code": ("/en/account/code", {}),
}


@pytest.fixture
def waiting(app: Flask, settings: config.Settings) -> Flask:
    """The application as it is outside tests, and somebody who has an account."""
    portugal()
    person(KNOWN, Role.COMMISSION, name="Kim Known", country="PRT")
    config.use(dataclasses.replace(settings, is_testing=False))
    return app


def medians(turn: Callable[[str, int], float], turns: int) -> tuple[float, float]:
    """Of a known address and of ones that nobody has, in turns; an hour goes by in between, so that nothing is throttled."""
    took: tuple[list[float], list[float]] = ([], [])
    start = clock.now()
    for number in range(turns):
        with clock.at(start + timedelta(hours=number)):
            for side, email in enumerate((KNOWN, UNKNOWN.format(number))):
                took[side].append(turn(email, number))
    return statistics.median(took[0]), statistics.median(took[1])


def percent(known: float, unknown: float) -> float:
    return abs(known - unknown) / max(known, unknown) * 100


def sent(client: FlaskClient, path: str, status: int, **fields: str) -> float:
    """How long the answer to this form took."""
    token = csrf_of(client.get(path))
    began = time.perf_counter()
    answer = client.post(path, data={"csrf_token": token, **fields})
    took = time.perf_counter() - began
    assert answer.status_code == status, answer.text
    return took


@pytest.mark.parametrize("what", HELD_BACK)
def test_what_is_mailed_or_not_is_answered_after_the_same_time(
    waiting: Flask, frozen_clock: datetime, what: str
) -> None:
    path, fields = HELD_BACK[what]
    client = waiting.test_client()
    known, unknown = medians(lambda email, _n: sent(client, path, 303, email=email, **fields), amount(3, 100))
    assert min(known, unknown) >= SECONDS
    proof.measured("account_timing_percent", percent(known, unknown))


def test_signing_in_takes_as_long_with_a_wrong_password_as_with_an_unknown_address(
    waiting: Flask, frozen_clock: datetime
) -> None:
    sign_in(waiting.test_client(), KNOWN)
    client = waiting.test_client()

    def turn(email: str, number: int) -> float:
        return sent(client, "/en/account/sign-in", 422, email=email, password=f"{PASSWORD} {number}")

    proof.measured("account_timing_percent", percent(*medians(turn, amount(3, 100))))


def test_inviting_asks_the_same_of_the_database_for_both(app: Flask) -> None:
    """Nothing is written for one that is not written for the other: the statements are the same, and so is their time."""
    world = City()
    reference = world.begin()
    person(KNOWN, name="Kim Known")
    client = app.test_client()
    sign_in(client, "owner@city.example")
    path, asked = f"/en/applications/{reference}/colleagues", []
    for email in ("first@example.org", KNOWN, UNKNOWN.format(1)):
        token = csrf_of(client.get(path))
        with counted() as statements:
            answer = client.post(path, data={"csrf_token": token, "email": email, "name": "A B", "role": "editor"})
        assert answer.status_code == 303
        asked.append([statement.split("VALUES")[0] for statement in statements])
    assert asked[1] == asked[2]


def test_a_refusal_that_hangs_on_no_address_does_not_wait(waiting: Flask) -> None:
    client = waiting.test_client()
    assert sent(client, "/en/account/password/forgotten", 303, email=KNOWN) >= SECONDS
    assert sent(client, "/en/account/register", 422, email="no address", name="Some Body") < SECONDS
