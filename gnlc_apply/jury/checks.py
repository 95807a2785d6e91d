"""Jurors to talk to, and what would change without them (jury-method.md §4). Nothing here acts by itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import ttest_ind

from gnlc_apply.jury.aggregation import Estimate, estimate_at
from gnlc_apply.jury.certainty import Bools
from gnlc_apply.jury.multiple import adjusted_p
from gnlc_apply.jury.readings import Floats, Scores, without_juror

FEWEST_FILES = 8
LOW_SLOPE = 0.35
SLOPE_CEILING = 0.80
ONE_SIDED = 1.645
FEWEST_EACH_SIDE = 3
AFFINITY_GAP = 0.5
FALSE_DISCOVERIES = 0.10


@dataclass(frozen=True)
class Slope:
    """How a juror follows the others: when they find a file one point better, this juror finds it ``value`` better.

    ``error``: its standard error; both None where fewer than three files are shared or the others see no difference.
    ``files``: those it was counted from; ``is_flagged``: at least 8 of them, below 0.35, and surely below 0.80.
    """

    value: float | None
    error: float | None
    files: int
    is_flagged: bool


@dataclass(frozen=True)
class Affinity:
    """How a juror treats own files (own region, own language) against the rest, in points.

    ``gap``: mean residual of own files less that of the rest, None with fewer than three files on a side; ``p``: Welch's
    t, two-sided; ``q``: after Benjamini and Hochberg over the jurors; ``is_flagged``: q < 0.10 and a gap of 0.5 or more.
    """

    gap: float | None
    p: float | None
    q: float | None
    is_flagged: bool


@dataclass(frozen=True)
class Sensitivity:
    """``changed``: positions of the files whose status another way of counting changes, and what part of the cohort."""

    way: str
    changed: tuple[int, ...]
    share_of_cohort: float

    @property
    def must_be_shown(self) -> bool:
        """Above a tenth of the cohort the board has to see it."""
        return self.share_of_cohort > 0.10


def _against_others(scores: Scores, ratios: tuple[float, float], juror: int) -> tuple[Floats, Floats]:
    """Totals of a juror (K,) and what the others find of the same files (K,); files nobody else read are left out."""
    others, files, _ = without_juror(scores, juror)
    worth = np.full(scores.file_count, np.nan)
    if others.totals.size:
        found = estimate_at(others, ratios)
        worth[files] = found.shown
    own = scores.jurors == juror
    expected = np.where(own, worth[scores.files], np.nan)
    return np.where(own, scores.totals, np.nan), expected


def slopes(scores: Scores, ratios: tuple[float, float]) -> list[Slope]:
    """The slope of each juror (J,) on the estimate without that juror, at the same ratios (tau/s, sb/s).

    b_j = cov/var by least squares. Healthy slopes can exceed 1, because the estimate is drawn to the middle. Finds jurors
    who use the scale upside down or at random.
    """
    return [_slope(*_against_others(scores, ratios, juror)) for juror in range(scores.juror_count)]


def _slope(totals: Floats, expected: Floats) -> Slope:
    shared = ~np.isnan(expected)
    x, y = expected[shared], totals[shared]
    x = x - x.mean() if x.size else x
    spread = float(x @ x)
    if x.size < 3 or spread < 1e-9:
        return Slope(None, None, x.size, False)
    value = float(x @ y) / spread
    left = y - y.mean() - value * x
    error = math.sqrt(float(left @ left) / (x.size - 2) / spread)
    is_low = value < LOW_SLOPE and value + ONE_SIDED * error < SLOPE_CEILING
    return Slope(value, error, x.size, x.size >= FEWEST_FILES and is_low)


def affinities(scores: Scores, ratios: tuple[float, float], is_own: Bools) -> list[Affinity]:
    """The affinity of each juror (J,); ``is_own`` (n,): whether a reading is of the juror's own region or language.

    Residuals are taken from the estimate without that juror, at the same ratios. Finds who favours their own, which the
    slope does not. Raises ValueError for lengths that differ.
    """
    if is_own.shape != scores.totals.shape:
        raise ValueError("each reading needs to be own or not")
    gaps: list[float | None] = []
    values: list[float] = []
    for juror in range(scores.juror_count):
        totals, expected = _against_others(scores, ratios, juror)
        residual = totals - expected
        shared = ~np.isnan(residual)
        own, rest = residual[shared & is_own], residual[shared & ~is_own]
        if min(own.size, rest.size) < FEWEST_EACH_SIDE:
            gaps.append(None)
            continue
        gaps.append(float(own.mean() - rest.mean()))
        is_constant = max(float(np.ptp(own)), float(np.ptp(rest))) < 1e-12
        values.append(1.0 if is_constant else float(ttest_ind(own, rest, equal_var=False).pvalue))
    return _flagged(gaps, values)


def _flagged(gaps: Sequence[float | None], values: Sequence[float]) -> list[Affinity]:
    tested = iter(zip(values, adjusted_p(values), strict=True))
    found = []
    for gap in gaps:
        if gap is None:
            found.append(Affinity(None, None, None, False))
            continue
        p, q = next(tested)
        found.append(Affinity(gap, p, q, q < FALSE_DISCOVERIES and gap >= AFFINITY_GAP))
    return found


def centred(scores: Scores) -> Floats:
    """Juror-centred averages (I,): each juror's own mean taken off, the jury's mean put back. To compare, never official:
    it takes every jury to have read equally good files."""
    means = np.bincount(scores.jurors, scores.totals, scores.juror_count) / scores.loads
    return scores.per_file(scores.totals - means[scores.jurors] + scores.totals.mean())


def consistency(scores: Scores, estimate: Estimate) -> Floats:
    """A weight (J,) for each juror, lower for one who strays from the model: s^2 over the own mean squared residual, drawn to 1 by five readings.

    w_j = (n_j + 5) / (sum of squared residuals / s^2 + 5). To compare, never official: what is gained by weighting is
    small, and nobody could explain it to a juror.
    """
    worth = estimate.mean + estimate.quality[scores.files] + estimate.leniency[scores.jurors]
    squares = np.bincount(scores.jurors, (scores.totals - worth) ** 2, scores.juror_count)
    return np.asarray((scores.loads + 5) / (squares / max(estimate.noise_variance, 1e-12) + 5), dtype=np.float64)


def sensitivity(
    scores: Scores, estimate: Estimate, admit: Callable[[Floats], Bools], flagged: Sequence[int] = ()
) -> list[Sensitivity]:
    """What each other way of counting would change: ``raw``, ``centred``, ``weighted``, and ``without N`` for each flagged N.

    ``admit``: the public rule, from scores (I,) in points (NaN where nobody is left who read the file, never admitted) to
    whether each file is admitted. All refits keep the ratios of ``estimate``.
    """
    weights = consistency(scores, estimate)[scores.jurors]
    ways = {
        "raw": scores.raw,
        "centred": centred(scores),
        "weighted": estimate_at(scores, estimate.ratios, weights).shown,
    }
    for juror in flagged:
        left, files, _ = without_juror(scores, juror)
        worth = np.full(scores.file_count, np.nan)
        worth[files] = estimate_at(left, estimate.ratios).shown
        ways[f"without {juror}"] = worth
    now = admit(estimate.shown)
    found = []
    for way, values in ways.items():
        changed = np.flatnonzero(admit(np.nan_to_num(values, nan=-np.inf)) != now)
        found.append(Sensitivity(way, tuple(changed.tolist()), changed.size / max(int(now.sum()), 1)))
    return found
