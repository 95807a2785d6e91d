"""Numbers in lanes come to what they come to one by one."""

from __future__ import annotations

from random import Random

import pytest

from gnlc_apply.jury.lanes import weighted_sums


@pytest.mark.parametrize("seed", range(4))
def test_sums_in_lanes_are_the_sums_one_by_one(seed: int) -> None:
    chance = Random(seed)
    columns = [bytes(chance.choices((0, 1, 5, 255), k=300)) for _ in range(7)]
    weights = chance.choices((0, 1, 25, 2_000_000), k=7)
    expected = [
        sum(weight * column[place] for column, weight in zip(columns, weights, strict=True)) for place in range(300)
    ]
    assert max(expected) < 2**32
    assert list(weighted_sums(columns, weights)) == expected


def test_the_largest_sum_leaves_its_neighbours_alone() -> None:
    assert list(weighted_sums([bytes([0, 1, 0])], [2**32 - 1])) == [0, 2**32 - 1, 0]
