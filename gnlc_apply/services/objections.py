"""The Commission's time to object to a change after its endorsement: it runs while the changed text is at hand.

Inner functions: they take the unit of a command.
"""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.models import Application, ApplicationVersion, Endorsement, EndorsementOutcome, Objection
from gnlc_apply.services import working_days
from gnlc_apply.services.command import Unit
from gnlc_apply.services.moves import announce

OBJECTION_DAYS = 5


def lapse(unit: Unit, application_id: int) -> None:
    """The city takes its text up again: no time to object runs on while there is nothing to object to."""
    running = unit.session.scalars(
        select(Objection)
        .join(Endorsement, Endorsement.id == Objection.endorsement_id)
        .where(
            Endorsement.application_id == application_id,
            Endorsement.revoked_at.is_(None),
            Objection.objected_at.is_(None),
            Objection.lapsed_at.is_(None),
            Objection.due_at >= unit.arrived_at,
        )
        .with_for_update(of=Objection)
    ).all()
    for objection in running:
        objection.lapsed_at = unit.now
        unit.note("objection_lapsed", "application", application_id, version=objection.version_id)


def follow(unit: Unit, row: Application) -> None:
    """What the text at hand means for an endorsement: nothing, five working days to object, or that these are over.

    A text whose time ran out before, unused, is told of once. One whose time lapsed gets five new days.
    """
    endorsement = unit.session.scalar(
        select(Endorsement).where(
            Endorsement.application_id == row.id,
            Endorsement.outcome == EndorsementOutcome.ENDORSED,
            Endorsement.revoked_at.is_(None),
        )
    )
    if endorsement is None or row.version_id is None:
        return
    told = unit.session.scalars(
        select(Objection).where(Objection.endorsement_id == endorsement.id).order_by(Objection.told_at, Objection.id)
    ).all()
    if endorsement.version_id == row.version_id:
        _tell_of_return(unit, row, told[-1] if told else None)
        return
    known = next((objection for objection in told if objection.version_id == row.version_id), None)
    if known is None or known.lapsed_at is not None:
        _begin(unit, row, known or Objection(endorsement_id=endorsement.id, version_id=row.version_id, reason=""))


def _begin(unit: Unit, row: Application, objection: Objection) -> None:
    objection.told_at, objection.lapsed_at = unit.now, None
    objection.due_at = working_days.after(unit.now, OBJECTION_DAYS)
    unit.session.add(objection)
    version = unit.session.get_one(ApplicationVersion, objection.version_id).short_code
    unit.note("told_of_change", "application", row.id, version=version, due_at=objection.due_at)
    announce(unit, "change_after_endorsement", row, version=version, due_at=objection.due_at.isoformat())


def _tell_of_return(unit: Unit, row: Application, last: Objection | None) -> None:
    """The city is back at the very text that was endorsed: whoever was told of a change is told that it is gone."""
    if last is None or last.lapsed_at is None:
        return
    version = unit.session.get_one(ApplicationVersion, row.version_id).short_code
    once = f"change_taken_back:{last.id}:{last.lapsed_at:%Y%m%d%H%M%S%f}"
    announce(unit, "change_taken_back", row, key_prefix=once, version=version)
