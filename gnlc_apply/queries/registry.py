"""The public registry as of any day: who is a member, who was, in which cohort. ``visible`` is the one rule of all of it.

Outside, a city reads "member city" or "former member city" only. A city that merely applies has no period and no page; a
cohort and its memberships exist here from the moment of the announcement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Cohort, Membership, Region, State
from gnlc_apply.models.reference_data.countries import country_name, iso3_codes
from gnlc_apply.queries import figures
from gnlc_apply.queries.kept import kept
from gnlc_apply.queries.rows import AnySelect

PAGE = 60
MOST_WORDS = 8
SORTS = ("name", "country", "since")

# The first day on which a period counts.
starts_on = func.coalesce(Membership.from_on, Membership.known_by)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for in the registry; ``language`` is that of country names. ``status``: member, former, all."""

    on: date
    text: str = ""
    country: str = ""
    region: str = ""
    cohort: str = ""
    status: str = "member"
    sort: str = "name"
    is_descending: bool = False
    page: int = 1
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Entry:
    """One city in a list, by its latest period that had begun on the day asked about."""

    reference: str
    name: str
    country: str
    region: Region
    from_on: date | None
    known_by: date | None
    until_on: date | None
    is_until_approximate: bool
    cohort: str | None
    cohort_title: str | None
    latitude: float | None
    longitude: float | None
    is_member: bool


@dataclass(frozen=True)
class Found:
    """One page of a search."""

    entries: tuple[Entry, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def visible() -> ColumnElement[bool]:
    """The periods that the public may know of: of no cohort, or of one that has been announced.

    Over ``Membership`` joined (outer) with ``Cohort``.
    """
    return or_(Membership.cohort_id.is_(None), Cohort.announced_at <= clock.now())


def day_asked(text: str) -> date:
    """The day a reader asks about: an ISO date up to today; anything else is today."""
    try:
        return min(date.fromisoformat(text), clock.today())
    except ValueError:
        return clock.today()


def _latest(on: date) -> tuple[ColumnElement[bool], ...]:
    """The latest visible period of each city that had begun on the day."""
    later, its_cohort = aliased(Membership), aliased(Cohort)
    later_start = func.coalesce(later.from_on, later.known_by)
    is_visible = or_(
        later.cohort_id.is_(None),
        exists(select(1).where(its_cohort.id == later.cohort_id, its_cohort.announced_at <= clock.now())),
    )
    newer = exists(
        select(1).where(later.city_id == Membership.city_id, later_start <= on, later_start > starts_on, is_visible)
    )
    return (starts_on <= on, visible(), ~newer)


def running_on(on: date) -> ColumnElement[bool]:
    """The period has not ended by the day."""
    return or_(Membership.until_on.is_(None), Membership.until_on > on)


def _entries(on: date, *conditions: ColumnElement[bool]) -> AnySelect:
    return (
        select(
            City.reference,
            City.name,
            City.country,
            State.region,
            Membership.from_on,
            Membership.known_by,
            Membership.until_on,
            Membership.is_until_approximate,
            Cohort.reference.label("cohort"),
            Cohort.title.label("cohort_title"),
            City.latitude,
            City.longitude,
            case((running_on(on), True), else_=False).label("is_member"),
        )
        .select_from(Membership)
        .join(City, City.id == Membership.city_id)
        .join(State, State.iso3 == City.country)
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .where(*_latest(on), *conditions)
    )


@lru_cache(maxsize=16)
def _country_names(language: str) -> dict[str, str]:
    return {code: fold(country_name(code, language)) for code in iso3_codes()}


def _word(word: str, language: str) -> ColumnElement[bool]:
    """A word of a search: in one of the city's names, or of its country's in the reader's language."""
    named = City.search_text.contains(word, autoescape=True)
    countries = [code for code, name in _country_names(language).items() if f" {word}" in f" {name}"]
    return or_(named, City.country.in_(countries)) if countries else named


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found = [_word(word, search.language) for word in fold(search.text[:200]).split()[:MOST_WORDS]]
    if search.country:
        found.append(City.country == search.country)
    if search.region:
        found.append(State.region == search.region)
    if search.cohort:
        found.append(Cohort.reference == search.cohort)
    if search.status == "member":
        found.append(running_on(search.on))
    elif search.status == "former":
        found.append(~running_on(search.on))
    return found


def _order(search: Search) -> list[ColumnElement[Any]]:
    first: ColumnElement[Any] = City.folded_name.expression
    if search.sort == "country":
        by_name = sorted(_country_names(search.language).items(), key=lambda pair: pair[1])
        first = case({code: rank for rank, (code, _) in enumerate(by_name)}, value=City.country, else_=len(by_name))
    elif search.sort == "since":
        first = starts_on
    return [first.desc() if search.is_descending else first, City.folded_name.expression, City.id.expression]


def search(wanted: Search) -> Found:
    """One page of the registry: one statement. Raises NotFound for a page that does not exist."""
    query = _entries(wanted.on, *_conditions(wanted)).add_columns(func.count().over().label("total"))
    rows = db.reader.execute(query.order_by(*_order(wanted)).limit(PAGE).offset((wanted.page - 1) * PAGE)).all()
    if not rows and wanted.page > 1:
        raise NotFound()
    return Found(tuple(Entry(*row[:-1]) for row in rows), rows[0].total if rows else 0, wanted.page)


def members(on: date) -> tuple[Entry, ...]:
    """All member cities of the day, by country code and name: one statement. For the map and the open data."""
    query = _entries(on, running_on(on)).order_by(City.country, City.folded_name, City.id)
    return tuple(Entry(*row) for row in db.reader.execute(query))


@dataclass(frozen=True)
class Overview:
    """What stands around every list of a day: the figures, and what the filters offer."""

    figures: figures.RegistryFigures
    countries: tuple[str, ...]
    cohorts: tuple[tuple[str, str], ...]


def overview(on: date) -> Overview:
    """Figures and filters of a day, kept until the registry changes."""
    return kept("overview", lambda: _overview(on), on)


def _overview(on: date) -> Overview:
    begun = [starts_on <= on, visible()]
    countries = (
        select(City.country)
        .join(Membership, Membership.city_id == City.id)
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .where(*begun)
        .distinct()
    )
    announced = (
        select(Cohort.reference, Cohort.title)
        .where(Cohort.announced_at <= clock.now(), Cohort.announced_at.is_not(None))
        .order_by(Cohort.announced_at.desc())
    )
    return Overview(
        figures.registry_figures(on),
        tuple(sorted(db.reader.scalars(countries))),
        tuple((row.reference, row.title) for row in db.reader.execute(announced)),
    )
