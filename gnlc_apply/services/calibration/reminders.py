"""Reminders before the talk, to jurors who have not scored every file: at 7 and 2 days, each once."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.models import CalibrationRound
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed.calibration_rows import IN, TURNS, done, files_of, scorers
from gnlc_apply.services.calibration.rounds import talk_values
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.call.reminders import take_key
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.file_reminders import stage
from gnlc_apply.services.ties.pairs import is_confirmed, tell_jurors


@command()
def remind_scorers(unit: Unit, *, actor: Actor, call: str) -> int:
    """Remind the jurors who have calibration files left to score when the talk is near; how many were reminded now."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, call)
    found = unit.session.scalar(select(CalibrationRound).where(CalibrationRound.call_id == row.id))
    turn = TURNS.get(found.state) if found is not None else None
    if found is None or found.opened_at is None or turn != 1 or is_confirmed(unit.session, row.id):
        return 0
    days = stage(found.opened_at, found.talk_at, unit.now)
    if days is None:
        return 0
    key, files = f"{found.talk_at.date().isoformat()}:{days}", len(files_of(unit.session, found.id))
    finished = done(unit.session, found.id, turn, *IN)
    left = {
        juror.id: files - finished[juror.id]
        for juror in scorers(unit.session, row.id)
        if finished[juror.id] < files and take_key(unit, f"calibration:{juror.id}:{key}")
    }
    # Until then it may leave: afterwards there is nothing to remind of.
    until = {"about": found.id, "deadline_at": found.talk_at.isoformat()}
    tell_jurors(unit, "calibration_reminder", row, left, **talk_values(found), **until)
    for juror_id, number in left.items():
        unit.note("reminded", "juror", juror_id, number=number)
    return len(left)
