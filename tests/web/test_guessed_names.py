"""Names that are tried out: counted by network, told to the administrators once, and nobody's answer changes by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import opened
from gnlc_apply.models import GuessCounter, Notice, Role
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.scenarios import tick
from gnlc_apply.services.guessed_names import LIMIT, tell_administrators
from gnlc_apply.web.guessed_names import MOST_NETWORKS, STEP, Misses
from tests.accounts import mails, person
from tests.web.statements import counted

NOBODY = "192.0.2.7"


def guess(client: FlaskClient, times: int, network: str = NOBODY, path: str = "/en/cohorts/COHORT-2027-{}") -> None:
    for number in range(times):
        answer = client.get(path.format(number), environ_overrides={"REMOTE_ADDR": network})
        assert answer.status_code == 404


def count() -> int:
    with db.reading() as session:
        return session.scalar(select(func.coalesce(func.sum(GuessCounter.count), 0))) or 0


@pytest.fixture
def administrators(app: Flask) -> None:
    """Two, one of whose accounts is the newest of all."""
    person("adam@example.org", Role.ADMINISTRATOR, name="Adam Keys")
    person("olga@example.org", Role.OFFICER, name="Olga Officer")
    person("ada@example.org", Role.ADMINISTRATOR, name="Ada Locks")


@pytest.mark.postgres
def test_a_burst_is_told_to_every_administrator_once_an_hour(client: FlaskClient, administrators: None) -> None:
    guess(client, LIMIT - 1)
    assert tell_administrators(actor=SYSTEM) == 0
    guess(client, 1)
    assert tell_administrators(actor=SYSTEM) == 1
    told = mails("guessed_names")
    assert sorted(message.recipient for message in told) == ["ada@example.org", "adam@example.org"]
    assert {opened(message.values)["count"] for message in told} == {LIMIT}
    with db.reading() as session:
        (kept,) = session.scalars(select(Notice).where(Notice.kind == "guessed_names"))
    # Which network it was stays in the log of the machine.
    assert NOBODY not in kept.note + str([message.values for message in told])
    guess(client, LIMIT)
    assert tell_administrators(actor=SYSTEM) == 0
    with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
        assert tell_administrators(actor=SYSTEM) == 0
        guess(client, LIMIT)
        assert [done.what for done in tick.deadlines()] == ["guesses told"]
    assert len(mails("guessed_names")) == 4


def test_each_network_for_itself_and_only_the_last_quarter_of_an_hour(
    client: FlaskClient, administrators: None
) -> None:
    guess(client, LIMIT - STEP)
    guess(client, LIMIT - STEP, network="192.0.2.8")
    assert tell_administrators(actor=SYSTEM) == 0
    guess(client, STEP, network="192.0.2.8")
    assert tell_administrators(actor=SYSTEM) == 1
    with clock.at(clock.now() + timedelta(minutes=20)):
        guess(client, STEP)
        assert tell_administrators(actor=SYSTEM) == 0


def test_names_are_counted_and_nothing_else(client: FlaskClient, administrators: None) -> None:
    for path in ("/wp-login.php", "/en/no-such-page", "/static/app.0000000000.css", "/en/"):
        for _turn in range(2 * STEP):
            client.get(path)
    assert count() == 0
    guess(client, STEP, path="/en/registry/nowhere-{}")
    assert count() == STEP


def test_the_answer_of_the_tenth_is_that_of_all_others(client: FlaskClient, administrators: None) -> None:
    answers = []
    for number in range(STEP):
        with counted() as statements:
            answers.append(client.get(f"/en/cohorts/COHORT-2027-{number}").text)
        wrote = any("guess_counter" in statement for statement in statements)
        assert wrote is (number == STEP - 1)
    assert len(set(answers)) == 1


def test_without_a_database_the_answer_stays(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gnlc_apply.services.guessed_names.count", full)
    guess(client, 2 * STEP)


def test_many_networks_do_not_fill_the_memory(settings: config.Settings) -> None:
    misses = Misses()
    for number in range(2 * MOST_NETWORKS + 1):
        assert not misses.is_a_step(str(number))
    assert len(misses.held) <= MOST_NETWORKS
