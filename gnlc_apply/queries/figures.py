"""The figures of a release and of the registry as of a day, each with its basis. One set of formulas for both.

A membership counts on a day when it began on or before it (or was known by then) and had not ended: ``until_on`` is the
first day on which it no longer counts. Totals are counted from the periods, never added up from cohorts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Instance, Membership, PublishedFigure, Region, State

# The order of the release (process.md section 7).
REGIONS: tuple[str, ...] = tuple(region.value for region in Region)
REGION_NAMES: dict[str, Text] = {
    Region.AFRICA.value: Text("Africa"),
    Region.ARAB_STATES.value: Text("Arab States"),
    Region.ASIA_AND_THE_PACIFIC.value: Text("Asia and the Pacific"),
    Region.EUROPE_AND_NORTH_AMERICA.value: Text("Europe and North America"),
    Region.LATIN_AMERICA_AND_THE_CARIBBEAN.value: Text("Latin America and the Caribbean"),
}


@dataclass(frozen=True)
class Period:
    """One membership of one city, as far as figures need it."""

    city_id: int
    name: str
    country: str
    region: str
    population: int | None
    from_on: date | None
    known_by: date | None
    until_on: date | None

    @property
    def begins_on(self) -> date | None:
        """The first day on which it counts."""
        return self.from_on or self.known_by

    def counts_on(self, day: date) -> bool:
        """Whether the city is a member on that day by this period."""
        begins = self.begins_on
        return begins is not None and begins <= day and (self.until_on is None or self.until_on > day)


@dataclass(frozen=True)
class NewCity:
    """A city of a cohort on its day."""

    city_id: int
    name: str
    country: str
    region: str
    is_capital: bool = False
    population: int | None = None


@dataclass(frozen=True)
class ReleaseFigures:
    """Every number of a release. Countries are ISO alpha-3 codes, returning members ``Name (ISO)``."""

    as_of: date
    new_members: int
    countries: int
    regions: dict[str, int]
    capitals: tuple[str, ...]
    first_time_countries: tuple[str, ...]
    returning_members: tuple[str, ...]
    total_members: int
    total_countries: int
    citizens: int
    citizens_known_for: int
    members_before: int
    countries_before: int
    history_is_incomplete: bool = True

    def frozen(self) -> dict[str, Any]:
        """As it is kept with the cohort: plain JSON."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}

    @classmethod
    def thawed(cls, kept: dict[str, Any]) -> ReleaseFigures:
        """What ``frozen`` gave, as figures again."""
        lists = ("capitals", "first_time_countries", "returning_members")
        return cls(**{**kept, "as_of": date.fromisoformat(kept["as_of"]), **{k: tuple(kept[k]) for k in lists}})


@dataclass(frozen=True)
class Declared:
    """A figure somebody published, which stands beside the counted one."""

    on: date
    total_members: int | None
    total_countries: int | None
    citizens: str
    source: str


@dataclass(frozen=True)
class RegistryFigures:
    """The registry's numbers as of a day."""

    as_of: date
    total_members: int
    total_countries: int
    regions: dict[str, int]
    citizens: int
    citizens_known_for: int
    first_list_on: date | None
    declared: Declared | None
    history_is_incomplete: bool = True
    basis: Text = field(kw_only=True)

    @property
    def is_before_first_list(self) -> bool:
        """Nothing is known of that day: the first list is younger."""
        return self.first_list_on is None or self.as_of < self.first_list_on


def release_figures(
    new: Sequence[NewCity], held: Iterable[Period], on: date, *, history_is_incomplete: bool = True
) -> ReleaseFigures:
    """The figures of a cohort announced on a day; ``held`` are all periods but the ones this cohort begins.

    First-time: no city of the country was ever in the lists held here. Returning: this city was, and no longer is.
    """
    ever = list(held)
    before = _once(period for period in ever if period.counts_on(on))
    after = {**before, **{city.city_id: (city.country, city.population) for city in new}}
    known = [people for _country, people in after.values() if people is not None]
    earlier_countries = {period.country for period in ever if (period.begins_on or on) <= on}
    earlier_cities = {period.city_id for period in ever if (period.begins_on or on) <= on}
    ordered = sorted(new, key=lambda city: (fold(city.name), city.country))
    return ReleaseFigures(
        as_of=on,
        new_members=len(new),
        countries=len({city.country for city in new}),
        regions={region: sum(city.region == region for city in new) for region in REGIONS},
        capitals=tuple(f"{city.name} ({city.country})" for city in ordered if city.is_capital),
        first_time_countries=tuple(sorted({city.country for city in new} - earlier_countries)),
        returning_members=tuple(f"{city.name} ({city.country})" for city in ordered if city.city_id in earlier_cities),
        total_members=len(after),
        total_countries=len({country for country, _people in after.values()}),
        citizens=sum(known),
        citizens_known_for=len(known),
        members_before=len(before),
        countries_before=len({country for country, _people in before.values()}),
        history_is_incomplete=history_is_incomplete,
    )


def _once(periods: Iterable[Period]) -> dict[int, tuple[str, int | None]]:
    """Each city once, with its country and population."""
    return {period.city_id: (period.country, period.population) for period in periods}


def headline(figures: ReleaseFigures) -> Text:
    """The headline of a release."""
    if figures.new_members == 1:
        return Text("UNESCO Global Network of Learning Cities: one new member")
    if figures.countries == 1:
        return Text(
            "UNESCO Global Network of Learning Cities: %(members)s new members from one country",
            members=figures.new_members,
        )
    return Text(
        "UNESCO Global Network of Learning Cities: %(members)s new members from %(countries)s countries",
        members=figures.new_members,
        countries=figures.countries,
    )


def counted_on(day: date) -> ColumnElement[bool]:
    """``Period.counts_on`` as a WHERE clause over ``Membership``."""
    return (func.coalesce(Membership.from_on, Membership.known_by) <= day) & or_(
        Membership.until_on.is_(None), Membership.until_on > day
    )


def periods(session: Session, *conditions: ColumnElement[bool]) -> list[Period]:
    """The periods of the registry that fulfil the conditions: one statement."""
    query = (
        select(
            City.id.label("city_id"),
            City.name,
            City.country,
            State.region,
            City.population,
            Membership.from_on,
            Membership.known_by,
            Membership.until_on,
        )
        .join(City, City.id == Membership.city_id)
        .join(State, State.iso3 == City.country)
        .where(*conditions)
        .order_by(Membership.id)
    )
    return [Period(**{**row._mapping, "region": str(row.region)}) for row in session.execute(query)]


def held_beside(session: Session, cohort_id: int) -> list[Period]:
    """All periods but the ones that this cohort began."""
    return periods(session, or_(Membership.cohort_id.is_(None), Membership.cohort_id != cohort_id))


def is_history_incomplete(session: Session) -> bool:
    """Whether the lists held here are marked as incomplete (they are until somebody says otherwise)."""
    found = session.scalar(select(Instance.history_is_incomplete).where(Instance.id == 1))
    return True if found is None else found


def registry_figures(on: date, session: Session | None = None) -> RegistryFigures:
    """The registry's numbers as of a day, beside what was last published by then: four statements."""
    reader = session or db.reader
    members = _once(found := periods(reader, counted_on(on)))
    regions = {period.city_id: period.region for period in found}
    known = [people for _country, people in members.values() if people is not None]
    first = reader.scalar(select(func.min(func.coalesce(Membership.from_on, Membership.known_by))))
    is_incomplete = is_history_incomplete(reader)
    return RegistryFigures(
        as_of=on,
        total_members=len(members),
        total_countries=len({country for country, _people in members.values()}),
        regions={region: sum(value == region for value in regions.values()) for region in REGIONS},
        citizens=sum(known),
        citizens_known_for=len(known),
        first_list_on=first,
        declared=_declared(reader, on),
        history_is_incomplete=is_incomplete,
        basis=(
            Text("%(total)s members in the lists held here.", total=len(members))
            if is_incomplete
            else Text("%(total)s members in the registry.", total=len(members))
        ),
    )


def _declared(session: Session, on: date) -> Declared | None:
    row = session.execute(
        select(
            PublishedFigure.on,
            PublishedFigure.total_members,
            PublishedFigure.total_countries,
            PublishedFigure.citizens,
            PublishedFigure.source,
        )
        .where(PublishedFigure.on <= on, PublishedFigure.total_members.is_not(None))
        .order_by(PublishedFigure.on.desc(), PublishedFigure.id.desc())
        .limit(1)
    ).one_or_none()
    return Declared(**row._mapping) if row is not None else None
