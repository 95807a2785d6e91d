"""A call for applications: its settings, extensions, numbered quota places, form and guide versions."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.jury.standard import Method
from gnlc_apply.models.base import Base, HasId, by_value


class CallState(enum.StrEnum):
    """The call as a whole has few states; deadlines bind each file by the clock."""

    PREPARING = "preparing"
    OPEN = "open"
    CONCLUDED = "concluded"


class ExtensionScope(enum.StrEnum):
    """Whom an extension reaches."""

    ALL = "all"
    COUNTRY = "country"
    CITY = "city"


class Deadline(enum.StrEnum):
    """Which of the call's two deadlines an extension moves."""

    CITIES = "cities"
    COMMISSIONS = "commissions"


class PlacePurpose(enum.StrEnum):
    """Two sets of numbered places per country: one for endorsing, one for approving."""

    ENDORSEMENT = "endorsement"
    APPROVAL = "approval"


class FormVersion(HasId, Base):
    """A form as data; applications stay with the version they began on."""

    __tablename__ = "form_version"
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class GuideVersion(HasId, Base):
    """A scoring guide as data: criteria, weights, what each value looks like."""

    __tablename__ = "guide_version"
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Call(HasId, Base):
    """One call with all its settings (process.md section 3); instants are UTC, shown in ``time_zone``."""

    __tablename__ = "call"
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    time_zone: Mapped[str] = mapped_column(String(60), default="Etc/GMT+12")
    opens_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    grace_minutes: Mapped[int] = mapped_column(default=0)
    commission_deadline_at: Mapped[datetime]
    results_promised_on: Mapped[date]
    languages: Mapped[list[str]]
    quota: Mapped[int] = mapped_column(default=3)
    smallest_population: Mapped[int | None]
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"))
    guide_version_id: Mapped[int] = mapped_column(ForeignKey("guide_version.id"))
    readers_per_file: Mapped[int] = mapped_column(default=3)
    standard: Mapped[float] = mapped_column(default=3.0)
    criterion_minimum: Mapped[float] = mapped_column(default=2.0)
    places: Mapped[int | None]
    jury_method: Mapped[str] = mapped_column(String(40), default=Method.ADJUSTED.value)
    signature_may_follow: Mapped[bool] = mapped_column(default=True)
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    state: Mapped[CallState] = mapped_column(by_value(CallState), default=CallState.PREPARING)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    guide_frozen_at: Mapped[datetime | None]
    reading_deadline_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("opens_at < deadline_at", name="opens_before_deadline"),
        CheckConstraint("deadline_at <= commission_deadline_at", name="commission_deadline_later"),
        CheckConstraint("quota >= 1", name="quota_positive"),
        CheckConstraint("readers_per_file >= 1", name="readers_positive"),
        CheckConstraint("grace_minutes >= 0", name="grace_not_negative"),
        CheckConstraint("state <> 'open' OR opened_at IS NOT NULL", name="open_has_moment"),
        CheckConstraint("(state = 'concluded') = (concluded_at IS NOT NULL)", name="concluded_has_moment"),
    )


class Gate(HasId, Base):
    """A gate of the whole call, passed once, with the list of what was unfinished at that moment."""

    __tablename__ = "gate"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    name: Mapped[str] = mapped_column(String(40))
    passed_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unfinished: Mapped[list[Any]]
    __table_args__ = (UniqueConstraint("call_id", "name"),)


class Extension(HasId, Base):
    """More time, for all, a country or a city, with a reason that those it touches can read."""

    __tablename__ = "extension"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    scope: Mapped[ExtensionScope] = mapped_column(by_value(ExtensionScope))
    deadline: Mapped[Deadline] = mapped_column(by_value(Deadline))
    country: Mapped[str | None] = mapped_column(ForeignKey("state.iso3"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    until_at: Mapped[datetime]
    reason: Mapped[str]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("(scope = 'country') = (country IS NOT NULL)", name="country_named"),
        CheckConstraint("(scope = 'city') = (application_id IS NOT NULL)", name="city_named"),
    )


class QuotaPlace(HasId, Base):
    """One numbered place of a country in a call, taken. Freed by deleting the row; numbers above the limit are refused."""

    __tablename__ = "quota_place"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    country: Mapped[str] = mapped_column(ForeignKey("state.iso3"))
    purpose: Mapped[PlacePurpose] = mapped_column(by_value(PlacePurpose))
    number: Mapped[int]
    limit: Mapped[int] = mapped_column("place_limit")
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    taken_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("call_id", "country", "purpose", "number"),
        UniqueConstraint("purpose", "application_id"),
        CheckConstraint("number BETWEEN 1 AND place_limit", name="within_quota"),
    )


class QuotaException(HasId, Base):
    """More places for one country, recorded by two persons."""

    __tablename__ = "quota_exception"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    country: Mapped[str] = mapped_column(ForeignKey("state.iso3"))
    extra: Mapped[int]
    reason: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name="two_persons"),
        CheckConstraint("extra >= 1", name="extra_positive"),
        Index("ix_quota_exception_call_country", "call_id", "country"),
    )


class ReminderSent(HasId, Base):
    """A reminder that was queued, so that no tick queues it again."""

    __tablename__ = "reminder_sent"
    key: Mapped[str] = mapped_column(String(200), unique=True)
    queued_at: Mapped[datetime]
