"""Jurors, conflicts, assignments, reviews with scores, the jury's recommendation and minutes. Embargoed facts live here."""

from __future__ import annotations

import enum
import secrets
import string
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.models.base import Base, HasId, by_value


def _pseudonym() -> str:
    """Where a command gives no letter: four random ones, so that no two readers of a file are alike."""
    return "".join(secrets.choice(string.ascii_uppercase) for _ in range(4))


class ReviewState(enum.StrEnum):
    """One juror's work on one application."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ABSTAINED = "abstained"


class Juror(HasId, Base):
    """A person in one call's jury, with what the assignment needs to know."""

    __tablename__ = "juror"
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    countries: Mapped[list[str]]
    region: Mapped[str] = mapped_column(String(40), default="")
    languages: Mapped[list[str]]
    topics: Mapped[list[str]]
    contexts: Mapped[list[str]]
    organisations: Mapped[list[str]] = mapped_column(default=list)
    related_names: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int | None]
    has_profile: Mapped[bool] = mapped_column(default=False)
    invited_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("call_id", "person_id"),)


class JurorFile(HasId, Base):
    """A juror and a file, and whether a conflict keeps them apart. Assignments point here, so the database says no."""

    __tablename__ = "juror_file"
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    is_blocked: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("juror_id", "application_id"),
        UniqueConstraint("juror_id", "application_id", "is_blocked", name="uq_juror_file_with_block"),
    )


class TieAnswer(enum.StrEnum):
    """What came of a question to a juror: an answer, or none in time."""

    NO_TIE = "no_tie"
    TIE = "tie"
    SECRETARIAT = "secretariat"
    TOO_LATE = "too_late"


class ConflictOfInterest(HasId, Base):
    """One reason why a juror may not read a file (level ``block``), or is asked first (``ask``), with what came of it."""

    __tablename__ = "conflict_of_interest"
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(10))
    detail: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(String(20))
    answered_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("juror_id", "application_id", "code"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_has_moment"),
    )


class StaffConflict(HasId, Base):
    """A secretariat person's own city or declared tie: that file is acted on by somebody else."""

    __tablename__ = "staff_conflict"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("person_id", "application_id"),)


class AssignmentProposal(HasId, Base):
    """A proposed assignment with its seed and what it could not fulfil, until it is confirmed or thrown away."""

    __tablename__ = "assignment_proposal"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    seed: Mapped[int]
    method: Mapped[str] = mapped_column(String(40))
    result: Mapped[dict[str, Any]]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    discarded_at: Mapped[datetime | None]


class Assignment(HasId, Base):
    """A juror reads a file. While it runs it points at an unblocked pair; a conflict must end it first."""

    __tablename__ = "assignment"
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("assignment_proposal.id"))
    pair_is_blocked: Mapped[bool | None]
    position: Mapped[int] = mapped_column(default=0)
    pseudonym: Mapped[str] = mapped_column(String(4), default=_pseudonym)
    assigned_at: Mapped[datetime]
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    declared_free_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        ForeignKeyConstraint(
            ["juror_id", "application_id", "pair_is_blocked"],
            ["juror_file.juror_id", "juror_file.application_id", "juror_file.is_blocked"],
            name="fk_assignment_unblocked_pair",
        ),
        CheckConstraint("(ended_at IS NULL) = (pair_is_blocked IS NOT NULL)", name="running_names_pair"),
        CheckConstraint("pair_is_blocked IS NULL OR NOT pair_is_blocked", name="never_blocked"),
        UniqueConstraint("application_id", "pseudonym"),
        Index(
            "uq_assignment_running",
            "juror_id",
            "application_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class Review(HasId, Base):
    """One juror's reading of one version."""

    __tablename__ = "review"
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("application_version.id"))
    state: Mapped[ReviewState] = mapped_column(by_value(ReviewState), default=ReviewState.DRAFT)
    paragraph: Mapped[str] = mapped_column(default="")
    abstention_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    total: Mapped[float | None]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_has_moment"),
        CheckConstraint("state <> 'submitted' OR total IS NOT NULL", name="submitted_has_total"),
    )


class Score(HasId, Base):
    """A value from 0 to 5 for one criterion with its reason; no value yet where only the reason has been typed."""

    __tablename__ = "score"
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(40))
    value: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        UniqueConstraint("review_id", "criterion"),
        CheckConstraint("value BETWEEN 0 AND 5", name="on_the_scale"),
    )


class FiguresStatus(enum.StrEnum):
    """What came of computing a jury's figures."""

    COMPUTED = "computed"
    NOT_COMPARABLE = "not_comparable"
    FAILED = "failed"


class JuryFigures(HasId, Base):
    """The jury's figures of a call as they were last computed: per file and per juror (by reference), agreement, audit.

    ``inputs_sha256``: of the scores, weights, jurors and rule that they were computed from.
    """

    __tablename__ = "jury_figures"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    method: Mapped[str] = mapped_column(String(40))
    seed: Mapped[int]
    draws: Mapped[int]
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[FiguresStatus] = mapped_column(by_value(FiguresStatus))
    reason: Mapped[str] = mapped_column(String(40), default="")
    files: Mapped[dict[str, Any]]
    jurors: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("(status = 'computed') = (reason = '')", name="why_not"),)


class Recommendation(HasId, Base):
    """What the jury says of a file, confirmed by the chair."""

    __tablename__ = "recommendation"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    is_recommended: Mapped[bool]
    average: Mapped[float | None]
    readers: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Minutes(HasId, Base):
    """The jury's minutes: who was there, who left for which file."""

    __tablename__ = "minutes"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    held_on: Mapped[str] = mapped_column(String(40), default="")
    present: Mapped[list[Any]]
    recusals: Mapped[list[Any]]
    words: Mapped[str] = mapped_column(default="")
    frozen: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
