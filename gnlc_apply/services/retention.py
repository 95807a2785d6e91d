"""How long what is kept: what has served its purpose is deleted or emptied by the clock, and counted in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import String, cast, delete, func, or_, update
from sqlalchemy.orm import Session

from gnlc_apply import config
from gnlc_apply.models import Invitation, MessageState, Notice, OutboxMessage, TwoPersonRequest
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.command import Unit, command

_GONE = (MessageState.SENT, MessageState.DISCARDED)


def _count(result: object) -> int:
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has one


def _notices(session: Session, before: datetime) -> int:
    return _count(session.execute(delete(Notice).where(Notice.at < before)))


def _messages(session: Session, before: datetime) -> int:
    """Address, text and values go; that something was sent, when, and of which kind stays. Its key names nobody then, and
    what it answered lies so far back that nothing asks for it again.
    """
    old = update(OutboxMessage).where(
        OutboxMessage.state.in_(_GONE), OutboxMessage.queued_at < before, OutboxMessage.recipient != ""
    )
    key = func.replace(OutboxMessage.key, OutboxMessage.recipient, cast(OutboxMessage.id, String))
    return _count(session.execute(old.values(key=key, recipient="", values={}, subject="", body="", last_error="")))


def _invitations(session: Session, before: datetime) -> int:
    """Name and address of whom was invited and never came, or came by another way since."""
    old = update(Invitation).where(Invitation.expires_at < before, Invitation.email != "")
    return _count(session.execute(old.values(email="", name="")))


def _two_person_requests(session: Session, before: datetime) -> int:
    """Names and reasons of acts on accounts that were answered or lapsed long ago."""
    kept = or_(TwoPersonRequest.reason != "", cast(TwoPersonRequest.details, String) != "{}")
    old = update(TwoPersonRequest).where(TwoPersonRequest.asked_at < before, kept)
    return _count(session.execute(old.values(reason="", details={}).execution_options(synchronize_session=False)))


JOBS: tuple[tuple[str, str, Callable[[Session, datetime], int]], ...] = (
    ("notices", "keep_notices_days", _notices),
    ("messages", "keep_messages_days", _messages),
    ("invitations", "keep_invitations_days", _invitations),
    ("requests", "keep_requests_days", _two_person_requests),
)


@command()
def apply(unit: Unit, *, actor: Actor) -> int:
    """Delete what is older than its period; how much. Each table that lost something is counted in the audit log."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    settings = config.current()
    total = 0
    for name, period, job in JOBS:
        gone = job(unit.session, unit.now - timedelta(days=getattr(settings.retention, period)))
        if gone:
            unit.note("deleted_by_retention", "instance", 1, what=name, count=gone)
        total += gone
    return total
