"""Who reads what: a proposal for a whole jury, or for what is left to assign after a late change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gnlc_apply.jury.design import Design, describe, efficiency
from gnlc_apply.jury.loads import Share, bands
from gnlc_apply.jury.match import Match, Obstacle, match, obstacle
from gnlc_apply.jury.order import digest, reading_order
from gnlc_apply.jury.panel import METHOD_VERSION, File, Juror, Pair, Rules, check_panel
from gnlc_apply.jury.program import Floats, Group, Problem, Solution, solve
from gnlc_apply.jury.proposal import Proposal, Shortage, Slack, SlackKind

__all__ = ["File", "Juror", "Proposal", "Rules", "propose", "reading_order"]


@dataclass(frozen=True)
class _Table:
    """The panel in a canonical order (by id, so that the order of the input changes nothing) and its candidates."""

    files: tuple[File, ...]
    jurors: tuple[Juror, ...]
    obstacles: Mapping[Pair, Obstacle]
    candidates: tuple[Pair, ...]
    matches: tuple[Match, ...]
    problem: Problem


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

    Raises ValueError for an id twice, for a fixed pair of unknown ids or one that is blocked; Unsolved if the solver
    found nothing in time.
    """
    rules = rules or Rules()
    check_panel(files, jurors, rules)
    table = _lay_out(files, jurors, frozenset(blocked), frozenset(fixed), rules, dict(readers_by_file or {}))
    best, tried = _solve_until_linked(table, seed, rules)
    chosen = [position for position in range(len(table.candidates)) if best.solution.is_chosen[position]]
    pairs = tuple(sorted(table.candidates[position] for position in chosen))
    shortages = _shortages(table, best)
    return Proposal(
        pairs=pairs,
        reasons={table.candidates[position]: table.matches[position] for position in chosen},
        shortages=shortages,
        loads={juror.id: int(load) for juror, load in zip(table.jurors, best.incidence.sum(axis=0), strict=True)},
        efficiency=best.design.efficiency,
        efficiency_alone=efficiency(best.incidence),
        components=best.design.components,
        seed=seed,
        orders={
            juror.id: reading_order(seed, juror.id, [f for j, f in pairs if j == juror.id]) for juror in table.jurors
        },
        method_version=METHOD_VERSION,
        slacks=_slacks(table, best, shortages),
        attempts=tried,
        anchors=rules.anchors,
        is_proven=best.solution.is_proven,
    )


def _uniform(seed: str, attempt: int, pair: Pair) -> float:
    """U_ij in [0, 1): the first eight bytes of SHA-256(seed|attempt|juror|file), so that anybody can repeat it."""
    return int.from_bytes(digest(seed, str(attempt), *pair)[:8]) / 2**64


def _lay_out(
    files: Collection[File],
    jurors: Collection[Juror],
    blocked: frozenset[Pair],
    fixed: frozenset[Pair],
    rules: Rules,
    readers_by_file: dict[str, int],
) -> _Table:
    ordered_files = tuple(sorted(files, key=lambda f: f.id))
    ordered_jurors = tuple(sorted(jurors, key=lambda j: j.id))
    obstacles = {
        (j.id, f.id): found
        for f in ordered_files
        for j in ordered_jurors
        if (found := obstacle(j, f, blocked)) is not None
    }
    _check_fixed(fixed, ordered_files, ordered_jurors, obstacles)
    positions = [
        (row, column)
        for row, f in enumerate(ordered_files)
        for column, j in enumerate(ordered_jurors)
        if (j.id, f.id) in fixed or (j.id, f.id) not in obstacles
    ]
    candidates = tuple((ordered_jurors[column].id, ordered_files[row].id) for row, column in positions)
    matches = tuple(match(ordered_jurors[column], ordered_files[row]) for row, column in positions)
    per_file = Counter(file_id for _, file_id in fixed)
    wanted = [max(readers_by_file.get(f.id, rules.readers), per_file[f.id]) for f in ordered_files]
    limits = _limits(ordered_jurors, candidates, fixed, sum(wanted))
    totals = np.array([one.total for one in matches])
    rows, columns = np.array(positions, dtype=np.intp).reshape(-1, 2).T
    problem = Problem(
        files=rows,
        jurors=columns,
        gains=totals,
        is_fixed=np.array([pair in fixed for pair in candidates], dtype=np.bool_),
        is_specialist=totals >= rules.specialist_match - 1e-9,
        wanted=np.array(wanted, dtype=np.intp),
        lowest=np.array([low for low, _ in limits], dtype=np.intp),
        highest=np.array([high for _, high in limits], dtype=np.intp),
        groups=_groups(ordered_jurors, positions, rules),
        penalties=rules.penalties,
    )
    return _Table(ordered_files, ordered_jurors, obstacles, candidates, matches, problem)


def _check_fixed(
    fixed: frozenset[Pair], files: Sequence[File], jurors: Sequence[Juror], obstacles: Mapping[Pair, Obstacle]
) -> None:
    file_ids, juror_ids = {f.id for f in files}, {j.id for j in jurors}
    for pair in sorted(fixed):
        if pair[0] not in juror_ids or pair[1] not in file_ids:
            raise ValueError(f"fixed reading of an unknown juror or file: {pair}")
        # A juror who fell ill, or reads less of a language than was said, keeps what is read; a conflict voids it.
        if obstacles.get(pair) is Obstacle.CONFLICT:
            raise ValueError(f"fixed reading with a conflict: {pair}")


def _limits(
    jurors: Sequence[Juror], candidates: Sequence[Pair], fixed: frozenset[Pair], demand: int
) -> list[tuple[int, int]]:
    kept, open_to = Counter(j for j, _ in fixed), Counter(j for j, _ in candidates)
    return bands(demand, [Share(j.capacity, kept[j.id], open_to[j.id], j.is_available) for j in jurors])


def _groups(jurors: Sequence[Juror], positions: Sequence[tuple[int, int]], rules: Rules) -> tuple[Group, ...]:
    """The caps that can bind: more candidates of one region or home country at a file than the cap allows."""
    members: dict[tuple[int, bool, str], list[int]] = {}
    for number, (row, column) in enumerate(positions):
        juror = jurors[column]
        members.setdefault((row, False, juror.region), []).append(number)
        members.setdefault((row, True, juror.home_country), []).append(number)
    return tuple(
        Group(row, name, is_country, np.array(numbers, dtype=np.intp), cap)
        for (row, is_country, name), numbers in sorted(members.items())
        if name and len(numbers) > (cap := rules.country_cap if is_country else rules.region_cap)
    )


def _solve_until_linked(table: _Table, seed: str, rules: Rules) -> tuple[_Attempt, int]:
    best = _attempt(table, seed, rules, 0, None)
    # Where even all candidates together fall apart (language blocks), no retry can help: only anchors can.
    everything = _incidence(table, np.ones(len(table.candidates), dtype=np.bool_))
    retries = rules.retries if describe(everything).components == 1 else 0
    tried = 1
    for number in range(1, retries + 1):
        if best.design.components <= 1 and best.design.efficiency >= rules.efficiency_goal:
            break
        best = max(best, _attempt(table, seed, rules, number, best.design), key=_Attempt.rank)
        tried += 1
    return best, tried


def _attempt(table: _Table, seed: str, rules: Rules, number: int, before: Design | None) -> _Attempt:
    problem = table.problem
    noise = rules.noise * (1 + number) * np.array([_uniform(seed, number, pair) for pair in table.candidates])
    gains = problem.gains + noise
    if before is not None:
        # The bonus grows with the distance between juror and file on the weakest axis: it pays for links across the gap.
        gap = np.nan_to_num(np.abs(before.juror_places[problem.jurors] - before.file_places[problem.files]))
        gains = gains + 0.25 * number * gap / max(gap.max(initial=0.0), 1e-12)
    solution = solve(replace(problem, gains=gains), seconds=rules.seconds_per_solve)
    incidence = _incidence(table, solution.is_chosen)
    return _Attempt(solution, incidence, describe(incidence, rules.anchors))


def _incidence(table: _Table, is_chosen: np.typing.NDArray[np.bool_]) -> Floats:
    matrix = np.zeros((len(table.files), len(table.jurors)))
    matrix[table.problem.files[is_chosen], table.problem.jurors[is_chosen]] = 1.0
    return matrix


def _shortages(table: _Table, attempt: _Attempt) -> tuple[Shortage, ...]:
    found = attempt.incidence.sum(axis=1).astype(int)
    listed = []
    for row, file in enumerate(table.files):
        wanted = int(table.problem.wanted[row])
        if found[row] >= wanted:
            continue
        causes = Counter(
            table.obstacles.get((juror.id, file.id))
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


def _slacks(table: _Table, attempt: _Attempt, shortages: Sequence[Shortage]) -> tuple[Slack, ...]:
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
