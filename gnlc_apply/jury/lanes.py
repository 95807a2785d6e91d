"""Many small whole numbers weighted and added at once, exactly: each has a lane of bits of its own in one long integer.

What arrays would be for, in web processes that load none.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

_WIDTH = 4


def weighted_sums(columns: Sequence[bytes], weights: Sequence[int]) -> Sequence[int]:
    """At each place the sum of what stands there in these columns, all of one length, each times its weight of at least 0.

    The caller sees to it that every sum stays below 2^32, else it flows over into the next one's lane.
    """
    pairs = zip(columns, weights, strict=True)
    summed = sum(weight * int.from_bytes(_widened(column), sys.byteorder) for column, weight in pairs)
    return memoryview(summed.to_bytes(len(columns[0]) * _WIDTH, sys.byteorder)).cast("I")


def _widened(column: bytes) -> bytearray:
    """Each number in the lowest byte of a lane."""
    lanes = bytearray(len(column) * _WIDTH)
    lanes[0 if sys.byteorder == "little" else _WIDTH - 1 :: _WIDTH] = column
    return lanes
