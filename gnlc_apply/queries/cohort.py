"""Announced cohorts and their releases, for everybody. A cohort that is not announced does not exist here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Cohort, CohortCity, CohortState
from gnlc_apply.queries import figures
from gnlc_apply.queries.figure_words import Explained, explained
from gnlc_apply.queries.figures import REGION_NAMES, REGIONS, NewCity, ReleaseFigures

# Our own words; what stands in the cohort's own fields is the secretariat's.
NETWORK = Text(
    "The UNESCO Global Network of Learning Cities connects cities that put lifelong learning at the heart of their policies. "
    "Its members exchange practices that work and learn from each other. The UNESCO Institute for Lifelong Learning "
    "coordinates the network."
)
CHOSEN = Text(
    "Each city was proposed with the commitment of its mayor, endorsed by the National Commission for UNESCO of its country "
    "and read by several members of an international jury. Two conditions count: the mayor and the administration stand "
    "behind lifelong learning, and practices and policies already work."
)


@dataclass(frozen=True)
class ReleaseCity:
    """A new member as the release of its day names it. ``reference`` is the city's, in the registry."""

    name: str
    reference: str
    country: str
    country_name: str
    region: str
    sort_key: str
    is_capital: bool
    is_returning: bool


@dataclass(frozen=True)
class CountryBlock:
    """The new members of one country."""

    name: str
    code: str
    cities: tuple[ReleaseCity, ...]


@dataclass(frozen=True)
class RegionBlock:
    """The new members of one of the five regions; a region without new members has none."""

    name: str
    label: Text
    countries: tuple[CountryBlock, ...]

    @property
    def number(self) -> int:
        """How many cities of this region are new."""
        return sum(len(country.cities) for country in self.countries)


@dataclass(frozen=True)
class Words:
    """What the secretariat wrote about a cohort."""

    reference: str
    title: str
    time_zone: str
    event_title: str
    event_at: datetime | None
    event_link: str
    strapline: str
    lead: str
    quotation: str
    quotation_by: str
    campaign: str
    about: str
    press_contact: str
    declared_citizens: str
    declared_source: str


@dataclass(frozen=True)
class Release:
    """All of a release, ready for a page or a file. Every number comes from ``figures``."""

    words: Words
    announced_at: datetime | None
    on: date
    headline: Text
    network: Text
    chosen: Text
    regions: tuple[RegionBlock, ...]
    figures: ReleaseFigures
    explained: tuple[Explained, ...]

    @property
    def reference(self) -> str:
        """The cohort's reference."""
        return self.words.reference

    def as_json(self) -> dict[str, Any]:
        """The release's figures and its cities, as open data."""
        return {
            "reference": self.words.reference,
            "title": self.words.title,
            "announced_on": self.on.isoformat(),
            "headline": str(self.headline),
            "figures": {
                **self.figures.frozen(),
                "declared_citizens": self.words.declared_citizens or None,
                "declared_source": self.words.declared_source or None,
            },
            "cities": [
                {
                    "id": city.reference,
                    "name": city.name,
                    "country": city.country,
                    "country_name": city.country_name,
                    "region": city.region,
                    "is_returning": city.is_returning,
                }
                for region in self.regions
                for country in region.countries
                for city in country.cities
            ],
        }


def assemble(
    words: Words, cities: Sequence[ReleaseCity], counted: ReleaseFigures, announced_at: datetime | None
) -> Release:
    """The release of these cities: five regions in their order, by country, then by the sort key of the city."""
    return Release(
        words=words,
        announced_at=announced_at,
        on=counted.as_of,
        headline=figures.headline(counted),
        network=NETWORK,
        chosen=CHOSEN,
        regions=tuple(
            RegionBlock(region, REGION_NAMES[region], _countries([city for city in cities if city.region == region]))
            for region in REGIONS
        ),
        figures=counted,
        explained=explained(counted),
    )


def _countries(cities: Sequence[ReleaseCity]) -> tuple[CountryBlock, ...]:
    ordered = sorted(cities, key=lambda c: (fold(c.country_name), c.country, c.sort_key or fold(c.name), c.name))
    return tuple(
        CountryBlock(name, code, tuple(group))
        for (name, code), group in groupby(ordered, key=lambda city: (city.country_name, city.country))
    )


def words_of(row: Cohort) -> Words:
    """The words of a cohort's row."""
    return Words(**{name: getattr(row, name) for name in Words.__dataclass_fields__})


def is_public() -> ColumnElement[bool]:
    """The one condition under which a cohort is public: the announcement's committed row."""
    return (Cohort.state == CohortState.ANNOUNCED) & Cohort.announced_at.is_not(None)


@cache
def _announced() -> Any:
    asked = Cohort.reference == bindparam("reference")
    return select(Cohort.announced_at).where(asked, is_public())


def announced_at(reference: str) -> datetime:
    """When a cohort was announced: one cheap statement. Raises NotFound, also before the announcement."""
    moment: datetime | None = db.reader.connection().scalar(_announced(), {"reference": reference})
    if moment is None:
        raise NotFound()
    return moment


def release(reference: str) -> Release:
    """The release of an announced cohort: at most four statements. Raises NotFound, also before the announcement."""
    session = db.reader
    row = session.scalar(select(Cohort).where(Cohort.reference == reference, is_public()))
    if row is None or row.announced_at is None:
        raise NotFound()
    cities = [
        ReleaseCity(**found._mapping)
        for found in session.execute(
            select(
                CohortCity.name,
                City.reference,
                CohortCity.country,
                CohortCity.country_name,
                CohortCity.region,
                CohortCity.sort_key,
                CohortCity.is_capital,
                CohortCity.is_returning,
            )
            .join(City, City.id == CohortCity.city_id)
            .where(CohortCity.cohort_id == row.id)
        )
    ]
    return assemble(words_of(row), cities, _figures(row, row.announced_at.date()), row.announced_at)


def _figures(row: Cohort, on: date) -> ReleaseFigures:
    """As frozen on the day; for a list that came in without figures, counted from what is held."""
    if row.figures:
        return ReleaseFigures.thawed(row.figures)
    session = db.reader
    new = session.execute(
        select(
            CohortCity.city_id,
            CohortCity.name,
            CohortCity.country,
            CohortCity.region,
            CohortCity.is_capital,
            City.population,
        )
        .join(City, City.id == CohortCity.city_id)
        .where(CohortCity.cohort_id == row.id)
    )
    cities = [NewCity(**found._mapping) for found in new]
    return figures.release_figures(
        cities,
        figures.held_beside(session, row.id),
        on,
        history_is_incomplete=figures.is_history_incomplete(session),
    )
