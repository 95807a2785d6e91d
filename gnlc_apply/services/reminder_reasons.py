"""Whether a reminder that waits in the outbox still has its reason: asked once more at the moment it would leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from gnlc_apply.models import (
    Application,
    ApplicationState,
    CalibrationRound,
    CalibrationState,
    Call,
    Endorsement,
    InformationRequest,
    Minutes,
    Objection,
    OutboxMessage,
    ScreeningCheck,
)
from gnlc_apply.queries import signature_count
from gnlc_apply.queries.embargoed.calibration_rows import IN, done, files_of, scorers

Reason = Callable[[Session, OutboxMessage], bool]


def _state(*states: ApplicationState) -> Reason:
    def holds(session: Session, row: OutboxMessage) -> bool:
        return session.scalar(select(Application.state).where(Application.id == row.application_id)) in states

    return holds


def _is_asked(session: Session, row: OutboxMessage) -> bool:
    waits = exists().where(
        InformationRequest.reference == row.values["about"],
        InformationRequest.answered_at.is_(None),
        InformationRequest.closed_at.is_(None),
    )
    return bool(session.scalar(select(waits)))


def _may_reply(session: Session, row: OutboxMessage) -> bool:
    waits = exists().where(
        ScreeningCheck.id == int(row.values["about"]),
        ScreeningCheck.replied_at.is_(None),
        ScreeningCheck.reversed_at.is_(None),
        ScreeningCheck.final_at.is_(None),
    )
    return bool(session.scalar(select(waits)))


def _may_object(session: Session, row: OutboxMessage) -> bool:
    waits = exists().where(
        Objection.id == int(row.values["about"]),
        Endorsement.id == Objection.endorsement_id,
        Endorsement.revoked_at.is_(None),
        Objection.objected_at.is_(None),
        Objection.lapsed_at.is_(None),
    )
    return bool(session.scalar(select(waits)))


def _is_unsigned(session: Session, row: OutboxMessage) -> bool:
    return (
        row.application_id is not None and not signature_count.of_application(session, row.application_id).is_complete
    )


def _waits_for_commission(session: Session, row: OutboxMessage) -> bool:
    waits = exists().where(
        Application.call_id == Call.id,
        Call.reference == row.values["call_reference"],
        Application.country == row.values["country"],
        Application.state == ApplicationState.SUBMITTED,
    )
    return bool(session.scalar(select(waits)))


def _is_to_score(session: Session, row: OutboxMessage) -> bool:
    """The juror, still in the jury, has calibration files left in a scoring that runs, and the jury has not finished."""
    found = session.get(CalibrationRound, int(row.values["about"]))
    if found is None or found.state is not CalibrationState.SCORING:
        return False
    files, finished = len(files_of(session, found.id)), done(session, found.id, 1, *IN)
    left = [j for j in scorers(session, found.call_id) if j.person_id == row.person_id and finished[j.id] < files]
    return bool(left) and session.scalar(select(Minutes.id).where(Minutes.call_id == found.call_id)) is None


REASONS: Mapping[str, Reason] = {
    "draft_reminder": _state(ApplicationState.DRAFT),
    "return_reminder": _state(ApplicationState.RETURNED),
    "question_reminder": _is_asked,
    "reply_reminder": _may_reply,
    "objection_reminder": _may_object,
    "signatures_outstanding": _is_unsigned,
    "endorsement_reminder": _waits_for_commission,
    "calibration_reminder": _is_to_score,
}


def still_holds(session: Session, row: OutboxMessage, now: datetime) -> bool:
    """Whether to send it: what it reminds of is still to be done, and its date has not passed. True for all other mail."""
    if row.kind not in REASONS:
        return True
    values: dict[str, Any] = row.values
    try:
        return now <= datetime.fromisoformat(values["deadline_at"]) and REASONS[row.kind](session, row)
    except (KeyError, TypeError, ValueError):
        # A row that does not say what it is about is sent like other mail: it must not stop all that waits behind it.
        return True
