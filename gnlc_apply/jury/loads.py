"""How many files each juror should read: fair shares, personal capacities, and the band around them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """What is known of one juror's load: agreed ``capacity`` (or None), readings that stay, files open to the juror."""

    capacity: int | None
    fixed: int
    candidates: int
    is_available: bool


def bands(demand: int, shares: Sequence[Share]) -> list[tuple[int, int]]:
    """The band (lo, hi) of readings for each juror, in the order of ``shares``; ``demand`` is the number of readings.

    lo = floor(share) - 1, hi = ceil(share) + 1, where the available jurors share what the others have not already read:
    equally, or in proportion to capacities where some are given (who gave none counts with the mean of those given).
    Never above a capacity, never below what is fixed, never more than there are files for the juror.
    """
    open_demand = demand - sum(share.fixed for share in shares if not share.is_available)
    weights = _weights(shares)
    whole = math.fsum(weights)
    return [
        _band(share, max(0, open_demand) * weight / whole if whole > 0 else 0.0)
        for share, weight in zip(shares, weights, strict=True)
    ]


def _weights(shares: Sequence[Share]) -> list[float]:
    given = [share.capacity for share in shares if share.is_available and share.capacity is not None]
    ordinary = sum(given) / len(given) if given else 1.0
    return [
        0.0 if not share.is_available else ordinary if share.capacity is None else float(share.capacity)
        for share in shares
    ]


def _band(share: Share, target: float) -> tuple[int, int]:
    if not share.is_available:
        return share.fixed, share.fixed
    # A share that is whole but for the last bit of a float must not be rounded up.
    target = round(target, 9)
    highest = math.ceil(target) + 1
    if share.capacity is not None:
        highest = min(highest, share.capacity)
    highest = max(highest, share.fixed)
    lowest = max(0, math.floor(target) - 1, share.fixed)
    return min(lowest, highest, share.candidates), highest
