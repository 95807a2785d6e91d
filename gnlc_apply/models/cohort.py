"""Decisions, the cohort of a call with its lock and arming, letters, and the release as it was announced."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.models.base import Base, HasId, by_value


class CohortState(enum.StrEnum):
    """A cohort's life: prepared, locked, armed, announced."""

    PREPARING = "preparing"
    LOCKED = "locked"
    ARMED = "armed"
    ANNOUNCED = "announced"


class Outcome(enum.StrEnum):
    """What a decision gives a city."""

    APPROVED = "approved"
    NOT_APPROVED = "not_approved"


class LetterKind(enum.StrEnum):
    """The letters of an announcement."""

    ADMITTED = "admitted"
    NOT_ADMITTED = "not_admitted"
    COMMISSION = "commission"


class Decision(HasId, Base):
    """Prepared by an officer, approved by a director, never the same person. Read through one door only."""

    __tablename__ = "decision"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    outcome: Mapped[Outcome] = mapped_column(by_value(Outcome))
    departure_reason: Mapped[str] = mapped_column(default="")
    prepared_at: Mapped[datetime]
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> prepared_by_id", name="two_persons"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", name="approval_complete"),
    )


class Feedback(HasId, Base):
    """What a city reads of the jury's reading after the announcement, in words. Read through the same door as decisions.

    ``outcome``: of the decision that it was written for; beside another it goes to nobody. ``basis``: the digest of the
    scores and decisions that a draft was made of, empty for a text begun by hand; ``grounds``: what it was made of, for
    the secretariat only.
    """

    __tablename__ = "feedback"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    outcome: Mapped[Outcome] = mapped_column(by_value(Outcome))
    language: Mapped[str] = mapped_column(String(12), default="en")
    body: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    basis: Mapped[str] = mapped_column(String(64), default="")
    grounds: Mapped[dict[str, Any]]
    drafted_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (
        CheckConstraint("body <> ''", name="has_words"),
        CheckConstraint("(basis = '') = (drafted_at IS NULL)", name="draft_has_basis"),
        CheckConstraint("drafted_at IS NOT NULL OR edited_at IS NOT NULL", name="has_moment"),
    )


class Cohort(HasId, Base):
    """The cities of one call that are admitted together, and everything said about them on the day."""

    __tablename__ = "cohort"
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[CohortState] = mapped_column(by_value(CohortState), default=CohortState.PREPARING)
    announce_at: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    event_title: Mapped[str] = mapped_column(String(200), default="")
    event_at: Mapped[datetime | None]
    event_link: Mapped[str] = mapped_column(String(500), default="")
    strapline: Mapped[str] = mapped_column(default="")
    lead: Mapped[str] = mapped_column(default="")
    quotation: Mapped[str] = mapped_column(default="")
    quotation_by: Mapped[str] = mapped_column(String(200), default="")
    campaign: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    press_contact: Mapped[str] = mapped_column(default="")
    declared_citizens: Mapped[str] = mapped_column(String(80), default="")
    declared_source: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lock_hash: Mapped[str | None] = mapped_column(String(64))
    # Of the texts as they are locked, corrections included; and as the arming has confirmed them.
    texts_hash: Mapped[str | None] = mapped_column(String(64))
    armed_texts_hash: Mapped[str | None] = mapped_column(String(64))
    armed_at: Mapped[datetime | None]
    armed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    arming_lapses_at: Mapped[datetime | None]
    stand_by_ids: Mapped[list[Any]]
    held_at: Mapped[datetime | None]
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    announced_at: Mapped[datetime | None]
    announced_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    figures: Mapped[dict[str, Any]]
    __table_args__ = (
        CheckConstraint("state = 'preparing' OR state = 'announced' OR lock_hash IS NOT NULL", name="locked_has_hash"),
        CheckConstraint("(state = 'armed') <= (armed_at IS NOT NULL)", name="armed_has_moment"),
        CheckConstraint(
            "armed_by_id IS NULL OR locked_by_id IS NULL OR armed_by_id <> locked_by_id", name="two_persons"
        ),
        CheckConstraint("(state = 'announced') = (announced_at IS NOT NULL)", name="announced_has_moment"),
    )


class CohortCity(HasId, Base):
    """A city as the release of its day names it."""

    __tablename__ = "cohort_city"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(3))
    country_name: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(40))
    sort_key: Mapped[str] = mapped_column(String(200), default="")
    is_capital: Mapped[bool] = mapped_column(default=False)
    is_returning: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (UniqueConstraint("cohort_id", "city_id"),)


class LetterText(HasId, Base):
    """The editable text of a letter, with fixed placeholders, in one language."""

    __tablename__ = "letter_text"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    kind: Mapped[LetterKind] = mapped_column(by_value(LetterKind))
    language: Mapped[str] = mapped_column(String(12), default="en")
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str]
    edited_at: Mapped[datetime]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (UniqueConstraint("cohort_id", "kind", "language"),)


class TextCorrection(HasId, Base):
    """A text that one person corrected after the lock: what it was, what it is, and why."""

    __tablename__ = "text_correction"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    field: Mapped[str] = mapped_column(String(80))
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str]
    corrected_at: Mapped[datetime]
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (CheckConstraint("reason <> ''", name="has_reason"),)


class CohortChange(HasId, Base):
    """A change to a locked list: asked for by one person, confirmed by another."""

    __tablename__ = "cohort_change"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name="two_persons"),
        Index(
            "uq_cohort_change_open",
            "cohort_id",
            "kind",
            text("coalesce(application_id, 0)"),
            unique=True,
            sqlite_where=text("confirmed_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL"),
        ),
    )
