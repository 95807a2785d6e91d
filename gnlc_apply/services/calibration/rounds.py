"""The round itself: planned, opened, its scoring ended, the talk recorded, scored once more, closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select, update

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.moments import day_there
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    CalibrationRound,
    CalibrationSeat,
    CalibrationState,
    Call,
    CallState,
)
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.among import among
from gnlc_apply.queries.embargoed.calibration_rows import case_of, files_of, scorers
from gnlc_apply.questionnaire.cleaning import clean_text
from gnlc_apply.services.calibration.finding import of_officer, seat
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import move
from gnlc_apply.services.ties.pairs import refuse_after_minutes, tell_jurors
from gnlc_apply.workflow.calibration import CALIBRATION

LONGEST_LINK, LONGEST_NOTES = 500, 20_000


@dataclass(frozen=True)
class Plan:
    """When and where the jury talks, and whether everybody scores once more afterwards."""

    talk_at: datetime
    time_zone: str
    link: str = ""
    is_scored_twice: bool = False


def _check(unit: Unit, plan: Plan, planned: datetime | None = None) -> None:
    """``planned``: the moment that stands there already, which may have come meanwhile."""
    problems = {}
    if plan.talk_at <= unit.now and plan.talk_at != planned:
        problems["talk_at"] = Text("The date must lie ahead.")
    if plan.link and (urlsplit(plan.link).scheme not in ("http", "https") or len(plan.link) > LONGEST_LINK):
        problems["link"] = Text("Enter a web address that begins with https://")
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _write(row: CalibrationRound, plan: Plan) -> None:
    row.talk_at, row.time_zone, row.link = plan.talk_at, plan.time_zone, plan.link
    row.is_scored_twice = plan.is_scored_twice


@command()
def begin(unit: Unit, *, actor: Actor, call: str, plan: Plan) -> None:
    """Set up the round of a call; jurors learn of it when it opens. Raises Conflict where there is one already."""
    require(actor, Permission.RUN_CALL)
    row = find(unit, call)
    refuse_after_minutes(unit.session, row.id)
    if row.state is CallState.CONCLUDED:
        raise Conflict(Text("This call is concluded."))
    _check(unit, plan)
    if unit.session.scalar(select(CalibrationRound.id).where(CalibrationRound.call_id == row.id)) is not None:
        raise Conflict(Text("This call has a calibration round already."))
    found = CalibrationRound(call_id=row.id, begun_at=unit.now)
    _write(found, plan)
    unit.session.add(found)
    unit.session.flush()
    unit.note("began", "calibration", found.id, call=row.id)


@command()
def change(unit: Unit, *, actor: Actor, call: str, plan: Plan) -> None:
    """Change the talk's date, place, or whether there is a second scoring; jurors are told of another date or place.

    After the talk only the second scoring may still be planned or given up, until it is open. Raises Conflict for what is
    settled already, Invalid for another date that does not lie ahead.
    """
    row, found = of_officer(unit, call)
    if found.second_opened_at is not None or found.state is CalibrationState.CLOSED:
        raise Conflict(Text("The round is too far for another plan."))
    is_moved = (found.talk_at, found.time_zone, found.link) != (plan.talk_at, plan.time_zone, plan.link)
    if found.talk_held_on is not None and is_moved:
        raise Conflict(Text("The talk has been held: it cannot be planned anew."))
    _check(unit, plan, found.talk_at)
    _write(found, plan)
    unit.note("changed", "calibration", found.id, talk_at=plan.talk_at.isoformat())
    if is_moved and found.state is not CalibrationState.PREPARING:
        _tell(unit, "calibration_moved", row, found)


@command()
def open_round(unit: Unit, *, actor: Actor, call: str) -> None:
    """Open the round: every juror is told and scores the files alone."""
    row, found = of_officer(unit, call)
    found.opened_at = found.opened_at or unit.now
    _move(unit, "open", found)
    _tell(unit, "calibration_opened", row, found)


@command()
def end_scoring(unit: Unit, *, actor: Actor, call: str) -> None:
    """End the scoring: from now on every juror sees how the others scored, and is told so."""
    row, found = of_officer(unit, call)
    _move(unit, "end_scoring", found)
    _tell(unit, "calibration_scored", row, found)


@command()
def record_talk(
    unit: Unit, *, actor: Actor, call: str, held_on: date, present: Collection[str], notes: str = ""
) -> None:
    """Record the talk: the day, which jurors were there (by reference), and what was agreed. May be corrected until closed.

    Raises Conflict before the scoring has ended and after the round is closed, Invalid for a day that is still to come.
    """
    row, found = of_officer(unit, call)
    if found.state not in (CalibrationState.TALK, CalibrationState.SECOND):
        raise Conflict(Text("The talk is recorded after the scoring has ended, and before the round is closed."))
    problems = {}
    if held_on > day_there(unit.now, found.time_zone):
        problems["held_on"] = Text("This day is still to come.")
    jurors = {juror.reference: juror for juror in scorers(unit.session, row.id)}
    if not present or set(present) - jurors.keys():
        problems["present"] = Text("Choose who was there.")
    if len(notes) > LONGEST_NOTES:
        problems["notes"] = Text("This is too long.")
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    found.talk_held_on, found.notes = held_on, clean_text(notes)
    seats = [seat(unit, found.id, jurors[reference].id).id for reference in sorted(set(present))]
    # Who has left the jury since is not asked about: what was recorded of them stays.
    asked = among(CalibrationSeat.juror_id, [juror.id for juror in jurors.values()])
    of_round = update(CalibrationSeat).where(CalibrationSeat.round_id == found.id, asked)
    unit.session.execute(of_round.values(was_present=CalibrationSeat.id.in_(seats)))
    unit.note("recorded_talk", "calibration", found.id, held_on=held_on.isoformat(), present=len(seats))


@command()
def open_second(unit: Unit, *, actor: Actor, call: str) -> None:
    """Open the second scoring: after the talk everybody scores the same files once more, and is told."""
    row, found = of_officer(unit, call)
    found.second_opened_at = found.second_opened_at or unit.now
    _move(unit, "open_second", found)
    _tell(unit, "calibration_second", row, found)


@command()
def close(unit: Unit, *, actor: Actor, call: str) -> None:
    """Close the round: nothing is scored any more, and the last scoring links the jurors in the adjusted averages."""
    _row, found = of_officer(unit, call)
    found.closed_at = found.closed_at or unit.now
    _move(unit, "close", found)


def _move(unit: Unit, name: str, found: CalibrationRound) -> None:
    # What is set beside the state must not reach the database before the state does.
    with unit.session.no_autoflush:
        move(unit, CALIBRATION, name, case_of(unit.session, found))
    unit.session.flush()


def _tell(unit: Unit, kind: str, call: Call, found: CalibrationRound) -> None:
    files = len(files_of(unit.session, found.id))
    jurors = {juror.id: files for juror in scorers(unit.session, call.id)}
    tell_jurors(unit, kind, call, jurors, **talk_values(found))


def talk_values(found: CalibrationRound) -> dict[str, Any]:
    """What messages say of the talk."""
    return {"talk_at": found.talk_at.isoformat(), "time_zone": found.time_zone, "talk_link": found.link}
