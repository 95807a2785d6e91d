"""The weighted total of one reading (jury-method.md §1)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

COMPLETE_FROM = 0.6
"""The share of the weight that must be scored for a reading to count."""

LOWEST_SCORE = 0.0
HIGHEST_SCORE = 5.0

_SAME = 1e-9
"""Two shares or averages nearer than this are equal: the last bits of a float decide nothing about a city."""


@dataclass(frozen=True)
class Total:
    """``value``: the total on the 0 to 5 scale, None if nothing is scored. ``share_scored``: in 0..1, of the weight."""

    value: float | None
    share_scored: float

    @property
    def is_complete(self) -> bool:
        """Whether at least 60 % of the weight is scored; an incomplete reading is not used."""
        return self.value is not None and self.share_scored >= COMPLETE_FROM - _SAME


def weighted_total(scores: Mapping[str, float | None], weights: Mapping[str, float]) -> Total:
    """y_ij = sum_c w_c x_ijc / sum_c w_c over the criteria that were scored; "not applicable" (None) is not 0.

    ``scores`` by criterion in 0..5 (a criterion left out counts as not scored); ``weights`` by criterion > 0, in any unit
    (percent or parts). Raises ValueError for weights that are not positive, a score outside 0..5, or a score for a
    criterion without weight. Source: jury-method.md §1, vector T1.
    """
    if not weights or any(not weight > 0 for weight in weights.values()):
        raise ValueError("every criterion needs a positive weight")
    scored = {criterion: score for criterion, score in scores.items() if score is not None}
    if unknown := sorted(set(scored) - set(weights)):
        raise ValueError(f"scores for criteria without weight: {unknown}")
    if any(not LOWEST_SCORE <= score <= HIGHEST_SCORE for score in scored.values()):
        raise ValueError("a score lies outside 0 to 5")
    weight_scored = math.fsum(weights[criterion] for criterion in scored)
    if weight_scored == 0:
        return Total(None, 0.0)
    value = math.fsum(weights[criterion] * score for criterion, score in scored.items()) / weight_scored
    return Total(value, weight_scored / math.fsum(weights.values()))
