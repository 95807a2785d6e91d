"""The order in which a juror reads: random, one's own, and repeatable from the seed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

_PLACES = 31


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
