"""Scores of a jury whose truth is known: quality, strictness, noise and halo as in the base world of the method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnlc_apply.jury.readings import Scores

WEIGHTS = np.array([0.20, 0.15, 0.15, 0.15, 0.15, 0.10, 0.10])


@dataclass(frozen=True)
class World:
    """``scores`` as a jury gave them; ``quality`` (I,) of the files and ``severity`` (J,) of the jurors as they are."""

    scores: Scores
    quality: NDArray[np.float64]
    severity: NDArray[np.float64]


def design(files: int, jurors: int, readers: int, random: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
    """A random design: everybody reads about as much, nobody a file twice."""
    loads = np.zeros(jurors)
    pairs = []
    for file in range(files):
        chosen = np.argsort(loads + random.random(jurors) * 1.5)[:readers]
        loads[chosen] += 1
        pairs += [(file, int(juror)) for juror in chosen]
    pairs_array = np.array(pairs, dtype=np.int64)
    return pairs_array[:, 0], pairs_array[:, 1]


def simulate_scores(
    files: int,
    jurors: int,
    *,
    readers: int,
    seed: int,
    rounded: bool = True,
    inverted: int = 0,
    severity_sd: float = 0.50,
) -> World:
    """One jury of seven criteria; ``inverted``: so many jurors find the good files bad. Unrounded: the model holds exactly."""
    random = np.random.default_rng(seed)
    quality = random.normal(3.0, 0.70, files)
    severity = random.normal(0.0, severity_sd, jurors)
    i, j = design(files, jurors, readers, random)
    halo = random.normal(0, 0.45, i.size)
    if not rounded:
        totals = quality[i] - severity[j] + halo
        return World(Scores(i, j, totals, files, jurors), quality, severity)
    within = random.normal(0, 0.35, (files, WEIGHTS.size))
    taste = random.normal(0, 0.20, (jurors, WEIGHTS.size))
    truth = quality + within @ WEIGHTS
    direction = np.where(np.arange(jurors) < inverted, -1.0, 1.0)
    seen = 3 + direction[j][:, None] * (quality[i, None] + within[i] - 3)
    criteria = seen - severity[j][:, None] + taste[j] + halo[:, None] + random.normal(0, 0.60, (i.size, WEIGHTS.size))
    return World(Scores(i, j, np.clip(np.rint(criteria), 0, 5) @ WEIGHTS, files, jurors), truth, severity)
