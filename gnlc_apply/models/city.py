"""States, cities with their names over time, memberships as periods, and the dated acts that changed the registry."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.models.base import Base, HasId, by_value


class Region(enum.StrEnum):
    """UNESCO's five regions, in the order of the release."""

    AFRICA = "Africa"
    ARAB_STATES = "Arab States"
    ASIA_AND_THE_PACIFIC = "Asia and the Pacific"
    EUROPE_AND_NORTH_AMERICA = "Europe and North America"
    LATIN_AMERICA_AND_THE_CARIBBEAN = "Latin America and the Caribbean"


class StateStatus(enum.StrEnum):
    """What a state is to UNESCO."""

    MEMBER = "member"
    ASSOCIATE = "associate"
    FORMER = "former"


class EndReason(enum.StrEnum):
    """How a membership ended; nothing ends by itself."""

    LEFT = "left"
    MERGED = "merged"
    NO_REPORT = "no_report"
    STATE_DEPARTED = "state_departed"
    SUPERSEDED = "superseded"


class State(Base):
    """A Member State or Associate Member, with the dates of its membership where they are known."""

    __tablename__ = "state"
    iso3: Mapped[str] = mapped_column(String(3), primary_key=True)
    region: Mapped[Region] = mapped_column(by_value(Region, 40))
    status: Mapped[StateStatus] = mapped_column(by_value(StateStatus))
    member_from: Mapped[date | None]
    member_until: Mapped[date | None]


class City(HasId, Base):
    """A place that is, was or wants to be a member: a city, county, district, governorate, consortium."""

    __tablename__ = "city"
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    country: Mapped[str] = mapped_column(ForeignKey("state.iso3"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    local_name: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[str] = mapped_column(String(40), default="city")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    website: Mapped[str] = mapped_column(String(500), default="")
    population: Mapped[int | None]
    population_year: Mapped[int | None]
    is_capital: Mapped[bool] = mapped_column(default=False)
    folded_name: Mapped[str] = mapped_column(String(200), index=True)
    search_text: Mapped[str] = mapped_column(default="")


class CityName(HasId, Base):
    """A name that a city bears or bore, from when to when, and who says so."""

    __tablename__ = "city_name"
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(12), default="und")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(500), default="")
    __table_args__ = (UniqueConstraint("city_id", "name", "language"),)


class Membership(HasId, Base):
    """A period of a city in the network. ``from_on`` where the day is known, else "known by" the date of a list."""

    __tablename__ = "membership"
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), index=True)
    from_on: Mapped[date | None]
    known_by: Mapped[date | None]
    until_on: Mapped[date | None]
    is_until_approximate: Mapped[bool] = mapped_column(default=False)
    end_reason: Mapped[EndReason | None] = mapped_column(by_value(EndReason))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    source: Mapped[str] = mapped_column(String(500), default="")
    end_source: Mapped[str] = mapped_column(String(500), default="")
    __table_args__ = (
        CheckConstraint("(from_on IS NOT NULL) <> (known_by IS NOT NULL)", name="one_beginning"),
        CheckConstraint("until_on IS NULL OR until_on >= coalesce(from_on, known_by)", name="end_after_beginning"),
        CheckConstraint("(until_on IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        Index(
            "uq_membership_running",
            "city_id",
            unique=True,
            sqlite_where=text("until_on IS NULL"),
            postgresql_where=text("until_on IS NULL"),
        ),
    )


class RegistryAct(HasId, Base):
    """A dated change of the registry, with its source."""

    __tablename__ = "registry_act"
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    kind: Mapped[str] = mapped_column(String(40))
    on: Mapped[date] = mapped_column("act_on")
    source: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PublishedFigure(HasId, Base):
    """A figure somebody published about the whole network, kept beside what can be counted from the lists."""

    __tablename__ = "published_figure"
    on: Mapped[date] = mapped_column("figure_on")
    new_cities: Mapped[int | None]
    new_countries: Mapped[int | None]
    total_members: Mapped[int | None]
    total_countries: Mapped[int | None]
    citizens: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(String(500))
