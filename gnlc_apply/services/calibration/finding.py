"""Finding a round, its files, who scores in it and how far they are; the letters under which jurors stand in it."""

from __future__ import annotations

import secrets
import string

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    CalibrationFile,
    CalibrationRound,
    CalibrationSeat,
    CalibrationState,
    Call,
)
from gnlc_apply.permissions import Permission, require
from gnlc_apply.queries.embargoed.calibration_rows import files_of
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit
from gnlc_apply.services.ties.pairs import refuse_after_minutes


def of_officer(unit: Unit, call: str) -> tuple[Call, CalibrationRound]:
    """The call and its round, locked, for the secretariat. Raises NotFound, Conflict once the chair has confirmed."""
    require(unit.actor, Permission.RUN_CALL)
    row = find(unit, call)
    found = locked(unit.session, row.id)
    refuse_after_minutes(unit.session, row.id)
    return row, found


def locked(session: Session, call_id: int) -> CalibrationRound:
    """The round of a call, locked for this unit. Raises NotFound."""
    row = session.scalar(select(CalibrationRound).where(CalibrationRound.call_id == call_id).with_for_update())
    if row is None:
        raise NotFound()
    return row


def file_of(session: Session, round_id: int, reference: str) -> CalibrationFile:
    """One file of a round. Raises NotFound."""
    found = next((file for file in files_of(session, round_id) if file.reference == reference), None)
    if found is None:
        raise NotFound()
    return found


def refuse_unless_preparing(found: CalibrationRound) -> None:
    """Raise Conflict once the jury has been asked to score: everybody scores the same."""
    if found.state is not CalibrationState.PREPARING:
        raise Conflict(Text("The round is open: its files stay as they are."))


def seat(unit: Unit, round_id: int, juror_id: int) -> CalibrationSeat:
    """A juror's seat in a round, given with a letter of its own where there is none yet. The round must be locked."""
    query = select(CalibrationSeat).where(CalibrationSeat.round_id == round_id)
    seats = {row.juror_id: row for row in unit.session.scalars(query)}
    if juror_id in seats:
        return seats[juror_id]
    taken = {row.pseudonym for row in seats.values()}
    row = CalibrationSeat(round_id=round_id, juror_id=juror_id, pseudonym=_free_letter(taken))
    unit.session.add(row)
    unit.session.flush()
    return row


def _free_letter(taken: set[str]) -> str:
    """By chance, so that the letter tells neither who was first nor who it is; two letters where all are taken."""
    free = [letter for letter in string.ascii_uppercase if letter not in taken]
    if not free:
        pairs = (a + b for a in string.ascii_uppercase for b in string.ascii_uppercase)
        free = [letters for letters in pairs if letters not in taken]
    return secrets.choice(free)
