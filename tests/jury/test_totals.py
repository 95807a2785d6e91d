from __future__ import annotations

import pytest

from gnlc_apply.jury.totals import Total, weighted_total

WEIGHTS = {"a": 0.5, "b": 0.3, "c": 0.2}


@pytest.mark.parametrize(
    ("scores", "expected"), [((4, 3, None), 3.6250), ((5, 2, 1), 3.3000), ((0, 0, 0), 0.0), ((5, 5, 5), 5.0)]
)
def test_published_vectors(scores: tuple[float | None, ...], expected: float) -> None:
    # jury-method.md §1, vector T1 (the first two).
    total = weighted_total(dict(zip("abc", scores, strict=True)), WEIGHTS)
    assert total.value == pytest.approx(expected, abs=1e-12)


def test_weights_may_be_in_percent() -> None:
    percent = {"a": 50, "b": 30, "c": 20}
    assert weighted_total({"a": 4, "b": 3, "c": None}, percent).value == pytest.approx(3.625, abs=1e-12)


def test_not_applicable_is_not_zero_and_left_out_is_not_applicable() -> None:
    assert weighted_total({"a": 4, "b": 3}, WEIGHTS) == weighted_total({"a": 4, "b": 3, "c": None}, WEIGHTS)
    assert weighted_total({"a": 4, "b": 3, "c": 0}, WEIGHTS).value == pytest.approx(2.9, abs=1e-12)


@pytest.mark.parametrize(
    ("weights", "scored", "is_complete"),
    [
        ({"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4}, "abc", True),  # 0.6000000000000001 of 1.0
        ({"a": 0.3, "b": 0.3, "c": 0.4}, "ab", True),
        ({"a": 0.59, "b": 0.41}, "a", False),
        ({"a": 20, "b": 15, "c": 25, "d": 10, "e": 10, "f": 10, "g": 10}, "abc", True),
        ({"a": 20, "b": 15, "c": 25, "d": 10, "e": 10, "f": 10, "g": 10}, "abde", False),
    ],
)
def test_a_reading_counts_from_sixty_percent_of_the_weight(
    weights: dict[str, float], scored: str, is_complete: bool
) -> None:
    assert weighted_total(dict.fromkeys(scored, 3.0), weights).is_complete is is_complete


def test_nothing_scored() -> None:
    assert weighted_total({"a": None}, WEIGHTS) == Total(None, 0.0)
    assert weighted_total({}, WEIGHTS).is_complete is False


@pytest.mark.parametrize(
    ("scores", "weights", "words"),
    [
        ({"a": 6}, WEIGHTS, "0 to 5"),
        ({"a": -1}, WEIGHTS, "0 to 5"),
        ({"a": float("nan")}, WEIGHTS, "0 to 5"),
        ({"z": 3}, WEIGHTS, "without weight"),
        ({"a": 3}, {}, "positive weight"),
        ({"a": 3}, {"a": 0}, "positive weight"),
        ({"a": 3}, {"a": 1, "b": -1}, "positive weight"),
    ],
)
def test_what_is_refused(scores: dict[str, float | None], weights: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        weighted_total(scores, weights)
