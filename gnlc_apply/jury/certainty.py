"""Who is surely in, surely out, or to be discussed: the public rule run on every draw (jury-method.md §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gnlc_apply.jury.aggregation import ranks_of
from gnlc_apply.jury.readings import Floats, Ints

Bools = NDArray[np.bool_]

SURELY_IN = 0.90
SURELY_OUT = 0.10
READ_AGAIN = (0.20, 0.80)
"""Between these (both excluded) more readers help most."""

FURTHER_READERS = 2

_SAME = 1e-9
"""Scores and shares nearer than this are equal."""


class Zone(StrEnum):
    """Where a file stands: admitted in at least 9 of 10 draws, in at most 1 of 10, or to be discussed."""

    IN = "in"
    GREY = "grey"
    OUT = "out"


@dataclass(frozen=True)
class Rule:
    """The public rule: at least ``threshold`` points, at most ``places`` files, at most ``quota`` files of one country.

    None = no such limit. ``extra``: further places of single countries, beside the quota. Raises ValueError where neither threshold nor places is given, or a number is below 1 place,
    or a quota below 1.
    """

    threshold: float | None = None
    places: int | None = None
    quota: int | None = None
    extra: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.threshold is None and self.places is None:
            raise ValueError("a rule needs a threshold or a number of places")
        if any(number is not None and number < 1 for number in (self.places, self.quota)):
            raise ValueError("places and quota are at least 1")


def admitted(
    scores: Floats, rule: Rule, *, countries: Sequence[str] | None = None, eligible: Bools | None = None
) -> Bools:
    """Whom the rule admits, (M, I), in each row of ``scores`` (M, I) in points.

    From the highest score down; a file whose country is full is passed over; at ``places`` the walk ends. That equals:
    the best ``quota`` of each country, and of those the best ``places``. Equal scores in one row go by position; draws
    of a continuous model have none. ``countries`` (I,) is needed with a quota; ``eligible`` (I,): False for a file that
    another part of the rule rejects, such as a criterion below its minimum. Raises ValueError for a quota without
    countries or lengths that differ.
    """
    if rule.quota is not None and (countries is None or len(countries) != scores.shape[1]):
        raise ValueError("a quota needs the country of every file")
    left = np.array(scores, dtype=np.float64)
    if eligible is not None:
        left[:, ~eligible] = -np.inf
    if rule.threshold is not None:
        left[left < rule.threshold - _SAME] = -np.inf
    if rule.quota is not None:
        names = np.array(countries)
        for country in np.unique(names):
            members = np.flatnonzero(names == country)
            block = left[:, members]
            block[ranks_of(block) > rule.quota + rule.extra.get(str(country), 0)] = -np.inf
            left[:, members] = block
    chosen = np.isfinite(left)
    return chosen if rule.places is None else chosen & (ranks_of(left) <= rule.places)


def probability(
    draws: Floats, rule: Rule, *, countries: Sequence[str] | None = None, eligible: Bools | None = None
) -> Floats:
    """P_i (I,): the share of draws (M, I) in which the rule admits the file; see ``admitted`` for the rest."""
    return np.asarray(admitted(draws, rule, countries=countries, eligible=eligible).mean(axis=0), dtype=np.float64)


def zone(p: float) -> Zone:
    """The zone of a probability in 0..1; the limits themselves count as sure."""
    if p >= SURELY_IN - _SAME:
        return Zone.IN
    return Zone.OUT if p <= SURELY_OUT + _SAME else Zone.GREY


def to_discuss(p: Floats) -> Ints:
    """Positions of the files to be discussed, the closest to one half first, equals by position."""
    open_files = np.array([i for i, value in enumerate(p.tolist()) if zone(value) is Zone.GREY], dtype=np.int64)
    return open_files[np.argsort(np.abs(p[open_files] - 0.5).round(9), kind="stable")]


def to_read_again(p: Floats, budget: int | None = None) -> Ints:
    """Positions of the files where further readers help most, 0.20 < P < 0.80, the closest to one half first.

    ``budget``: readings at hand; each file takes two, and a file that would get only one gets none. Two further readers
    for these files found more of the right ones than as many readings spread evenly (jury-method.md §0).
    """
    low, high = READ_AGAIN
    close = np.flatnonzero((p > low + _SAME) & (p < high - _SAME))
    ordered = close[np.argsort(np.abs(p[close] - 0.5).round(9), kind="stable")]
    return ordered if budget is None else ordered[: max(budget, 0) // FURTHER_READERS]


def expected_rank(draws: Floats) -> Floats:
    """ER_i (I,): the mean over draws (M, I) of the rank; the official order (Laird and Louis 1989)."""
    return np.asarray(ranks_of(draws).mean(axis=0), dtype=np.float64)


def official_order(ranks: Floats) -> Ints:
    """Positions (I,) by expected rank (I,), the best first; equal to nine decimals: the lower position first."""
    return np.argsort(ranks.round(9), kind="stable")


def expected_wrong_admissions(p: Floats, chosen: Bools) -> float:
    """How many of the chosen a repetition of this jury would on average not admit: the sum of 1 - P_i over them."""
    return float(np.sum(1.0 - p[chosen]))
