"""The worker says that it lives, delivers, watches the clock, and ends when asked."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Instance, MessageState, Notice, OutboxMessage
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.scenarios import tick, worker
from gnlc_apply.scenarios.tick import Done
from gnlc_apply.scenarios.worker import Worker
from gnlc_apply.services.command import Unit, command
from tests.conftest import NOW


@command()
def write(unit: Unit, *, actor: Actor, key: str = "one") -> None:
    """Queue one message, as every command does."""
    unit.note("asked_for_test_message", "person", None)
    unit.send(Message("test", "ana@example.org", {"name": "Ana"}, key=key))


@pytest.fixture
def running(app: Flask) -> Iterator[Flask]:
    """The application, keeping its mail in the mailbox."""
    kept = dataclasses.replace(config.current().mail, backend="mailbox")
    config.use(dataclasses.replace(config.current(), mail=kept))
    with app.app_context():
        yield app


def _instance() -> Instance:
    with db.reading() as session:
        return session.get_one(Instance, 1)


def _states() -> list[MessageState]:
    with db.reading() as session:
        return list(session.scalars(select(OutboxMessage.state)))


def test_one_round_beats_delivers_and_ticks(running: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look(what: str) -> list[Done]:
        asked.append(what)
        return []

    for what in ("announcements", "deadlines", "sweeps"):
        monkeypatch.setattr(tick, what, lambda what=what: look(what))
    write(actor=SYSTEM)
    at_work = Worker()
    assert at_work.step().sent == 1
    assert _instance().worker_seen_at == NOW
    assert _states() == [MessageState.SENT]
    at_work.step()
    # Announcements are looked for in every round, the rest by its own measure.
    assert asked == ["announcements", "deadlines", "sweeps", "announcements"]


def test_draining_ends_when_nothing_is_left(running: Flask) -> None:
    write(actor=SYSTEM, key="one")
    write(actor=SYSTEM, key="two")
    assert Worker().drain().sent == 2


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(hours=-1), timedelta(seconds=90)])
def test_after_a_jump_of_the_clock_nothing_is_announced(
    running: Flask, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    asked: list[str] = []

    def announcements() -> list[Done]:
        asked.append("announcements")
        return []

    monkeypatch.setattr(tick, "announcements", announcements)
    at_work = Worker()
    at_work.step()
    assert asked == ["announcements"]
    with clock.at(NOW + jump):
        at_work.step()
    at_work.step()
    assert not at_work.is_clock_sound
    assert asked == ["announcements"]
    with db.reading() as session:
        assert session.scalars(select(Notice.kind)).first() == "clock_jumped"


def test_a_small_correction_of_the_clock_is_no_jump(running: Flask) -> None:
    at_work = Worker()
    with clock.at(NOW + timedelta(seconds=30)):
        at_work.step()
    assert at_work.is_clock_sound


def test_a_clock_behind_the_record_is_not_trusted(running: Flask) -> None:
    with clock.at(NOW + timedelta(days=2)):
        write(actor=SYSTEM)
    at_work = Worker()
    at_work.step()
    assert not at_work.is_clock_sound


def test_a_fault_does_not_end_it(running: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []
    at_work = Worker()

    def step() -> None:
        rounds.append(1)
        if len(rounds) == 3:
            at_work.stop()
        raise RuntimeError("the database is away")

    monkeypatch.setattr(at_work, "step", step)
    monkeypatch.setattr(worker, "PAUSE_AFTER_FAULT", 0.01)
    at_work.run()
    assert len(rounds) == 3


def test_the_real_process_delivers_and_ends_politely(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "GNLC_INSTANCE": str(tmp_path),
        "GNLC_MAIL_BACKEND": "mailbox",
        "GNLC_DATABASE_URL": "",
        "DATABASE_URL": "",
    }
    gnlc = [sys.executable, "-c", "from gnlc_apply.cli import main; main()"]
    subprocess.run([*gnlc, "init"], env=environment, check=True, capture_output=True)
    started = subprocess.Popen([*gnlc, "worker"], env=environment, stderr=subprocess.PIPE)
    try:
        config.use(config.load(environment))
        db.open(config.current().database_url)
        deadline = time.monotonic() + 30
        while _instance().worker_seen_at is None and time.monotonic() < deadline:
            time.sleep(0.2)
        assert _instance().worker_seen_at is not None
        write(actor=SYSTEM)
        while _states() != [MessageState.SENT] and time.monotonic() < deadline:
            time.sleep(0.2)
        assert _states() == [MessageState.SENT]
        started.send_signal(signal.SIGTERM)
        assert started.wait(15) == 0
    finally:
        db.close()
        started.kill()
        started.communicate()
