"""Unequal treatment, which can be shown, and different outcomes, which prove nothing by themselves (jury-method.md §7)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import fisher_exact, t

from gnlc_apply.jury.aggregation import interval
from gnlc_apply.jury.certainty import Bools
from gnlc_apply.jury.design import laplacian
from gnlc_apply.jury.multiple import adjusted_p
from gnlc_apply.jury.readings import Floats, Ints, Scores

PERMUTATIONS = 1_999
FALSE_DISCOVERIES = 0.10
SEEN = 2.8
"""So many standard errors can be seen in four of five juries."""

FEWEST_FOR_RATIO = 10
_NOTHING = 1e-9


@dataclass(frozen=True)
class Treatment:
    """Whether a property of the pair (own region, position in the order, …) moves the total of one and the same file.

    ``effect``: points for one unit of the property, with 90 % interval ``low``..``high``; ``smallest_seen``: the effect
    that would have been seen; ``p``: by permuting within jurors, None where files were handed out by hand; ``q``: after
    Benjamini and Hochberg over all properties. All None where the property does not vary within files and jurors.
    """

    effect: float | None
    low: float | None = None
    high: float | None = None
    smallest_seen: float | None = None
    p: float | None = None
    q: float | None = None

    @property
    def is_found(self) -> bool:
        """Whether it stands out from what chance would do, one false alarm in ten allowed."""
        return self.q is not None and self.q < FALSE_DISCOVERIES


@dataclass(frozen=True)
class Outcome:
    """A group of files beside the rest: a difference, not proof of unequal treatment, for the files may differ.

    ``gap``, ``low``, ``high``: mean adjusted score of the group less that of the rest, with its 90 % interval; ``rate``
    and ``rate_of_rest``: shares admitted; ``ratio``: of the two, None with fewer than ten on a side; ``p``: Fisher's.
    """

    gap: float
    low: float
    high: float
    rate: float
    rate_of_rest: float
    ratio: float | None
    p: float


class _TwoWay:
    """Takes the mean of the file and of the juror out of values (n, K): the residuals of two-way fixed effects."""

    def __init__(self, scores: Scores) -> None:
        self._scores = scores
        incidence = scores.incidence
        self._spread = incidence / scores.readers[:, None]
        self._inverse = np.linalg.pinv(laplacian(incidence), hermitian=True)

    def _sums(self, positions: Ints, values: Floats, count: int) -> Floats:
        found = np.zeros((count, values.shape[1]))
        np.add.at(found, positions, values)
        return found

    def residuals(self, values: Floats) -> Floats:
        files, jurors = self._scores.files, self._scores.jurors
        means = self._sums(files, values, self._scores.file_count) / self._scores.readers[:, None]
        left = values - means[files]
        juror_effects = self._inverse @ self._sums(jurors, left, self._scores.juror_count)
        return np.asarray(left - juror_effects[jurors] + (self._spread @ juror_effects)[files], dtype=np.float64)


def treatments(
    scores: Scores, properties: Mapping[str, Floats], *, seed: int, is_random: bool = True, count: int = PERMUTATIONS
) -> dict[str, Treatment]:
    """The effect of each property (n,) of a reading, by name: y_ij = alpha_i + gamma_j + delta z_ij + e.

    File and juror fixed effects: a file is its own control. Standard error clustered by juror with the factor J/(J-1),
    interval by Student's t with J-1 degrees; p = (1 + permutations at least as far from 0) / (1 + ``count``), z permuted
    within each juror. That is valid because order and assignment were drawn: ``is_random`` False leaves p and q out.
    Raises ValueError for lengths that differ, fewer than two jurors, or no permutation. Source: vector F1; Benjamini and
    Hochberg 1995.
    """
    if scores.juror_count < 2 or count < 1 or any(z.shape != scores.totals.shape for z in properties.values()):
        raise ValueError("each reading needs the property, by two jurors at least, and a permutation")
    two_way = _TwoWay(scores)
    y = two_way.residuals(scores.totals[:, None])[:, 0]
    random = np.random.default_rng(seed)
    found = {name: _effect(scores, two_way, y, z) for name, z in properties.items()}
    if not is_random:
        return found
    measured = [name for name, treatment in found.items() if treatment.effect is not None]
    p = [_permuted(scores, two_way, y, properties[name], count, random) for name in measured]
    for name, own, adjusted in zip(measured, p, adjusted_p(p), strict=True):
        plain = found[name]
        found[name] = Treatment(plain.effect, plain.low, plain.high, plain.smallest_seen, own, adjusted)
    return found


def _effect(scores: Scores, two_way: _TwoWay, y: Floats, z: Floats) -> Treatment:
    own = two_way.residuals(z[:, None])[:, 0]
    spread = float(own @ own)
    if spread < _NOTHING * max(float(z @ z), 1.0):
        return Treatment(None)
    effect = float(own @ y) / spread
    by_juror = np.bincount(scores.jurors, own * (y - effect * own), scores.juror_count)
    clusters = scores.juror_count
    error = math.sqrt(float(by_juror @ by_juror) * clusters / (clusters - 1)) / spread
    reach = float(t.ppf(0.95, clusters - 1)) * error
    return Treatment(effect, effect - reach, effect + reach, SEEN * error)


def _permuted(scores: Scores, two_way: _TwoWay, y: Floats, z: Floats, count: int, random: np.random.Generator) -> float:
    """The permutation p of one property."""
    shuffled = np.empty((z.size, count + 1))
    shuffled[:, 0] = z
    for juror in range(scores.juror_count):
        own = np.flatnonzero(scores.jurors == juror)
        shuffled[own, 1:] = random.permuted(np.repeat(z[own, None], count, axis=1), axis=0)
    residuals = two_way.residuals(shuffled)
    spreads = np.einsum("nk,nk->k", residuals, residuals)
    effects = np.abs(np.divide(y @ residuals, spreads, out=np.zeros(count + 1), where=spreads > _NOTHING))
    return (1 + int(np.sum(effects[1:] >= effects[0] - _NOTHING))) / (1 + count)


def outcome(draws: Floats, admitted: Bools, is_member: Bools) -> Outcome:
    """How a group of files fared beside the rest. ``draws`` (M, I) of the adjusted score; ``admitted``, ``is_member`` (I,).

    The interval is the posterior's. Raises ValueError for an empty group, an empty rest, or lengths that differ.
    """
    if not draws.shape[1] == admitted.size == is_member.size or is_member.all() or not is_member.any():
        raise ValueError("a group and the rest need a file each")
    gaps = draws[:, is_member].mean(axis=1) - draws[:, ~is_member].mean(axis=1)
    low, high = interval(gaps[:, None])
    inside, outside = admitted[is_member], admitted[~is_member]
    table = np.array([[side.sum(), side.size - side.sum()] for side in (inside, outside)], dtype=np.int64)
    rate, rest = float(inside.mean()), float(outside.mean())
    is_enough = min(inside.size, outside.size) >= FEWEST_FOR_RATIO and rest > 0
    p = float(fisher_exact(table).pvalue)
    return Outcome(float(gaps.mean()), float(low[0]), float(high[0]), rate, rest, rate / rest if is_enough else None, p)
