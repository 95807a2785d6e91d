"""A calibration round as it stands: files, seats and scores, read in a unit of work by the commands and by the pages alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from gnlc_apply.models import (
    Assignment,
    CalibrationFile,
    CalibrationReading,
    CalibrationRound,
    CalibrationScore,
    CalibrationSeat,
    CalibrationState,
    Juror,
    Review,
    ReviewState,
)
from gnlc_apply.queries.embargoed.reading import MyScore
from gnlc_apply.workflow.calibration import CalibrationCase

TURNS = {CalibrationState.SCORING: 1, CalibrationState.SECOND: 2}
"""The states in which jurors score, and which scoring that is."""
IN = (ReviewState.SUBMITTED, ReviewState.ABSTAINED)


@dataclass(frozen=True)
class Scored:
    """One juror's scoring of one file; ``scores`` by criterion."""

    file_id: int
    juror_id: int
    letter: str
    turn: int
    state: ReviewState
    total: float | None
    paragraph: str
    revision: int
    updated_at: datetime
    submitted_at: datetime | None
    scores: dict[str, MyScore]

    @property
    def is_in(self) -> bool:
        """Whether nothing is left to do: submitted, or the city recognised."""
        return self.state in IN

    @property
    def is_submitted(self) -> bool:
        """Whether it counts."""
        return self.state is ReviewState.SUBMITTED


def files_of(session: Session, round_id: int) -> Sequence[CalibrationFile]:
    """The files of a round in their order."""
    query = select(CalibrationFile).where(CalibrationFile.round_id == round_id)
    return session.scalars(query.order_by(CalibrationFile.position, CalibrationFile.id)).all()


def scorers(session: Session, call_id: int) -> Sequence[Juror]:
    """The jurors of a call who can score: accepted, and still there."""
    query = select(Juror).where(
        Juror.call_id == call_id,
        Juror.accepted_at.is_not(None),
        Juror.declined_at.is_(None),
        Juror.ended_at.is_(None),
    )
    return session.scalars(query.order_by(Juror.id)).all()


def done(session: Session, round_id: int, turn: int, *states: ReviewState) -> Counter[int]:
    """By juror: how many files of a round are in one of these states."""
    query = (
        select(CalibrationSeat.juror_id)
        .join(CalibrationReading, CalibrationReading.seat_id == CalibrationSeat.id)
        .where(
            CalibrationSeat.round_id == round_id,
            CalibrationReading.turn == turn,
            CalibrationReading.state.in_(states),
        )
    )
    return Counter(session.scalars(query))


def case_of(session: Session, found: CalibrationRound) -> CalibrationCase:
    """What the guards of a round look at: for the command that moves it and for the page that offers to."""
    files = len(files_of(session, found.id))
    scored = done(session, found.id, TURNS.get(found.state, 1), ReviewState.SUBMITTED)
    submitted = (
        select(Review.id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .where(Juror.call_id == found.call_id, Review.state == ReviewState.SUBMITTED)
    )
    return CalibrationCase(
        row=found,
        files=files,
        jurors=len(scorers(session, found.call_id)),
        finished=sum(number >= files for number in scored.values()),
        has_reviews=bool(session.scalar(select(exists(submitted)))),
    )


def scored_of(session: Session, round_id: int, juror_id: int | None = None) -> list[Scored]:
    """Every scoring of a round with its scores, by file, scoring and letter: two statements.

    ``juror_id``: of this juror alone, for somebody to whom the others' are closed.
    """
    seats = CalibrationSeat.round_id == round_id
    if juror_id is not None:
        seats &= CalibrationSeat.juror_id == juror_id
    readings = session.execute(
        select(CalibrationReading, CalibrationSeat.juror_id, CalibrationSeat.pseudonym)
        .join(CalibrationSeat, CalibrationSeat.id == CalibrationReading.seat_id)
        .where(seats)
        .order_by(CalibrationReading.file_id, CalibrationReading.turn, CalibrationSeat.pseudonym)
    ).all()
    scores: dict[int, dict[str, MyScore]] = {row.CalibrationReading.id: {} for row in readings}
    of_round = select(CalibrationScore).join(CalibrationReading, CalibrationReading.id == CalibrationScore.reading_id)
    of_round = of_round.join(CalibrationSeat, CalibrationSeat.id == CalibrationReading.seat_id)
    for one in session.scalars(of_round.where(seats)):
        scores[one.reading_id][one.criterion] = MyScore(one.value, one.reason)
    return [_scored(*row, scores[row.CalibrationReading.id]) for row in readings]


def _scored(row: CalibrationReading, juror_id: int, letter: str, scores: dict[str, MyScore]) -> Scored:
    return Scored(
        file_id=row.file_id,
        juror_id=juror_id,
        letter=letter,
        turn=row.turn,
        state=row.state,
        total=row.total,
        paragraph=row.paragraph,
        revision=row.revision,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
        scores=scores,
    )


def everything_is_in(own: Sequence[Scored], turn: int, files: int) -> bool:
    """Whether a juror, whose scorings these are, has scored every file or recognised its city: others' open with it.

    Who recognised a city in the first scoring does not score it in the second.
    """
    over = {one.file_id for one in own if (one.turn == turn and one.is_in) or one.state is ReviewState.ABSTAINED}
    return len(over) >= files
