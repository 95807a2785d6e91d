"""Places that apply in scenarios: real cities of a list with what is known of them, and clearly invented ones."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files

from gnlc_apply.queries import gazetteer
from gnlc_apply.scenarios import invention
from gnlc_apply.scenarios.answers import Place
from gnlc_apply.services.member_list import CityRow

FROM_GAZETTEER = "GeoNames, year of the gazetteer"
_LETTERS = "aeiouslm"


@cache
def _by_hand() -> dict[tuple[str, str], tuple[str, float, float]]:
    """Cities of the cohort of 2024 that the gazetteer does not hold, or holds twice."""
    text = (files("gnlc_apply.scenarios") / "data" / "places_2024.json").read_text(encoding="utf-8")
    return {(country, name): (kind, north, east) for country, name, kind, north, east in json.loads(text)["places"]}


def real(row: CityRow, quality: float) -> Place:
    """A city of a list, which is to be admitted. Its population is the gazetteer's or unknown, never made up."""
    known = _by_hand().get((row.country, row.name))
    if known is not None:
        kind, north, east = known
        return Place(row.name, row.country, kind, north, east, quality=quality)
    found = gazetteer.locate(row.country, row.name)
    if found is not None:
        people = found.population or None
        note = FROM_GAZETTEER if people else ""
        return Place(row.name, row.country, "city", found.latitude, found.longitude, people, note, quality)
    north, east = _somewhere(row.country, row.name)
    return Place(row.name, row.country, "other", north, east, quality=quality)


def _somewhere(country: str, *seed: object) -> tuple[float, float]:
    """A point near some place of the country; the sea off Guinea where the gazetteer holds none."""
    chance = invention.rng("somewhere", country, *seed)
    known = [place for letter in _LETTERS for place in gazetteer.suggest(country, letter)]
    if not known:
        return 0.0, 0.0
    near = chance.choice(known)
    north = near.latitude + chance.uniform(-0.15, 0.15)
    return round(max(-89.0, min(89.0, north)), 4), round(max(-179.0, min(179.0, near.longitude)), 4)


def invented_names() -> list[tuple[str, str]]:
    """Names of places that do not exist, marked, each with its country."""
    return [(f"{name} {invention.MARK}", country) for name, country in invention.bank()["places"]]


def invented(number: int, quality: float = 3.9, *, is_good: bool = True, signs_on_paper: bool = False) -> Place:
    """One of the invented places."""
    name, country = invented_names()[number]
    chance = invention.rng("place", name)
    north, east = _somewhere(country, name)
    people = int(10 ** chance.uniform(4.1, 6.3))
    return Place(
        name, country, "city", north, east, people, "", quality, is_good=is_good, signs_on_paper=signs_on_paper
    )


def consortium(place: Place) -> Place:
    """The same place as a consortium of two municipalities."""
    return replace(place, kind="consortium", members=(f"Upper {place.name}", f"Lower {place.name}"))
