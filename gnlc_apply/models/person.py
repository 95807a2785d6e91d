"""People, what they may be (grants), how they get in (invitations, tokens, second factors), and their sessions."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.core import reference_number
from gnlc_apply.models.base import Base, HasId, by_value


def _person_reference() -> str:
    return reference_number.create("P", 8)


def _act_reference() -> str:
    return reference_number.create("ACT", 8)


class Role(enum.StrEnum):
    """What a grant makes of a person. City people have no grant; they are members of an application."""

    ADMINISTRATOR = "administrator"
    OFFICER = "officer"
    DIRECTOR = "director"
    COMMISSION = "commission"
    JUROR = "juror"
    CHAIR = "chair"


class TokenPurpose(enum.StrEnum):
    """What a one-time token opens; a token for one purpose never opens another."""

    CONFIRM_ADDRESS = "confirm_address"
    RESET_PASSWORD = "reset_password"
    CHANGE_ADDRESS = "change_address"
    COMMISSION_CODE = "commission_code"
    SIGNATURE_CODE = "signature_code"


class Person(HasId, Base):
    """Somebody with an account. Erasing a person empties the personal columns and keeps the row."""

    __tablename__ = "person"
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=_person_reference)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(12), default="en")
    organisation: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class Grant(HasId, Base):
    """A role for a time: juror and chair for one call, Commission for one country, the secretariat's for all."""

    __tablename__ = "grant_of_role"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(by_value(Role))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    country: Mapped[str | None] = mapped_column(String(3))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("(role IN ('juror','chair')) = (call_id IS NOT NULL)", name="jury_has_call"),
        CheckConstraint("(role = 'commission') = (country IS NOT NULL)", name="commission_has_country"),
        Index(
            "uq_grant_live",
            "person_id",
            "role",
            text("coalesce(call_id, 0)"),
            text("coalesce(country, '')"),
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )


class TwoPersonRequest(HasId, Base):
    """An act that one person asks for and another confirms: a secretariat role, a second factor's reset and the like."""

    __tablename__ = "two_person_request"
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=_act_reference)
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    details: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(
            "confirmed_by_id IS NULL OR asked_by_id IS NULL OR confirmed_by_id <> asked_by_id", name="two_persons"
        ),
        CheckConstraint("(confirmed_at IS NULL) OR (refused_at IS NULL)", name="one_answer"),
    )


class Invitation(HasId, Base):
    """A personal link that makes an account, or adds a role or a place in an application to one."""

    __tablename__ = "invitation"
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[Role | None] = mapped_column(by_value(Role))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    country: Mapped[str | None] = mapped_column(String(3))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    application_role: Mapped[str | None] = mapped_column(String(20))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(12), default="en")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("(role IS NOT NULL) <> (application_id IS NOT NULL)", name="role_or_application"),
    )


class PrivacyAcceptance(HasId, Base):
    """That a person has taken note of one version of the privacy notice, and when."""

    __tablename__ = "privacy_acceptance"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version: Mapped[str] = mapped_column(String(20))
    accepted_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("person_id", "version"),)


class OneTimeToken(HasId, Base):
    """The hash of a secret that was sent to an address, good for one purpose, once, for a while."""

    __tablename__ = "one_time_token"
    purpose: Mapped[TokenPurpose] = mapped_column(by_value(TokenPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    signature_request_id: Mapped[int | None] = mapped_column(ForeignKey("signature_request.id"))
    email: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(HasId, Base):
    """One of ten codes for the day the telephone is lost."""

    __tablename__ = "recovery_code"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)


class WebSession(HasId, Base):
    """A browser's session. The cookie holds a random number, this table its hash and all the rest."""

    __tablename__ = "web_session"
    id_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    contents: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    signed_in_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]
    network: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None]


class RememberedDevice(HasId, Base):
    """A juror's own device, which the second factor need not be asked for again until the jury's time is over."""

    __tablename__ = "remembered_device"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class GuessCounter(HasId, Base):
    """How often something secret was guessed wrong, across all workers and restarts."""

    __tablename__ = "guess_counter"
    key: Mapped[str] = mapped_column(String(120))
    window_start: Mapped[datetime]
    count: Mapped[int]
    __table_args__ = (UniqueConstraint("key", "window_start"),)
