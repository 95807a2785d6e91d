"""How uneven the loads of a simulated jury must be, proved by a linear program that shares no line with the product's."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from benchmarks.jury.worlds import World
from gnlc_apply.jury.match import obstacle
from gnlc_apply.jury.panel import Rules

_EXACT = 1e-6
_FREE = math.inf


def load_needed(world: World, rules: Rules) -> int:
    """The least that some load must lie beyond floor or ceiling of the mean, if every file is to have all its readers.

    That is: readers without a conflict who read the language, at most two of one region and one of one country. Readings
    may be fractions here, so no assignment of whole readings can do better: rounded up, the optimum is a lower bound.
    Minimise t subject to sum_j x_ij = k, sum over a group of a file <= cap, floor - t <= sum_i x_ij <= ceil + t, in
    readings. Raises ValueError where no jury can read like that at all.
    """
    pairs = [(f, j) for f in world.files for j in world.jurors if obstacle(j, f, world.blocked) is None]
    wanted = float(world.setting.readers)
    mean = wanted * len(world.files) / len(world.jurors)
    # A row for each limit: how t widens it, its lower and upper end, and the readings that it counts.
    limits = {("file", f.id): (0.0, wanted, wanted) for f in world.files}
    limits |= {("most", j.id): (-1.0, -_FREE, math.ceil(mean)) for j in world.jurors}
    limits |= {("least", j.id): (1.0, math.floor(mean), _FREE) for j in world.jurors}
    counted: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (file, juror) in enumerate(pairs):
        region, country = ("region", f"{file.id} {juror.region}"), ("country", f"{file.id} {juror.home_country}")
        limits |= {region: (0.0, -_FREE, rules.region_cap), country: (0.0, -_FREE, rules.country_cap)}
        for name in (("file", file.id), ("most", juror.id), ("least", juror.id), region, country):
            counted[name].append(number)
    rows = [row for row, name in enumerate(limits) for _ in counted[name]]
    columns = [number for name in limits for number in counted[name]]
    widened = np.array([end[0] for end in limits.values()])
    matrix = coo_array(
        (
            np.concatenate([np.ones(len(rows)), widened]),
            (np.concatenate([rows, np.arange(len(limits))]), np.array([*columns, *[len(pairs)] * len(limits)])),
        ),
        shape=(len(limits), len(pairs) + 1),
    ).tocsr()
    lower, upper = (np.array([end[side] for end in limits.values()]) for side in (1, 2))
    found = milp(
        np.append(np.zeros(len(pairs)), 1.0),
        constraints=LinearConstraint(matrix, lower, upper),
        bounds=Bounds(np.zeros(len(pairs) + 1), np.append(np.ones(len(pairs)), _FREE)),
    )
    if found.x is None:
        raise ValueError(f"no jury can read like that: {found.message}")
    return math.ceil(float(found.fun) - _EXACT)
