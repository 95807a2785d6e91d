"""Everything of a call to take away, for the secretariat: applications with their text, readings, recommendations, decisions.

One statement for all applications, row after row as they are handed out: nothing is gathered here, however many there are.
What a file's own page, the ranking and the decisions keep from this viewer is not loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationVersion,
    Assignment,
    Call,
    CommissionRank,
    Decision,
    Feedback,
    FormVersion,
    GuideVersion,
    Person,
    Recommendation,
    Review,
    ReviewState,
    Score,
    State,
)
from gnlc_apply.permissions import Actor, Granted, Permission, kept_per_person, require, visible_to
from gnlc_apply.permissions.rules import jury_conflict, staff_conflict
from gnlc_apply.queries import file_acts
from gnlc_apply.queries.embargoed.own_reading import own_reading_is_open
from gnlc_apply.queries.json_rows import json_list, json_object, json_text, moment, nested, truth
from gnlc_apply.queries.rows import AnySelect

# Why something is left out; what stands under ``left_out`` and ``jury_left_out``.
NOT_SUBMITTED, CONFLICT, OWN_READING = "not submitted", "conflict of interest", "own reading not submitted"
# Rows on their way between database and reader.
AT_ONCE = 40


@dataclass(frozen=True)
class CallRecord:
    """The call itself with its guide and every version of the form that its applications were written in."""

    call_id: int
    reference: str
    settings: dict[str, Any]
    guide: dict[str, Any]
    forms: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class ApplicationRecord:
    """One application: all that is known of it as a JSON object, and the signed text as it was signed (JSON too)."""

    record: str
    text: str | None


_SETTINGS = (
    *(Call.reference, Call.title, Call.year, Call.state, Call.time_zone, Call.opens_at, Call.deadline_at),
    *(Call.commission_deadline_at, Call.results_promised_on, Call.languages, Call.quota, Call.smallest_population),
    *(Call.readers_per_file, Call.standard, Call.criterion_minimum, Call.places, Call.jury_method),
)


def call_record(viewer: Actor, now: datetime, call: str) -> CallRecord:
    """The head of what is taken away: two statements. Raises NotFound for an unknown call, Forbidden for others."""
    require(viewer, Permission.EXPORT_CALL)
    row = db.reader.execute(
        select(Call.id, Call.form_version_id, GuideVersion.definition, *_SETTINGS)
        .join(GuideVersion, GuideVersion.id == Call.guide_version_id)
        .where(Call.reference == call)
    ).one_or_none()
    if row is None:
        raise NotFound()
    used = select(Application.form_version_id).where(Application.call_id == row.id)
    forms = db.reader.execute(
        select(FormVersion.reference, FormVersion.definition)
        .where(or_(FormVersion.id == row.form_version_id, FormVersion.id.in_(used)))
        # The call's own form comes first.
        .order_by(FormVersion.id != row.form_version_id, FormVersion.id)
    )
    settings = {column.key: _plain(row._mapping[column.key]) for column in _SETTINGS}
    definitions = {form.reference: form.definition for form in forms}
    return CallRecord(row.id, row.reference, settings, row.definition, definitions)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def applications(viewer: Actor, now: datetime, head: CallRecord) -> Iterator[ApplicationRecord]:
    """Every application of the call in the order they were begun: one statement, read as the rows are asked for."""
    require(viewer, Permission.EXPORT_CALL)
    asked = _applications_for(viewer.kind, viewer.person_id, viewer.grants)
    with db.engine.connect() as connection:
        found = connection.execution_options(yield_per=AT_ONCE).execute(asked, {"call_id": head.call_id})
        for row in found:
            yield ApplicationRecord(row.record, row.text)


@kept_per_person
def _applications_for(kind: str, person_id: int | None, grants: tuple[Granted, ...]) -> AnySelect:
    """The statement for one person in these roles, put together once.

    The version is joined only where the file's page opens for this person, and ``judged``, the application once more,
    only where the ranking shows its scores too: what hangs on them is loaded nowhere else.
    """
    viewer = Actor(kind=kind, person_id=person_id, grants=grants)
    may_read = visible_to(viewer, Permission.READ_AS_SECRETARIAT)
    judged = aliased(Application)
    is_free, has_own_reading = ~jury_conflict.where(viewer), own_reading_is_open(viewer)
    may_judge = and_(judged.id == Application.id, may_read, is_free, ~has_own_reading)
    return (
        select(
            json_text(_record(staff_conflict.where(viewer), is_free, judged)).label("record"),
            ApplicationVersion.content.label("text"),
        )
        .join(State, State.iso3 == Application.country)
        .outerjoin(ApplicationVersion, and_(ApplicationVersion.id == Application.version_id, may_read))
        .outerjoin(judged, may_judge)
        .outerjoin(CommissionRank, CommissionRank.application_id == judged.id)
        .outerjoin(Recommendation, Recommendation.application_id == judged.id)
        .outerjoin(Decision, Decision.application_id == judged.id)
        .where(Application.call_id == bindparam("call_id"))
        .order_by(Application.id)
    )


def _record(
    has_tie: ColumnElement[bool], is_free: ColumnElement[bool], judged: type[Application]
) -> ColumnElement[Any]:
    is_read, is_judged = ApplicationVersion.id.is_not(None), judged.id.is_not(None)

    def read(value: Any) -> ColumnElement[Any]:
        return nested(case((is_read, value)))

    def of_jury(value: Any) -> ColumnElement[Any]:
        return nested(case((is_judged, value)))

    why_unread = case((has_tie, literal(CONFLICT)), (~is_read, literal(NOT_SUBMITTED)))
    why_unjudged = case((~is_read, None), (~is_free, literal(CONFLICT)), (~is_judged, literal(OWN_READING)))
    return json_object(
        reference=Application.reference,
        city=Application.place_name,
        country=Application.country,
        region=State.region,
        # Whoever has a tie to a file sees its name and nothing else.
        state=case((~has_tie, Application.state)),
        left_out=why_unread,
        jury_left_out=why_unjudged,
        submitted_at=case((is_read, moment(Application.submitted_at))),
        withdrawn_at=case((is_read, moment(Application.withdrawn_at))),
        withdrawal_reason=case((is_read, Application.withdrawal_reason)),
        version=read(_version()),
        attachments=read(file_acts.attachments()),
        signatures=read(file_acts.signatures()),
        endorsements=read(file_acts.endorsements()),
        objections=read(file_acts.objections()),
        requests=read(file_acts.requests()),
        checks=read(file_acts.checks()),
        commission_rank=CommissionRank.position,
        readings=of_jury(_readings()),
        recommendation=nested(case((Recommendation.id.is_not(None), _recommendation()))),
        decision=nested(case((Decision.id.is_not(None), _decision()))),
    )


def _version() -> ColumnElement[Any]:
    return json_object(
        number=ApplicationVersion.number,
        sha256=ApplicationVersion.sha256,
        short_code=ApplicationVersion.short_code,
        frozen_at=moment(ApplicationVersion.frozen_at),
    )


def _readings() -> ColumnElement[Any]:
    """Readings that count, under the letters by which jurors know one another: no name, and not the same on two files."""
    scores = select(
        json_list(json_object(criterion=Score.criterion, value=Score.value, reason=Score.reason), Score.criterion)
    ).where(Score.review_id == Review.id)
    reading = json_object(
        reader=Assignment.pseudonym,
        state=Review.state,
        submitted_at=moment(Review.submitted_at),
        total=Review.total,
        words=Review.paragraph,
        abstention_reason=Review.abstention_reason,
        scores=nested(scores.correlate(Review).scalar_subquery()),
    )
    return (
        select(json_list(reading, Assignment.pseudonym))
        .select_from(Assignment)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(
            Assignment.application_id == Application.id,
            Assignment.ended_at.is_(None),
            Review.state != ReviewState.DRAFT,
        )
        .correlate(Application)
        .scalar_subquery()
    )


def _recommendation() -> ColumnElement[Any]:
    return json_object(
        is_recommended=truth(Recommendation.is_recommended),
        average=Recommendation.average,
        readers=Recommendation.readers,
        note=Recommendation.note,
        confirmed_at=moment(Recommendation.confirmed_at),
    )


def _decision() -> ColumnElement[Any]:
    def name(person_id: Any) -> ColumnElement[Any]:
        somebody = aliased(Person)
        named = select(somebody.name).where(somebody.id == person_id).correlate(Decision).scalar_subquery()
        return func.coalesce(named, "")

    of_file = Feedback.application_id == Decision.application_id
    words = select(Feedback.body).where(of_file).correlate(Decision).scalar_subquery()
    return json_object(
        outcome=Decision.outcome,
        departure_reason=Decision.departure_reason,
        feedback=func.coalesce(words, ""),
        prepared_at=moment(Decision.prepared_at),
        prepared_by=name(Decision.prepared_by_id),
        approved_at=moment(Decision.approved_at),
        approved_by=name(Decision.approved_by_id),
    )
