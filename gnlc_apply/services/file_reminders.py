"""Reminders of the dates that belong to one file: a return, a question, the reply to a finding, an objection.

Drafts, signatures, Commissions and jurors have reminders of their own; each is sent once, however often the worker looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from gnlc_apply.models import (
    Application,
    ApplicationState,
    AuditEntry,
    Call,
    CheckOutcome,
    Endorsement,
    InformationRequest,
    Objection,
    RequestKind,
    ScreeningCheck,
)
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services import case as cases
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.call.reminders import days_left, take_key
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import announce
from gnlc_apply.services.objections import OBJECTION_DAYS
from gnlc_apply.services.working_days import after

# These dates lie days ahead, not weeks: two reminders, the first only where a week is left of more than a week.
DAYS_BEFORE = (7, 2)
# Of the five working days to object: when two of them are left.
_BEFORE_OBJECTION = OBJECTION_DAYS - 2


def stage(since: datetime, due: datetime, now: datetime) -> int | None:
    """Which reminder is due, in days before; none for a date that was named when that day had come already."""
    reached = [days for days in DAYS_BEFORE if since < due - timedelta(days=days) <= now < due]
    return min(reached) if reached else None


@command()
def remind_of_dates(unit: Unit, *, actor: Actor, call: str) -> list[str]:
    """Remind cities and Commissions of the dates of single files; the references of the files reminded of now."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, call)
    return [
        *_remind_city(unit, row, "return_reminder", _returned(unit, row)),
        *_remind_city(unit, row, "question_reminder", _asked(unit, row)),
        *_remind_city(unit, row, "reply_reminder", _found_ineligible(unit, row)),
        *_remind_commissions(unit, row),
    ]


# A file, what tells this date from an earlier one of the file, since when the date is known, and the date.
Dated = Iterator[tuple[Application, str, datetime, datetime]]


def _remind_city(unit: Unit, call: Call, kind: str, dated: Dated) -> Iterator[str]:
    for file, about, since, due in dated:
        days = stage(since, due, unit.now)
        if days is not None and take_key(unit, f"{kind}:{file.reference}:{about}:{due.isoformat()}:{days}"):
            _tell(unit, call, kind, file, about, due)
            yield file.reference


def _tell(unit: Unit, call: Call, kind: str, file: Application, about: str, due: datetime) -> None:
    days = days_left(due, unit.now)
    announce(unit, kind, file, about=about, deadline_at=due.isoformat(), time_zone=call.time_zone, days=days)
    unit.note("reminded_of_date", "application", file.id, kind=kind, days=days)


def _returned(unit: Unit, call: Call) -> Dated:
    """Files that lie with the city: until the date of the return or, taken back by itself, until its own deadline."""
    files = unit.session.scalars(_files(call, ApplicationState.RETURNED)).all()
    for file in files:
        case = cases.case_of(unit, file)
        given_back = unit.session.scalar(
            select(func.max(AuditEntry.at)).where(
                AuditEntry.noun == "application",
                AuditEntry.noun_id == file.id,
                AuditEntry.act.in_(("take_back", "return_as_commission", "return_as_secretariat")),
            )
        )
        if case.return_due_at is not None and given_back is not None:
            # Without the silent grace where it is the cities' deadline: people are reminded of what they were told.
            is_own = case.return_due_at == case.cities_deadline
            grace = timedelta(minutes=call.grace_minutes if is_own else 0)
            yield file, given_back.isoformat(), given_back, case.return_due_at - grace


def _asked(unit: Unit, call: Call) -> Dated:
    """Questions to cities that wait for an answer."""
    query = (
        select(Application, InformationRequest)
        .join(InformationRequest, InformationRequest.application_id == Application.id)
        .where(
            Application.call_id == call.id,
            InformationRequest.kind == RequestKind.QUESTION,
            InformationRequest.answered_at.is_(None),
            InformationRequest.closed_at.is_(None),
        )
        .order_by(InformationRequest.id)
    )
    for file, asked in unit.session.execute(query).all():
        yield file, asked.reference, asked.asked_at, asked.due_at


def _found_ineligible(unit: Unit, call: Call) -> Dated:
    """Findings to which the city may still reply."""
    query = (
        select(Application, ScreeningCheck)
        .join(ScreeningCheck, ScreeningCheck.application_id == Application.id)
        .where(
            Application.call_id == call.id,
            Application.state == ApplicationState.INELIGIBLE,
            ScreeningCheck.outcome == CheckOutcome.INELIGIBLE,
            ScreeningCheck.replied_at.is_(None),
            ScreeningCheck.reversed_at.is_(None),
            ScreeningCheck.final_at.is_(None),
        )
        .order_by(ScreeningCheck.id)
    )
    for file, finding in unit.session.execute(query).all():
        if finding.reply_due_at is not None:
            yield file, str(finding.id), finding.checked_at, finding.reply_due_at


def _remind_commissions(unit: Unit, call: Call) -> Iterator[str]:
    """Commissions that were told of a change and have two of their five working days left."""
    query = (
        select(Application, Objection)
        .join(Endorsement, Endorsement.application_id == Application.id)
        .join(Objection, Objection.endorsement_id == Endorsement.id)
        .where(
            Application.call_id == call.id,
            Application.state.in_((ApplicationState.ENDORSED, ApplicationState.ELIGIBLE)),
            Endorsement.revoked_at.is_(None),
            Objection.objected_at.is_(None),
            Objection.lapsed_at.is_(None),
            Objection.due_at > unit.now,
        )
        .order_by(Objection.id)
    )
    for file, objection in unit.session.execute(query).all():
        key = f"objection_reminder:{file.reference}:{objection.id}:{objection.due_at.isoformat()}"
        if after(objection.told_at, _BEFORE_OBJECTION) <= unit.now and take_key(unit, key):
            _tell(unit, call, "objection_reminder", file, str(objection.id), objection.due_at)
            yield file.reference


def _files(call: Call, state: ApplicationState) -> Any:
    return (
        select(Application)
        .where(Application.call_id == call.id, Application.state == state)
        .order_by(Application.id)
        .with_for_update()
    )
