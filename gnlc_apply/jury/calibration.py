"""The round before the reading: everybody scores the same few files, then talks (jury-method.md §10)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import spearmanr

from gnlc_apply.jury.readings import Floats

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


def calibrate(scores: Floats) -> list[Calibration]:
    """The report on each juror (J,) of ``scores`` (J, A): J jurors on A files that everybody read, in points.

    Against the mean m_-j of all others: severity = mean(m_-j - S_j), scatter = mean|S_j - m_-j + severity|, Spearman's
    rho, where files that the others find equal do not count against anybody (in vector I1 the others of the third juror find
    two files equal, and rho is 1). Flags: |severity| > 0.75, scatter > 0.60, rho < 0.50 with four files or more. Raises
    ValueError for fewer than two jurors, no file, or a score that is missing. Source: vector I1.
    """
    if scores.ndim != 2 or scores.shape[0] < 2 or scores.shape[1] < 1 or not np.isfinite(scores).all():
        raise ValueError("a calibration needs two jurors, and a score of everybody for every file")
    others = (scores.sum(axis=0) - scores) / (scores.shape[0] - 1)
    return [_of_juror(own, rest) for own, rest in zip(scores, others, strict=True)]


def _of_juror(own: Floats, rest: Floats) -> Calibration:
    severity = float(np.mean(rest - own))
    scatter = float(np.mean(np.abs(own - rest + severity)))
    has_order = own.size >= 2 and min(float(np.ptp(own)), float(np.ptp(rest))) > 1e-9
    # Files that the others find equal may stand in any order: the juror's own is taken for them, equals included.
    _, order = np.unique(np.column_stack([rest.round(9), own]), axis=0, return_inverse=True)
    correlation = float(spearmanr(own, order).statistic) if has_order else None
    is_other_order = own.size >= FEWEST_FOR_ORDER and correlation is not None and correlation < OTHER_ORDER
    raised = {
        Flag.SEVERE: severity > FAR,
        Flag.LENIENT: severity < -FAR,
        Flag.INCONSISTENT: scatter > SCATTERED,
        Flag.DIFFERENT_ORDER: is_other_order,
    }
    return Calibration(severity, scatter, correlation, tuple(flag for flag, is_raised in raised.items() if is_raised))
