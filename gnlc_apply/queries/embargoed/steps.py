"""How far the calls are between the jury's recommendation and the announcement, and what of it waits for this person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    CallState,
    Cohort,
    CohortChange,
    CohortState,
    Decision,
    Minutes,
)
from gnlc_apply.permissions import Actor, Permission, can, require, visible_to


@dataclass(frozen=True)
class Step:
    """One call after its jury's recommendation: numbers of files, never which, and where its cohort stands.

    ``undecided`` and ``to_approve`` are those that this person may act on; ``approved`` and ``files`` are of the whole call.
    """

    files: int
    approved: int
    undecided: int
    to_approve: int
    cohort: str | None
    cohort_state: CohortState | None
    announce_at: datetime | None
    may_arm: bool
    changes: int

    @property
    def is_decided(self) -> bool:
        """Whether a director has approved what every file gets."""
        return self.approved == self.files > 0


def of_open_calls(viewer: Actor, now: datetime, call: str | None = None) -> dict[str, Step]:
    """The step of each open call (or of one) whose jury has recommended, by reference: one statement, or two where there is one.

    Whoever shows them keeps that somebody looked. Raises Forbidden for anybody outside the secretariat.
    """
    require(viewer, Permission.SEE_SECRETARIAT)
    changes = (
        select(func.count(CohortChange.id))
        .where(
            CohortChange.cohort_id == Cohort.id,
            CohortChange.confirmed_at.is_(None),
            CohortChange.asked_by_id.is_distinct_from(viewer.person_id),
        )
        .scalar_subquery()
    )
    rows = db.reader.execute(
        select(
            Call.id,
            Call.reference,
            Cohort.reference.label("cohort"),
            Cohort.state,
            Cohort.announce_at,
            Cohort.locked_by_id,
            changes.label("changes"),
        )
        .join(Minutes, Minutes.call_id == Call.id)
        .outerjoin(Cohort, Cohort.call_id == Call.id)
        .where(Call.state == CallState.OPEN, *([] if call is None else [Call.reference == call]))
    ).all()
    numbers = {row.call_id: row for row in db.reader.execute(_numbers(viewer))} if rows else {}
    is_director = can(viewer, Permission.ARM_COHORT)
    return {
        row.reference: Step(
            files=numbers[row.id].files,
            approved=numbers[row.id].approved,
            undecided=numbers[row.id].undecided,
            to_approve=numbers[row.id].to_approve,
            cohort=row.cohort,
            cohort_state=row.state,
            announce_at=row.announce_at,
            may_arm=is_director and row.locked_by_id != viewer.person_id,
            changes=row.changes,
        )
        for row in rows
        if row.id in numbers
    }


def _numbers(viewer: Actor) -> Select[int, int, int, int, int]:
    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((condition, Application.id)))

    may_propose = visible_to(viewer, Permission.PREPARE_DECISION)
    may_approve = visible_to(viewer, Permission.APPROVE_DECISION)
    # Without the one who prepared it, whoever that was.
    by_another = Decision.prepared_by_id.is_distinct_from(viewer.person_id)
    return (
        select(
            Application.call_id,
            func.count(Application.id).label("files"),
            count(Decision.approved_at.is_not(None)).label("approved"),
            count(and_(Decision.id.is_(None), may_propose)).label("undecided"),
            count(and_(Decision.id.is_not(None), Decision.approved_at.is_(None), by_another, may_approve)).label(
                "to_approve"
            ),
        )
        .join(Call, Call.id == Application.call_id)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .where(Application.state == ApplicationState.IN_REVIEW, Call.state == CallState.OPEN)
        .group_by(Application.call_id)
    )
