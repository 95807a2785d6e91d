"""A juror's own reading: whether it is still open, and what was written in it, for that juror alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from gnlc_apply.models import (
    Application,
    Assignment,
    CalibrationFile,
    CalibrationReading,
    CalibrationScore,
    CalibrationSeat,
    Call,
    ConflictOfInterest,
    Juror,
    Review,
    ReviewState,
    Score,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.queries.rows import plain

_PROFILE = (Juror.countries, Juror.region, Juror.languages, Juror.topics, Juror.contexts, Juror.capacity)
_NAMED = (Juror.organisations, Juror.related_names)
_WRITTEN = (Review.paragraph, Review.abstention_reason, Review.submitted_at)


def of_reader(session: Session, person_id: int) -> dict[str, list[dict[str, Any]]]:
    """To be called with the person who asks, and nobody else's number."""
    profiles = session.execute(
        select(Call.title, *_PROFILE, *_NAMED, Juror.accepted_at)
        .join(Call, Call.id == Juror.call_id)
        .where(Juror.person_id == person_id)
        .order_by(Juror.id)
    )
    scores = session.execute(
        select(Application.reference, *_WRITTEN, Score.criterion, Score.value, Score.reason)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(Application, Application.id == Assignment.application_id)
        .outerjoin(Score, Score.review_id == Review.id)
        .where(Juror.person_id == person_id)
        .order_by(Review.id, Score.id)
    )
    calibrated = session.execute(
        select(
            *(CalibrationFile.title, CalibrationReading.turn, CalibrationReading.paragraph),
            *(
                CalibrationReading.submitted_at,
                CalibrationScore.criterion,
                CalibrationScore.value,
                CalibrationScore.reason,
            ),
        )
        .join(CalibrationReading, CalibrationReading.file_id == CalibrationFile.id)
        .join(CalibrationSeat, CalibrationSeat.id == CalibrationReading.seat_id)
        .join(Juror, Juror.id == CalibrationSeat.juror_id)
        .outerjoin(CalibrationScore, CalibrationScore.reading_id == CalibrationReading.id)
        .where(Juror.person_id == person_id)
        .order_by(CalibrationReading.id, CalibrationScore.id)
    )
    declared = session.execute(
        select(
            Application.reference, ConflictOfInterest.code, ConflictOfInterest.detail, ConflictOfInterest.recorded_at
        )
        .join(Juror, Juror.id == ConflictOfInterest.juror_id)
        .join(Application, Application.id == ConflictOfInterest.application_id)
        .where(Juror.person_id == person_id, ConflictOfInterest.recorded_by_id == person_id)
        .order_by(ConflictOfInterest.id)
    )
    return {
        "jury_profiles": plain(profiles),
        "declared_conflicts": plain(declared),
        "scores": plain(scores),
        "calibration_scores": plain(calibrated),
    }


def own_reading_is_open(viewer: Actor) -> ColumnElement[bool]:
    """Whoever reads a file does not see what others gave it before the own review is in."""
    # Not asked file by file: whoever is asked for reads a handful.
    open_readings = (
        select(Assignment.application_id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Assignment.ended_at.is_(None),
            Juror.person_id == viewer.person_id,
            or_(Review.id.is_(None), Review.state == ReviewState.DRAFT),
        )
    )
    return Application.id.in_(open_readings)
