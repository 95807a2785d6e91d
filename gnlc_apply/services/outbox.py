"""The outbox's way: claiming, settling, and what the secretariat may do with a message.

Claiming and settling are small units of work of their own, one per message: lease, hand over, mark. A crash in between
leaves a row in ``sending``; when its lease is over it goes out once more, with the same Message-ID.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import SECRET, Message, masked
from gnlc_apply.mail.render import MASK
from gnlc_apply.models import Application, Call, Cohort, CohortState, Instance, MessageState, OutboxMessage, Person
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.permissions.rules import staff_conflict
from gnlc_apply.queries import instance
from gnlc_apply.services.case import facts
from gnlc_apply.services.command import RELEASE_FIRST, Unit, command
from gnlc_apply.services.reminder_reasons import still_holds

LEASE = timedelta(minutes=5)
# One minute, doubled each time up to four hours: twenty tries are two days.
FIRST_WAIT, LONGEST_WAIT, TRIES = timedelta(minutes=1), timedelta(hours=4), 20
WAITING = (MessageState.QUEUED, MessageState.HELD, MessageState.DEAD)
_REFERENCE = re.compile(r"[0-9a-f]{32}")
_dice = random.SystemRandom()


@dataclass(frozen=True)
class Claimed:
    """A message that this process may hand over now. ``values`` are as they lie in the outbox, secrets sealed."""

    id: int
    kind: str
    recipient: str
    language: str
    values: dict[str, Any]
    message_id: str
    reply_to: str


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Due by its own time, by its cohort's announcement if it belongs to one, and nobody at work on it."""
    announced = (
        select(Cohort.id)
        .where(Cohort.id == OutboxMessage.cohort_id, Cohort.state == CohortState.ANNOUNCED, Cohort.announced_at <= now)
        .exists()
    )
    waits = and_(OutboxMessage.state == MessageState.QUEUED, OutboxMessage.next_attempt_at <= now)
    was_lost = and_(OutboxMessage.state == MessageState.SENDING, OutboxMessage.lease_until < now)
    is_time = and_(OutboxMessage.not_before <= now, or_(OutboxMessage.cohort_id.is_(None), announced))
    return and_(or_(waits, was_lost), is_time)


def _due(now: datetime, limit: int) -> Select[OutboxMessage]:
    return (
        select(OutboxMessage)
        .where(_is_due(now))
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxMessage)
    )


def is_anything_due(now: datetime) -> bool:
    """Whether a look under the write lock is worth it: something is due and this installation is not held."""
    with db.reading() as session:
        return (
            not instance.is_mail_held(session)
            and session.scalar(select(OutboxMessage.id).where(_is_due(now)).limit(1)) is not None
        )


def _why_not(session: Session, row: OutboxMessage, now: datetime) -> str:
    """What has happened since it was queued that keeps a message from leaving; empty for nothing."""
    person = session.get_one(Person, row.person_id) if row.person_id is not None else None
    if person is not None and (person.deactivated_at is not None or person.erased_at is not None):
        return "the person's account is closed"
    return "" if still_holds(session, row, now) else "there is nothing left to remind of"


def _drop_if_pointless(session: Session, row: OutboxMessage, now: datetime) -> bool:
    """Discard a message to somebody whose account was closed since, and a reminder of what has been done since."""
    why = _why_not(session, row, now)
    if not why:
        return False
    row.state, row.lease_until, row.last_error = MessageState.DISCARDED, None, why
    row.values = masked(row.values, MASK)
    return True


def claim(now: datetime) -> Claimed | None:
    """The next message that is due, leased to this process; None when there is none or this installation is held."""
    while True:
        with db.writing() as session:
            row = None if instance.is_mail_held(session) else session.scalar(_due(now, 1))
            if row is None:
                return None
            if _drop_if_pointless(session, row, now):
                continue
            row.state, row.lease_until, row.attempts = MessageState.SENDING, now + LEASE, row.attempts + 1
            return Claimed(
                row.id,
                row.kind,
                row.recipient,
                row.language,
                row.values,
                row.message_id,
                _office(session, row.application_id),
            )


def _office(session: Session, application_id: int | None) -> str:
    """The functional address of the call that an application belongs to; empty where there is none."""
    if application_id is None:
        return ""
    query = select(Call.contact_email).join(Application, Application.call_id == Call.id)
    return session.scalar(query.where(Application.id == application_id)) or ""


def mark_sent(claimed: Claimed, now: datetime, subject: str, body: str) -> None:
    """It has left. Secrets are erased; ``body`` is kept as what was said, so it must come masked."""
    with db.writing() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == claimed.id, OutboxMessage.state == MessageState.SENDING)
            .values(
                state=MessageState.SENT,
                sent_at=now,
                lease_until=None,
                last_error="",
                subject=subject,
                body=body,
                values=masked(claimed.values, MASK),
            )
        )


def wait_before(attempt: int, jitter: float) -> timedelta:
    """How long to wait after the given failed attempt (1, 2, …), ``jitter`` between 0 and 1 spreading it by a fifth."""
    wait: timedelta = min(FIRST_WAIT * int(2 ** min(attempt - 1, 16)), LONGEST_WAIT)
    return wait * (0.9 + 0.2 * jitter)


def mark_failed(claimed: Claimed, now: datetime, error: str, *, is_permanent: bool) -> None:
    """It has not left: again later, or never if that would change nothing or two days have been tried."""
    with db.writing() as session:
        row = session.get_one(OutboxMessage, claimed.id, with_for_update=True)
        if row.state is not MessageState.SENDING:
            return
        is_over = is_permanent or row.attempts >= TRIES
        row.state, row.lease_until, row.last_error = (
            MessageState.DEAD if is_over else MessageState.QUEUED,
            None,
            error[:500],
        )
        row.next_attempt_at = now + wait_before(row.attempts, _dice.random())


def put_into_mailbox(now: datetime, words: Callable[[OutboxMessage], tuple[str, str]], limit: int = 100) -> int:
    """In a demonstration: keep the due messages with their full text, as if sent in their time; how many.

    ``words`` gives subject and body, or raises; a message without words is dead, the others go on.
    """
    with db.writing() as session:
        rows = [] if instance.is_mail_held(session) else session.scalars(_due(now, limit)).all()
        for row in rows:
            row.attempts += 1
            try:
                row.subject, row.body = words(row)
            except ValueError as error:
                row.state, row.last_error = MessageState.DEAD, str(error)[:500]
                continue
            row.state, row.sent_at = MessageState.SENT, max(row.queued_at, row.not_before)
            row.values = masked(row.values, MASK)
        return len(rows)


def doubt_leaving(session: Session, why: str) -> None:
    """In a restored copy: what was leaving may have arrived, so a person decides whether it goes again."""
    leaving = update(OutboxMessage).where(OutboxMessage.state == MessageState.SENDING)
    session.execute(leaving.values(state=MessageState.HELD, lease_until=None, last_error=why))


def give_up(session: Session, why: str, *, is_sealed_only: bool = False) -> int:
    """Discard everything that has not left (or only what carries a secret), secrets erased; how many."""
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.state.in_(WAITING)).order_by(OutboxMessage.id).with_for_update()
    )
    given_up = 0
    for row in rows:
        if is_sealed_only and not any(name.startswith(SECRET) for name in row.values):
            continue
        row.state, row.values, row.last_error = MessageState.DISCARDED, masked(row.values, MASK), why
        given_up += 1
    return given_up


def forget_person(session: Session, person_id: int, email: str, gone: str) -> None:
    """Of a person who is erased: nothing leaves any more, and of what left only kind and time are kept."""
    theirs = or_(OutboxMessage.person_id == person_id, OutboxMessage.recipient == email)
    waiting = update(OutboxMessage).where(theirs, OutboxMessage.state.in_((*WAITING, MessageState.SENDING)))
    session.execute(waiting.values(state=MessageState.DISCARDED, lease_until=None))
    session.execute(
        update(OutboxMessage)
        .where(theirs)
        .values(
            # The key makes a message unique, and names whom it went to.
            key=func.replace(OutboxMessage.key, email, gone),
            recipient=gone,
            values={},
            subject="",
            body="",
            last_error="",
        )
    )


def _find(unit: Unit, reference: str) -> OutboxMessage:
    """A message by its reference, for somebody of the secretariat without a conflict of interest in its file."""
    require(unit.actor, Permission.SEE_MAIL)
    row = None
    if _REFERENCE.fullmatch(reference):
        query = select(OutboxMessage).where(OutboxMessage.message_id.startswith(f"{reference}@"))
        row = unit.session.scalar(query.with_for_update())
    if row is None:
        raise NotFound()
    if row.application_id is not None:
        file = unit.session.get_one(Application, row.application_id)
        if staff_conflict.check(unit.actor, facts(unit.session, file)):
            raise NotFound()
    return row


def _turn(
    unit: Unit, reference: str, allowed: tuple[MessageState, ...], state: MessageState, act: str
) -> OutboxMessage:
    row = _find(unit, reference)
    if row.state not in allowed:
        raise Conflict(Text("This is not possible any more: the message has gone on in the meantime."))
    row.state = state
    unit.note(act, "message", row.id, kind=row.kind)
    return row


@command()
def hold(unit: Unit, *, actor: Actor, message: str) -> None:
    """Keep a waiting message back. Raises Conflict when it is leaving or has left."""
    _turn(unit, message, (MessageState.QUEUED,), MessageState.HELD, "held")


@command()
def retry(unit: Unit, *, actor: Actor, message: str) -> None:
    """Let a held or dead message go out, not before its own time. What was sent is never sent again."""
    row = _turn(unit, message, (MessageState.HELD, MessageState.DEAD), MessageState.QUEUED, "queued_again")
    row.attempts, row.last_error, row.next_attempt_at = 0, "", max(unit.now, row.not_before)


@command()
def discard(unit: Unit, *, actor: Actor, message: str) -> None:
    """Decide that a message that has not left never will; its secrets are erased."""
    row = _turn(unit, message, WAITING, MessageState.DISCARDED, "discarded")
    row.values = masked(row.values, MASK)


@command()
def send_test(unit: Unit, *, actor: Actor) -> None:
    """Queue a test message to the person who asks."""
    require(actor, Permission.SEE_MAIL)
    unit.note("asked_for_test_message", "person", actor.person_id)
    message = Message("test", actor.email, {"name": actor.name}, person_id=actor.person_id, language=actor.language)
    unit.send(message)


@command()
def hold_all(unit: Unit, *, actor: Actor, is_held: bool) -> None:
    """Hold or release the whole installation's mail (after a restore, or when something has gone wrong)."""
    require(actor, Permission.SEE_MAIL)
    row = unit.session.get_one(Instance, 1, with_for_update=True)
    if row.held_since is not None:
        raise Conflict(RELEASE_FIRST)
    if row.is_held != is_held:
        row.is_held = is_held
        unit.note("held_all_mail" if is_held else "released_all_mail", "instance", 1)
