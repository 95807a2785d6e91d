"""What a city that was not admitted may be told, by criterion and in bands (jury-method.md §9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gnlc_apply.jury.aggregation import estimate_reml
from gnlc_apply.jury.certainty import Bools
from gnlc_apply.jury.readings import Floats, Ints, Scores

FEWEST_READERS = 3
FEWEST_ADMITTED = 5
NAMED = 2
_SAME = 1e-9


class Band(StrEnum):
    """A criterion beside the admitted cities: at their median, at their lower quartile, or below."""

    LIKE_ADMITTED = "like_admitted"
    CLOSE = "close"
    BELOW = "below"


@dataclass(frozen=True)
class Feedback:
    """``bands`` (C,); ``strengths`` and ``growth``: at most two criteria each, by position, the most telling first.

    ``to_gain``: points of the total between each of ``growth`` and the admitted median, for the secretariat only.
    """

    bands: tuple[Band, ...]
    strengths: tuple[int, ...]
    growth: tuple[int, ...]
    to_gain: tuple[float, ...]


def corrected_criterion(scores: Scores) -> Floats:
    """adj_ic (I,): the mean of the readers of one criterion after taking out how strict each is on it, in points.

    The plug-in estimate of the greatest restricted likelihood. Raises NotComparable for jurors who cannot be compared.
    """
    return estimate_reml(scores).fair


def feedback(corrected: Floats, weights: Sequence[float], admitted: Bools, readers: Ints) -> list[Feedback | None]:
    """The feedback of each file (I,), None for one that was admitted, has fewer than 3 readers, or has nobody to be
    compared with (fewer than 5 admitted).

    ``corrected`` (I, C) in points; ``weights`` (C,) > 0 in any unit; ``admitted`` (I,); ``readers`` (I,). Growth: the two
    largest positive w_c (median_c - adj_ic); strengths: the two smallest gaps among criteria at the median or above.
    Raises ValueError for shapes that do not fit or weights that are not positive.
    """
    w = np.array(weights, dtype=np.float64)
    if corrected.shape != (admitted.size, w.size) or readers.size != admitted.size or not (w > 0).all():
        raise ValueError("a criterion needs a positive weight, and a file a row, an outcome and a number of readers")
    if int(admitted.sum()) < FEWEST_ADMITTED:
        return [None] * admitted.size
    lower, median = np.quantile(corrected[admitted], [0.25, 0.5], axis=0)
    may_be_told = ~admitted & (readers >= FEWEST_READERS)
    return [
        _of_file(row, lower, median, w / w.sum()) if told else None
        for row, told in zip(corrected, may_be_told, strict=True)
    ]


def _of_file(row: Floats, lower: Floats, median: Floats, weights: Floats) -> Feedback:
    gaps = weights * (median - row)
    is_like, is_close = row >= median - _SAME, row >= lower - _SAME
    order = np.argsort(-gaps, kind="stable").tolist()
    growth = tuple(c for c in order if not is_like[c])[:NAMED]
    strengths = tuple(c for c in np.argsort(gaps, kind="stable").tolist() if is_like[c])[:NAMED]
    bands = tuple(
        Band.LIKE_ADMITTED if like else Band.CLOSE if close else Band.BELOW
        for like, close in zip(is_like, is_close, strict=True)
    )
    return Feedback(bands, strengths, growth, tuple(float(gaps[c]) for c in growth))
