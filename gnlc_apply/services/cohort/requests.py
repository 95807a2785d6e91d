"""Requests that take two persons: asked for by one, confirmed by another."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import Cohort, CohortChange, CohortState
from gnlc_apply.services.command import Unit


def open_request(unit: Unit, cohort: Cohort, kind: str, application_id: int | None = None) -> CohortChange | None:
    """The request of this kind, about this file, that waits for its second person."""
    about = CohortChange.application_id
    return unit.session.scalar(
        select(CohortChange)
        .where(
            CohortChange.cohort_id == cohort.id,
            CohortChange.kind == kind,
            about.is_(None) if application_id is None else about == application_id,
            CohortChange.confirmed_at.is_(None),
        )
        .with_for_update()
    )


def ask(unit: Unit, cohort: Cohort, kind: str, application_id: int | None, reason: str) -> None:
    """Ask for a change to a locked list. Raises Conflict where the list is not locked or somebody asked already."""
    if cohort.state not in (CohortState.LOCKED, CohortState.ARMED):
        raise Conflict(Text("The list is not locked."))
    if not reason.strip():
        raise Invalid(Text("Give a reason."), {"reason": Text("Give a reason.")})
    if open_request(unit, cohort, kind, application_id) is not None:
        raise Conflict(Text("Somebody has asked for this already; a second person must confirm it."))
    unit.session.add(
        CohortChange(
            cohort_id=cohort.id,
            kind=kind,
            application_id=application_id,
            reason=reason.strip(),
            asked_at=unit.now,
            asked_by_id=unit.actor.person_id,
        )
    )
    unit.note("asked_for_change", "cohort", cohort.id, kind=kind, application=application_id, reason=reason.strip())


def confirm(unit: Unit, asked: CohortChange | None) -> CohortChange:
    """Set the second person's name under a request. Raises Conflict where nobody asked, or the same person did."""
    if asked is None:
        raise Conflict(Text("Nobody has asked for this."))
    if asked.asked_by_id == unit.actor.person_id:
        raise Conflict(Text("A second person must confirm what you asked for."))
    asked.confirmed_at, asked.confirmed_by_id = unit.now, unit.actor.person_id
    unit.note("confirmed_change", "cohort", asked.cohort_id, kind=asked.kind, application=asked.application_id)
    return asked


def drop(unit: Unit, asked: CohortChange | None) -> None:
    """Take back or turn down a request; either person may, since nothing changes by it."""
    if asked is None:
        raise Conflict(Text("Nobody has asked for this."))
    unit.session.delete(asked)
    unit.note("dropped_change", "cohort", asked.cohort_id, kind=asked.kind, application=asked.application_id)
