"""The same assignment as a flow of least cost, for more than 2,000 files (jury-method.md §2, network form).

File -> (file, region) -> (file, region, country) -> juror -> sink. Two rows of the program are no flow and are left out: the
specialist of each file and the worst load; what gives way is listed all the same. Solved by OR-Tools (Perron and Furnon),
an optional part of the installation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnlc_apply.core.lazy import lazy
from gnlc_apply.jury.program import Positions, Problem, Solution, Unsolved

_solver: Any = lazy("ortools.graph.python.min_cost_flow")

UNIT = 1_000
"""Costs are whole thousandths of a match."""

_KEPT = 1_000 * UNIT
"""What a fixed reading is worth: more than everything it could displace."""


class NotInstalled(ValueError):
    """The panel is too large for what is installed."""


@dataclass
class _Arcs:
    """Arcs of the network, collected as arrays."""

    tails: list[NDArray[np.int64]] = field(default_factory=list)
    heads: list[NDArray[np.int64]] = field(default_factory=list)
    capacities: list[NDArray[np.int64]] = field(default_factory=list)
    costs: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, tails: Any, heads: Any, capacity: Any, cost: Any) -> None:
        """Arcs from ``tails`` to ``heads``; capacity and cost of each, or one for all."""
        parts = np.broadcast_arrays(tails, heads, capacity, cost)
        for held, part in zip((self.tails, self.heads, self.capacities, self.costs), parts, strict=True):
            held.append(np.ascontiguousarray(part, dtype=np.int64))

    def joined(self) -> list[NDArray[np.int64]]:
        """Tails, heads, capacities and costs of all arcs."""
        return [np.concatenate(part) for part in (self.tails, self.heads, self.capacities, self.costs)]


def solve_as_flow(problem: Problem) -> Solution:
    """The optimum of the program without its rows for specialists and the worst load; gains to the thousandth.

    Deterministic. Raises NotInstalled where OR-Tools is not there, Unsolved if it finds no flow (the miss arcs always
    leave one).
    """
    try:
        flow = _solver.SimpleMinCostFlow()
    except ImportError:
        raise NotInstalled(
            "more than 2,000 files: install gnlc-apply[large], which brings the solver for so many"
        ) from None
    arcs, sink = _network(problem)
    pairs = flow.add_arcs_with_capacity_and_unit_cost(*arcs.joined())[: problem.gains.size]
    del arcs
    files = problem.wanted.size
    flow.set_nodes_supplies(np.arange(files), problem.wanted.astype(np.int64))
    flow.set_node_supply(sink, -int(problem.wanted.sum()))
    if flow.solve() != flow.OPTIMAL:
        raise Unsolved("no flow found")
    is_chosen = np.asarray(flow.flows(pairs), dtype=np.int64) > 0
    return Solution(is_chosen, _paid(problem, is_chosen), is_proven=True)


def _network(problem: Problem) -> tuple[_Arcs, int]:
    """Every arc, those of the candidates first and in their order, and the number of the sink, which is the last node."""
    arcs = _Arcs()
    files, jurors = problem.wanted.size, problem.lowest.size
    entry, first_free, group_arcs = _entries(problem, files + jurors)
    gains = np.rint(problem.gains * UNIT).astype(np.int64)
    arcs.add(entry, files + problem.jurors, 1, np.where(problem.is_fixed, -_KEPT - gains, -gains))
    sink = first_free
    price = problem.penalties
    for tails, heads, cap in group_arcs:
        arcs.add(tails, heads, cap, 0)
        arcs.add(tails, heads, files + jurors, round(price.extra_of_group * UNIT))
    own = files + np.arange(jurors)
    whole = int(problem.wanted.sum())
    arcs.add(own, sink, problem.lowest, -round(price.load_under * UNIT))
    arcs.add(own, sink, problem.highest - problem.lowest, 0)
    arcs.add(own, sink, whole, round(price.load_over * UNIT))
    arcs.add(np.arange(files), sink, problem.wanted, round(price.missing_reader * UNIT))
    return arcs, sink


def _entries(problem: Problem, free: int) -> tuple[Positions, int, list[tuple[Positions, Positions, Positions]]]:
    """The node from which each candidate (P,) is reached, the next free node, and arcs into the nodes of the groups.

    Regions first, then countries below them: a candidate enters by the innermost group it belongs to. A country whose
    jurors stand in several regions has a node in each.
    """
    entry = np.array(problem.files, dtype=np.intp)
    added = []
    for is_country in (False, True):
        groups = [group for group in problem.groups if group.is_country is is_country]
        tails, heads, caps = [], [], []
        for group in groups:
            reached = entry[group.candidates]
            for outer in sorted(set(reached.tolist())):
                inside = group.candidates[reached == outer]
                tails.append(outer)
                heads.append(free)
                caps.append(group.cap)
                entry[inside] = free
                free += 1
        if tails:
            added.append((np.array(tails), np.array(heads), np.array(caps)))
    return entry, free, added


def _paid(problem: Problem, is_chosen: NDArray[np.bool_]) -> float:
    """The penalties of this answer, counted anew."""
    price = problem.penalties
    found = np.bincount(problem.files[is_chosen], minlength=problem.wanted.size)
    loads = np.bincount(problem.jurors[is_chosen], minlength=problem.lowest.size)
    extra = sum(max(0, int(is_chosen[group.candidates].sum()) - group.cap) for group in problem.groups)
    return float(
        price.missing_reader * np.maximum(problem.wanted - found, 0).sum()
        + price.extra_of_group * extra
        + price.load_over * np.maximum(loads - problem.highest, 0).sum()
        + price.load_under * np.maximum(problem.lowest - loads, 0).sum()
    )
