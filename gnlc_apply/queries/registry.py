"""The public registry as of any day: who is a member, who was, in which cohort. ``visible`` is the one rule of all of it.

Outside, a city reads "member city" or "former member city" only. A city that merely applies has no period and no page; a
cohort and its memberships exist here from the moment of the announcement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import compress, repeat
from operator import contains
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Cohort, Membership, Region, State
from gnlc_apply.models.reference_data.countries import country_name, iso3_codes
from gnlc_apply.queries import figures
from gnlc_apply.queries.kept import kept
from gnlc_apply.queries.rows import Rows

PAGE = 60
MOST_WORDS = 8
SORTS = ("name", "country", "since")
# Where the end of a period stands among what is shown of it.
_UNTIL = 6

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


class Entry(NamedTuple):
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


def visible(now: Any = None) -> ColumnElement[bool]:
    """The periods that the public may know of: of no cohort, or of one that has been announced.

    Over ``Membership`` joined (outer) with ``Cohort``. ``now``: a parameter, in a statement that is built once.
    """
    return or_(Membership.cohort_id.is_(None), Cohort.announced_at <= (clock.now() if now is None else now))


def day_asked(text: str) -> date:
    """The day a reader asks about: an ISO date up to today; anything else is today."""
    try:
        return min(date.fromisoformat(text), clock.today())
    except ValueError:
        return clock.today()


def running_on(on: date) -> ColumnElement[bool]:
    """The period has not ended by the day."""
    return or_(Membership.until_on.is_(None), Membership.until_on > on)


class _Held(NamedTuple):
    """One visible period of one city, with what a search looks through."""

    city_id: int
    starts_on: date
    country: str
    searched: str
    shown: tuple[Any, ...]


class _Line(NamedTuple):
    """One city as of a day."""

    entry: Entry
    starts_on: date
    country: str
    searched: str


def _held() -> tuple[_Held, ...]:
    """Every visible period, by the city's name and the period's beginning: one statement, kept until the registry changes."""
    # On the connection below the reader: rows of columns, without the detour through objects.
    rows: Rows = (
        db.reader.connection()
        .execute(
            select(
                City.id,
                starts_on,
                City.country,
                City.search_text,
                City.reference,
                City.name,
                City.country,
                State.region,
                Membership.from_on,
                Membership.known_by,
                Membership.until_on,
                Membership.is_until_approximate,
                Cohort.reference,
                Cohort.title,
                City.latitude,
                City.longitude,
            )
            .select_from(Membership)
            .join(City, City.id == Membership.city_id)
            .join(State, State.iso3 == City.country)
            .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
            .where(visible())
            .order_by(City.folded_name, City.id, starts_on)
        )
        .all()
    )
    return tuple(_Held(row[0], row[1], row[2], row[3], row[4:]) for row in rows)


def _as_of(on: date) -> tuple[_Line, ...]:
    """Each city by its latest period that had begun on the day, in the order of names."""
    latest: dict[int, _Held] = {}
    for held in kept("periods", _held, clock.today()):
        if held.starts_on <= on:
            latest[held.city_id] = held
    return tuple(_line(held, on) for held in latest.values())


def _line(held: _Held, on: date) -> _Line:
    until = held.shown[_UNTIL]
    shown: tuple[Any, ...] = (*held.shown, until is None or until > on)
    return _Line(Entry(*shown), held.starts_on, held.country, held.searched)


def _lines(on: date, status: str) -> list[_Line]:
    """Today's lists are kept; those of another day are made when somebody asks."""

    def chosen() -> list[_Line]:
        lines = _as_of(on)
        return list(lines) if status == "all" else [x for x in lines if x.entry.is_member is (status == "member")]

    return kept("lines", chosen, on, status) if on == clock.today() else chosen()


@lru_cache(maxsize=16)
def _country_names(language: str) -> dict[str, str]:
    return {code: fold(country_name(code, language)) for code in iso3_codes()}


class _Listed(NamedTuple):
    """Lines in an order, and beside each what a search looks through."""

    lines: list[_Line]
    texts: list[str]


def _listed(wanted: Search) -> _Listed:
    """The cities of a day in the order asked for. What fits a search keeps its order, so that nothing is sorted again."""

    def ordered() -> _Listed:
        lines = _ordered(_lines(wanted.on, wanted.status), wanted)
        return _Listed(lines, [line.searched for line in lines])

    if wanted.on != clock.today():
        return ordered()
    names = wanted.language if wanted.sort == "country" else ""
    return kept("listed", ordered, wanted.on, wanted.status, wanted.sort, wanted.is_descending, names)


def _narrowed(listed: _Listed, wanted: Search) -> list[_Line]:
    """The lines that fit: every word in one of the city's names, or beginning one of its country's in the reader's language."""
    lines, texts = listed
    for word in fold(wanted.text[:200]).split()[:MOST_WORDS]:
        countries = {code for code, name in _country_names(wanted.language).items() if f" {word}" in f" {name}"}
        fits = list(map(contains, texts, repeat(word)))
        if countries:
            fits = [fit or line.country in countries for fit, line in zip(fits, lines, strict=True)]
        lines, texts = list(compress(lines, fits)), list(compress(texts, fits))
    if wanted.country:
        lines = [line for line in lines if line.country == wanted.country]
    if wanted.region:
        lines = [line for line in lines if line.entry.region == wanted.region]
    if wanted.cohort:
        lines = [line for line in lines if line.entry.cohort == wanted.cohort]
    return lines


def _ordered(lines: list[_Line], wanted: Search) -> list[_Line]:
    """By the column asked for, then by name: the lines come in the order of names, and sorting is stable."""
    if wanted.sort == "country":
        by_name = _country_names(wanted.language)
        return sorted(lines, key=lambda line: by_name[line.country], reverse=wanted.is_descending)
    if wanted.sort == "since":
        return sorted(lines, key=lambda line: line.starts_on, reverse=wanted.is_descending)
    return lines[::-1] if wanted.is_descending else lines


def search(wanted: Search) -> Found:
    """One page of the registry. Raises NotFound for a page that does not exist.

    The registry is small and read a thousand times for each change, so it is searched in memory: one cheap statement
    asks whether it changed.
    """
    lines = _narrowed(_listed(wanted), wanted)
    page = lines[(wanted.page - 1) * PAGE : wanted.page * PAGE]
    if not page and wanted.page > 1:
        raise NotFound()
    return Found(tuple(line.entry for line in page), len(lines), wanted.page)


def members(on: date) -> tuple[Entry, ...]:
    """All member cities of the day, by country code and name. For the map and the open data."""
    return tuple(sorted((line.entry for line in _lines(on, "member")), key=lambda entry: entry.country))


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
