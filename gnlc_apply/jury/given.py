"""What a jury's figures are computed from, as the web process hands it to the child: plain values, no arrays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VERSION = "figures-3"
"""Of everything that is computed here; part of the digest, so that a new method computes anew."""

DRAWS = 4_000


@dataclass(frozen=True)
class File:
    """A file with the jury: where it comes from and in which language it is written."""

    id: str
    country: str
    region: str
    language: str


@dataclass(frozen=True)
class Juror:
    """A juror who has read something: region, and the languages of work."""

    id: str
    region: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """One submitted reading: scores by criterion, and a number that rises in the juror's own order of reading."""

    file: str
    juror: str
    scores: Mapping[str, float | None]
    position: int


@dataclass(frozen=True)
class Given:
    """Readings, weights and the public rule.

    ``files`` and ``jurors`` stand in the order of their numbers: the draws depend on it. ``threshold`` in points,
    ``minimum``: no criterion's plain average below it; ``places``, ``quota`` (files of one country): None for no limit;
    ``extra``: further places of single countries; ``beside``: readings of calibration files, which link the jurors and stand
    in no ranking; ``is_random``: whether every file was handed out by the seeded draw.
    """

    files: tuple[File, ...]
    jurors: tuple[Juror, ...]
    readings: tuple[Read, ...]
    weights: Mapping[str, float]
    threshold: float
    minimum: float
    places: int | None
    quota: int | None
    is_random: bool
    seed: int
    draws: int = DRAWS
    extra: Mapping[str, int] = field(default_factory=dict)
    beside: tuple[Read, ...] = ()


def digest(given: Given) -> str:
    """The SHA-256 of everything that stands there, whatever is added to it later, and of the method's version."""
    # Every field of every part goes in: what the figures are computed from cannot be forgotten here.
    text = json.dumps([VERSION, given], default=vars, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def load(raw: Mapping[str, Any]) -> Given:
    """What ``dataclasses.asdict`` made of it, read back from JSON. Raises TypeError, KeyError or ValueError for another."""
    parts = {
        "files": tuple(File(**file) for file in raw["files"]),
        "jurors": tuple(Juror(one["id"], one["region"], tuple(one["languages"])) for one in raw["jurors"]),
        "readings": tuple(Read(**read) for read in raw["readings"]),
        "beside": tuple(Read(**read) for read in raw.get("beside", ())),
    }
    return Given(**{**raw, **parts})


def seed_of(name: str) -> int:
    """The seed of the draws, below 2^31, fixed by the name of the call: known before anybody scores, the same ever after."""
    return int.from_bytes(hashlib.sha256(f"figures|{name}".encode()).digest()[:4], "big") >> 1
