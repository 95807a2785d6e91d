"""Every way in which a mail server fails: the message waits, or is given up in sight, and then leaves once. All in each run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, rows
from gnlc_apply.models import MessageState, OutboxMessage, Role
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import outbox
from gnlc_apply.services.delivery import Tally, deliver
from tests import proof, smtp_sink
from tests.city import add_person
from tests.conftest import NOW
from tests.faults import bad_mail_server
from tests.services.test_command import add_person as write_something
from tests.signing_in import sign_in
from tests.smtp_sink import Sink

pytestmark = [pytest.mark.proof, pytest.mark.timeout(120)]
WHO = ("ana@example.org", "ben@example.org", "cem@example.org")


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A mail server in order."""
    with smtp_sink.running(tmp_path) as running:
        yield running


@pytest.fixture
def mailing(app: Flask, sink: Sink) -> Flask:
    """The application with three messages that are due."""
    _use(sink.settings())
    with db.writing() as session:
        messages = [Message("test", who, {"name": "A reader"}) for who in WHO]
        session.execute(insert(OutboxMessage), rows(messages, clock.now(), 0))
    return app


def _deliver(app: Flask) -> Tally:
    with app.app_context():
        return deliver()


def _use(mail: config.MailSettings) -> None:
    config.use(replace(config.current(), mail=mail))


def _rows() -> list[OutboxMessage]:
    with db.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


@contextmanager
def _talking(sink: Sink, talk: bad_mail_server.Talk, **changed: Any) -> Iterator[None]:
    with bad_mail_server.running(talk) as port:
        _use(sink.settings(port=port, timeout=1, **changed))
        yield


@contextmanager
def _set(sink: Sink, **changed: Any) -> Iterator[None]:
    _use(sink.settings(timeout=2, **changed))
    yield


@contextmanager
def _answering(sink: Sink, at: str, words: str) -> Iterator[None]:
    setattr(sink, at, dict.fromkeys(WHO, words))
    yield
    setattr(sink, at, {})


@contextmanager
def _other_name(sink: Sink, folder: Path) -> Iterator[None]:
    (folder / "other").mkdir()
    with smtp_sink.running(folder / "other", is_itself=False) as other:
        _use(other.settings())
        yield


@contextmanager
def _in_the_open(sink: Sink, folder: Path) -> Iterator[None]:
    (folder / "open").mkdir()
    with smtp_sink.running(folder / "open", offers_tls=False) as other:
        _use(other.settings())
        yield
        assert other.taken == []


bad = bad_mail_server
# What goes wrong, whether the way is barred (then one message is tried and the others wait), and what the row says.
WAITING: dict[str, tuple[Callable[[Sink, Path], Any], bool, str]] = {
    "refused": (lambda sink, _f: _set(sink, port=1), True, "ConnectionRefusedError"),
    "silent": (lambda sink, _f: _talking(sink, bad.says_nothing), True, "timed out"),
    "slow": (lambda sink, _f: _talking(sink, bad.says_it_slowly), True, ""),
    "no mail server": (lambda sink, _f: _talking(sink, bad.is_no_mail_server), True, ""),
    "421 at the greeting": (lambda sink, _f: _talking(sink, bad.is_closing), True, "421 mail.example shutting down"),
    "hangs up": (lambda sink, _f: _talking(sink, bad.hangs_up), True, "closed"),
    "hangs up after DATA": (
        lambda sink, _f: _talking(sink, bad.hangs_up_after_data, security="none"),
        True,
        "closed",
    ),
    "broken TLS": (lambda sink, _f: _talking(sink, bad.breaks_tls), True, "SSL"),
    "unknown certificate": (lambda sink, _f: _set(sink, ca_file=""), True, "certificate"),
    "certificate of another": (_other_name, True, "IP address mismatch"),
    "no STARTTLS": (_in_the_open, True, "STARTTLS"),
    "no such name": (lambda sink, _f: _set(sink, host="mail.invalid"), True, "gaierror"),
    "421 at RCPT": (lambda sink, _f: _answering(sink, "refuse", "421 too many"), False, "421 too many"),
    "451 at DATA": (lambda sink, _f: _answering(sink, "at_data", "451 greylisted"), False, "451 greylisted"),
    "452 at RCPT": (lambda sink, _f: _answering(sink, "refuse", "452 mailbox full"), False, "452 mailbox full"),
}
DEAD = {"refuse": "550 no such box", "at_data": "552 the message is too large"}


@pytest.mark.parametrize("fault", WAITING)
def test_what_could_not_leave_waits_longer_and_leaves_once(
    mailing: Flask, sink: Sink, tmp_path: Path, fault: str
) -> None:
    make, is_barred, words = WAITING[fault]
    ids = [row.message_id for row in _rows()]
    with make(sink, tmp_path):
        first = _deliver(mailing)
        second = _deliver(mailing)
    assert (first.sent, second.sent, first.is_unreachable) == (0, 0, is_barred)
    # A barred way is knocked at once in a round, not once for each message.
    assert first.failed == (1 if is_barred else len(WHO))
    found = _rows()
    assert {row.state for row in found} == {MessageState.QUEUED}
    tried = [row for row in found if row.attempts]
    assert [row.attempts for row in tried] == [1] * (first.failed + second.failed)
    assert all(words in row.last_error for row in tried)
    assert all(timedelta(seconds=50) < row.next_attempt_at - NOW < timedelta(seconds=70) for row in tried)
    _use(sink.settings())
    with clock.at(NOW + timedelta(minutes=2)):
        assert _deliver(mailing).sent == len(WHO)
        assert _deliver(mailing).sent == 0
    assert sorted(taken.recipients for taken in sink.taken) == [[who] for who in WHO]
    assert {taken.message["Message-ID"].strip("<>") for taken in sink.taken} == set(ids)
    proof.reached("smtp_faults", 1)


@pytest.mark.parametrize("at", DEAD)
def test_what_is_refused_for_good_is_seen_and_can_be_sent_by_hand(mailing: Flask, sink: Sink, at: str) -> None:
    setattr(sink, at, {WHO[0]: DEAD[at]})
    officer = add_person("officer@network.example", "Ona Officer", (Role.OFFICER, None))
    assert (_deliver(mailing).sent, len(sink.taken)) == (2, 2)
    (dead,) = [row for row in _rows() if row.state is MessageState.DEAD]
    assert (dead.recipient, dead.last_error) == (WHO[0], DEAD[at])
    client = mailing.test_client()
    sign_in(client, "officer@network.example")
    db.release()
    page = client.get("/en/secretariat/mail?state=dead")
    assert page.status_code == 200
    assert WHO[0] in page.text
    setattr(sink, at, {})
    outbox.retry(actor=officer, message=dead.message_id.partition("@")[0])
    _deliver(mailing)
    _deliver(mailing)
    # By its own number, since signing in has written to the officer in the meantime.
    again = [taken for taken in sink.taken if taken.message["Message-ID"] == f"<{dead.message_id}>"]
    assert [taken.recipients for taken in again] == [[WHO[0]]]
    proof.reached("smtp_faults", 1)


@pytest.mark.postgres
def test_while_a_mail_server_says_nothing_others_write_and_read(mailing: Flask, sink: Sink) -> None:
    with _talking(sink, bad.says_nothing):

        def work() -> None:
            _deliver(mailing)
            db.release()

        worker = threading.Thread(target=work)
        worker.start()
        deadline = time.monotonic() + 30
        while not any(row.state is MessageState.SENDING for row in _rows()) and time.monotonic() < deadline:
            time.sleep(0.02)
        write_something(actor=SYSTEM, email="meanwhile@example.org")
        # Still on the line when the act was done: it did not wait for the mail server.
        assert [row.state for row in _rows()].count(MessageState.SENDING) == 1
        assert mailing.test_client().get("/en/").status_code == 200
        worker.join()
    proof.reached("smtp_faults", 1)
