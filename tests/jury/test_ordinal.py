"""Averages by the steps of the scale: the greatest likelihood, found by another way; what they see and plain sums cannot."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gnlc_apply.jury.ordinal import SPREAD, Ratings, fair_averages, fit

CRITERIA, JURORS, FILES = 3, 4, 12


def simulated(seed: int = 3) -> Ratings:
    """Scores drawn from the model itself."""
    random = np.random.default_rng(seed)
    rows = []
    for file in range(FILES):
        for juror in random.permutation(JURORS)[:3].tolist():
            for criterion in range(CRITERIA):
                level = (file - 5.5) / 3 - (juror - 1.5) / 2 - (criterion - 1) / 2
                chances = [math.exp(level * k - 0.3 * k * (k - 5)) for k in range(6)]
                rows.append((file, juror, criterion, random.choice(6, p=np.array(chances) / sum(chances))))
    return Ratings(*np.array(rows, dtype=np.int64).T)


def likelihood(values: np.ndarray, ratings: Ratings) -> float:
    """As the model is written in the books, one score after the other."""
    files, jurors, criteria, steps = np.split(values, [FILES, FILES + JURORS, FILES + JURORS + CRITERIA])
    found = -float(values @ values) / (2 * SPREAD**2)
    for i, j, c, x in zip(ratings.files, ratings.jurors, ratings.criteria, ratings.values, strict=True):
        terms = [sum(files[i] - jurors[j] - criteria[c] - tau for tau in steps[:k]) for k in range(6)]
        found += terms[x] - math.log(sum(math.exp(term) for term in terms))
    return found


def test_no_other_parameters_are_likelier() -> None:
    ratings = simulated()
    scale = fit(ratings)
    best = np.concatenate([scale.files, scale.jurors, scale.criteria, scale.steps])
    for number in range(best.size):
        nudge = np.zeros(best.size)
        nudge[number] = 1e-4
        slope = (likelihood(best + nudge, ratings) - likelihood(best - nudge, ratings)) / 2e-4
        assert slope == pytest.approx(0, abs=1e-5)


def test_a_strict_reader_is_taken_out_and_nobody_leaves_the_scale() -> None:
    """Files 0 and 1 are alike, and of 2 and 3 nobody found anything but fives and noughts."""
    alike = [(0, 0, 0, 3), (0, 1, 0, 2), (1, 1, 0, 2), (1, 2, 0, 3)]
    rows = [*alike, (2, 0, 0, 5), (2, 2, 0, 5), (3, 0, 0, 0), (3, 2, 0, 0)]
    ratings = Ratings(*np.array(rows, dtype=np.int64).T)
    found = fair_averages(ratings, np.array([2.0]))
    assert found[0] == pytest.approx(found[1], abs=1e-6)
    assert fit(ratings).jurors[1] > fit(ratings).jurors[0]
    assert 0 < found[3] < found[0] < found[2] < 5


@pytest.mark.parametrize("values", [[6, 1], [-1, 1], []])
def test_what_is_no_score_is_refused(values: list[int]) -> None:
    numbers = np.array(values, dtype=np.int64)
    with pytest.raises(ValueError, match="whole number"):
        Ratings(np.zeros_like(numbers), np.zeros_like(numbers), np.zeros_like(numbers), numbers)
