"""Scores as steps of a scale and not as points: averages beside the official ones, for a jury at the ends of its scale.

The many-facet rating scale model (Linacre 1989, Eckes 2015): log P(k) / P(k-1) = theta_i - lambda_j - delta_c - tau_k for a step
k = 1..5 of criterion c. Where many scores are 0 or 5, a point there is worth more than one in the middle, which plain sums
cannot see. Ranges are not given, and must not be: the criteria of one reading hang together, so that they would be far too
narrow (jury-method.md §0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from gnlc_apply.jury.readings import Floats, Ints
from gnlc_apply.jury.totals import HIGHEST_SCORE

STEPS = int(HIGHEST_SCORE)
SPREAD = 3.0
"""Every parameter is drawn to 0 by a normal distribution of so many logits: wide, and enough for a file with nothing but fives."""

ROUNDS, ENOUGH, LONGEST_STEP = 60, 1e-8, 2.0


@dataclass(frozen=True)
class Ratings:
    """n scores of I files by J jurors on C criteria: ``files``, ``jurors``, ``criteria`` (n,) positions, ``values`` (n,) of 0..5."""

    files: Ints
    jurors: Ints
    criteria: Ints
    values: Ints

    def __post_init__(self) -> None:
        if not self.files.shape == self.jurors.shape == self.criteria.shape == self.values.shape:
            raise ValueError("files, jurors, criteria and values must be as many")
        if self.values.size == 0 or self.values.min() < 0 or self.values.max() > STEPS:
            raise ValueError(f"a score is a whole number from 0 to {STEPS}")


@dataclass(frozen=True)
class Scale:
    """In logits: ``files`` (I,) worth, ``jurors`` (J,) strictness, ``criteria`` (C,) difficulty, ``steps`` (5,) of the scale."""

    files: Floats
    jurors: Floats
    criteria: Floats
    steps: Floats

    def expected(self, levels: Floats) -> Floats:
        """The expected score (any shape) at levels theta - lambda - delta, in points of 0 to 5."""
        return np.asarray(_chances(levels, self.steps) @ np.arange(STEPS + 1.0), dtype=np.float64)


def fit(ratings: Ratings) -> Scale:
    """The greatest penalised likelihood, by Newton's method. Raises ValueError for scores that are no steps of the scale."""
    sizes = [int(part.max()) + 1 for part in (ratings.files, ratings.jurors, ratings.criteria)]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    n, located = ratings.values.size, int(starts[-1])
    columns = np.stack([ratings.files, starts[1] + ratings.jurors, starts[2] + ratings.criteria], axis=1)
    signs = np.tile([1.0, -1.0, -1.0], n)
    places = csr_array((signs, (np.repeat(np.arange(n), 3), columns.ravel())), shape=(n, located))
    reached = (ratings.values[:, None] >= np.arange(1, STEPS + 1)).astype(np.float64)
    found = np.zeros(located + STEPS)
    for _round in range(ROUNDS):
        step = _newton(places, ratings.values, reached, found)
        longest = float(np.abs(step).max())
        found += step * min(1.0, LONGEST_STEP / max(longest, ENOUGH))
        if longest < ENOUGH:
            break
    parts = np.split(found, [int(start) for start in starts[1:]])
    return Scale(*parts)


def _newton(places: csr_array, values: Ints, reached: Floats, now: Floats) -> Floats:
    """One step of Newton's method from the parameters ``now``: files, jurors, criteria, steps."""
    located = now.size - STEPS
    chances = _chances(places @ now[:located], now[located:])
    upwards = np.cumsum(chances[:, ::-1], axis=1)[:, ::-1][:, 1:]  # P(X >= k), k = 1..5
    expected = upwards.sum(axis=1)
    gradient = np.concatenate([places.T @ (values - expected), -(reached - upwards).sum(axis=0)]) - now / SPREAD**2
    # X = sum of 1[X >= k], and P(X >= k and X >= l) = P(X >= max(k, l)).
    both = upwards[:, np.maximum.outer(np.arange(STEPS), np.arange(STEPS))]
    together = both - upwards[:, :, None] * upwards[:, None, :]
    with_all = together.sum(axis=2)
    inner = (places.T @ places.multiply(with_all.sum(axis=1)[:, None])).toarray()
    side = -(places.T @ with_all)
    information = np.block([[inner, side], [side.T, together.sum(axis=0)]]) + np.eye(now.size) / SPREAD**2
    return np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)


def _chances(levels: Floats, steps: Floats) -> Floats:
    """P(X = 0..5) (…, 6) at levels (…): the exponents are sums of level - tau_k."""
    climbed = np.concatenate([[0.0], np.cumsum(steps)])
    exponents = levels[..., None] * np.arange(STEPS + 1) - climbed
    weights = np.exp(exponents - exponents.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), dtype=np.float64)


def fair_averages(ratings: Ratings, weights: Floats) -> Floats:
    """What readers of the jury's average strictness would be expected to give each file (I,), in points: the sum of w_c E(x_ic).

    ``weights`` (C,) > 0 in any unit. To compare, never official, and without a range.
    """
    scale = fit(ratings)
    levels = scale.files[:, None] - scale.jurors.mean() - scale.criteria[None, :]
    return np.asarray(scale.expected(levels) @ (weights / weights.sum()), dtype=np.float64)
