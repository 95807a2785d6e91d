"""The statements of the reading page, put together once: a juror opens the same few files again and again."""

from __future__ import annotations

import json
from functools import cache

from sqlalchemy import ColumnElement, bindparam, func, select

from gnlc_apply.models import (
    Application,
    ApplicationState,
    ApplicationVersion,
    Assignment,
    Call,
    Juror,
    Minutes,
    Review,
    Score,
)
from gnlc_apply.permissions import Actor, Permission, kept_per_roles, visible_to
from gnlc_apply.queries.json_rows import json_list, json_object, json_text
from gnlc_apply.queries.rows import AnySelect


def own_scores() -> ColumnElement[str]:
    """Values and reasons of the review of the statement around it, as JSON: ``scores``, for ``scores_in``."""
    one = json_object(criterion=Score.criterion, value=Score.value, reason=Score.reason)
    listed = select(json_list(one, Score.criterion)).where(Score.review_id == Review.id).correlate(Review)
    return json_text(listed.scalar_subquery()).label("scores")


def scores_in(text: str) -> dict[str, tuple[int | None, str]]:
    """By criterion, the value and the reason that ``own_scores`` found."""
    return {one["criterion"]: (one["value"], one["reason"]) for one in json.loads(text)}


@kept_per_roles
def page_of_mine(viewer: Actor) -> AnySelect:
    """A file (``reference``) that is open to the viewer, with the own review and the version that it began with."""
    return (
        select(
            Application.id,
            Application.reference,
            Application.place_name,
            Application.country,
            Application.language,
            Call.reference.label("call"),
            Call.title.label("call_title"),
            Call.time_zone,
            Call.guide_version_id,
            Call.guide_frozen_at,
            Call.reading_deadline_at,
            Assignment.pseudonym,
            ApplicationVersion.content,
            ApplicationVersion.sha256,
            ApplicationVersion.short_code,
            ApplicationVersion.form_version_id,
            Minutes.id.label("minutes"),
            Review.id.label("review_id"),
            Review.state.label("review_state"),
            Review.paragraph,
            Review.abstention_reason,
            Review.revision,
            Review.updated_at,
            Review.submitted_at,
            Review.total,
            own_scores(),
        )
        .select_from(Application)
        .join(Assignment, (Assignment.application_id == Application.id) & Assignment.ended_at.is_(None))
        .join(Juror, (Juror.id == Assignment.juror_id) & (Juror.person_id == viewer.person_id))
        .join(Call, Call.id == Application.call_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .join(ApplicationVersion, ApplicationVersion.id == func.coalesce(Review.version_id, Application.version_id))
        .outerjoin(Minutes, Minutes.call_id == Call.id)
        .where(
            Application.reference == bindparam("reference"),
            Application.state == ApplicationState.IN_REVIEW,
            visible_to(viewer, Permission.REVIEW),
        )
    )


@cache
def scores_of() -> AnySelect:
    """Values and reasons of some reviews (``reviews``)."""
    wanted = Score.review_id.in_(bindparam("reviews", expanding=True))
    return select(Score.review_id, Score.criterion, Score.value, Score.reason).where(wanted)
