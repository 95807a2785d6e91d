"""The network over time: announced cohorts, and what was counted on a day beside what was published that day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Cohort, CohortCity, Membership, PublishedFigure
from gnlc_apply.queries.kept import kept
from gnlc_apply.queries.rows import Rows


@dataclass(frozen=True, slots=True)
class AnnouncedCohort:
    """A cohort in the public list; counts are of the lists held here."""

    reference: str
    title: str
    announced_at: datetime
    cities: int
    countries: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day with a published figure: what was said then, what the lists held here give; None before the first list."""

    on: date
    new_cities: int | None
    new_countries: int | None
    total_members: int | None
    total_countries: int | None
    citizens: str
    note: str
    source: str
    counted_members: int | None
    counted_countries: int | None


def cohorts() -> tuple[AnnouncedCohort, ...]:
    """The cohorts that have been announced, the newest first: one statement."""
    rows: Rows = db.reader.execute(
        select(
            Cohort.reference,
            Cohort.title,
            Cohort.announced_at,
            func.count(CohortCity.id),
            func.count(CohortCity.country.distinct()),
        )
        .join(CohortCity, CohortCity.cohort_id == Cohort.id)
        .where(Cohort.announced_at <= clock.now())
        .group_by(Cohort.id, Cohort.reference, Cohort.title, Cohort.announced_at)
        .order_by(Cohort.announced_at.desc())
    ).all()
    return tuple(AnnouncedCohort(*row) for row in rows)


def over_time() -> tuple[DayFigures, ...]:
    """Every published figure up to today with the counted one beside it, the newest first; kept until the registry changes."""
    today = clock.today()
    return kept("over_time", lambda: _over_time(today), today)


def _over_time(today: date) -> tuple[DayFigures, ...]:
    begun = func.coalesce(Membership.from_on, Membership.known_by)
    counts = and_(begun <= PublishedFigure.on, func.coalesce(Membership.until_on > PublishedFigure.on, True))
    published: list[Any] = [
        PublishedFigure.on,
        PublishedFigure.new_cities,
        PublishedFigure.new_countries,
        PublishedFigure.total_members,
        PublishedFigure.total_countries,
        PublishedFigure.citizens,
        PublishedFigure.note,
        PublishedFigure.source,
    ]
    rows: Rows = db.reader.execute(
        select(*published, func.count(City.id.distinct()), func.count(City.country.distinct()))
        .outerjoin(Membership, counts)
        .outerjoin(City, City.id == Membership.city_id)
        .where(PublishedFigure.on <= today)
        .group_by(PublishedFigure.id, *published)
        .order_by(PublishedFigure.on.desc(), PublishedFigure.id.desc())
    ).all()
    first = db.reader.scalar(select(func.min(begun)))
    days = (DayFigures(*row) for row in rows)
    return tuple(day if first is not None and day.on >= first else _uncounted(day) for day in days)


def _uncounted(day: DayFigures) -> DayFigures:
    """Before the first list nothing can be counted, which is not the same as none."""
    return replace(day, counted_members=None, counted_countries=None)
