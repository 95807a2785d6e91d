"""The order in which a juror reads: random, one's own, and repeatable from the seed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TypeVar

_PLACES = 31
MIDDLE = 0.5

Key = TypeVar("Key")


def digest(*parts: str) -> bytes:
    """SHA-256 over the parts, joined by a stroke."""
    return hashlib.sha256("|".join(parts).encode()).digest()


def _key(seed: str, juror_id: str, file_id: str) -> bytes:
    return digest(seed, "order", juror_id, file_id)


def reading_order(seed: str, juror_id: str, file_ids: Collection[str]) -> tuple[str, ...]:
    """An order of reading of the juror's own, by SHA-256(seed|order|juror|file); files added later move no other pair.

    Needed for the audit of reading position (jury-method.md §7), which holds only if orders were random.
    """
    return tuple(sorted(file_ids, key=lambda file_id: (_key(seed, juror_id, file_id), file_id)))


def reading_place(seed: str, juror_id: str, file_id: str) -> int:
    """The place of one file in that order as a whole number below 2^31: sorting by it gives the order of reading."""
    return int.from_bytes(_key(seed, juror_id, file_id)[:4]) >> (32 - _PLACES)


def lateness(places: Mapping[tuple[str, Key], float]) -> dict[tuple[str, Key], float]:
    """How late each reading, by (juror, anything), came in its juror's order: 0 the first, 1 the last, evenly between.

    ``places``: numbers that rise in the order of reading, of whatever size; equal ones count as read together. A juror's only
    reading stands in the middle, 0.5.
    """
    of_juror: defaultdict[str, set[float]] = defaultdict(set)
    for (juror, _), place in places.items():
        of_juror[juror].add(place)
    ranks = {juror: {place: n for n, place in enumerate(sorted(held))} for juror, held in of_juror.items()}
    return {
        (juror, one): ranks[juror][place] / (len(ranks[juror]) - 1) if len(ranks[juror]) > 1 else MIDDLE
        for (juror, one), place in places.items()
    }
