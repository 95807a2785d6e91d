"""The network form of the assignment: the same optimum as the program, and panels of more than 2,000 files."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gnlc_apply.jury import candidates as large
from gnlc_apply.jury.assignment import propose
from gnlc_apply.jury.candidates import BEST, RANDOM, strong_and_random
from gnlc_apply.jury.layout import lay_out
from gnlc_apply.jury.match import match, obstacle
from gnlc_apply.jury.network import NotInstalled, solve_as_flow
from gnlc_apply.jury.panel import File, Juror, Pair, Rules
from gnlc_apply.jury.program import Problem, solve
from gnlc_apply.jury.proposal import SlackKind

Panels = Callable[..., Any]


def without_specialists(problem: Problem, seed: int) -> Problem:
    """The same problem with gains of whole thousandths, all different by chance, and nothing that a flow leaves out."""
    gains = np.round(problem.gains + np.random.default_rng(seed).random(problem.gains.size), 3)
    price = replace(problem.penalties, no_specialist=0.0, load_worst=0.0)
    return replace(problem, gains=gains, penalties=price)


def worth(problem: Problem, is_chosen: Any, paid: float) -> float:
    """What an answer is worth: gains less penalties."""
    return float(problem.gains[is_chosen].sum()) - paid


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_flow_is_worth_as_much_as_the_program(panel: Panels, seed: int) -> None:
    # Few jurors, many conflicts: every kind of penalty is paid.
    world = panel(40, 9, seed=seed, conflict_rate=0.4)
    fixed = frozenset(
        {next((j.id, f.id) for j in world.jurors for f in world.files if not obstacle(j, f, frozenset(world.blocked)))}
    )
    table = lay_out((world.files, world.jurors), frozenset(world.blocked), fixed, Rules(), {}, "s")
    problem = without_specialists(table.problem, seed)
    flow, program = solve_as_flow(problem), solve(problem, seconds=60.0)
    assert program.paid > 50.0
    assert flow.paid == pytest.approx(program.paid, abs=1e-6)
    assert worth(problem, flow.is_chosen, flow.paid) == pytest.approx(
        worth(problem, program.is_chosen, program.paid), abs=1e-6
    )
    assert flow.is_chosen[problem.is_fixed].all()
    assert problem.is_fixed.sum() == 1


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every panel of more than twenty files as a very large one."""
    monkeypatch.setattr("gnlc_apply.jury.layout.LARGE", 20)


@pytest.mark.usefixtures("small_limit")
def test_a_large_panel_has_every_reader_and_keeps_every_rule(panel: Panels) -> None:
    world = panel(300, 80, seed=4)
    proposal = propose(world.files, world.jurors, blocked=world.blocked, seed="public")
    by_file, by_juror = {f.id: f for f in world.files}, {j.id: j for j in world.jurors}
    assert [p for p in proposal.pairs if obstacle(by_juror[p[0]], by_file[p[1]], frozenset(world.blocked))] == []
    assert set(Counter(f for _, f in proposal.pairs).values()) == {4}
    assert len(set(proposal.pairs)) == 1_200
    assert {slack.kind for slack in proposal.slacks} <= {SlackKind.NO_SPECIALIST}
    assert 13 <= min(proposal.loads.values()) <= max(proposal.loads.values()) <= 17
    assert (proposal.components, proposal.efficiency > 0.8, proposal.is_proven) == (1, True, True)
    again = propose(world.files[::-1], world.jurors[::-1], blocked=world.blocked, seed="public")
    other = propose(world.files, world.jurors, blocked=world.blocked, seed="another")
    assert again == proposal
    assert other.pairs != proposal.pairs


@pytest.mark.usefixtures("small_limit")
def test_started_readings_stay_in_a_large_panel(panel: Panels) -> None:
    world = panel(60, 40, seed=6)
    before = propose(world.files, world.jurors, blocked=world.blocked, seed="s")
    ill = world.jurors[3].id
    started = {p for n, p in enumerate(before.pairs) if n % 3 == 0}
    jurors = [replace(j, is_available=j.id != ill) for j in world.jurors]
    after = propose(world.files, jurors, blocked=world.blocked, seed="s", fixed=started)
    assert started <= set(after.pairs)
    assert {p for p in after.pairs if p[0] == ill} == {p for p in started if p[0] == ill} != set()
    assert after.shortages == ()


def test_candidates_are_the_best_and_some_at_random_without_an_obstacle(panel: Panels) -> None:
    world = panel(40, 200, seed=5)
    files: tuple[File, ...] = tuple(world.files)
    jurors: list[Juror] = [
        replace(j, working_languages=frozenset({"fr"})) if n % 3 else j for n, j in enumerate(world.jurors)
    ]
    jurors[7] = replace(jurors[7], is_available=False)
    blocked: frozenset[Pair] = frozenset(world.blocked)
    kept = frozenset({(jurors[7].id, files[0].id)})
    positions, totals = strong_and_random(files, jurors, blocked, kept, "s")
    assert totals == pytest.approx([match(jurors[c], files[r]).total for r, c in positions.tolist()], abs=1e-12)
    for row, file in enumerate(files):
        chosen = set(positions[positions[:, 0] == row, 1].tolist()) - ({7} if row == 0 else set())
        able = {c for c, juror in enumerate(jurors) if obstacle(juror, file, blocked) is None}
        assert chosen <= able
        assert len(chosen) == min(BEST + RANDOM, len(able))
        worst = sorted((round(match(jurors[c], file).total, 9) for c in able), reverse=True)[:BEST][-1]
        assert {c for c in able if round(match(jurors[c], file).total, 9) > worst} <= chosen
    assert [0, 7] in positions.tolist()
    assert not np.array_equal(strong_and_random(files, jurors, blocked, kept, "t")[0], positions)


def test_a_large_panel_without_the_solver_is_refused_with_what_to_install(
    panel: Panels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gnlc_apply.jury.layout.LARGE", 20)
    monkeypatch.setitem(sys.modules, "ortools.graph.python", None)
    monkeypatch.delitem(sys.modules, "ortools.graph.python.min_cost_flow", raising=False)
    world = panel(30, 12, seed=1)
    with pytest.raises(NotInstalled, match=r"gnlc-apply\[large\]"):
        propose(world.files, world.jurors, blocked=world.blocked, seed="s")
    assert large.LARGE == 2_000
