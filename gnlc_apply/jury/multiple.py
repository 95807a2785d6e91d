"""Many tests at once: the share of false alarms among those reported (jury-method.md §7)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def adjusted_p(values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted p for each of m p-values in 0..1: report those below 0.10, and a tenth is false.

    q_(k) = min over l >= k of m p_(l) / l, at most 1. Raises ValueError for a value outside 0..1. Source: vector F2.
    """
    p = np.array(values, dtype=np.float64)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("a p-value lies between 0 and 1")
    order = np.argsort(p, kind="stable")
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    q = np.empty(p.size)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return [float(value) for value in q]
