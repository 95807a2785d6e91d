"""Messages leave no faster than the mail server was promised, and at the address they were written for."""

from __future__ import annotations

import dataclasses
import time

from flask import Flask
from sqlalchemy import insert, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, rows
from gnlc_apply.models import OutboxMessage, Person
from gnlc_apply.services.delivery import deliver
from tests.accounts import person
from tests.smtp_sink import Sink

A_SECOND = 20
MESSAGES = 11


def queue(*messages: Message) -> None:
    with db.writing() as session:
        session.execute(insert(OutboxMessage), rows(messages, clock.now(), 0))


def test_messages_leave_no_faster_than_was_promised(mail_app: Flask, smtp_sink: Sink) -> None:
    mail = dataclasses.replace(smtp_sink.settings(), per_second=A_SECOND)
    config.use(dataclasses.replace(config.current(), mail=mail))
    queue(*(Message("secret", f"p{n}@example.org", {"name": "", "secret_token": "t"}) for n in range(MESSAGES)))
    with mail_app.app_context():
        began = time.monotonic()
        assert deliver().sent == MESSAGES
        took = time.monotonic() - began
    # A lower bound: on a busy machine it takes longer, never less.
    assert took >= (MESSAGES - 1) / A_SECOND
    assert len(smtp_sink.taken) == MESSAGES


def test_a_message_goes_to_the_address_it_was_written_for(mail_app: Flask, smtp_sink: Sink) -> None:
    """What was written before somebody moved was for the reader of the old address: links in it are void by then."""
    config.use(dataclasses.replace(config.current(), mail=smtp_sink.settings()))
    number = person("ana@example.org")
    queue(Message("secret", "ana@example.org", {"name": "Ana", "secret_token": "t"}, person_id=number))
    with db.writing() as session:
        session.execute(update(Person).where(Person.id == number).values(email="moved@example.org"))
    with mail_app.app_context():
        deliver()
    taken = [one.recipients for one in smtp_sink.taken if one.message["Subject"] == "Your link"]
    assert taken == [["ana@example.org"]]
