from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random

import pytest

from gnlc_apply.jury.averages import FileAverage, Reading, file_averages
from gnlc_apply.jury.totals import weighted_total

WEIGHTS = {"a": 0.5, "b": 0.3, "c": 0.2}


def reading(juror_id: str, file_id: str, *scores: float | None) -> Reading:
    return Reading(juror_id, file_id, dict(zip("abc", scores, strict=True)))


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


def by_definition(readings: list[Reading], weights: Mapping[str, float]) -> dict[str, FileAverage]:
    """The same figures file by file, reading by reading, as §1 of the method says them."""
    found = {}
    for file_id in sorted({one.file_id for one in readings}):
        group = [one for one in readings if one.file_id == file_id]
        totals = {one.juror_id: weighted_total(one.scores, weights) for one in group}
        used = [one for one in group if totals[one.juror_id].is_complete]
        values = [value for one in used if (value := totals[one.juror_id].value) is not None]
        scored = {c: [s for one in used if (s := one.scores.get(c)) is not None] for c in weights}
        found[file_id] = FileAverage(
            file_id,
            math.fsum(values) / len(values) if values else None,
            {c: math.fsum(scores) / len(scores) if scores else None for c, scores in scored.items()},
            min(values, default=None),
            max(values, default=None),
            len(values),
            len(group) - len(values),
            tuple(sorted(values)),
        )
    return found


WHOLE = (0, 1, 2, 3, 4, 5)


# Whole scores with whole weights are added all at once, others reading by reading.
@pytest.mark.parametrize("scores", [WHOLE, (*WHOLE, 2.5, 0.1, 3.3)], ids=["whole", "parts"])
@pytest.mark.parametrize("weights", [WEIGHTS, {"a": 50, "b": 30, "c": 23}], ids=["shares", "percent"])
@pytest.mark.parametrize("empty", [0.0, 0.05])
@pytest.mark.parametrize("seed", range(3))
def test_columns_and_single_readings_give_the_same_to_the_last_bit(
    seed: int, empty: float, weights: Mapping[str, float], scores: tuple[float, ...]
) -> None:
    chance = Random(seed)
    readings = [
        reading(f"J{n}", f"F{file:02}", *(None if chance.random() < empty else chance.choice(scores) for _ in "abc"))
        for file in range(40)
        for n in range(chance.randrange(1, 6))
    ]
    chance.shuffle(readings)
    found = file_averages(readings, weights)
    assert list(found) == sorted(found)
    assert found == by_definition(readings, weights)
    # Both ways were taken: files with every score, and files where one is missing.
    missing = {one.file_id for one in readings if None in one.scores.values()}
    assert bool(missing) == bool(empty)
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
