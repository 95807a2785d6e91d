"""A covariate of the readings, such as the place in the order of reading, taken out by the model; and the model's posterior."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau

from gnlc_apply.jury.aggregation import RATIOS, Model, estimate_at, interval
from gnlc_apply.jury.readings import Floats, NotComparable, Scores, scores_of
from tests.jury.simulated import simulate_scores
from tests.jury.test_aggregation import C1, C1_ROWS

LATE = np.array([0.0, 0.5, 1.0, 0.25, 1.0, 0.5, 0.75, 0.0, 0.5, 0.25, 1.0, 0.0])


def test_a_covariate_is_one_more_column_without_a_penalty() -> None:
    # Independent of the elimination: one dense system over mu, theta, beta and delta.
    r1, r2 = 0.9, 0.4
    n = C1.totals.size
    x = np.zeros((n, 1 + 5 + 3 + 1))
    x[:, 0] = 1
    x[np.arange(n), 1 + C1.files] = 1
    x[np.arange(n), 6 + C1.jurors] = 1
    x[:, 9] = LATE - LATE.mean()
    penalty = np.diag([0.0, *[r1**-2] * 5, *[r2**-2] * 3, 0.0])
    solved = np.linalg.solve(x.T @ x + penalty, x.T @ C1.totals)
    found = estimate_at(C1, (r1, r2), covariate=LATE)
    assert [found.mean, *found.quality, *found.leniency, found.effect] == pytest.approx(solved, abs=1e-10)
    rest = scores_of([(i, j, y - solved[9] * x[k, 9]) for k, (i, j, y) in enumerate(C1_ROWS)])
    assert found.fair == pytest.approx(estimate_at(rest, (r1, r2)).fair, abs=1e-10)
    assert estimate_at(C1, (r1, r2)).effect is None


@pytest.mark.parametrize("late", [None, LATE])
def test_the_posterior_is_that_of_the_dense_model(late: Floats | None) -> None:
    # Independent of Henderson's equations: the covariance of the readings, its inverse and determinants at every grid point.
    y, n = C1.totals, C1.totals.size
    flat = np.ones((n, 1)) if late is None else np.column_stack([np.ones(n), late])
    same_file = (C1.files[:, None] == C1.files[None]).astype(np.float64)
    same_juror = (C1.jurors[:, None] == C1.jurors[None]).astype(np.float64)
    points = [(r1, r2) for r1 in RATIOS.tolist() for r2 in RATIOS.tolist()]
    squares, weights = [], []
    for r1, r2 in points:
        covariance = np.eye(n) + r1**2 * same_file + r2**2 * same_juror
        inverse = np.linalg.inv(covariance)
        inner = flat.T @ inverse @ flat
        left = inverse @ (y - flat @ np.linalg.solve(inner, flat.T @ inverse @ y))
        squares.append(float(y @ left))
        freedom = n - flat.shape[1]
        likelihood = freedom * np.log(y @ left) + np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(inner)[1]
        weights.append(-0.5 * likelihood + sum(np.log(r) - np.log1p(r**2) for r in (r1, r2)))
    share = np.exp(np.array(weights) - max(weights))
    noise = share / share.sum() * np.array(squares) / (n - flat.shape[1] - 2)
    found = Model(C1, late).estimate
    assert found.noise_variance == pytest.approx(noise.sum(), rel=1e-8)
    assert found.file_variance == pytest.approx(
        sum(v * r1**2 for v, (r1, _) in zip(noise, points, strict=True)), rel=1e-8
    )
    assert found.juror_variance == pytest.approx(
        sum(v * r2**2 for v, (_, r2) in zip(noise, points, strict=True)), rel=1e-8
    )


def test_draws_with_a_covariate_lie_around_the_estimate() -> None:
    model = Model(C1, LATE)
    drawn = model.draw(20_000, seed=1)
    assert drawn.effect is not None
    assert drawn.effect.mean() == pytest.approx(model.estimate.effect, abs=0.02)
    assert drawn.shown.mean(axis=0) == pytest.approx(model.estimate.shown, abs=0.02)
    assert (drawn.shown.shape, drawn.severity.shape) == ((20_000, 5), (20_000, 3))


def test_a_planted_drift_over_the_order_of_reading_is_taken_out() -> None:
    world = simulate_scores(150, 20, readers=3, seed=11)
    scores, random = world.scores, np.random.default_rng(5)
    late = np.zeros(scores.totals.size)
    for juror in range(20):
        own = np.flatnonzero(scores.jurors == juror)
        late[own] = random.permutation(own.size) / (own.size - 1)
    drifted = Scores(scores.files, scores.jurors, scores.totals + 0.8 * late, 150, 20)
    plain, with_drift, without = Model(scores), Model(drifted), Model(drifted, late)
    effect, drawn = without.estimate.effect, without.draw(2_000, seed=1).effect
    assert (plain.estimate.effect, plain.draw(100, seed=1).effect) == (None, None)
    assert effect is not None
    assert drawn is not None
    assert effect == pytest.approx(0.8, abs=0.15)
    low, high = interval(drawn[:, None])
    assert low[0] < 0.8 < high[0]
    before = kendalltau(plain.estimate.shown, with_drift.estimate.shown).statistic
    after = kendalltau(plain.estimate.shown, without.estimate.shown).statistic
    assert after > before + 0.02
    assert without.estimate.noise_variance < with_drift.estimate.noise_variance
    # Where nothing drifts, next to nothing is found.
    none = Model(scores, late).estimate.effect
    assert none == pytest.approx(0.0, abs=0.15)


def test_a_covariate_moved_or_stretched_changes_nothing_but_its_unit() -> None:
    found, other = Model(C1, LATE).estimate, Model(C1, 7.0 - 4.0 * LATE).estimate
    assert other.shown == pytest.approx(found.shown, abs=1e-9)
    assert other.severity == pytest.approx(found.severity, abs=1e-9)
    assert other.effect == pytest.approx((found.effect or 0.0) / -4.0, abs=1e-9)
    for wrong in (np.zeros(12), LATE[:3], np.where(LATE > 0.9, np.nan, LATE)):
        with pytest.raises(ValueError, match="covariate"):
            Model(C1, wrong)
    four = scores_of([(0, 0, 3.0), (0, 1, 2.0), (1, 0, 3.0), (1, 1, 4.0)])
    with pytest.raises(NotComparable):
        Model(four, np.array([0.0, 1.0, 1.0, 0.0]))
