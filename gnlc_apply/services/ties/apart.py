"""The conflict rules, run again at once for somebody who has just gained a tie to a city or a country."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.models import Application, ApplicationMember, Call, CallState, Juror
from gnlc_apply.services.command import Unit
from gnlc_apply.services.ties.pairs import keep_conflicts
from gnlc_apply.services.ties.panel import READABLE, load


def keep_apart(unit: Unit, person_id: int) -> None:
    """Run the rules for a person whose role, profile or address has changed, in every call that runs.

    Looks both ways: at the files that this person reads as a juror, and at all jurors of the files on which the person works for
    a city. Whatever commits the change commits the end of the readings with it. Nobody but the secretariat is told.
    """
    unit.session.flush()
    jurors = unit.session.scalars(
        select(Juror)
        .join(Call, Call.id == Juror.call_id)
        .where(Juror.person_id == person_id, Call.state != CallState.CONCLUDED)
        .order_by(Juror.id)
    ).all()
    files = unit.session.scalars(
        select(Application)
        .join(ApplicationMember, ApplicationMember.application_id == Application.id)
        .where(
            ApplicationMember.person_id == person_id,
            ApplicationMember.removed_at.is_(None),
            Application.state.in_(READABLE),
        )
        .order_by(Application.id)
    ).all()
    _wait_for_assigning(unit, {juror.call_id for juror in jurors} | {file.call_id for file in files})
    for juror in jurors:
        keep_conflicts(unit, load(unit.session, juror.call_id, juror=juror))
    for file in files:
        keep_conflicts(unit, load(unit.session, file.call_id, file=file))


def _wait_for_assigning(unit: Unit, calls: set[int]) -> None:
    """Whoever gives out files holds the call as well: neither sees the pair half-way, and one of both finds the conflict."""
    if calls:
        unit.session.scalars(select(Call).where(Call.id.in_(calls)).order_by(Call.id).with_for_update()).all()
