"""From the outbox to a real mail server: once, in time, again after a fault, never for a closed account."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, opened, rows
from gnlc_apply.mail.render import MASK
from gnlc_apply.models import Cohort, Instance, MessageState, OutboxMessage, Person
from gnlc_apply.services import outbox
from gnlc_apply.services.delivery import deliver
from tests.conftest import NOW
from tests.smtp_sink import Sink

pytestmark = pytest.mark.postgres
TOKEN = "a-token-that-nobody-may-read-0123456789"


@pytest.fixture
def mailing(mail_app: Flask, smtp_sink: Sink) -> Iterator[Flask]:
    """The application, sending by the test's server."""
    config.use(dataclasses.replace(config.current(), mail=smtp_sink.settings()))
    with mail_app.app_context():
        yield mail_app


def queue(*messages: Message) -> None:
    with db.writing() as session:
        session.execute(insert(OutboxMessage), rows(messages, clock.now(), 0))


def secret(recipient: str = "ana@example.org", **changed: Any) -> Message:
    values = {"name": "Ana", "secret_token": TOKEN}
    return Message(**{"kind": "secret", "recipient": recipient, "values": values, **changed})


def only() -> OutboxMessage:
    with db.reading() as session:
        return session.scalars(select(OutboxMessage)).one()


def test_a_message_leaves_once_and_its_secret_is_erased(mailing: Flask, smtp_sink: Sink) -> None:
    queue(secret())
    waiting = only()
    assert TOKEN not in str(waiting.values)
    assert opened(waiting.values)["secret_token"] == TOKEN
    assert deliver().sent == 1
    assert deliver().sent == 0
    (taken,) = smtp_sink.taken
    text = taken.message.get_body(("plain",))
    assert text is not None
    assert f"http://localhost/en/?token={TOKEN}" in text.get_content()
    row = only()
    assert (row.state, row.sent_at, row.subject) == (MessageState.SENT, NOW, "Your link")
    assert row.values["secret_token"] == MASK
    assert TOKEN not in row.body
    assert f"token={MASK}" in row.body


def test_each_message_has_one_recipient_in_its_envelope(mailing: Flask, smtp_sink: Sink) -> None:
    queue(*(secret(f"p{n}@example.org") for n in range(5)))
    assert deliver().sent == 5
    assert sorted(t.recipients for t in smtp_sink.taken) == [[f"p{n}@example.org"] for n in range(5)]
    assert all(t.message["To"] == t.recipients[0] for t in smtp_sink.taken)


def test_nothing_leaves_before_its_time(mailing: Flask, smtp_sink: Sink) -> None:
    queue(secret(not_before=NOW + timedelta(hours=1)))
    for moment, sent in (
        (NOW, 0),
        (NOW + timedelta(hours=1) - timedelta(milliseconds=1), 0),
        (NOW + timedelta(hours=1), 1),
    ):
        with clock.at(moment):
            assert deliver().sent == sent


def _cohort(announced_at: datetime | None) -> int:
    with db.writing() as session:
        row = Cohort(reference="C-2027", title="2027", created_at=NOW, stand_by_ids=[], figures={})
        session.add(row)
        session.flush()
        return row.id


def test_a_cohorts_letters_wait_for_its_announcement_at_sending_time(mailing: Flask, smtp_sink: Sink) -> None:
    cohort = _cohort(None)
    queue(secret(cohort_id=cohort))
    with clock.at(NOW + timedelta(days=9)):
        assert deliver().sent == 0
    assert only().state is MessageState.QUEUED
    with db.writing() as session:
        announced = {"state": "announced", "announced_at": NOW, "lock_hash": "x"}
        session.execute(update(Cohort).where(Cohort.id == cohort).values(**announced))
    assert deliver().sent == 1


def test_a_held_installation_sends_nothing(mailing: Flask, smtp_sink: Sink) -> None:
    queue(secret())
    with db.writing() as session:
        session.execute(update(Instance).values(is_held=True))
    assert deliver().sent == 0
    assert outbox.claim(clock.now()) is None
    with db.writing() as session:
        session.execute(update(Instance).values(is_held=False))
    assert deliver().sent == 1


def test_a_refusal_for_good_is_dead_and_the_others_go_on(mailing: Flask, smtp_sink: Sink) -> None:
    smtp_sink.refuse = {"gone@example.org": "550 no such box"}
    queue(secret("gone@example.org"), secret("ana@example.org"))
    tally = deliver()
    assert (tally.sent, tally.failed) == (1, 1)
    with db.reading() as session:
        dead = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == "gone@example.org")).one()
    assert dead.state is MessageState.DEAD
    assert dead.last_error == "550 no such box"


def test_a_broken_message_is_dead_and_the_others_go_on(mailing: Flask, smtp_sink: Sink) -> None:
    queue(Message("sample", "a@example.org", {"name": "A"}), Message("nothing", "b@example.org"), secret())
    tally = deliver()
    assert (tally.sent, tally.failed) == (1, 2)
    with db.reading() as session:
        errors = session.scalars(select(OutboxMessage.last_error).where(OutboxMessage.state == MessageState.DEAD)).all()
    assert sorted(error.split(":")[0] for error in errors) == ["TemplateNotFound", "UndefinedError"]


def test_a_temporary_refusal_is_tried_again_later_with_the_same_number(mailing: Flask, smtp_sink: Sink) -> None:
    smtp_sink.at_data = {"ana@example.org": "451 later"}
    queue(secret())
    deliver()
    row = only()
    assert (row.state, row.attempts, row.last_error) == (MessageState.QUEUED, 1, "451 later")
    assert timedelta(seconds=50) < row.next_attempt_at - NOW < timedelta(seconds=70)
    assert deliver().failed == 0
    smtp_sink.at_data = {}
    with clock.at(NOW + timedelta(minutes=2)):
        assert deliver().sent == 1
    assert smtp_sink.taken[0].message["Message-ID"] == f"<{row.message_id}>"


def test_after_two_days_of_trying_it_is_dead(mailing: Flask, smtp_sink: Sink) -> None:
    smtp_sink.at_data = {"ana@example.org": "451 later"}
    queue(secret())
    moment = NOW
    while only().state is MessageState.QUEUED:
        moment = only().next_attempt_at
        with clock.at(moment):
            deliver()
    assert only().attempts == outbox.TRIES
    assert timedelta(hours=40) < moment - NOW < timedelta(hours=56)


def test_waiting_doubles_up_to_four_hours_and_is_spread() -> None:
    assert [outbox.wait_before(n, 0.5) for n in (1, 2, 3, 30)] == [
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=4),
        timedelta(hours=4),
    ]
    assert outbox.wait_before(1, 0.0) < outbox.wait_before(1, 1.0)


def test_an_unreachable_server_is_knocked_at_once_per_round(mailing: Flask, smtp_sink: Sink) -> None:
    config.use(dataclasses.replace(config.current(), mail=smtp_sink.settings(port=1)))
    queue(secret("a@example.org"), secret("b@example.org"))
    tally = deliver()
    assert (tally.failed, tally.is_unreachable) == (1, True)


def test_a_crash_after_the_server_took_it_repeats_it_once_with_the_same_number(
    mailing: Flask, smtp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(secret())
    with monkeypatch.context() as patched:

        def crash(*_: object) -> None:
            raise OperationalError("", {}, Exception("power cut"))

        patched.setattr(outbox, "mark_sent", crash)
        with pytest.raises(OperationalError):
            deliver()
    assert only().state is MessageState.SENDING
    assert deliver().sent == 0  # the lease still runs
    with clock.at(NOW + outbox.LEASE + timedelta(seconds=1)):
        assert deliver().sent == 1
    first, second = (taken.message["Message-ID"] for taken in smtp_sink.taken)
    assert first == second


def test_a_closed_account_is_not_written_to(mailing: Flask, smtp_sink: Sink) -> None:
    with db.writing() as session:
        person = Person(email="ana@example.org", name="Ana", created_at=NOW, deactivated_at=NOW)
        session.add(person)
        session.flush()
        number = person.id
    queue(secret(person_id=number), secret("b@example.org"))
    assert deliver().sent == 1
    assert smtp_sink.taken[0].recipients == ["b@example.org"]
    with db.reading() as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.person_id == number)).one()
    assert (row.state, row.values["secret_token"]) == (MessageState.DISCARDED, MASK)


def test_the_mailbox_of_a_demonstration_keeps_all_and_sends_nothing(mailing: Flask, smtp_sink: Sink) -> None:
    config.use(dataclasses.replace(config.current(), mail=smtp_sink.settings(backend="mailbox")))
    queue(secret(), Message("nothing", "b@example.org"), secret("c@example.org", not_before=NOW + timedelta(days=1)))
    deliver()
    assert smtp_sink.taken == []
    with db.reading() as session:
        rows_ = {row.recipient: row for row in session.scalars(select(OutboxMessage))}
    assert rows_["ana@example.org"].state is MessageState.SENT
    assert TOKEN in rows_["ana@example.org"].body
    assert rows_["b@example.org"].state is MessageState.DEAD
    assert rows_["c@example.org"].state is MessageState.QUEUED


def test_two_processes_never_claim_the_same_message(mailing: Flask) -> None:
    queue(secret("a@example.org"), secret("b@example.org"))
    first, second, third = outbox.claim(NOW), outbox.claim(NOW), outbox.claim(NOW)
    assert first is not None
    assert second is not None
    assert {first.recipient, second.recipient} == {"a@example.org", "b@example.org"}
    assert third is None
