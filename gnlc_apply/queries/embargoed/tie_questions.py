"""The questions on ties that are open between a juror and a file: not answered yet, or left to the secretariat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core.text import Text
from gnlc_apply.jury.conflicts import Level
from gnlc_apply.models import ConflictOfInterest, TieAnswer
from gnlc_apply.queries.embargoed import roster

TIME_TO_ANSWER = timedelta(days=7)


@dataclass(frozen=True)
class TieQuestion:
    """What the rules on names ask a juror about a file, and by when it should be answered."""

    code: str
    sentence: Text
    until_at: datetime


def open_questions(session: Session, juror_id: int, application_id: int) -> list[ConflictOfInterest]:
    """The questions of a pair that keep its text closed, by the rule's code."""
    query = (
        select(ConflictOfInterest)
        .where(
            ConflictOfInterest.juror_id == juror_id,
            ConflictOfInterest.application_id == application_id,
            ConflictOfInterest.level == Level.ASK.value,
            ConflictOfInterest.answer.is_distinct_from(TieAnswer.NO_TIE.value),
        )
        .order_by(ConflictOfInterest.code)
    )
    return list(session.scalars(query))


def put(rows: list[ConflictOfInterest]) -> tuple[TieQuestion, ...]:
    """Those that the juror has still to answer."""
    return tuple(
        TieQuestion(row.code, roster.sentence_of(row), row.recorded_at + TIME_TO_ANSWER)
        for row in rows
        if row.answer is None
    )
