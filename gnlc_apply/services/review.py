"""One juror's work on one file: declared free of conflicts, saved as often as needed, submitted once, or abstained from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.jury.conflicts import ConflictCode
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Assignment,
    Call,
    Juror,
    Minutes,
    Review,
    ReviewState,
    Score,
    TieAnswer,
)
from gnlc_apply.permissions import Actor, Permission, kept_per_roles, visible_to
from gnlc_apply.queries.embargoed.reading_rows import own_scores, scores_in
from gnlc_apply.queries.questionnaire import guide_of
from gnlc_apply.queries.rows import AnySelect
from gnlc_apply.questionnaire import Guide
from gnlc_apply.services import case, scoring
from gnlc_apply.services.assignment.by_hand import declare as declare_conflict
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.scoring import Scores
from gnlc_apply.services.ties import pairs, questions


@dataclass(frozen=True)
class _Reading:
    file: Application
    assignment: Assignment
    juror: Juror
    call: Call
    guide: Guide
    review: Review | None
    scores: Scores
    is_closed: bool


def _reading(unit: Unit, reference: str, permission: Permission) -> _Reading:
    """The actor's own reading of a file. Raises NotFound for a file that is not the actor's, Forbidden before the gate."""
    actor = unit.actor
    case.lock(unit.session, reference)
    asked = {"reference": reference, "viewer": actor.person_id}
    row = unit.session.execute(_mine(actor, permission), asked).one_or_none()
    if row is None or not row.is_seen:
        raise NotFound()
    if not row.is_permitted:
        raise Forbidden(Text("You do not have permission to do this."))
    guide = guide_of(unit.session, row.Call.guide_version_id)
    return _Reading(
        file=row.Application,
        assignment=row.Assignment,
        juror=row.Juror,
        call=row.Call,
        guide=guide,
        review=row.Review,
        scores=scores_in(row.scores),
        is_closed=row.minutes is not None,
    )


@kept_per_roles
def _mine(who: Actor, permission: Permission) -> AnySelect:
    """One's own running reading, and whether it is theirs to see and to work on. Whoever writes one has locked its
    file before, which makes this statement see the last one's work; the lock here is for those who end readings without it.
    """
    return (
        select(
            Application,
            Assignment,
            Juror,
            Call,
            Review,
            Minutes.id.label("minutes"),
            own_scores(),
            visible_to(who, Permission.SEE_ASSIGNED).label("is_seen"),
            visible_to(who, permission).label("is_permitted"),
        )
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(Call, Call.id == Juror.call_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .outerjoin(Minutes, Minutes.call_id == Call.id)
        .where(
            Application.reference == bindparam("reference"),
            Assignment.ended_at.is_(None),
            Juror.person_id == who.person_id,
        )
        .with_for_update(of=Assignment)
    )


def _refuse_closed(unit: Unit, reading: _Reading) -> None:
    if reading.file.state is not ApplicationState.IN_REVIEW:
        raise Conflict(Text("This file is not with the jury any more."))
    if reading.is_closed:
        raise Conflict(pairs.READINGS_CLOSED)
    if reading.review is not None and reading.review.state is ReviewState.SUBMITTED:
        raise Conflict(Text("You have submitted this review. It cannot be changed."))
    if reading.review is not None and reading.review.state is ReviewState.ABSTAINED:
        raise Conflict(Text("You have abstained from this file. Ask the secretariat if that was a mistake."))


@command()
def declare(
    unit: Unit,
    *,
    actor: Actor,
    reference: str,
    has_conflict: bool,
    detail: str = "",
    answers: Mapping[str, str] | None = None,
) -> TieAnswer:
    """The answer at the gate. "No conflict" opens the text; a conflict ends the reading at once, at any time.

    ``answers``: by the rule's code, to the questions that the rules on names put. A tie ends the reading too; where the
    secretariat is to decide, the text stays closed. What it came to. Raises Invalid where a conflict comes without a word
    on what it is, and at every question without an answer.
    """
    reading = _reading(unit, reference, Permission.SEE_ASSIGNED)
    if has_conflict:
        declare_conflict(unit, reading.juror, reading.file, ConflictCode.DECLARED_APPLICATION.value, detail)
        pairs.tell_secretariat(unit, "reader_lost", reading.call, reading.file, why="conflict")
        return TieAnswer.TIE
    came_to, is_new = questions.answer(unit, reading.juror, reading.file, answers or {})
    if came_to is TieAnswer.TIE:
        pairs.block(unit, reading.juror, reading.file)
        pairs.tell_secretariat(unit, "reader_lost", reading.call, reading.file, why="conflict")
    elif came_to is TieAnswer.SECRETARIAT:
        if is_new:
            pairs.tell_secretariat(unit, "tie_undecided", reading.call, reading.file)
    elif reading.assignment.declared_free_at is None:
        reading.assignment.declared_free_at = unit.now
        unit.note("declared_free", "application", reading.file.id, juror=reading.juror.id)
    return came_to


@command()
def decline_file(unit: Unit, *, actor: Actor, reference: str, reason: str) -> None:
    """The juror cannot take this file, for a reason that is no conflict; the secretariat is told."""
    reading = _reading(unit, reference, Permission.SEE_ASSIGNED)
    _refuse_closed(unit, reading)
    if not reason.strip():
        raise Invalid(Text("Give a reason."), {"reason": Text("Give a reason.")})
    pairs.end(unit, reading.assignment, reason.strip())
    pairs.tell_secretariat(unit, "reader_lost", reading.call, reading.file, why="declined")


@command()
def save(unit: Unit, *, actor: Actor, reference: str, scores: Scores, paragraph: str, revision: int) -> int:
    """Save a draft, complete or not; the new revision. ``revision``: the one the page was made from, 0 for none.

    Raises Conflict where another window has saved since (nothing is overwritten), Invalid for what is no score.
    """
    reading = _reading(unit, reference, Permission.REVIEW)
    _refuse_closed(unit, reading)
    review = _write(unit, reading, scores, paragraph, revision)
    unit.note("saved_review", "review", review.id, revision=review.revision)
    return review.revision


def _write(unit: Unit, reading: _Reading, scores: Scores, paragraph: str, revision: int) -> Review:
    review = reading.review
    scoring.check(reading.guide, scores, paragraph, revision, review.revision if review else 0)
    if review is None:
        review = Review(assignment_id=reading.assignment.id, version_id=reading.file.version_id, revision=0)
        review.started_at = unit.now
        unit.session.add(review)
    review.paragraph, review.updated_at, review.revision = paragraph.strip(), unit.now, review.revision + 1
    review.total = scoring.total(reading.guide, scores)
    unit.session.flush()
    scoring.write(unit.session, Score.review_id, review.id, reading.scores, scores)
    return review


@command(is_fresh=True)
def submit(unit: Unit, *, actor: Actor, reference: str, scores: Scores, paragraph: str, revision: int) -> float:
    """Submit a review, once and for good; its total from 0 to 5. Others' reviews of this file open with it.

    Raises Invalid for every criterion without a value, every compulsory reason and the paragraph where they are missing;
    Conflict before the scoring guide is frozen, after the minutes, and where another window has saved since.
    """
    reading = _reading(unit, reference, Permission.REVIEW)
    _refuse_closed(unit, reading)
    if reading.call.guide_frozen_at is None:
        raise Conflict(
            Text("The scoring guide of this call is not final yet. Save your review, and submit it once you are told.")
        )
    scoring.check_complete(reading.guide, scores, paragraph)
    review = _write(unit, reading, scores, paragraph, revision)
    review.state, review.submitted_at = ReviewState.SUBMITTED, unit.now
    unit.note("submitted_review", "review", review.id, revision=review.revision)
    return float(review.total or 0.0)


@command()
def abstain(unit: Unit, *, actor: Actor, reference: str, reason: str) -> None:
    """Give no scores for this file, with a reason. What was saved stays, and does not count."""
    reading = _reading(unit, reference, Permission.REVIEW)
    _refuse_closed(unit, reading)
    if not reason.strip():
        raise Invalid(Text("Give a reason."), {"reason": Text("Give a reason.")})
    review = reading.review
    if review is None:
        review = Review(assignment_id=reading.assignment.id, version_id=reading.file.version_id)
        review.started_at = unit.now
        unit.session.add(review)
    review.state, review.abstention_reason, review.updated_at = ReviewState.ABSTAINED, reason.strip(), unit.now
    unit.session.flush()
    unit.note("abstained", "review", review.id, reason=reason.strip())
    pairs.tell_secretariat(unit, "reader_lost", reading.call, reading.file, why="abstained")
