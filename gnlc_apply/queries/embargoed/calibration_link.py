"""How a calibration round links the jurors of a call: its last scoring, once it is closed, as readings outside the ranking."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, String, case, cast, func, literal, null, select
from sqlalchemy.orm import Session

from gnlc_apply.models import (
    CalibrationFile,
    CalibrationReading,
    CalibrationRound,
    CalibrationScore,
    CalibrationSeat,
    CalibrationState,
    Juror,
    ReviewState,
)


def _counting(call_id: ColumnElement[int] | int) -> list[ColumnElement[bool]]:
    """What counts: submitted in the last scoring of a closed round. After a second scoring the first is not mixed in."""
    last = case((CalibrationRound.second_opened_at.is_(None), 1), else_=2)
    return [
        CalibrationRound.call_id == call_id,
        CalibrationRound.state == CalibrationState.CLOSED,
        CalibrationReading.state == ReviewState.SUBMITTED,
        CalibrationReading.turn == last,
    ]


def calibration_readings(call_id: ColumnElement[int]) -> Any:
    """A row for each reading that counts, in the columns of ``readings``: a file without country, language and region."""
    one = CalibrationScore.criterion + ":" + func.coalesce(cast(CalibrationScore.value, String), "")
    scores = select(func.aggregate_strings(one, " ")).where(CalibrationScore.reading_id == CalibrationReading.id)
    nothing = cast(null(), String)
    return (
        select(
            *(CalibrationFile.id.label("file_id"), CalibrationFile.reference.label("file"), nothing.label("country")),
            *(nothing.label("language"), nothing.label("region"), cast(null(), BigInteger).label("extra")),
            *(Juror.id.label("juror_id"), Juror.reference.label("juror")),
            *(
                Juror.region.label("juror_region"),
                cast(Juror.languages, String).label("languages"),
                CalibrationFile.position,
            ),
            *(cast(null(), Integer).label("proposal_id"), scores.scalar_subquery().label("scores")),
            literal(1).label("is_beside"),
        )
        .join(CalibrationReading, CalibrationReading.file_id == CalibrationFile.id)
        .join(CalibrationRound, CalibrationRound.id == CalibrationFile.round_id)
        .join(CalibrationSeat, CalibrationSeat.id == CalibrationReading.seat_id)
        .join(Juror, Juror.id == CalibrationSeat.juror_id)
        .where(*_counting(call_id))
    )


def read_by_everybody(session: Session, call_id: int, jurors: Collection[int]) -> int:
    """How many calibration files link all of these jurors: each of them has scored the file, and it counts."""
    query = (
        select(CalibrationReading.file_id, CalibrationSeat.juror_id)
        .join(CalibrationSeat, CalibrationSeat.id == CalibrationReading.seat_id)
        .join(CalibrationRound, CalibrationRound.id == CalibrationSeat.round_id)
        .where(*_counting(call_id))
    )
    read: dict[int, set[int]] = {}
    for file_id, juror_id in session.execute(query):
        read.setdefault(file_id, set()).add(juror_id)
    return sum(set(jurors) <= readers for readers in read.values())
