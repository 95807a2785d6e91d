"""Cities of the registry: their stable references, their names, what is corrected later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import insert, select, update

from gnlc_apply.core.errors import Invalid, NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.models import City, CityName, State
from gnlc_apply.models.reference_data.countries import is_capital
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.member.acts import Act, in_chunks, record

# A reference has forty characters at most; room is left for a number behind it.
_SLUG = 34


@dataclass(frozen=True, slots=True)
class NewCity:
    """A city as it enters the registry. Coordinates in degrees (WGS 84); ``source`` says who names it so."""

    country: str
    name: str
    local_name: str = ""
    kind: str = "city"
    latitude: float | None = None
    longitude: float | None = None
    website: str = ""
    population: int | None = None
    population_year: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class CityChanges:
    """What of a city is corrected; None leaves it as it is."""

    name: str | None = None
    local_name: str | None = None
    kind: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    website: str | None = None
    population: int | None = None
    population_year: int | None = None


def search_text(*names: str) -> str:
    """What a search looks through: every name once, in its plain form."""
    return " ".join(dict.fromkeys(filter(None, map(fold, names))))


def slug(country: str, name: str) -> str:
    """The beginning of a city's reference: ``nld-eindhoven``; ``place`` where the name has no Latin letters."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
    return f"{country.lower()}-{plain or 'place'}"[:_SLUG].rstrip("-")


def create_city(unit: Unit, city: NewCity, *, on: date | None = None) -> City:
    """Add a city to the registry; its row. Part of a command. Raises Invalid for a state that is not known."""
    reference = create_cities(unit, [city], on=on or unit.now.date())[0]
    return unit.session.scalars(select(City).where(City.reference == reference)).one()


def create_cities(unit: Unit, cities: Sequence[NewCity], *, on: date) -> list[str]:
    """Add cities in few statements; their references in the same order. Part of a command. Raises Invalid."""
    if not cities:
        return []
    _require_states(unit, {city.country for city in cities})
    references = _fresh_references(unit, cities)
    pairs = list(zip(references, cities, strict=True))
    unit.session.execute(insert(City), [_row(reference, city) for reference, city in pairs])
    ids = {
        row.reference: row.id
        for some in in_chunks(references)
        for row in unit.session.execute(select(City.reference, City.id).where(City.reference.in_(some)))
    }
    names = [
        {"city_id": ids[reference], "name": city.name, "language": "und", "source": city.source}
        for reference, city in pairs
    ]
    unit.session.execute(insert(CityName), names)
    record(unit, (Act(ids[reference], "city_added", on, city.source) for reference, city in pairs))
    return references


def _require_states(unit: Unit, wanted: set[str]) -> None:
    known = set(unit.session.scalars(select(State.iso3).where(State.iso3.in_(wanted))))
    if missing := sorted(wanted - known):
        raise Invalid(Text("Not a state that is known here: %(codes)s.", codes=", ".join(missing)))


def _fresh_references(unit: Unit, cities: Sequence[NewCity]) -> list[str]:
    """One reference for each; a tie gets the next number and keeps it for ever."""
    countries = {city.country for city in cities}
    taken = set(unit.session.scalars(select(City.reference).where(City.country.in_(countries))))
    references = []
    for city in cities:
        base = reference = slug(city.country, city.name)
        number = 1
        while reference in taken:
            number += 1
            reference = f"{base}-{number}"
        taken.add(reference)
        references.append(reference)
    return references


def _row(reference: str, city: NewCity) -> dict[str, object]:
    return {
        **{field.name: getattr(city, field.name) for field in fields(city) if field.name != "source"},
        "reference": reference,
        "is_capital": is_capital(city.country, city.name),
        "folded_name": fold(city.name),
        "search_text": search_text(city.name, city.local_name),
    }


@command()
def correct_city(unit: Unit, *, actor: Actor, reference: str, changes: CityChanges, source: str) -> None:
    """Correct what the registry says of a city; an earlier name stays findable. Raises NotFound, Invalid."""
    require(actor, Permission.KEEP_REGISTRY)
    unit.require_released()
    session = unit.session
    city = session.scalars(select(City).where(City.reference == reference).with_for_update()).one_or_none()
    if city is None:
        raise NotFound()
    if not source.strip():
        raise Invalid(Text("Say where the correction comes from."), {"source": Text("Enter a source")})
    changed = {
        f.name: v for f in fields(changes) if (v := getattr(changes, f.name)) not in (None, getattr(city, f.name))
    }
    before = {name: getattr(city, name) for name in changed}
    for name, value in changed.items():
        setattr(city, name, value)
    if "name" in changed:
        _rename(unit, city, before["name"], source)
    names = session.scalars(select(CityName.name).where(CityName.city_id == city.id)).all()
    city.folded_name = fold(city.name)
    city.is_capital = is_capital(city.country, city.name)
    city.search_text = search_text(city.name, city.local_name, *names)
    record(unit, [Act(city.id, "city_corrected", unit.now.date(), source)])
    unit.note("corrected", "city", city.id, before=before, after=changed, source=source)


def _rename(unit: Unit, city: City, earlier: str, source: str) -> None:
    """The names with their dates: the earlier one ends today, the new one begins (again)."""
    today = unit.now.date()
    of_city = CityName.city_id == city.id
    ending = update(CityName).where(of_city, CityName.name == earlier, CityName.language == "und")
    unit.session.execute(ending.values(valid_until=today))
    again = update(CityName).where(of_city, CityName.name == city.name, CityName.language == "und")
    result = unit.session.execute(again.values(valid_from=today, valid_until=None, source=source))
    if not result.rowcount:  # type: ignore[attr-defined]  # a DML result has one
        row = {"city_id": city.id, "name": city.name, "language": "und", "valid_from": today, "source": source}
        unit.session.execute(insert(CityName), [row])
