from __future__ import annotations

import numpy as np
import pytest

from gnlc_apply.jury.aggregation import estimate_reml
from gnlc_apply.jury.feedback import Band, Feedback, corrected_criterion, feedback
from gnlc_apply.jury.readings import scores_of

# Five admitted files whose criteria have the median 4.0 and the lower quartile 3.5, and three that were not admitted.
ADMITTED_ROWS = [[3.0] * 4, [3.5] * 4, [4.0] * 4, [4.5] * 4, [5.0] * 4]
OTHERS = [[4.0, 3.5, 3.4, 2.0], [4.6, 4.2, 4.1, 3.9], [2.0, 2.0, 2.0, 2.0]]
CORRECTED = np.array(ADMITTED_ROWS + OTHERS)
IS_ADMITTED = np.array([True] * 5 + [False] * 3)
READERS = np.array([3] * 7 + [2])
WEIGHTS = (10, 10, 40, 40)


def test_bands_strengths_and_growth() -> None:
    found = feedback(CORRECTED, WEIGHTS, IS_ADMITTED, READERS)
    assert found[:5] == [None] * 5
    first, second = found[5], found[6]
    assert first is not None
    assert first.bands == (Band.LIKE_ADMITTED, Band.CLOSE, Band.BELOW, Band.BELOW)
    assert (first.strengths, first.growth) == ((0,), (3, 2))
    assert first.to_gain == pytest.approx((0.4 * 2.0, 0.4 * 0.6))
    assert second is not None
    assert (second.strengths, second.growth) == ((0, 2), (3,))
    assert second.bands == (Band.LIKE_ADMITTED,) * 3 + (Band.CLOSE,)


def test_nothing_is_told_on_too_little() -> None:
    # Two readers only; and a median of four cities, which would come near to naming them.
    assert feedback(CORRECTED, WEIGHTS, IS_ADMITTED, READERS)[7] is None
    told = feedback(CORRECTED, WEIGHTS, IS_ADMITTED, np.array([3] * 8))[7]
    assert isinstance(told, Feedback)
    fewer = IS_ADMITTED.copy()
    fewer[0] = False
    assert feedback(CORRECTED, WEIGHTS, fewer, READERS) == [None] * 8


def test_a_strict_reader_of_a_criterion_costs_nothing() -> None:
    truth = np.array([2.0, 3.0, 4.0, 2.5, 3.5, 3.0])
    severity = [0.0, -0.3, 0.6]
    rows = [(i, j, float(truth[i]) - severity[j]) for i in range(6) for j in range(3) if (i + j) % 3 or i < 2]
    scores = scores_of(rows)
    corrected = corrected_criterion(scores)
    assert np.abs(scores.raw - scores.raw.mean() - (truth - truth.mean())).max() > 0.1
    assert corrected - corrected.mean() == pytest.approx(truth - truth.mean(), abs=0.01)
    assert corrected.tolist() == estimate_reml(scores).fair.tolist()


def test_what_is_refused() -> None:
    for arguments in (
        (CORRECTED[:, :3], WEIGHTS, IS_ADMITTED, READERS),
        (CORRECTED, (0, 1, 1, 1), IS_ADMITTED, READERS),
        (CORRECTED, WEIGHTS, IS_ADMITTED, READERS[:3]),
    ):
        with pytest.raises(ValueError, match="positive weight"):
            feedback(*arguments)
