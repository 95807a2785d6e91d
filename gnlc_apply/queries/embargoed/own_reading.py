"""What a juror wrote, for that juror alone: profile, declared conflicts, scores and reasons of one's own reading."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.models import Application, Assignment, Call, ConflictOfInterest, Juror, Review, Score
from gnlc_apply.queries.rows import plain

_PROFILE = (Juror.countries, Juror.region, Juror.languages, Juror.topics, Juror.contexts, Juror.capacity)
_WRITTEN = (Review.paragraph, Review.abstention_reason, Review.submitted_at)


def of_reader(session: Session, person_id: int) -> dict[str, list[dict[str, Any]]]:
    """To be called with the person who asks, and nobody else's number."""
    profiles = session.execute(
        select(Call.title, *_PROFILE, Juror.accepted_at)
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
    declared = session.execute(
        select(
            Application.reference, ConflictOfInterest.code, ConflictOfInterest.detail, ConflictOfInterest.recorded_at
        )
        .join(Juror, Juror.id == ConflictOfInterest.juror_id)
        .join(Application, Application.id == ConflictOfInterest.application_id)
        .where(Juror.person_id == person_id, ConflictOfInterest.recorded_by_id == person_id)
        .order_by(ConflictOfInterest.id)
    )
    return {"jury_profiles": plain(profiles), "declared_conflicts": plain(declared), "scores": plain(scores)}
