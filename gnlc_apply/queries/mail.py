"""The outbox as the secretariat reads it, and as everybody reads it in a demonstration. Secrets never leave through here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Instance, MessageState, OutboxMessage
from gnlc_apply.permissions import Actor
from gnlc_apply.permissions.rules import staff_conflict
from gnlc_apply.queries.rows import AnySelect

PAGE_SIZE = 50
_REFERENCE = re.compile(r"[0-9a-f]{32}")
_UNSENT = (MessageState.QUEUED, MessageState.SENDING)


@dataclass(frozen=True)
class Mark:
    """What this installation is and how its worker does."""

    is_demo: bool
    is_held: bool
    worker_seen_at: datetime | None
    held_since: datetime | None = None
    restored_from: datetime | None = None


@dataclass(frozen=True)
class Queue:
    """How the outbox stands."""

    due: int
    oldest_due: datetime | None
    dead: int


@dataclass(frozen=True)
class Wanted:
    """Which messages are asked for."""

    state: str = ""
    kind: str = ""
    query: str = ""
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One message in the list."""

    reference: str
    kind: str
    recipient: str
    language: str
    state: str
    subject: str
    application: str | None
    queued_at: datetime
    not_before: datetime
    next_attempt_at: datetime
    sent_at: datetime | None
    attempts: int
    last_error: str


@dataclass(frozen=True)
class Reach:
    """How many messages, to how many addresses, in how many languages."""

    messages: int
    people: int
    languages: int


@dataclass(frozen=True)
class Listed:
    """One page of the list and what stands around it."""

    wanted: Wanted
    lines: list[Line]
    reach: Reach
    states: Mapping[str, int]
    kinds: list[str]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.reach.messages // PAGE_SIZE))


@dataclass(frozen=True)
class Opened:
    """One message with what it is made of; secrets are still sealed in ``values``."""

    line: Line
    values: dict[str, Any] = field(repr=False)
    body: str = ""


def instance_mark() -> Mark:
    """Whether this is a demonstration, whether its mail is held, when its worker was last seen."""
    row = db.reader.execute(
        select(Instance.is_demo, Instance.is_held, Instance.worker_seen_at, Instance.held_since, Instance.restored_from)
    ).one_or_none()
    return Mark(**row._mapping) if row else Mark(False, False, None)


def queue(now: datetime) -> Queue:
    """What is due now and not gone yet, and what never will."""
    is_due = and_(OutboxMessage.state.in_(_UNSENT), OutboxMessage.next_attempt_at <= now)
    row = db.reader.execute(
        select(
            func.count(OutboxMessage.id).filter(is_due).label("due"),
            func.min(OutboxMessage.next_attempt_at).filter(is_due).label("oldest"),
            func.count(OutboxMessage.id).filter(OutboxMessage.state == MessageState.DEAD).label("dead"),
        )
    ).one()
    return Queue(row.due, row.oldest, row.dead)


def undelivered(viewer: Actor) -> int:
    """How many of the messages that this person may see could not be sent, and wait for somebody to decide."""
    given_up = (
        select(func.count(OutboxMessage.id))
        .outerjoin(Application, Application.id == OutboxMessage.application_id)
        .where(OutboxMessage.state == MessageState.DEAD, _seen_by(viewer))
    )
    return db.reader.scalar(given_up) or 0


def _seen_by(viewer: Actor) -> ColumnElement[bool]:
    """Messages about a file are not for those of the secretariat who have a conflict of interest in it."""
    return or_(OutboxMessage.application_id.is_(None), not_(staff_conflict.where(viewer)))


def _asked_for(wanted: Wanted) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [OutboxMessage.id.is_not(None)]
    if wanted.state in {state.value for state in MessageState}:
        conditions.append(OutboxMessage.state == MessageState(wanted.state))
    if wanted.kind:
        conditions.append(OutboxMessage.kind == wanted.kind)
    if wanted.query:
        is_recipient = OutboxMessage.recipient.icontains(wanted.query, autoescape=True)
        conditions.append(or_(is_recipient, Application.reference == wanted.query.strip().upper()))
    return and_(*conditions)


def _lines() -> AnySelect:
    return select(
        OutboxMessage.message_id,
        OutboxMessage.kind,
        OutboxMessage.recipient,
        OutboxMessage.language,
        OutboxMessage.state,
        OutboxMessage.subject,
        Application.reference.label("application"),
        OutboxMessage.queued_at,
        OutboxMessage.not_before,
        OutboxMessage.next_attempt_at,
        OutboxMessage.sent_at,
        OutboxMessage.attempts,
        OutboxMessage.last_error,
    ).outerjoin(Application, Application.id == OutboxMessage.application_id)


def _line(row: Any) -> Line:
    values = {name: getattr(row, name) for name in Line.__dataclass_fields__ if name not in ("reference", "state")}
    return Line(reference=row.message_id.split("@")[0], state=str(row.state), **values)


def _reach(viewer: Actor, wanted: Wanted) -> Reach:
    row = db.reader.execute(
        select(
            func.count(OutboxMessage.id).label("messages"),
            func.count(OutboxMessage.recipient.distinct()).label("people"),
            func.count(OutboxMessage.language.distinct()).label("languages"),
        )
        .outerjoin(Application, Application.id == OutboxMessage.application_id)
        .where(_seen_by(viewer), _asked_for(wanted))
    ).one()
    return Reach(row.messages, row.people, row.languages)


def _counts(viewer: Actor) -> tuple[dict[str, int], list[str]]:
    rows = db.reader.execute(
        select(OutboxMessage.state, OutboxMessage.kind, func.count(OutboxMessage.id).label("number"))
        .outerjoin(Application, Application.id == OutboxMessage.application_id)
        .where(_seen_by(viewer))
        .group_by(OutboxMessage.state, OutboxMessage.kind)
    ).all()
    states: dict[str, int] = {}
    for row in rows:
        states[str(row.state)] = states.get(str(row.state), 0) + row.number
    return states, sorted({row.kind for row in rows})


def listed(viewer: Actor, wanted: Wanted) -> Listed:
    """One page of the messages asked for, newest first; three statements however many there are."""
    states, kinds = _counts(viewer)
    rows = db.reader.execute(
        _lines()
        .where(_seen_by(viewer), _asked_for(wanted))
        .order_by(OutboxMessage.id.desc())
        .limit(PAGE_SIZE)
        .offset((max(1, wanted.page) - 1) * PAGE_SIZE)
    )
    return Listed(wanted, [_line(row) for row in rows], _reach(viewer, wanted), states, kinds)


def _one(reference: str, *conditions: ColumnElement[bool]) -> Opened | None:
    if not _REFERENCE.fullmatch(reference):
        return None
    query = _lines().add_columns(OutboxMessage.values, OutboxMessage.body)
    row = db.reader.execute(
        query.where(OutboxMessage.message_id.startswith(f"{reference}@"), *conditions)
    ).one_or_none()
    return Opened(_line(row), row.values, row.body) if row is not None else None


def message(viewer: Actor, reference: str) -> Opened | None:
    """One message for somebody of the secretariat; None where there is none or it is not for them."""
    return _one(reference, _seen_by(viewer))


def mailbox(query: str, page: int) -> tuple[list[Line], int]:
    """What has arrived in the demonstration's mailbox, newest first, and how many messages in all."""
    arrived = and_(OutboxMessage.state == MessageState.SENT, _asked_for(Wanted(query=query)))
    total = db.reader.scalar(
        select(func.count(OutboxMessage.id))
        .outerjoin(Application, Application.id == OutboxMessage.application_id)
        .where(arrived)
    )
    rows = db.reader.execute(
        _lines()
        .where(arrived)
        .order_by(OutboxMessage.sent_at.desc(), OutboxMessage.id.desc())
        .limit(PAGE_SIZE)
        .offset((max(1, page) - 1) * PAGE_SIZE)
    )
    return [_line(row) for row in rows], int(total or 0)


def arrived(reference: str) -> Opened | None:
    """One message of the demonstration's mailbox."""
    return _one(reference, OutboxMessage.state == MessageState.SENT)
