"""Who reads what: a proposal for a whole jury, or for what is left to assign after a late change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from gnlc_apply.jury.design import Design, count_components, describe, efficiency
from gnlc_apply.jury.layout import Table, lay_out
from gnlc_apply.jury.match import Obstacle, match, obstacle
from gnlc_apply.jury.network import solve_as_flow
from gnlc_apply.jury.order import digest, reading_order
from gnlc_apply.jury.panel import METHOD_VERSION, File, Juror, Pair, Rules, check_panel
from gnlc_apply.jury.program import Floats, Solution, solve
from gnlc_apply.jury.proposal import Proposal, Shortage, Slack, SlackKind

__all__ = ["File", "Juror", "Proposal", "Rules", "propose", "reading_order"]


@dataclass(frozen=True)
class _Attempt:
    solution: Solution
    incidence: Floats
    design: Design

    def rank(self) -> tuple[float, bool, float, float]:
        """Readers first, then a linked design, then the other rules kept, then efficiency: no capacity is spent on it."""
        return float(self.incidence.sum()), self.design.components <= 1, -self.solution.paid, self.design.efficiency


def propose(
    files: Collection[File],
    jurors: Collection[Juror],
    *,
    blocked: Collection[Pair],
    seed: str,
    rules: Rules | None = None,
    fixed: Collection[Pair] = (),
    readers_by_file: Mapping[str, int] | None = None,
) -> Proposal:
    """Propose readers for every file (jury-method.md §2): an elastic, seeded mixed-integer program.

    Maximises sum (m_ij + eta U_ij) x_ij less the published penalties, where x_ij = 0 for a pair in ``blocked``, an own
    country, a language that the juror does not read, or a juror who is not available. ``seed``: kept with the call; the
    same panel and seed give the same proposal, in whatever order they come. ``fixed``: started or finished readings, kept
    as they are. ``readers_by_file``: other numbers of readers than ``rules.readers`` (extra readers for close files;
    0 for a file that needs none). A design that is badly linked is solved again, with a bonus on links and more noise.
    What cannot be met is listed in ``shortages`` and ``slacks``, never filled by a conflicted juror.

    Above 2,000 files the same program is a flow, over each file's best and some random candidates (``network``).

    Raises ValueError for an id twice, for a fixed pair of unknown ids or one that is blocked, NotInstalled (a ValueError)
    where the solver of large juries is missing; Unsolved if the solver found nothing in time.
    """
    rules = rules or Rules()
    check_panel(files, jurors, rules)
    table = lay_out((files, jurors), frozenset(blocked), frozenset(fixed), rules, dict(readers_by_file or {}), seed)
    best, tried = _solve_until_linked(table, seed, rules)
    pairs = tuple(sorted(compress(table.candidates, best.solution.is_chosen)))
    by_file, by_juror = {f.id: f for f in table.files}, {j.id: j for j in table.jurors}
    own: dict[str, list[str]] = {juror.id: [] for juror in table.jurors}
    for juror_id, file_id in pairs:
        own[juror_id].append(file_id)
    shortages = _shortages(table, best)
    return Proposal(
        pairs=pairs,
        reasons={(j, f): match(by_juror[j], by_file[f]) for j, f in pairs},
        shortages=shortages,
        loads={juror.id: int(load) for juror, load in zip(table.jurors, best.incidence.sum(axis=0), strict=True)},
        efficiency=best.design.efficiency,
        efficiency_alone=efficiency(best.incidence),
        components=best.design.components,
        seed=seed,
        orders={juror_id: reading_order(seed, juror_id, file_ids) for juror_id, file_ids in own.items()},
        method_version=METHOD_VERSION,
        slacks=_slacks(table, best, shortages),
        attempts=tried,
        anchors=rules.anchors,
        is_proven=best.solution.is_proven,
    )


def _uniform(seed: str, attempt: int, pair: Pair) -> float:
    """U_ij in [0, 1): the first eight bytes of SHA-256(seed|attempt|juror|file), so that anybody can repeat it."""
    return int.from_bytes(digest(seed, str(attempt), *pair)[:8]) / 2**64


def _solve_until_linked(table: Table, seed: str, rules: Rules) -> tuple[_Attempt, int]:
    best = _attempt(table, seed, rules, 0, None)
    # Where even all candidates together fall apart (language blocks), no retry can help: only anchors can.
    everybody = np.ones(len(table.candidates), dtype=np.bool_)
    retries = rules.retries if count_components(_incidence(table, everybody)) == 1 else 0
    tried = 1
    for number in range(1, retries + 1):
        if best.design.components <= 1 and best.design.efficiency >= rules.efficiency_goal:
            break
        best = max(best, _attempt(table, seed, rules, number, best.design), key=_Attempt.rank)
        tried += 1
    return best, tried


def _attempt(table: Table, seed: str, rules: Rules, number: int, before: Design | None) -> _Attempt:
    problem = table.problem
    noise = rules.noise * (1 + number) * np.array([_uniform(seed, number, pair) for pair in table.candidates])
    gains = problem.gains + noise
    if before is not None:
        # The bonus grows with the distance between juror and file on the weakest axis: it pays for links across the gap.
        gap = np.nan_to_num(np.abs(before.juror_places[problem.jurors] - before.file_places[problem.files]))
        gains = gains + 0.25 * number * gap / max(gap.max(initial=0.0), 1e-12)
    problem = replace(problem, gains=gains)
    solution = solve_as_flow(problem) if table.is_large else solve(problem, seconds=rules.seconds_per_solve)
    incidence = _incidence(table, solution.is_chosen)
    return _Attempt(solution, incidence, describe(incidence, rules.anchors))


def _incidence(table: Table, is_chosen: np.typing.NDArray[np.bool_]) -> Floats:
    matrix = np.zeros((len(table.files), len(table.jurors)))
    matrix[table.problem.files[is_chosen], table.problem.jurors[is_chosen]] = 1.0
    return matrix


def _shortages(table: Table, attempt: _Attempt) -> tuple[Shortage, ...]:
    found = attempt.incidence.sum(axis=1).astype(int)
    listed = []
    for row, file in enumerate(table.files):
        wanted = int(table.problem.wanted[row])
        if found[row] >= wanted:
            continue
        causes = Counter(
            obstacle(juror, file, table.blocked)
            for juror, reads in zip(table.jurors, attempt.incidence[row], strict=True)
            if not reads
        )
        listed.append(
            Shortage(
                file_id=file.id,
                found=int(found[row]),
                wanted=wanted,
                conflicted=causes[Obstacle.CONFLICT],
                other_language=causes[Obstacle.LANGUAGE],
                unavailable=causes[Obstacle.UNAVAILABLE],
                not_used=causes[None],
            )
        )
    return tuple(listed)


def _slacks(table: Table, attempt: _Attempt, shortages: Sequence[Shortage]) -> tuple[Slack, ...]:
    """Every rule that gave way, counted anew from the readings themselves."""
    problem, chosen = table.problem, attempt.solution.is_chosen
    found = [Slack(SlackKind.MISSING_READER, s.wanted - s.found, file_id=s.file_id) for s in shortages]
    for group in problem.groups:
        kind = SlackKind.SAME_COUNTRY if group.is_country else SlackKind.SAME_REGION
        if (extra := int(chosen[group.candidates].sum()) - group.cap) > 0:
            found.append(Slack(kind, extra, file_id=table.files[group.file].id, group=group.name))
    loads = attempt.incidence.sum(axis=0).astype(int)
    for juror, load, low, high in zip(table.jurors, loads, problem.lowest, problem.highest, strict=True):
        if load > high:
            found.append(Slack(SlackKind.LOAD_OVER, int(load - high), juror_id=juror.id))
        if load < low:
            found.append(Slack(SlackKind.LOAD_UNDER, int(low - load), juror_id=juror.id))
    experts = np.bincount(problem.files[chosen & problem.is_specialist], minlength=len(table.files))
    found += [
        Slack(SlackKind.NO_SPECIALIST, 1, file_id=file.id)
        for file, number, wanted in zip(table.files, experts, problem.wanted, strict=True)
        if wanted and not number
    ]
    return tuple(found)
