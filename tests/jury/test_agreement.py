from __future__ import annotations

import numpy as np
import pytest

from gnlc_apply.jury.aggregation import Model
from gnlc_apply.jury.agreement import Alpha, Level, Verdict, alpha, divergent, readers_needed, shares
from gnlc_apply.jury.readings import scores_of
from tests.jury.simulated import simulate_scores

# Krippendorff's own example: four observers, twelve units, gaps (jury-method.md §6, vector E1).
E1 = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
CELLS = [(value, unit) for row in E1 for unit, value in enumerate(row) if value is not None]
VALUES, UNITS = [float(value) for value, _ in CELLS], [unit for _, unit in CELLS]


@pytest.mark.parametrize(
    ("level", "expected"), [(Level.NOMINAL, 0.7434), (Level.ORDINAL, 0.8154), (Level.INTERVAL, 0.8491)]
)
def test_published_vectors(level: Level, expected: float) -> None:
    found = alpha(VALUES, UNITS, level)
    assert found.value == pytest.approx(expected, abs=5e-5)
    assert found.units == 11


@pytest.mark.parametrize("level", list(Level))
def test_the_interval_is_the_jackknife_over_units(level: Level) -> None:
    found = alpha(VALUES, UNITS, level)
    left = []
    for unit in range(11):
        rest = [(value, other) for value, other in zip(VALUES, UNITS, strict=True) if other != unit]
        one = alpha([value for value, _ in rest], [other for _, other in rest], level).value
        assert one is not None
        left.append(one)
    spread = np.sqrt(10 / 11 * np.sum((np.array(left) - np.mean(left)) ** 2))
    assert found.value is not None
    assert found.low == pytest.approx(found.value - 1.8124611 * spread, abs=1e-6)
    assert found.high == pytest.approx(min(1.0, found.value + 1.8124611 * spread), abs=1e-6)


def test_agreement_at_its_ends() -> None:
    units = [u for u in range(6) for _ in range(3)]
    for level in Level:
        assert alpha([float(u % 5) for u in units], units, level).value == pytest.approx(1.0, abs=1e-12)
        assert alpha([3.0] * 18, units, level).value is None
        assert alpha([1.0, 2.0], [0, 1], level) == Alpha(None, None, None, 0)
    chance = np.random.default_rng(1).integers(0, 6, 3000).astype(float)
    assert alpha(chance.tolist(), [i // 3 for i in range(3000)], Level.INTERVAL).value == pytest.approx(0, abs=0.06)
    assert alpha([1, 2, 3, 4], [0, 0, 1, 1], Level.INTERVAL).low is None
    with pytest.raises(ValueError, match="unit"):
        alpha([1.0], [], Level.NOMINAL)


def test_interval_alpha_takes_any_scale() -> None:
    moved = [100 + 7 * value for value in VALUES]
    plain, other = alpha(VALUES, UNITS, Level.INTERVAL), alpha(moved, UNITS, Level.INTERVAL)
    assert (plain.value, plain.low, plain.high) == pytest.approx((other.value, other.low, other.high), abs=1e-10)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.39, Verdict.DIFFERENT),
        (0.40, Verdict.USUAL),
        (0.67, Verdict.USUAL),
        (0.70, Verdict.GOOD),
        (0.81, Verdict.VERY_GOOD),
        (None, None),
    ],
)
def test_alpha_in_words(value: float | None, expected: Verdict | None) -> None:
    assert Alpha(value, None, None, 5).verdict is expected


def test_published_shares_and_readers() -> None:
    found = shares(0.49, 0.25, 0.30, 4)
    assert (found.single, found.single_corrected, found.mean, found.mean_corrected) == pytest.approx(
        (0.4712, 0.6203, 0.7809, 0.8673), abs=5e-5
    )
    assert (readers_needed(0.49, 0.30, 0.80), readers_needed(0.49, 0.55)) == (3, 5)
    assert readers_needed(1.0, 0.5, 0.80) == 2  # exactly 2, whatever the last bit of 0.8 / 0.2 says
    assert readers_needed(0.49, 0.0) == 1
    for wrong in ((0.0, 0.1, 0.1, 3), (0.4, -0.1, 0.1, 3), (0.4, 0.1, 0.1, 0)):
        with pytest.raises(ValueError, match="variances"):
            shares(*wrong)
    with pytest.raises(ValueError, match="reliability"):
        readers_needed(0.4, 0.3, 1.0)


def test_a_file_over_which_readers_fall_out_is_found() -> None:
    world = simulate_scores(60, 10, readers=4, seed=2, rounded=False)
    scores = world.scores
    quarrel = scores.totals.copy()
    quarrel[np.flatnonzero(scores.files == 17)] += [1.5, -1.5, 1.5, -1.5]
    changed = scores_of(zip(scores.files.tolist(), scores.jurors.tolist(), quarrel.tolist(), strict=True))
    before = divergent(scores, Model(scores).estimate)
    after = divergent(changed, Model(changed).estimate)
    assert 17 not in before
    assert 17 in after
    assert before.size <= 6  # the range of 1.5 points is met by chance now and then at this noise


def test_strictness_alone_is_no_divergence() -> None:
    severity = [-0.9, 0.0, 0.9]
    rows = [(i, j, 3 + 0.2 * (i % 3) - severity[j]) for i in range(12) for j in range(3)]
    scores = scores_of([*rows, (12, 0, 3.0)])
    assert divergent(scores, Model(scores).estimate).tolist() == []
