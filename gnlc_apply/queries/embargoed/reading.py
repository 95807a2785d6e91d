"""One file as its juror sees it: the gate, the reading page, its files and links, others' reviews afterwards."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationState,
    ApplicationVersion,
    Assignment,
    Attachment,
    Call,
    Juror,
    Review,
    ReviewState,
    State,
)
from gnlc_apply.permissions import Actor, Permission, visible_to
from gnlc_apply.queries.embargoed import tie_questions
from gnlc_apply.queries.embargoed.reading_rows import page_of_mine, scores_in, scores_of
from gnlc_apply.queries.embargoed.tie_questions import TieQuestion
from gnlc_apply.queries.questionnaire import form_of, guide_of
from gnlc_apply.queries.rows import AnyRow, AnySelect
from gnlc_apply.questionnaire import Form, Guide, Kind


@dataclass(frozen=True)
class GateFacts:
    """What is public of a file, with what I am asked about it; ``waits_for_secretariat``: I left it to them to decide."""

    reference: str
    place_name: str
    country: str
    region: str
    kind: str
    call_title: str
    is_declared: bool
    questions: tuple[TieQuestion, ...]
    waits_for_secretariat: bool


@dataclass(frozen=True)
class MyScore:
    """A value and its reason, as they were saved."""

    value: int | None
    reason: str


@dataclass(frozen=True)
class AttachedFile:
    """A file of the version that is read. ``number`` is its neutral name."""

    reference: str
    number: int
    question: str
    caption: str
    media_type: str
    size: int
    storage_key: str


@dataclass(frozen=True)
class ReadingPage:
    """The version of a file with what I have made of it so far."""

    reference: str
    place_name: str
    country: str
    language: str
    call: str
    call_title: str
    time_zone: str
    is_guide_frozen: bool
    is_closed: bool
    deadline_at: datetime | None
    short_code: str
    sha256: str
    form_version: int
    form: Form
    guide: Guide
    answers: Mapping[str, Any]
    files: tuple[AttachedFile, ...]
    pseudonym: str
    scores: Mapping[str, MyScore]
    paragraph: str
    abstention_reason: str
    revision: int
    updated_at: datetime | None
    submitted_at: datetime | None
    is_abstained: bool
    total: float | None

    @property
    def is_submitted(self) -> bool:
        """Whether I have submitted my review of this file."""
        return self.submitted_at is not None


@dataclass(frozen=True)
class OtherReview:
    """A colleague's submitted review under its pseudonym."""

    pseudonym: str
    total: float | None
    scores: Mapping[str, MyScore]
    paragraph: str


def _given_to_me(viewer: Actor, reference: str) -> AnySelect:
    return (
        select(Application, State.region, Call.title, Assignment, ApplicationVersion)
        .select_from(Application)
        .join(Assignment, (Assignment.application_id == Application.id) & Assignment.ended_at.is_(None))
        .join(Juror, (Juror.id == Assignment.juror_id) & (Juror.person_id == viewer.person_id))
        .join(Call, Call.id == Application.call_id)
        .join(ApplicationVersion, ApplicationVersion.id == Application.version_id)
        .join(State, State.iso3 == Application.country)
        .where(
            Application.reference == reference,
            Application.state == ApplicationState.IN_REVIEW,
            visible_to(viewer, Permission.SEE_ASSIGNED),
        )
    )


def gate(viewer: Actor, now: datetime, reference: str) -> GateFacts:
    """The public facts of a file that was given to me. Raises NotFound."""
    row = db.reader.execute(_given_to_me(viewer, reference)).one_or_none()
    if row is None:
        raise NotFound()
    answers = json.loads(row.ApplicationVersion.content)["answers"]
    kind = form_of(db.reader, row.ApplicationVersion.form_version_id).question("city.kind")
    asked = tie_questions.open_questions(db.reader, row.Assignment.juror_id, row.Assignment.application_id)
    return GateFacts(
        reference=row.Application.reference,
        place_name=row.Application.place_name,
        country=row.Application.country,
        region=str(row.region),
        kind=kind.choice_label(str(answers.get("city.kind", ""))),
        call_title=row.title,
        is_declared=row.Assignment.declared_free_at is not None,
        questions=tie_questions.put(asked),
        waits_for_secretariat=any(one.answer is not None for one in asked),
    )


def reading(viewer: Actor, now: datetime, reference: str) -> ReadingPage:
    """The reading page of a file that is open to me: the version that I began with. Raises NotFound."""
    asked = {"reference": reference, "viewer": viewer.person_id}
    row = db.reader.connection().execute(page_of_mine(viewer), asked).one_or_none()
    if row is None:
        raise NotFound()
    return _reading_page(row)


def _reading_page(row: AnyRow) -> ReadingPage:
    content = json.loads(row.content)
    return ReadingPage(
        reference=row.reference,
        place_name=row.place_name,
        country=row.country,
        language=content.get("language", row.language),
        call=row.call,
        call_title=row.call_title,
        time_zone=row.time_zone,
        is_guide_frozen=row.guide_frozen_at is not None,
        is_closed=row.minutes is not None,
        deadline_at=row.reading_deadline_at,
        short_code=row.short_code,
        sha256=row.sha256,
        form_version=row.form_version_id,
        form=form_of(db.reader, row.form_version_id),
        guide=guide_of(db.reader, row.guide_version_id),
        answers=content["answers"],
        files=_attached(row.id, content["files"]),
        pseudonym=row.pseudonym,
        scores={code: MyScore(*score) for code, score in scores_in(row.scores).items()},
        paragraph=row.paragraph or "",
        abstention_reason=row.abstention_reason or "",
        revision=row.revision or 0,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
        is_abstained=row.review_state is ReviewState.ABSTAINED,
        total=row.total,
    )


def _attached(application_id: int, signed: list[dict[str, str]]) -> tuple[AttachedFile, ...]:
    """The files that the version names, found by question and digest; what was uploaded later is not part of it."""
    if not signed:
        return ()
    rows = db.reader.execute(
        select(
            Attachment.reference,
            Attachment.question_key,
            Attachment.sha256_clean,
            Attachment.media_type,
            Attachment.size,
            Attachment.storage_key,
        ).where(Attachment.application_id == application_id)
    )
    by_digest = {(row.question_key, row.sha256_clean): row for row in rows}
    found = ((entry, by_digest.get((entry["question"], entry["sha256"]))) for entry in signed)
    return tuple(
        AttachedFile(
            row.reference, number, entry["question"], entry["caption"], row.media_type, row.size, row.storage_key
        )
        for number, (entry, row) in enumerate(found, start=1)
        if row is not None
    )


def _scores(review_ids: list[int]) -> dict[int, dict[str, MyScore]]:
    found: dict[int, dict[str, MyScore]] = defaultdict(dict)
    for review_id, criterion, value, reason in db.reader.connection().execute(scores_of(), {"reviews": review_ids}):
        found[review_id][criterion] = MyScore(value, reason)
    return found


def attachment(viewer: Actor, now: datetime, reference: str, attachment_reference: str) -> AttachedFile:
    """One file of the version that I read. Raises NotFound for any other."""
    files = reading(viewer, now, reference).files
    found = next((file for file in files if file.reference == attachment_reference), None)
    if found is None:
        raise NotFound()
    return found


def evidence_link(viewer: Actor, now: datetime, reference: str, key: str) -> str:
    """The web address that the city gave in this answer of the version that I read. Raises NotFound for any other key."""
    page = reading(viewer, now, reference)
    questions = {question.key: question for question in page.form.concrete(page.answers)}
    question, value = questions.get(key), page.answers.get(key)
    is_link = question is not None and question.is_signed and question.kind is Kind.URL and isinstance(value, str)
    if not is_link or not str(value).startswith(("http://", "https://")):
        raise NotFound()
    return str(value)


def others(viewer: Actor, now: datetime, reference: str) -> list[OtherReview]:
    """Colleagues' submitted reviews of a file, once I have submitted mine; nothing at all before."""
    page = reading(viewer, now, reference)
    if not page.is_submitted:
        return []
    rows = db.reader.execute(
        select(Review.id, Review.total, Review.paragraph, Assignment.pseudonym)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Application.reference == reference,
            Assignment.ended_at.is_(None),
            Assignment.pseudonym != page.pseudonym,
            Review.state == ReviewState.SUBMITTED,
        )
        .order_by(Assignment.pseudonym)
    ).all()
    scores = _scores([row.id for row in rows])
    return [OtherReview(row.pseudonym, row.total, scores[row.id], row.paragraph) for row in rows]
