"""The calibration round of a call: the same few files scored by the whole jury before it reads. Embargoed facts live here.

The files are of earlier calls and anonymised. They are no applications: nothing that counts or lists applications meets them.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.models.base import Base, HasId, by_value
from gnlc_apply.models.jury import ReviewState


class CalibrationState(enum.StrEnum):
    """Where a round is: scored alone, talked about, perhaps scored once more, closed."""

    PREPARING = "preparing"
    SCORING = "scoring"
    TALK = "talk"
    SECOND = "second"
    CLOSED = "closed"


class CalibrationRound(HasId, Base):
    """The round of one call, with its talk: when it is planned, and what came of it."""

    __tablename__ = "calibration_round"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    state: Mapped[CalibrationState] = mapped_column(by_value(CalibrationState), default=CalibrationState.PREPARING)
    talk_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(String(60))
    link: Mapped[str] = mapped_column(String(500), default="")
    is_scored_twice: Mapped[bool] = mapped_column(default=False)
    talk_held_on: Mapped[date | None]
    notes: Mapped[str] = mapped_column(default="")
    begun_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    second_opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("(state = 'preparing') = (opened_at IS NULL)", name="opened_has_moment"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_moment"),
        CheckConstraint("state <> 'second' OR second_opened_at IS NOT NULL", name="second_has_moment"),
        CheckConstraint("second_opened_at IS NULL OR talk_held_on IS NOT NULL", name="second_after_talk"),
        CheckConstraint("second_opened_at IS NULL OR is_scored_twice", name="second_is_planned"),
    )


class CalibrationFile(HasId, Base):
    """An anonymised file that everybody scores: a text, or a PDF that was inspected and cleaned as attachments are."""

    __tablename__ = "calibration_file"
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("calibration_round.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(default="")
    storage_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    size: Mapped[int | None]
    pages: Mapped[int | None]
    sha256_original: Mapped[str] = mapped_column(String(64), default="")
    sha256_clean: Mapped[str] = mapped_column(String(64), default="")
    added_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("(words = '') = (storage_key IS NOT NULL)", name="text_or_pdf"),
        CheckConstraint("(storage_key IS NULL) = (size IS NULL)", name="pdf_has_size"),
        CheckConstraint("title <> ''", name="has_title"),
    )


class CalibrationSeat(HasId, Base):
    """A juror in a round, under a letter of its own that holds for all its files."""

    __tablename__ = "calibration_seat"
    round_id: Mapped[int] = mapped_column(ForeignKey("calibration_round.id"), index=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"), index=True)
    pseudonym: Mapped[str] = mapped_column(String(4))
    was_present: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (UniqueConstraint("round_id", "juror_id"), UniqueConstraint("round_id", "pseudonym"))


class CalibrationReading(HasId, Base):
    """One juror's scoring of one file, before the talk (turn 1) or after it (turn 2); abstained: the city was recognised."""

    __tablename__ = "calibration_reading"
    file_id: Mapped[int] = mapped_column(ForeignKey("calibration_file.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("calibration_seat.id"), index=True)
    turn: Mapped[int]
    state: Mapped[ReviewState] = mapped_column(by_value(ReviewState), default=ReviewState.DRAFT)
    paragraph: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    total: Mapped[float | None]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("file_id", "seat_id", "turn"),
        CheckConstraint("turn BETWEEN 1 AND 2", name="first_or_second"),
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_has_moment"),
        CheckConstraint("state <> 'submitted' OR total IS NOT NULL", name="submitted_has_total"),
    )


class CalibrationScore(HasId, Base):
    """A value from 0 to 5 for one criterion with its reason; no value yet where only the reason has been typed."""

    __tablename__ = "calibration_score"
    reading_id: Mapped[int] = mapped_column(ForeignKey("calibration_reading.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(40))
    value: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        UniqueConstraint("reading_id", "criterion"),
        CheckConstraint("value BETWEEN 0 AND 5", name="on_the_scale"),
    )
