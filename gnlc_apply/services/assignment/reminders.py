"""Reminders to jurors before the reading deadline: at 7 and 2 days, each once, however often the worker looks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from gnlc_apply.models import Application, ApplicationState, Assignment, Juror, Minutes, Review, ReviewState
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.call.reminders import take_key
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.ties.pairs import tell_jurors

DAYS_BEFORE = (7, 2)


@command()
def remind_readers(unit: Unit, *, actor: Actor, call: str) -> int:
    """Remind the jurors of a call who have files left to read, when the deadline is near; how many were reminded now."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, call)
    deadline = row.reading_deadline_at
    if deadline is None or unit.now >= deadline:
        return 0
    due = [days for days in DAYS_BEFORE if deadline - unit.now <= timedelta(days=days)]
    if not due or unit.session.scalar(select(Minutes.id).where(Minutes.call_id == row.id)) is not None:
        return 0
    days = min(due)
    left = {
        juror_id: number
        for juror_id, number in _unfinished(unit, row.id).items()
        if take_key(unit, f"review:{juror_id}:{deadline.date().isoformat()}:{days}")
    }
    tell_jurors(unit, "review_reminder", row, left, days=days)
    for juror_id, number in left.items():
        unit.note("reminded", "juror", juror_id, days=days, number=number)
    return len(left)


def _unfinished(unit: Unit, call_id: int) -> dict[int, int]:
    query = (
        select(Assignment.juror_id, func.count(Assignment.id))
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(Application, Application.id == Assignment.application_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Juror.call_id == call_id,
            Assignment.ended_at.is_(None),
            Application.state == ApplicationState.IN_REVIEW,
            (Review.id.is_(None)) | (Review.state == ReviewState.DRAFT),
        )
        .group_by(Assignment.juror_id)
    )
    return dict(unit.session.execute(query).all())
