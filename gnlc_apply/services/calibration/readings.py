"""One juror's scoring of a calibration file: saved as often as needed, submitted once, or the city recognised."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    CalibrationFile,
    CalibrationReading,
    CalibrationRound,
    CalibrationScore,
    CalibrationSeat,
    Call,
    ReviewState,
)
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed.calibration_rows import TURNS
from gnlc_apply.queries.questionnaire import guide_of
from gnlc_apply.questionnaire import Guide
from gnlc_apply.services import scoring
from gnlc_apply.services.assignment.jurors import mine
from gnlc_apply.services.calibration.finding import file_of, locked, seat
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.scoring import Scores
from gnlc_apply.services.ties.pairs import refuse_after_minutes


@dataclass(frozen=True)
class _Scoring:
    call: Call
    found: CalibrationRound
    file: CalibrationFile
    seat: CalibrationSeat
    turn: int
    reading: CalibrationReading | None
    guide: Guide


def _open(unit: Unit, call: str, file: str) -> _Scoring:
    """The actor's own scoring of a file. Raises NotFound for who has no place in this jury, Conflict where it is over."""
    require(unit.actor, Permission.SEE_JURY_HOME)
    row, juror = mine(unit, call)
    if juror.accepted_at is None or juror.declined_at is not None:
        raise NotFound()
    found = locked(unit.session, row.id)
    if found.opened_at is None:
        raise NotFound()
    own_file = file_of(unit.session, found.id, file)
    turn = TURNS.get(found.state)
    if turn is None:
        raise Conflict(Text("The scoring of the calibration files is over."))
    refuse_after_minutes(unit.session, row.id)
    own = seat(unit, found.id, juror.id)
    rows = unit.session.scalars(
        select(CalibrationReading).where(
            CalibrationReading.file_id == own_file.id, CalibrationReading.seat_id == own.id
        )
    ).all()
    if any(one.state is ReviewState.ABSTAINED for one in rows):
        raise Conflict(Text("You have recognised this city: you give this file no scores."))
    reading = next((one for one in rows if one.turn == turn), None)
    if reading is not None and reading.state is ReviewState.SUBMITTED:
        raise Conflict(Text("You have submitted your scores for this file. They cannot be changed."))
    return _Scoring(row, found, own_file, own, turn, reading, guide_of(unit.session, row.guide_version_id))


@command()
def save(unit: Unit, *, actor: Actor, call: str, file: str, scores: Scores, paragraph: str, revision: int) -> int:
    """Save a draft, complete or not; the new revision. ``revision``: the one the page was made from, 0 for none.

    Raises Conflict where another window has saved since (nothing is overwritten), Invalid for what is no score.
    """
    reading = _write(unit, _open(unit, call, file), scores, paragraph, revision)
    unit.note("saved_calibration", "calibration_reading", reading.id, revision=reading.revision)
    return reading.revision


@command(is_fresh=True)
def submit(unit: Unit, *, actor: Actor, call: str, file: str, scores: Scores, paragraph: str, revision: int) -> float:
    """Submit the scores of a file, once and for good; their total from 0 to 5. The guide need not be frozen yet.

    Raises Invalid for every criterion without a value, every compulsory reason and the paragraph where they are missing;
    Conflict where another window has saved since.
    """
    own = _open(unit, call, file)
    scoring.check_complete(own.guide, scores, paragraph)
    reading = _write(unit, own, scores, paragraph, revision)
    reading.state, reading.submitted_at = ReviewState.SUBMITTED, unit.now
    unit.note("submitted_calibration", "calibration_reading", reading.id, revision=reading.revision)
    return float(reading.total or 0.0)


@command()
def recognise(unit: Unit, *, actor: Actor, call: str, file: str) -> None:
    """The juror recognises the city behind a file, and gives it no scores. What was saved stays, and does not count."""
    own = _open(unit, call, file)
    reading = _reading(unit, own)
    reading.state, reading.updated_at = ReviewState.ABSTAINED, unit.now
    unit.session.flush()
    unit.note("recognised", "calibration_reading", reading.id)


def _reading(unit: Unit, own: _Scoring) -> CalibrationReading:
    if own.reading is not None:
        return own.reading
    reading = CalibrationReading(file_id=own.file.id, seat_id=own.seat.id, turn=own.turn, revision=0)
    reading.started_at = reading.updated_at = unit.now
    unit.session.add(reading)
    return reading


def _write(unit: Unit, own: _Scoring, scores: Scores, paragraph: str, revision: int) -> CalibrationReading:
    scoring.check(own.guide, scores, paragraph, revision, own.reading.revision if own.reading else 0)
    reading = _reading(unit, own)
    reading.paragraph, reading.updated_at, reading.revision = paragraph.strip(), unit.now, reading.revision + 1
    reading.total = scoring.total(own.guide, scores)
    unit.session.flush()
    kept = select(CalibrationScore.criterion, CalibrationScore.value, CalibrationScore.reason)
    before = {
        row.criterion: (row.value, row.reason)
        for row in unit.session.execute(kept.where(CalibrationScore.reading_id == reading.id))
    }
    scoring.write(unit.session, CalibrationScore.reading_id, reading.id, before, scores)
    return reading
