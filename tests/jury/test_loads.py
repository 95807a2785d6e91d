from __future__ import annotations

import pytest

from gnlc_apply.jury.loads import Share, bands


def share(capacity: int | None = None, fixed: int = 0, candidates: int = 100, is_available: bool = True) -> Share:
    return Share(capacity, fixed, candidates, is_available)


def test_equal_shares_are_one_below_the_floor_to_one_above_the_ceiling() -> None:
    assert bands(30, [share()] * 3) == [(9, 11)] * 3
    assert bands(31, [share()] * 3) == [(9, 12)] * 3


def test_loads_follow_capacities_and_never_pass_them() -> None:
    assert bands(30, [share(10), share(20)]) == [(9, 10), (19, 20)]
    assert bands(30, [share(20), share(40)]) == [(9, 11), (19, 21)]


def test_who_names_no_capacity_counts_with_the_mean_of_those_named() -> None:
    assert bands(30, [share(10), share(20), share()]) == [(5, 8), (12, 15), (9, 11)]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (share(is_available=False), (0, 0)),
        (share(is_available=False, fixed=4), (4, 4)),
    ],
)
def test_who_is_away_keeps_what_is_read_and_gets_nothing(one: Share, expected: tuple[int, int]) -> None:
    assert bands(24, [one, share(), share()])[0] == expected


def test_the_others_share_what_the_absent_have_not_read() -> None:
    assert bands(24, [share(is_available=False, fixed=4), share(), share()])[1:] == [(9, 11), (9, 11)]


def test_fixed_readings_and_few_candidates_move_the_band() -> None:
    assert bands(10, [share(fixed=9), share()]) == [(9, 9), (4, 6)]
    assert bands(10, [share(candidates=2), share()]) == [(2, 6), (4, 6)]


def test_no_jurors_and_no_capacity_at_all() -> None:
    assert bands(10, []) == []
    assert bands(10, [share(0), share(0)]) == [(0, 0), (0, 0)]
