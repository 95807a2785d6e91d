"""What a juror wrote, for that juror alone: profile, declared conflicts, scores and reasons of one's own reading."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.models import Application, Assignment, Call, Juror, Review, Score
from gnlc_apply.queries.rows import plain


def of_reader(session: Session, person_id: int) -> dict[str, list[dict[str, Any]]]:
    """To be called with the person who asks, and nobody else's number."""
    profiles = session.execute(
        select(Call.title, Juror.countries, Juror.region, Juror.languages, Juror.topics, Juror.accepted_at)
        .join(Call, Call.id == Juror.call_id)
        .where(Juror.person_id == person_id)
        .order_by(Juror.id)
    )
    scores = session.execute(
        select(Application.reference, Review.paragraph, Review.submitted_at, Score.criterion, Score.value, Score.reason)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(Application, Application.id == Assignment.application_id)
        .join(Score, Score.review_id == Review.id)
        .where(Juror.person_id == person_id)
        .order_by(Review.id, Score.id)
    )
    return {"jury_profiles": plain(profiles), "scores": plain(scores)}
