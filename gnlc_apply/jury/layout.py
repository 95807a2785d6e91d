"""A panel laid out for the solver: its candidates, what each is worth, loads, and the caps that can bind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gnlc_apply.jury.candidates import LARGE, strong_and_random
from gnlc_apply.jury.loads import Share, bands
from gnlc_apply.jury.match import Obstacle, match, obstacle
from gnlc_apply.jury.panel import File, Juror, Pair, Rules
from gnlc_apply.jury.program import Floats, Group, Positions, Problem


@dataclass(frozen=True)
class Table:
    """The panel in a canonical order (by id, so that the order of the input changes nothing) and its candidates.

    ``candidates`` (P,): pairs (juror, file), those of ``problem`` in the same order. ``is_large``: more than 2,000 files, so
    that each file has its best and some random candidates only, and the program is solved as a flow.
    """

    files: tuple[File, ...]
    jurors: tuple[Juror, ...]
    blocked: frozenset[Pair]
    candidates: tuple[Pair, ...]
    problem: Problem
    is_large: bool


def lay_out(
    panel: tuple[Collection[File], Collection[Juror]],
    blocked: frozenset[Pair],
    fixed: frozenset[Pair],
    rules: Rules,
    readers_by_file: Mapping[str, int],
    seed: str,
) -> Table:
    """The table of this panel. Raises ValueError for a fixed pair of unknown ids or with a conflict."""
    files = tuple(sorted(panel[0], key=lambda f: f.id))
    jurors = tuple(sorted(panel[1], key=lambda j: j.id))
    _check_fixed(fixed, files, jurors, blocked)
    is_large = len(files) > LARGE
    if is_large:
        positions, totals = strong_and_random(files, jurors, blocked, fixed, seed)
    else:
        positions, totals = _every(files, jurors, blocked, fixed)
    rows, columns = positions.T
    candidates = tuple((jurors[column].id, files[row].id) for row, column in _pairs(positions))
    per_file = Counter(file_id for _, file_id in fixed)
    wanted = [max(readers_by_file.get(f.id, rules.readers), per_file[f.id]) for f in files]
    limits = _limits(jurors, candidates, fixed, sum(wanted))
    problem = Problem(
        files=rows,
        jurors=columns,
        gains=totals,
        is_fixed=np.array([pair in fixed for pair in candidates], dtype=np.bool_),
        is_specialist=totals >= rules.specialist_match - 1e-9,
        wanted=np.array(wanted, dtype=np.intp),
        lowest=np.array([low for low, _ in limits], dtype=np.intp),
        highest=np.array([high for _, high in limits], dtype=np.intp),
        groups=_groups(jurors, positions, rules),
        penalties=rules.penalties,
    )
    return Table(files, jurors, blocked, candidates, problem, is_large)


def _every(
    files: Sequence[File], jurors: Sequence[Juror], blocked: frozenset[Pair], fixed: frozenset[Pair]
) -> tuple[Positions, Floats]:
    """Every pair that may read, or reads already: positions (P, 2) of file and juror, and the match (P,)."""
    pairs = [
        (row, column)
        for row, f in enumerate(files)
        for column, j in enumerate(jurors)
        if (j.id, f.id) in fixed or obstacle(j, f, blocked) is None
    ]
    totals = np.array([match(jurors[column], files[row]).total for row, column in pairs], dtype=np.float64)
    return np.array(pairs, dtype=np.intp).reshape(-1, 2), totals


def _check_fixed(
    fixed: frozenset[Pair], files: Sequence[File], jurors: Sequence[Juror], blocked: frozenset[Pair]
) -> None:
    by_file, by_juror = {f.id: f for f in files}, {j.id: j for j in jurors}
    for pair in sorted(fixed):
        if pair[0] not in by_juror or pair[1] not in by_file:
            raise ValueError(f"fixed reading of an unknown juror or file: {pair}")
        # A juror who fell ill, or reads less of a language than was said, keeps what is read; a conflict voids it.
        if obstacle(by_juror[pair[0]], by_file[pair[1]], blocked) is Obstacle.CONFLICT:
            raise ValueError(f"fixed reading with a conflict: {pair}")


def _limits(
    jurors: Sequence[Juror], candidates: Sequence[Pair], fixed: frozenset[Pair], demand: int
) -> list[tuple[int, int]]:
    kept, open_to = Counter(j for j, _ in fixed), Counter(j for j, _ in candidates)
    return bands(demand, [Share(j.capacity, kept[j.id], open_to[j.id], j.is_available) for j in jurors])


def _pairs(positions: Positions) -> Iterator[tuple[int, int]]:
    return zip(positions[:, 0].tolist(), positions[:, 1].tolist(), strict=True)


def _groups(jurors: Sequence[Juror], positions: Positions, rules: Rules) -> tuple[Group, ...]:
    """The caps that can bind: more candidates of one region or home country at a file than the cap allows."""
    members: dict[tuple[int, bool, str], list[int]] = {}
    for number, (row, column) in enumerate(_pairs(positions)):
        juror = jurors[column]
        members.setdefault((row, False, juror.region), []).append(number)
        members.setdefault((row, True, juror.home_country), []).append(number)
    return tuple(
        Group(row, name, is_country, np.array(numbers, dtype=np.intp), cap)
        for (row, is_country, name), numbers in sorted(members.items())
        if name and len(numbers) > (cap := rules.country_cap if is_country else rules.region_cap)
    )
