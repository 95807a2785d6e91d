"""Do the readers agree? Krippendorff's alpha, shares of variance, readers needed, divergent files (jury-method.md §6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import chi2, t

from gnlc_apply.jury.aggregation import Estimate
from gnlc_apply.jury.readings import Floats, Ints, Scores

DIVERGENT_P = 0.01
DIVERGENT_RANGE = 1.5
RELIABILITY_AIM = 0.80


class Level(StrEnum):
    """How far apart two values are: unequal or not, by the ranks between them, or by the square of the difference."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


class Verdict(StrEnum):
    """Alpha in words; none of them is a gate."""

    DIFFERENT = "different"
    USUAL = "usual"
    GOOD = "good"
    VERY_GOOD = "very_good"


@dataclass(frozen=True)
class Alpha:
    """``value``: 1 = the readers agree, 0 = as by chance, None where nothing varies. ``low``, ``high``: its 90 % interval."""

    value: float | None
    low: float | None
    high: float | None
    units: int

    @property
    def verdict(self) -> Verdict | None:
        """Below 0.40, to 0.67 (usual for peer review), above, and above 0.80; None without a value."""
        if self.value is None:
            return None
        if self.value > 0.80:
            return Verdict.VERY_GOOD
        if self.value > 0.67:
            return Verdict.GOOD
        return Verdict.DIFFERENT if self.value < 0.40 else Verdict.USUAL


@dataclass(frozen=True)
class Shares:
    """What part of the variance of the scores lies in the files: of one reader and of k, each in 0..1.

    ``single``: tau^2/(tau^2+sb^2+s^2) = ICC(A,1); ``single_corrected``: tau^2/(tau^2+s^2) = ICC(C,1); ``mean``:
    tau^2/(tau^2+(sb^2+s^2)/k); ``mean_corrected``: tau^2/(tau^2+s^2/k), the one that matters, to aim at 0.80.
    """

    single: float
    single_corrected: float
    mean: float
    mean_corrected: float


def alpha(values: Sequence[float], units: Sequence[int], level: Level) -> Alpha:
    """Krippendorff's alpha = 1 - D_o/D_e of ``values`` (n,) given to ``units`` (n,), with a jackknife interval.

    Coincidences o_ck = sum over units of pairs (c, k) / (m_u - 1); units with one value do not count. The interval leaves
    out one unit at a time and takes Student's t with U - 1 degrees (Hughes 2022, arXiv 2210.13265); high is at most 1.
    Interval level takes any numbers; nominal and ordinal are meant for a scale of few steps: memory grows with units
    times the square of the distinct values. Source: Hayes and Krippendorff 2007. Raises ValueError for unequal lengths.
    """
    if len(values) != len(units):
        raise ValueError("each value needs its unit")
    x, (_, position, count) = (
        np.array(values, dtype=np.float64),
        np.unique(units, return_inverse=True, return_counts=True),
    )
    keep = count[position] >= 2
    x, (_, position, count) = x[keep], np.unique(position[keep], return_inverse=True, return_counts=True)
    if count.size == 0:
        return Alpha(None, None, None, 0)
    whole, without = (_by_squares if level is Level.INTERVAL else _by_coincidence)(x, position, count, level)
    if math.isnan(whole):
        return Alpha(None, None, None, count.size)
    if count.size < 3 or np.isnan(without).any():
        return Alpha(whole, None, None, count.size)
    spread = math.sqrt((count.size - 1) / count.size * float(np.sum((without - without.mean()) ** 2)))
    reach = float(t.ppf(0.95, count.size - 1)) * spread
    return Alpha(whole, whole - reach, min(whole + reach, 1.0), count.size)


def _ratio(observed: Floats, expected: Floats) -> Floats:
    """1 - D_o/D_e, NaN where nothing varies."""
    is_varied = expected > 1e-12
    return np.where(is_varied, 1 - observed / np.where(is_varied, expected, 1.0), np.nan)


def _by_squares(x: Floats, position: Ints, count: Ints, level: Level) -> tuple[float, Floats]:
    """Interval alpha of all units, and (U,) without each, from sums alone: sum over pairs (c-k)^2 = 2 (m q - s^2)."""
    x = x - x.mean()
    sums, squares = np.bincount(position, x), np.bincount(position, x * x)
    within = 2 * (count * squares - sums**2) / (count - 1)

    def values(n: Floats, s: Floats, q: Floats, w: Floats) -> Floats:
        return _ratio(w / n, 2 * (n * q - s**2) / (n * np.maximum(n - 1, 1)))

    parts = [np.asarray(part, dtype=np.float64) for part in (count, sums, squares, within)]
    totals: list[Floats] = [np.array([part.sum()], dtype=np.float64) for part in parts]
    rest: list[Floats] = [np.asarray(total - part) for total, part in zip(totals, parts, strict=True)]
    without = values(*rest) if count.size > 1 else np.array([np.nan])
    return float(values(*totals)[0]), without


def _by_coincidence(x: Floats, position: Ints, count: Ints, level: Level) -> tuple[float, Floats]:
    """Alpha of all units, and (U,) without each, from the coincidence matrix of each unit."""
    steps, index = np.unique(x, return_inverse=True)
    table = np.zeros((count.size, steps.size))
    np.add.at(table, (position, index), 1.0)
    pairs = table[:, :, None] * table[:, None, :] - table[:, :, None] * np.eye(steps.size)
    each = pairs / (count - 1)[:, None, None]
    whole = each.sum(axis=0)
    left = [_of_matrix(whole - one, level) for one in each] if count.size > 1 else [math.nan]
    return _of_matrix(whole, level), np.array(left)


def _of_matrix(coincidences: Floats, level: Level) -> float:
    sizes = coincidences.sum(axis=0)
    if level is Level.NOMINAL:
        distance = 1.0 - np.eye(sizes.size)
    else:
        # Between c and k: all values from c to k, half of each end.
        middle = np.cumsum(sizes) - sizes / 2
        distance = (middle[:, None] - middle[None, :]) ** 2
    n = sizes.sum()
    observed = float(np.sum(coincidences * distance)) / n
    expected = float(sizes @ distance @ sizes) / (n * (n - 1))
    return float(_ratio(np.array([observed]), np.array([expected]))[0])


def shares(file_variance: float, juror_variance: float, noise_variance: float, readers: float) -> Shares:
    """The four shares of ``Shares`` from tau^2, sb^2, s^2 (points squared) and the mean number k of readers of a file.

    Raises ValueError for a variance below 0, no variance at all, or less than one reader.
    """
    tau2, sb2, s2, k = file_variance, juror_variance, noise_variance, readers
    if min(tau2, sb2, s2) < 0 or tau2 <= 0 or k < 1:
        raise ValueError("variances are not negative, files differ, and a file has a reader")
    return Shares(tau2 / (tau2 + sb2 + s2), tau2 / (tau2 + s2), tau2 / (tau2 + (sb2 + s2) / k), tau2 / (tau2 + s2 / k))


def readers_needed(file_variance: float, noise_variance: float, reliability: float = RELIABILITY_AIM) -> int:
    """ceil(R/(1-R) s^2/tau^2), at least 1: readers of each file for a corrected mean of reliability R in 0..1."""
    if not 0 < reliability < 1 or file_variance <= 0 or noise_variance < 0:
        raise ValueError("a reliability lies between 0 and 1, and variances are not negative")
    return max(1, math.ceil(reliability / (1 - reliability) * noise_variance / file_variance - 1e-9))


def divergent(scores: Scores, estimate: Estimate) -> Ints:
    """Positions of the files whose readers differ more than noise explains, after taking out how strict each is.

    Sum of squared residuals from the file's own mean / s^2 above the 0.99 quantile of chi^2 with n_i - 1 degrees, or the
    highest corrected total 1.5 points or more above the lowest. A file with one reader never diverges.
    """
    corrected = scores.totals + estimate.severity[scores.jurors]
    residuals = corrected - scores.per_file(corrected)[scores.files]
    squares = np.bincount(scores.files, residuals**2, scores.file_count)
    degrees = scores.readers - 1
    p = chi2.sf(squares / max(estimate.noise_variance, 1e-12), np.maximum(degrees, 1))
    highest, lowest = np.full(scores.file_count, -np.inf), np.full(scores.file_count, np.inf)
    np.maximum.at(highest, scores.files, corrected)
    np.minimum.at(lowest, scores.files, corrected)
    is_wide = (highest - lowest).round(9) >= DIVERGENT_RANGE
    return np.flatnonzero((degrees > 0) & ((p < DIVERGENT_P) | is_wide))
