from __future__ import annotations

import math
from random import Random

import pytest

from gnlc_apply.jury.averages import (
    FileAverage,
    Outcome,
    Reading,
    Shortfall,
    Standard,
    apply_standard,
    file_averages,
)
from gnlc_apply.jury.totals import weighted_total

WEIGHTS = {"a": 0.5, "b": 0.3, "c": 0.2}


def reading(juror_id: str, file_id: str, *scores: float | None) -> Reading:
    return Reading(juror_id, file_id, dict(zip("abc", scores, strict=True)))


def average(file_id: str, value: float | None, **criteria: float | None) -> FileAverage:
    return FileAverage(file_id, value, criteria, value, value, 3, 0)


def test_plain_averages_of_complete_readings() -> None:
    found = file_averages([reading("J1", "F1", 4, 3, None), reading("J2", "F1", 5, 2, 1)], WEIGHTS)["F1"]
    assert found.average == pytest.approx((3.625 + 3.3) / 2, abs=1e-12)
    assert found.criteria == {"a": 4.5, "b": 2.5, "c": 1.0}
    assert [found.lowest, found.highest] == pytest.approx([3.3, 3.625])
    assert found.spread == pytest.approx(0.325, abs=1e-12)
    assert (found.readers, found.incomplete) == (2, 0)


def test_an_incomplete_reading_is_counted_but_not_used() -> None:
    found = file_averages([reading("J1", "F1", 4, 4, 4), reading("J2", "F1", 0, None, None)], WEIGHTS)["F1"]
    assert (found.average, found.criteria["a"], found.readers, found.incomplete) == (4.0, 4.0, 1, 1)


def test_a_file_with_nothing_usable_has_no_average() -> None:
    found = file_averages([reading("J2", "F1", 0, None, None)], WEIGHTS)["F1"]
    assert found == FileAverage("F1", None, {"a": None, "b": None, "c": None}, None, None, 0, 1)
    assert found.spread is None
    assert file_averages([], WEIGHTS) == {}


def test_a_second_reading_by_the_same_juror_is_refused() -> None:
    with pytest.raises(ValueError, match="two readings"):
        file_averages([reading("J1", "F1", 4, 4, 4), reading("J1", "F1", 3, 3, 3)], WEIGHTS)


@pytest.mark.parametrize(
    ("value", "criteria", "shortfalls"),
    [
        (3.0, {"a": 2.0}, ()),
        (2.9999, {"a": 5.0}, (Shortfall.BELOW_THRESHOLD,)),
        (4.0, {"a": 5.0, "b": 1.99}, (Shortfall.CRITERION_BELOW_MINIMUM,)),
        (1.0, {"a": 1.0}, (Shortfall.BELOW_THRESHOLD, Shortfall.CRITERION_BELOW_MINIMUM)),
        (4.0, {"a": 5.0, "b": None}, ()),
        (None, {"a": None}, (Shortfall.NO_READING,)),
    ],
)
def test_the_standard(
    value: float | None, criteria: dict[str, float | None], shortfalls: tuple[Shortfall, ...]
) -> None:
    outcome = apply_standard({"F1": average("F1", value, **criteria)}, Standard(3.0, 2.0))["F1"]
    assert outcome.shortfalls == shortfalls
    assert outcome.is_recommended is (shortfalls == ())
    assert outcome.is_tied is False


def test_the_last_bit_of_a_float_decides_nothing() -> None:
    # 3 on paper, less in plain float arithmetic.
    nearly = sum([0.3] * 10)
    assert nearly < 3.0
    assert apply_standard({"F1": average("F1", nearly, a=nearly)}, Standard(3.0, 3.0))["F1"].is_recommended


def test_weak_criteria_are_named() -> None:
    outcome = apply_standard({"F1": average("F1", 4.0, a=5.0, b=1.0, c=1.5)}, Standard())["F1"]
    assert outcome.weak_criteria == ("b", "c")


def test_places_go_from_the_top_down() -> None:
    averages = {name: average(name, value, a=3.0) for name, value in [("A", 3.5), ("B", 4.5), ("C", 4.0), ("D", 2.0)]}
    outcomes = apply_standard(averages, Standard(places=2))
    assert {name for name, o in outcomes.items() if o.is_recommended} == {"B", "C"}
    assert outcomes["A"] == Outcome("A", False, False, (Shortfall.NO_PLACE_LEFT,))
    assert outcomes["D"].shortfalls == (Shortfall.BELOW_THRESHOLD,)


def test_a_tie_over_the_last_place_is_shown_and_not_broken() -> None:
    averages = {name: average(name, value, a=3.0) for name, value in [("A", 4.0), ("B", 3.5), ("C", 3.5), ("D", 3.2)]}
    outcomes = apply_standard(averages, Standard(places=2))
    assert outcomes["A"].is_recommended
    assert outcomes["B"] == Outcome("B", False, True, ())
    assert outcomes["C"] == Outcome("C", False, True, ())
    assert outcomes["D"].shortfalls == (Shortfall.NO_PLACE_LEFT,)


def test_equal_averages_that_all_fit_are_no_tie() -> None:
    averages = {name: average(name, 3.5, a=3.0) for name in "ABC"}
    assert all(o.is_recommended for o in apply_standard(averages, Standard(places=3)).values())
    assert all(o.is_tied for o in apply_standard(averages, Standard(places=1)).values())
    none_left = apply_standard(averages, Standard(places=0)).values()
    assert [o.shortfalls for o in none_left] == [(Shortfall.NO_PLACE_LEFT,)] * 3


def test_adjusted_averages_replace_the_average_but_not_the_minimum() -> None:
    averages = {"A": average("A", 2.8, a=3.0), "B": average("B", 3.4, a=1.0), "C": average("C", 3.1, a=3.0)}
    outcomes = apply_standard(averages, Standard(), adjusted={"A": 3.2, "B": 3.9, "C": 2.9})
    assert {name: o.is_recommended for name, o in outcomes.items()} == {"A": True, "B": False, "C": False}
    assert outcomes["B"].shortfalls == (Shortfall.CRITERION_BELOW_MINIMUM,)


def by_definition(readings: list[Reading]) -> dict[str, FileAverage]:
    """The same figures file by file, reading by reading, as §1 of the method says them."""
    found = {}
    for file_id in sorted({one.file_id for one in readings}):
        group = [one for one in readings if one.file_id == file_id]
        totals = {one.juror_id: weighted_total(one.scores, WEIGHTS) for one in group}
        used = [one for one in group if totals[one.juror_id].is_complete]
        values = [value for one in used if (value := totals[one.juror_id].value) is not None]
        scored = {c: [s for one in used if (s := one.scores.get(c)) is not None] for c in WEIGHTS}
        found[file_id] = FileAverage(
            file_id,
            math.fsum(values) / len(values) if values else None,
            {c: math.fsum(scores) / len(scores) if scores else None for c, scores in scored.items()},
            min(values, default=None),
            max(values, default=None),
            len(values),
            len(group) - len(values),
        )
    return found


@pytest.mark.parametrize("seed", range(8))
def test_columns_and_single_readings_give_the_same_to_the_last_bit(seed: int) -> None:
    chance = Random(seed)
    scores = (0, 1, 2, 3, 4, 5, 2.5, 0.1, 3.3)
    readings = [
        reading(f"J{n}", f"F{file:02}", *(None if chance.random() < 0.05 else chance.choice(scores) for _ in "abc"))
        for file in range(40)
        for n in range(chance.randrange(1, 6))
    ]
    chance.shuffle(readings)
    found = file_averages(readings, WEIGHTS)
    assert list(found) == sorted(found)
    assert found == by_definition(readings)
    # Both ways were taken: files with every score, and files where one is missing.
    missing = {one.file_id for one in readings if None in one.scores.values()}
    assert missing
    assert missing != set(found)


@pytest.mark.parametrize(
    ("scores", "weights", "words"),
    [
        ({"a": 4, "b": 3, "z": 1}, WEIGHTS, "without weight"),
        ({"a": 4, "b": 3, "c": 5.1}, WEIGHTS, "outside 0 to 5"),
        ({"a": 4, "b": 3, "c": -1}, WEIGHTS, "outside 0 to 5"),
        ({"a": 4, "b": 3, "c": math.nan}, WEIGHTS, "outside 0 to 5"),
        ({"a": 4, "b": 3, "c": 5}, {"a": 1, "b": 0, "c": 1}, "positive weight"),
    ],
)
def test_one_wrong_score_among_good_ones_is_refused(
    scores: dict[str, float | None], weights: dict[str, float], words: str
) -> None:
    good = [reading(f"J{n}", "F1", 4, 4, 4) for n in range(3)]
    assert file_averages(good, WEIGHTS)["F1"].average == 4.0
    with pytest.raises(ValueError, match=words):
        file_averages([*good, Reading("J9", "F1", scores)], weights)
