"""Places of 15,000 people and more: help in typing a city's name, and its coordinates where the name is unmistakable.

Data: GeoNames, CC BY 4.0 (`ATTRIBUTION` belongs beside whatever is shown from it). A help, never a rule: many member
cities are counties, boroughs or towns that no gazetteer of this size holds.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby

from gnlc_apply.core.folding import fold
from gnlc_apply.models.reference_data.countries import iso2_of

ATTRIBUTION = "GeoNames (geonames.org), CC BY 4.0"


@dataclass(frozen=True, slots=True)
class Place:
    """One place: its name as GeoNames writes it, coordinates in degrees (WGS 84), population (0: not known)."""

    name: str
    iso3: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, slots=True)
class _Entry:
    place: Place
    names: tuple[str, ...]

    def rank(self, text: str) -> int | None:
        """How well a folded text fits: 0 is its name, 1 begins it, 2 begins a word of it, 3 to 5 the same by another name."""
        for step, names in ((0, self.names[:1]), (3, self.names[1:])):
            if text in names:
                return step
            if any(name.startswith(text) for name in names):
                return step + 1
            if any(f" {text}" in name for name in names):
                return step + 2
        return None


@cache
def _lines() -> dict[str, bytes]:
    """The file cut by country, unread: about 2.5 MB, split into places only when a country is asked for."""
    packed = (files("gnlc_apply.models.reference_data") / "gazetteer.tsv.gz").read_bytes()
    lines = (line for line in gzip.decompress(packed).split(b"\n") if line and not line.startswith(b"#"))
    return {iso2.decode(): b"\n".join(block) for iso2, block in groupby(lines, key=lambda line: line[:2])}


@lru_cache(maxsize=4)
def _entries(iso3: str) -> tuple[_Entry, ...]:
    """The places of one country, the largest first (the four countries asked for last are kept)."""
    block = _lines().get(iso2_of(iso3) or "", b"").decode()
    entries = []
    for line in block.splitlines():
        _, name, others, latitude, longitude, population = line.split("\t")
        place = Place(name, iso3, float(latitude), float(longitude), int(population))
        entries.append(_Entry(place, (fold(name), *filter(None, others.split("|")))))
    return tuple(entries)


def suggest(iso3: str, text: str, limit: int = 8) -> list[Place]:
    """Places of the country whose name fits what has been typed: closest first, then the largest; none for no text."""
    wanted = fold(text)
    if not wanted:
        return []
    ranked = [(rank, entry.place) for entry in _entries(iso3) if (rank := entry.rank(wanted)) is not None]
    ranked.sort(key=lambda found: (found[0], -found[1].population, found[1].name))
    return [place for _, place in ranked[:limit]]


def locate(iso3: str, name: str) -> Place | None:
    """The place of this name in the country, if exactly one bears it (as name or other name); else None, never a guess."""
    wanted = fold(name)
    found = [entry.place for entry in _entries(iso3) if wanted in entry.names] if wanted else []
    return found[0] if len(found) == 1 else None
