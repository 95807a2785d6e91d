"""Whole lists brought into the registry at once, or not at all: states, members, published totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Cohort, CohortCity, CohortState, PublishedFigure, State
from gnlc_apply.models.reference_data.countries import is_capital
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries import figures, gazetteer
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.member.cities import NewCity, create_cities
from gnlc_apply.services.member.periods import begin_memberships
from gnlc_apply.services.member_list import CityRow, ListError, StateRow
from gnlc_apply.services.published_list import PublishedRow

Located = Mapping[tuple[str, str], tuple[float, float]]
# Filled in by what is prepared before the transaction.
NOWHERE: Located = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: cities added, cities that were there already, cities that had been members before."""

    total: int
    added: tuple[str, ...]
    known: tuple[str, ...]
    returning: tuple[str, ...]
    cohort: str | None = None


@command()
def import_states(unit: Unit, *, actor: Actor, rows: Sequence[StateRow]) -> int:
    """Bring in the states of UNESCO with region, status and dates; how many are new or changed.

    States that the list does not name stay as they are: cities may point at them.
    """
    require(actor, Permission.KEEP_REGISTRY)
    known = {state.iso3: state for state in unit.session.scalars(select(State))}
    fresh, changed = [], 0
    for row in rows:
        values: dict[str, Any] = {
            "region": row.region,
            "status": row.status,
            "member_from": row.member_from,
            "member_until": row.member_until,
        }
        state = known.get(row.iso3)
        if state is None:
            fresh.append({"iso3": row.iso3, **values})
        elif any(getattr(state, name) != value for name, value in values.items()):
            unit.session.execute(update(State).where(State.iso3 == row.iso3).values(**values))
            changed += 1
    if fresh:
        unit.session.execute(insert(State), fresh)
    unit.note("imported_states", "registry", None, added=len(fresh), changed=changed)
    return len(fresh) + changed


def _locate(*, rows: Sequence[CityRow], **_same: Any) -> dict[str, Any]:
    """Before the transaction: coordinates of the cities whose name is unmistakable in their country."""
    located: dict[tuple[str, str], tuple[float, float]] = {}
    for row in sorted(rows, key=lambda row: row.country):
        place = gazetteer.locate(row.country, row.name)
        if place is not None:
            located[row.country, row.folded] = (place.latitude, place.longitude)
    return {"located": located}


@command(_locate)
def import_members(
    unit: Unit,
    *,
    actor: Actor,
    rows: Sequence[CityRow],
    known_by: date | None = None,
    admitted_on: date | None = None,
    cohort: str | None = None,
    title: str = "",
    source: str = "",
    located: Located = NOWHERE,
) -> Imported:
    """Bring in a list of cities, all or nothing: known as members by a day, or admitted on a day as a cohort.

    Give ``known_by``, or ``admitted_on`` with ``cohort`` (a new reference; ``title`` if it has one): then the cohort stands
    as announced on that day, with names and country names as published. ``rows`` come from ``member_list.read_list``; a
    city of the registry is matched by country and folded name. ``source`` stands in for rows without one. Raises Invalid,
    Conflict (the cohort is there already), ListError (two cities of the registry bear a row's name).
    """
    require(actor, Permission.KEEP_REGISTRY)
    on = _day(known_by, admitted_on, cohort)
    matched = _match(unit.session, rows)
    missing = [row for row in rows if row not in matched]
    added = create_cities(unit, [_new_city(row, located, source) for row in missing], on=on)
    ids = dict(unit.session.execute(select(City.reference, City.id).where(City.reference.in_(added))).all())
    references = {**matched, **dict(zip(missing, added, strict=True))}
    ids |= dict(unit.session.execute(select(City.reference, City.id).where(City.reference.in_(matched.values()))).all())
    cohort_id = _create_cohort(unit, cohort, title, on) if cohort else None
    held = figures.periods(unit.session) if cohort else []
    sources = {ids[references[row]]: row.source or source for row in rows}
    came_back = begin_memberships(unit, sources, on=on, cohort_id=cohort_id, is_exact=admitted_on is not None)
    if cohort_id is not None:
        cities = [_cohort_city(cohort_id, row, ids[references[row]], came_back) for row in rows]
        unit.session.execute(insert(CohortCity), cities)
        _keep_figures(unit, cohort_id, cities, held, on)
    returning = tuple(sorted(row.label for row in rows if ids[references[row]] in came_back))
    unit.note(
        "imported_members", "cohort" if cohort_id else "registry", cohort_id, on=on, cities=len(rows), source=source
    )
    return Imported(len(rows), tuple(added), tuple(sorted(matched.values())), returning, cohort)


def _day(known_by: date | None, admitted_on: date | None, cohort: str | None) -> date:
    if (known_by is None) == (admitted_on is None):
        raise Invalid(Text("Say either by when the cities were known as members, or on which day they were admitted."))
    if (cohort is None) != (admitted_on is None):
        raise Invalid(Text("Cities that were admitted on a day belong to a cohort: give its reference."))
    on = known_by or admitted_on
    assert on is not None  # noqa: S101 (one of the two is given, as checked above)
    return on


def known_cities(rows: Sequence[CityRow]) -> tuple[CityRow, ...]:
    """The rows whose city the registry has already, for a preview. Raises ListError where two bear a row's name."""
    return tuple(_match(db.reader, rows))


def _match(session: Session, rows: Sequence[CityRow]) -> dict[CityRow, str]:
    """The references of the rows' cities that the registry has already. Raises ListError where two bear the name."""
    countries = sorted({row.country for row in rows})
    found: dict[tuple[str, str], list[str]] = {}
    wanted = select(City.country, City.folded_name, City.reference).where(City.country.in_(countries))
    for country, folded, reference in session.execute(wanted.order_by(City.reference)):
        found.setdefault((country, folded), []).append(reference)
    matched = {}
    for row in rows:
        candidates = found.get((row.country, row.folded), [])
        if len(candidates) > 1:
            several = ", ".join(candidates)
            words = Text(
                "%(city)s could be any of these in the registry: %(several)s.", city=row.label, several=several
            )
            raise ListError(row.line, words)
        if candidates:
            matched[row] = candidates[0]
    return matched


def _new_city(row: CityRow, located: Located, source: str) -> NewCity:
    latitude, longitude = located.get((row.country, row.folded), (None, None))
    return NewCity(row.country, row.name, latitude=latitude, longitude=longitude, source=row.source or source)


def _create_cohort(unit: Unit, reference: str, title: str, on: date) -> int:
    if unit.session.scalar(select(Cohort.id).where(Cohort.reference == reference)) is not None:
        raise Conflict(Text("There is already a cohort with the reference %(reference)s.", reference=reference))
    # The hour of an announcement of earlier days is not known: the day's beginning, so that the day itself counts.
    announced_at = datetime.combine(on, time(), UTC)
    row = {
        "reference": reference,
        "title": title or f"New member cities of {on.year}",
        "state": CohortState.ANNOUNCED,
        "created_at": unit.now,
        "announced_at": announced_at,
        "announce_at": announced_at,
        "stand_by_ids": [],
        "figures": {},
    }
    unit.session.execute(insert(Cohort), [row])
    return unit.session.scalars(select(Cohort.id).where(Cohort.reference == reference)).one()


def _keep_figures(
    unit: Unit, cohort_id: int, cities: Sequence[Mapping[str, Any]], held: Sequence[figures.Period], on: date
) -> None:
    """The figures of the release of that day, by the same formulas as for an announcement of today."""
    new = [
        figures.NewCity(city["city_id"], city["name"], city["country"], city["region"], city["is_capital"])
        for city in cities
    ]
    is_incomplete = figures.is_history_incomplete(unit.session)
    counted = figures.release_figures(new, held, on, history_is_incomplete=is_incomplete)
    unit.session.execute(update(Cohort).where(Cohort.id == cohort_id).values(figures=counted.frozen()))


def _cohort_city(cohort_id: int, row: CityRow, city_id: int, came_back: Iterable[int]) -> dict[str, Any]:
    return {
        "cohort_id": cohort_id,
        "city_id": city_id,
        "name": row.name,
        "country": row.country,
        "country_name": row.country_name,
        "region": row.region.value,
        "sort_key": row.folded,
        "is_capital": is_capital(row.country, row.name),
        "is_returning": city_id in came_back,
    }


@command()
def import_published_figures(unit: Unit, *, actor: Actor, rows: Sequence[PublishedRow]) -> int:
    """Keep figures that were published about the network beside what is counted here; how many are new or changed.

    The same day and source is the same publication: what it says is replaced.
    """
    require(actor, Permission.KEEP_REGISTRY)
    known = {(f.on, f.source): f for f in unit.session.scalars(select(PublishedFigure))}
    count = 0
    for row in rows:
        values = row.values()
        figure = known.get((row.on, row.source))
        if figure is None:
            unit.session.add(PublishedFigure(on=row.on, source=row.source, **values))
        elif all(getattr(figure, name) == value for name, value in values.items()):
            continue
        else:
            for name, value in values.items():
                setattr(figure, name, value)
        count += 1
    unit.note("imported_published_figures", "registry", None, changed=count)
    return count
