"""The weighted total of one review, as pages show it while a juror scores and afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

# A reading with less of the weight scored is incomplete and is not used.
LEAST_SHARE = Fraction(60, 100)


@dataclass(frozen=True, slots=True)
class Total:
    """A review's total. ``value`` is None while nothing is scored; ``share`` is the part of the weight scored, 0 to 1."""

    value: float | None
    share: float
    is_complete: bool


def weighted_total(weights: Mapping[str, int | float], scores: Mapping[str, int | None]) -> Total:
    """The mean of the scores, weighted, over the criteria that were scored: "not applicable" (None) is not 0.

    Weights need not make 1 or 100. Raises KeyError for a score without a weight, ValueError when the weights make
    nothing. Exact until the last step, so that 60 percent is 60 percent.
    """
    exact = {code: Fraction(str(weight)) for code, weight in weights.items()}
    whole = sum(exact.values(), Fraction(0))
    if whole <= 0:
        message = "the weights make nothing together"
        raise ValueError(message)
    scored = {code: score for code, score in scores.items() if score is not None}
    weight = sum((exact[code] for code in scored), Fraction(0))
    points = sum((exact[code] * score for code, score in scored.items()), Fraction(0))
    share = weight / whole
    return Total(float(points / weight) if weight else None, float(share), share >= LEAST_SHARE)
