"""Reminders before a deadline: at 14, 7 and 2 days, each once, however often the worker looks."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from gnlc_apply.models import Application, ApplicationState, CallState, ReminderSent
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services import case
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import announce

DAYS_BEFORE = (14, 7, 2)


def stage(deadline: datetime, now: datetime) -> int | None:
    """Which reminder is due, in days before the deadline: the latest one whose time has come; None when none has."""
    if now >= deadline:
        return None
    due = [days for days in DAYS_BEFORE if deadline - now <= timedelta(days=days)]
    return min(due) if due else None


def days_left(deadline: datetime, now: datetime) -> int:
    """The days that are really left, begun ones counted: a late worker must not promise two days where one is left."""
    return -(-(deadline - now) // timedelta(days=1))


def was_sent(unit: Unit, key: str) -> bool:
    """Whether this reminder was sent already."""
    return unit.session.scalar(select(ReminderSent.id).where(ReminderSent.key == key)) is not None


def take_key(unit: Unit, key: str) -> bool:
    """Whether this reminder is still to be sent; from now on it counts as sent."""
    if was_sent(unit, key):
        return False
    unit.session.add(ReminderSent(key=key, queued_at=unit.now))
    return True


@command()
def remind_cities(unit: Unit, *, actor: Actor, call: str) -> list[str]:
    """Remind the officials of drafts whose deadline is near; the references of those reminded now."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, call)
    if row.state is not CallState.OPEN:
        return []
    drafts = unit.session.scalars(
        select(Application)
        .where(Application.call_id == row.id, Application.state == ApplicationState.DRAFT)
        .order_by(Application.id)
    ).all()
    reminded = []
    for draft in drafts:
        # Without the silent grace: people are reminded of the deadline they were told.
        told = case.deadlines(unit.session, row, draft, draft.country)[0] - timedelta(minutes=row.grace_minutes)
        days = stage(told, unit.now)
        if days is None or not take_key(unit, f"draft:{draft.reference}:{told.date().isoformat()}:{days}"):
            continue
        zone = row.time_zone
        announce(
            unit,
            "draft_reminder",
            draft,
            call=row.title,
            deadline_at=told.isoformat(),
            time_zone=zone,
            days=days_left(told, unit.now),
        )
        unit.note("reminded", "application", draft.id, days=days)
        reminded.append(draft.reference)
    return reminded
