"""Readings of a simulated call by criterion, as the product hands them to the jury's mathematics."""

from __future__ import annotations

from typing import Any

import numpy as np

from gnlc_apply.jury.given import File, Given, Juror, Read
from tests.jury.simulated import WEIGHTS, design

CODES = tuple(f"c{number}" for number in range(WEIGHTS.size))
REGIONS = ("Africa", "Arab States", "Asia and the Pacific")
LANGUAGES = ("en", "fr")


def call_of(
    files: int, jurors: int, *, readers: int, seed: int, shift: float = 0.0, favour: float = 0.0, **rule: Any
) -> Given:
    """One call. ``shift``: points by which all files are better; ``favour``: points that juror 0 adds to the own region.

    Positions are random numbers below 2^31 that rise in each juror's order, as the assignment draws them.
    """
    random = np.random.default_rng(seed)
    quality = random.normal(3.0 + shift, 0.70, files)
    severity = random.normal(0.0, 0.50, jurors)
    region_of = [REGIONS[number % 3] for number in range(files)]
    readings = []
    for file, juror in zip(*design(files, jurors, readers, random), strict=True):
        own = favour if juror == 0 and region_of[file] == REGIONS[0] else 0.0
        seen = quality[file] - severity[juror] + own + random.normal(0, 0.45) + random.normal(0, 0.60, len(CODES))
        scores = dict(zip(CODES, np.clip(np.rint(seen), 0, 5).tolist(), strict=True))
        readings.append(Read(f"f{file}", f"j{juror}", scores, int(random.integers(2**31))))
    standing = {"threshold": 3.0, "minimum": 1.0, "places": None, "quota": 3} | rule
    return Given(
        files=tuple(File(f"f{n}", f"C{n % 25}", region_of[n], LANGUAGES[n % 2]) for n in range(files)),
        jurors=tuple(Juror(f"j{n}", REGIONS[n % 3], LANGUAGES[: 1 + n % 2]) for n in range(jurors)),
        readings=tuple(readings),
        weights=dict(zip(CODES, WEIGHTS.tolist(), strict=True)),
        is_random=True,
        seed=7,
        **{"draws": 500, **standing},
    )
