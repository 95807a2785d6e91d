"""The elastic assignment program: the objective and rows of jury-method.md §2, solved by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from gnlc_apply.jury.panel import Penalties

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Group:
    """At most ``cap`` readers of one file out of the candidates at ``candidates`` (for example of one region)."""

    file: int
    name: str
    is_country: bool
    candidates: Positions
    cap: int


@dataclass(frozen=True)
class Problem:
    """P candidate readings of I files by J jurors.

    ``files``, ``jurors`` (P,): positions of each candidate. ``gains`` (P,): its worth. ``is_fixed`` (P,): readings that
    stay. ``is_specialist`` (P,): a match good enough to be the file's specialist. ``wanted`` (I,): readers per file.
    ``lowest``, ``highest`` (J,): loads between which nothing is paid.
    """

    files: Positions
    jurors: Positions
    gains: Floats
    is_fixed: NDArray[np.bool_]
    is_specialist: NDArray[np.bool_]
    wanted: Positions
    lowest: Positions
    highest: Positions
    groups: tuple[Group, ...]
    penalties: Penalties


@dataclass(frozen=True)
class Solution:
    """``is_chosen`` (P,): the readings proposed. ``paid``: the penalties of this answer, in units of match.

    ``is_proven``: HiGHS proved the optimum within the time given.
    """

    is_chosen: NDArray[np.bool_]
    paid: float
    is_proven: bool


class Unsolved(RuntimeError):
    """The solver gave no assignment at all within its time; the elastic program always has one."""


class _Rows:
    """Rows of a sparse constraint matrix, collected as coordinates."""

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self._coordinates: list[tuple[NDArray[np.float64], Positions, Positions]] = []

    def add(self, columns: Positions, rows: Positions, value: float = 1.0) -> None:
        """Put ``value`` at the given columns, row for row (rows are counted over the whole matrix)."""
        self._coordinates.append((np.full(columns.size, value), rows, columns))

    def close(self, lower: Floats, upper: Floats) -> None:
        """Add the limits of as many rows as ``lower`` is long."""
        self.lower.extend(lower.tolist())
        self.upper.extend(upper.tolist())

    def constraint(self, width: int) -> LinearConstraint:
        """All rows as one constraint over ``width`` variables."""
        values, rows, columns = (np.concatenate(parts) for parts in zip(*self._coordinates, strict=True))
        matrix = coo_array((values, (rows, columns)), shape=(len(self.lower), width)).tocsr()
        return LinearConstraint(matrix, np.array(self.lower), np.array(self.upper))


def solve(problem: Problem, *, seconds: float) -> Solution:
    """Maximise gains less penalties: sum (gain) x - 50 miss - 3 extra - over - under - no specialist - worst.

    Variables, in this order: x (P, binary), miss (I), extra (one per group), over (J), under (J), no specialist (I), worst
    (1): by how much the largest of over and under is above one, so that jurors who cannot have a full share miss it alike.
    Deterministic unless ``seconds`` run out. Raises Unsolved if there is no answer in time.
    """
    pairs, files, jurors, groups = problem.gains.size, problem.wanted.size, problem.lowest.size, len(problem.groups)
    starts = np.cumsum([0, pairs, files, groups, jurors, jurors, files, 1])
    price = problem.penalties
    costs = np.concatenate(
        [
            -problem.gains,
            np.full(files, price.missing_reader),
            np.full(groups, price.extra_of_group),
            np.full(jurors, price.load_over),
            np.full(jurors, price.load_under),
            np.full(files, price.no_specialist),
            [price.load_worst],
        ]
    )
    integrality = np.zeros(starts[-1])
    integrality[:pairs] = 1
    lower, upper = np.zeros(starts[-1]), np.full(starts[-1], np.inf)
    lower[:pairs] = problem.is_fixed
    upper[:pairs] = 1.0
    answer = milp(
        costs,
        integrality=integrality,
        bounds=Bounds(lower, upper),
        constraints=_constraint(problem, starts),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    if answer.x is None:
        raise Unsolved(answer.message)
    paid = round(float(costs[pairs:] @ answer.x[pairs:]), 6)
    return Solution(answer.x[:pairs] > 0.5, paid, answer.status == 0)


def _constraint(problem: Problem, starts: NDArray[np.int64]) -> LinearConstraint:
    """The five families of rows: readers per file, loads (below and above), one specialist per file, groups, worst load."""
    files, jurors = problem.wanted.size, problem.lowest.size
    every_file, every_juror = np.arange(files), np.arange(jurors)
    pairs = np.arange(problem.gains.size)
    rows = _Rows()
    rows.add(pairs, problem.files)
    rows.add(starts[1] + every_file, every_file)
    rows.close(problem.wanted.astype(float), problem.wanted.astype(float))
    first = files
    rows.add(pairs, first + problem.jurors)
    rows.add(starts[4] + every_juror, first + every_juror)
    rows.close(problem.lowest.astype(float), np.full(jurors, np.inf))
    first += jurors
    rows.add(pairs, first + problem.jurors)
    rows.add(starts[3] + every_juror, first + every_juror, -1.0)
    rows.close(np.full(jurors, -np.inf), problem.highest.astype(float))
    first += jurors
    specialists = pairs[problem.is_specialist]
    rows.add(specialists, first + problem.files[specialists])
    rows.add(starts[5] + every_file, first + every_file)
    rows.close(np.ones(files), np.full(files, np.inf))
    _add_groups(rows, problem.groups, first + files, int(starts[2]))
    _add_worst(rows, np.arange(starts[3], starts[5]), first + files + len(problem.groups), int(starts[6]))
    return rows.constraint(int(starts[-1]))


def _add_groups(rows: _Rows, groups: Sequence[Group], first: int, first_slack: int) -> None:
    for number, group in enumerate(groups):
        here = np.full(group.candidates.size, first + number, dtype=np.intp)
        rows.add(group.candidates, here)
        rows.add(np.array([first_slack + number], dtype=np.intp), here[:1], -1.0)
    caps = np.array([float(group.cap) for group in groups])
    rows.close(np.full(caps.size, -np.inf), caps)


def _add_worst(rows: _Rows, slacks: NDArray[np.int64], first: int, worst: int) -> None:
    """No over and no under (2J columns) is above one reading and the column ``worst``: one costs only its own price."""
    here = np.arange(first, first + slacks.size)
    rows.add(slacks, here)
    rows.add(np.full(slacks.size, worst, dtype=np.intp), here, -1.0)
    rows.close(np.full(slacks.size, -np.inf), np.ones(slacks.size))
