"""An application with its people, answers, attachments, versions, requests and checks."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.models.base import Base, HasId, by_value


class ApplicationState(enum.StrEnum):
    """Where an application stands (process.md section 4). Decisions are not among them."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ENDORSED = "endorsed"
    NOT_ENDORSED = "not_endorsed"
    UNANSWERED = "unanswered"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    IN_REVIEW = "in_review"
    ADMITTED = "admitted"
    NOT_ADMITTED = "not_admitted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class MemberRole(enum.StrEnum):
    """What a colleague may do with the city's application."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class VersionReason(enum.StrEnum):
    """Why the text was frozen."""

    SIGNATURE = "signature"
    SUBMISSION = "submission"


class AttachmentState(enum.StrEnum):
    """What inspection said of a file."""

    CLEAN = "clean"
    REMOVED = "removed"


class RequestKind(enum.StrEnum):
    """A question leaves the file where it is; a return opens named questions."""

    QUESTION = "question"
    RETURN = "return"


class CheckOutcome(enum.StrEnum):
    """What the secretariat's check of a file came to."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"


LIVE_STATES = (
    "submitted",
    "endorsed",
    "not_endorsed",
    "unanswered",
    "eligible",
    "ineligible",
    "in_review",
    "returned",
)
_LIVE = text("city_id IS NOT NULL AND state IN (" + ", ".join(f"'{state}'" for state in LIVE_STATES) + ")")


class Application(HasId, Base):
    """One city's application in one call. The row says nothing of recommendation, decision or score, ever."""

    __tablename__ = "application"
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id"), index=True)
    country: Mapped[str] = mapped_column(ForeignKey("state.iso3"), index=True)
    place_name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(String(200), index=True)
    language: Mapped[str] = mapped_column(String(12), default="en")
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"))
    state: Mapped[ApplicationState] = mapped_column(by_value(ApplicationState), default=ApplicationState.DRAFT)
    returned_from: Mapped[str | None] = mapped_column(String(32))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("application_version.id", use_alter=True))
    is_associate_member: Mapped[bool] = mapped_column(default=False)
    override_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    __table_args__ = (
        CheckConstraint("(state = 'returned') = (returned_from IS NOT NULL)", name="returned_remembers"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_moment"),
        CheckConstraint(
            "state IN ('draft','expired','withdrawn') OR (version_id IS NOT NULL AND submitted_at IS NOT NULL)",
            name="submitted_has_version",
        ),
        Index("uq_application_live_city", "city_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_application_call_state", "call_id", "state"),
    )


class ApplicationMember(HasId, Base):
    """A city official's place in an application."""

    __tablename__ = "application_member"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[MemberRole] = mapped_column(by_value(MemberRole))
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_application_member_live",
            "application_id",
            "person_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )


class JoinRequest(HasId, Base):
    """Somebody asks to join an application begun for the same place; neither side is named before the owner says yes."""

    __tablename__ = "join_request"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    message: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    is_accepted: Mapped[bool | None]
    __table_args__ = (UniqueConstraint("application_id", "person_id"),)


class Answer(HasId, Base):
    """One answer with a version of its own, so that two people in two questions never collide."""

    __tablename__ = "answer"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(JSON())
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (UniqueConstraint("application_id", "key"),)


class ApplicationVersion(HasId, Base):
    """The text as it was when a signature was asked for or the application was submitted; never changed.

    ``signatures_needed``: one for the city; for a consortium one more for each of its constituents.
    """

    __tablename__ = "application_version"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    number: Mapped[int]
    content: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    short_code: Mapped[str] = mapped_column(String(12))
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"))
    signatures_needed: Mapped[int] = mapped_column(default=1, server_default="1")
    reason: Mapped[VersionReason] = mapped_column(by_value(VersionReason))
    frozen_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("application_id", "number"), UniqueConstraint("application_id", "sha256"))


class Attachment(HasId, Base):
    """A file with its caption: the original in quarantine, a cleaned copy to hand out."""

    __tablename__ = "attachment"
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    question_key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    pages: Mapped[int | None]
    caption: Mapped[str] = mapped_column(String(300), default="")
    storage_key: Mapped[str] = mapped_column(String(80), unique=True)
    sha256_original: Mapped[str] = mapped_column(String(64))
    sha256_clean: Mapped[str] = mapped_column(String(64))
    state: Mapped[AttachmentState] = mapped_column(by_value(AttachmentState), default=AttachmentState.CLEAN)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]


class InformationRequest(HasId, Base):
    """A question to the city, or a return of named questions with words and a date."""

    __tablename__ = "information_request"
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(by_value(RequestKind))
    asked_for: Mapped[str] = mapped_column(String(20))
    keys: Mapped[list[str]]
    message: Mapped[str]
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("asked_for IN ('secretariat', 'commission')", name="asker"),)


class ScreeningCheck(HasId, Base):
    """The secretariat's finding on a file, and the city's one reply when it is found ineligible."""

    __tablename__ = "screening_check"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("application_version.id"))
    outcome: Mapped[CheckOutcome] = mapped_column(by_value(CheckOutcome))
    reason: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reply_due_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None]
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    final_at: Mapped[datetime | None]
    reversed_at: Mapped[datetime | None]
    reversal_reason: Mapped[str] = mapped_column(default="")


class PublishedSpelling(HasId, Base):
    """A spelling the secretariat corrected, beside the signed text, which stays as it is."""

    __tablename__ = "published_spelling"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[str] = mapped_column(String(500))
    corrected_at: Mapped[datetime]
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (UniqueConstraint("application_id", "key"),)
