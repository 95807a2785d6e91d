"""A few of the simulated juries of ``./dev bench jury``, with fixed seeds; the whole table is the command's."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.jury import command, judged, large, table, worlds
from benchmarks.jury.judged import Figures
from benchmarks.jury.needed import load_needed
from benchmarks.jury.worlds import Setting, World
from gnlc_apply.jury.panel import Rules

SEEDS = range(4)


def found(setting: Setting, judge: Callable[[World], Figures]) -> list[Figures]:
    return [judge(worlds.simulate(setting, seed)) for seed in SEEDS]


def ranked(world: World) -> Figures:
    proposal = judged.assigned(world)
    return judged.of_assignment(world, proposal) | judged.of_ranking(world, world.scores(proposal.pairs))


def test_a_world_is_what_its_setting_says() -> None:
    setting = replace(worlds.BASE, files=600, jurors=40, bonus=0.6, inverted=2)
    world = worlds.simulate(setting, 3)
    again = worlds.simulate(setting, 3)
    assert np.array_equal(world.given, again.given)
    assert not np.array_equal(world.given, worlds.simulate(setting, 4).given)
    languages = [juror.languages for juror in world.jurors]
    assert (languages.count(frozenset({"fr"})), languages.count(frozenset({"en"}))) == (4, 22)
    assert 0.19 < world.is_french.mean() < 0.31
    assert world.truth[world.is_french].mean() - world.truth[~world.is_french].mean() == pytest.approx(0.6, abs=0.2)
    assert 0.02 < len(world.blocked) / (600 * 40) < 0.04
    assert 0.0 <= world.given.min() < world.given.max() <= 5.0
    follows = {j: np.corrcoef(world.given[:, j], world.truth)[0, 1] for j in range(40)}
    assert {j for j, value in follows.items() if value < 0} == world.odd


def test_the_base_world_reaches_its_figures() -> None:
    base = found(worlds.BASE, ranked)
    assert [(one["impossible"], one["twice"], one["missing"], one["components"]) for one in base] == [(0, 0, 0, 1)] * 4
    assert min(one["efficiency"] for one in base) >= 0.80
    assert table.mean(base, "recall") - table.mean(base, "recall_raw") >= 0.02
    assert table.mean(base, "recall") >= 0.85
    assert table.mean(base, "tau") - table.mean(base, "tau_raw") >= 0.04
    assert 0.87 <= table.mean(base, "covered") <= 0.94
    assert table.total(base, "in_right") / table.total(base, "in") >= 0.95
    assert table.total(base, "out_right") / table.total(base, "out") >= 0.95
    assert abs(table.mean(base, "wrong_expected") - table.mean(base, "wrong")) <= 1.5


def test_loads_are_as_even_as_a_linear_program_proves_possible() -> None:
    # Three of the four jurors who read only French are of one country: 97 of 100 French files are open to them.
    world = worlds.simulate(worlds.LARGE, 95)
    proposal = judged.assigned(world)
    reached = judged.of_assignment(world, proposal)
    assert (load_needed(world, Rules()), load_needed(worlds.simulate(worlds.LARGE, 0), Rules())) == (7, 0)
    assert (reached["load_excess"], reached["load_beyond"], reached["missing"]) == (7, 1, 0)
    loads = dict(proposal.loads)
    highest, lowest = max(loads, key=loads.__getitem__), min(loads, key=loads.__getitem__)
    uneven = replace(proposal, loads={**loads, highest: loads[highest] + 5, lowest: loads[lowest] - 5})
    assert judged.of_assignment(world, uneven)["load_beyond"] == 6


def test_inverted_jurors_and_favourers_are_found_and_hardly_anybody_else() -> None:
    inverted = found(worlds.INVERTED, lambda w: judged.of_inverted(w, w.scores(judged.assigned(w).pairs)))
    assert [(one["found"], one["false"]) for one in inverted] == [(2, 0)] * 4
    assert table.mean(inverted, "recall_gain") >= 0.03
    favourers = found(worlds.FAVOURERS, lambda w: judged.of_favourers(w, w.scores(judged.assigned(w).pairs)))
    assert table.total(favourers, "found") / table.total(favourers, "odd") >= 0.85


def test_two_more_readers_for_close_files_pay() -> None:
    stages = found(worlds.THREE, judged.of_two_stages)
    assert max(one["readings"] for one in stages) <= judged.EXTRA_READINGS
    assert table.mean(stages, "recall_gain") > 0.0


def test_blocks_are_neither_favoured_nor_punished() -> None:
    better = found(worlds.BETTER_BLOCK, ranked)
    assert table.mean(better, "french_excess") >= -3
    strict = found(worlds.STRICT_BLOCK, table.linked)
    raw, corrected, truth = (table.mean(strict, f"gap_{name}") for name in ("raw", "corrected", "truth"))
    # Language blocks leave some of these juries badly linked; a calibration round that everybody reads mends it.
    alone = found(worlds.STRICT_BLOCK, ranked)
    assert min(one["efficiency"] for one in alone) < 0.5
    assert min(one["efficiency"] for one in strict) > 0.75
    # Four juries only: plain averages are off by about a point, the corrected ones by a tenth or two.
    assert raw - truth < -0.7
    assert abs(corrected - truth) < 0.25


def test_the_command_prints_a_row_for_each_figure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ranking_rows", lambda _count, _say: [])
    monkeypatch.setattr(command, "odd_rows", lambda _count, _say: [])
    assert main(["jury", "--json", "--without-large"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == ["assignment_400x40_cpu", "ranking_400x40_cpu"]
    assert [list(row)[:4] for row in rows] == [["name", "required", "reached", "holds"]] * 2
    assert [row["holds"] for row in rows] == [True, True]


def test_a_large_jury_is_measured_in_a_process_of_its_own() -> None:
    said: list[str] = []
    rows = table.large_rows(said.append, files=30, jurors=10)
    assert [row.name for row in rows] == [
        *["assignment_large_cpu", "assignment_large_memory", "assignment_large_wrong", "assignment_large_spread"],
        "assignment_large_efficiency",
    ]
    assert said == ["30 x 10 assigned"]
    assert 20 < (rows[1].reached or 0.0) < rows[1].required
    assert [row.holds for row in rows] == [True] * 5
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        large.measured(10, 0)
