"""What happened and what must be said: the audit chain, the outbox, kept forms, refusals, the instance's own mark."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.models.base import Base, HasId, by_value


class MessageState(enum.StrEnum):
    """A message's way out."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    DEAD = "dead"
    DISCARDED = "discarded"


class AuditHead(Base):
    """The end of the chain: one row, locked by every command just before it commits."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class AuditEntry(HasId, Base):
    """One act in the chain: ids and digests only, so that a person can be erased and the chain still verifies."""

    __tablename__ = "audit_entry"
    sequence: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    act: Mapped[str] = mapped_column(String(60))
    noun: Mapped[str] = mapped_column(String(40))
    noun_id: Mapped[int | None]
    details_digest: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_entry_noun", "noun", "noun_id"),)


class AuditDetail(HasId, Base):
    """What the digest of an entry was taken of, with a salt; emptied when a person is erased."""

    __tablename__ = "audit_detail"
    entry_sequence: Mapped[int] = mapped_column(unique=True)
    salt: Mapped[str] = mapped_column(String(32))
    details: Mapped[dict[str, Any] | None]


class OutboxMessage(HasId, Base):
    """A message that must go out, once, to one address, not before its time."""

    __tablename__ = "outbox_message"
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    language: Mapped[str] = mapped_column(String(12), default="en")
    values: Mapped[dict[str, Any]] = mapped_column("values_json")
    state: Mapped[MessageState] = mapped_column(by_value(MessageState), default=MessageState.QUEUED)
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    last_error: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_moment"),
        Index("ix_outbox_message_due", "state", "next_attempt_at"),
    )


class FormKey(HasId, Base):
    """The hidden key of a form that was acted on: the same key gives the same answer, never a second act."""

    __tablename__ = "form_key"
    key: Mapped[str] = mapped_column(String(64))
    session_hash: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[str] = mapped_column(String(64))
    location: Mapped[str] = mapped_column(default="")
    used_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("key", "session_hash"),)


class Notice(HasId, Base):
    """Something an operator should see: refusals, guesses, looks at embargoed facts. Own small unit of work."""

    __tablename__ = "notice"
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None]
    noun: Mapped[str] = mapped_column(String(40), default="")
    noun_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300), default="")


class Instance(Base):
    """What this installation is: made for real, or a demonstration; the mark is written when the database is made.

    ``is_held``: no mail leaves. ``held_since``: restored then from the backup of ``restored_from``, and until somebody
    releases it neither mail leaves nor is anything announced or done by the clock.
    """

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(primary_key=True)
    is_demo: Mapped[bool]
    identity: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    worker_seen_at: Mapped[datetime | None]
    is_held: Mapped[bool] = mapped_column(default=False)
    held_since: Mapped[datetime | None]
    restored_from: Mapped[datetime | None]
    history_is_incomplete: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
