"""The round before the reading: everybody scores the same few files, then talks (jury-method.md §10).

A handful of numbers, in plain Python: pages show it while the round runs, and no web process loads numpy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import correlation, fmean

FAR = 0.75
SCATTERED = 0.60
OTHER_ORDER = 0.50
FEWEST_FOR_ORDER = 4


class Flag(StrEnum):
    """What to talk about with a juror; nobody is excluded by it."""

    SEVERE = "severe"
    LENIENT = "lenient"
    INCONSISTENT = "inconsistent"
    DIFFERENT_ORDER = "different_order"


@dataclass(frozen=True)
class Calibration:
    """One juror beside the others. ``severity``: mean gap to their mean, in points, above 0 = strict; ``scatter``: mean
    distance that is left after taking it out; ``correlation``: of the orders, None where one of them has no order."""

    severity: float
    scatter: float
    correlation: float | None
    flags: tuple[Flag, ...]


def calibrate(scores: Iterable[Iterable[float]]) -> list[Calibration]:
    """The report on each juror (J,) of ``scores`` (J, A): J jurors on A files that everybody read, in points.

    Against the mean m_-j of all others: severity = mean(m_-j - S_j), scatter = mean|S_j - m_-j + severity|, Spearman's
    rho, where files that the others find equal do not count against anybody (in vector I1 the others of the third juror find
    two files equal, and rho is 1). Flags: |severity| > 0.75, scatter > 0.60, rho < 0.50 with four files or more. Raises
    ValueError for fewer than two jurors, no file, or a score that is missing. Source: vector I1.
    """
    rows = [[float(score) for score in row] for row in scores]
    files = {len(row) for row in rows}
    if len(rows) < 2 or len(files) != 1 or 0 in files or not all(math.isfinite(one) for row in rows for one in row):
        raise ValueError("a calibration needs two jurors, and a score of everybody for every file")
    sums = [sum(column) for column in zip(*rows, strict=True)]
    return [_of_juror(own, [(s - o) / (len(rows) - 1) for s, o in zip(sums, own, strict=True)]) for own in rows]


def _of_juror(own: Sequence[float], rest: Sequence[float]) -> Calibration:
    gaps = [r - o for r, o in zip(rest, own, strict=True)]
    severity = fmean(gaps)
    scatter = fmean(abs(severity - gap) for gap in gaps)
    rho = _rank_correlation(own, rest)
    is_other_order = len(own) >= FEWEST_FOR_ORDER and rho is not None and rho < OTHER_ORDER
    raised = {
        Flag.SEVERE: severity > FAR,
        Flag.LENIENT: severity < -FAR,
        Flag.INCONSISTENT: scatter > SCATTERED,
        Flag.DIFFERENT_ORDER: is_other_order,
    }
    return Calibration(severity, scatter, rho, tuple(flag for flag, is_raised in raised.items() if is_raised))


def _rank_correlation(own: Sequence[float], rest: Sequence[float]) -> float | None:
    if len(own) < 2 or min(max(own) - min(own), max(rest) - min(rest)) <= 1e-9:
        return None
    # Files that the others find equal may stand in any order: the juror's own is taken for them, equals included.
    pairs = [(round(r, 9), o) for r, o in zip(rest, own, strict=True)]
    return correlation(_ranks(own), _ranks(pairs))


def _ranks(values: Sequence[float] | Sequence[tuple[float, float]]) -> list[float]:
    """The place of each value from the lowest, equal ones sharing the mean of theirs."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) - 1) / 2 for value in values]
