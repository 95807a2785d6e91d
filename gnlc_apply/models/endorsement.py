"""What a National Commission does: endorse, decline, rank."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.models.base import Base, HasId, by_value


class EndorsementOutcome(enum.StrEnum):
    """The Commission's word on a file."""

    ENDORSED = "endorsed"
    DECLINED = "declined"


_LIVE = text("revoked_at IS NULL")


class Endorsement(HasId, Base):
    """An endorsement or its refusal, with the version that was seen and who acted for the Commission."""

    __tablename__ = "endorsement"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("application_version.id"))
    outcome: Mapped[EndorsementOutcome] = mapped_column(by_value(EndorsementOutcome))
    name: Mapped[str] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(default="")
    is_late_letter: Mapped[bool] = mapped_column(default=False)
    letter_note: Mapped[str] = mapped_column(default="")
    acted_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revocation_reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("outcome <> 'declined' OR reason <> ''", name="declining_has_reason"),
        Index("uq_endorsement_live", "application_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )


class Objection(HasId, Base):
    """A Commission is told of a change after its endorsement and may object within five working days.

    ``lapsed_at``: the city took the changed text up again before they were over.
    """

    __tablename__ = "objection"
    endorsement_id: Mapped[int] = mapped_column(ForeignKey("endorsement.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("application_version.id"))
    told_at: Mapped[datetime]
    due_at: Mapped[datetime]
    objected_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        UniqueConstraint("endorsement_id", "version_id"),
        CheckConstraint("objected_at IS NULL OR lapsed_at IS NULL", name="one_end"),
    )


class CommissionRank(HasId, Base):
    """The Commission's own order of its country's files; information, hidden from jurors until scores are in."""

    __tablename__ = "commission_rank"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    position: Mapped[int]


class FileOpened(HasId, Base):
    """A Commission has looked at a file; cities see that it has, and when first."""

    __tablename__ = "file_opened"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    opened_at: Mapped[datetime]
