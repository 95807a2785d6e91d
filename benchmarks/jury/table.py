"""The table: every figure that the product must reach, over many simulated juries."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.jury import judged, large, worlds
from benchmarks.jury.judged import Figures, processor_seconds
from benchmarks.jury.worlds import Setting, World
from benchmarks.rows import Row
from gnlc_apply.jury.aggregation import Model
from gnlc_apply.jury.agreement import Level, alpha
from gnlc_apply.jury.certainty import Rule, probability, zone
from gnlc_apply.jury.readings import Scores

Say = Callable[[str], None]
POINTS = 100.0
"""Shares become percentage points."""

KRIPPENDORFF = (
    (1, 1, None, 1), (2, 2, 3, 2), (3, 3, 3, 3), (3, 3, 3, 3), (2, 2, 2, 2), (1, 2, 3, 4),
    (4, 4, 4, 4), (1, 1, 2, 1), (2, 2, 2, 2), (None, 5, 5, 5), (None, None, 1, 1), (None, 3, None, None),
)  # fmt: skip
"""Krippendorff's published example: twelve units, four readers."""

ALPHAS = {Level.NOMINAL: 0.7434, Level.ORDINAL: 0.8154, Level.INTERVAL: 0.8491}


def mean(found: Sequence[Figures], name: str) -> float:
    """The mean of a figure over the worlds."""
    return float(np.mean([one[name] for one in found]))


def total(found: Sequence[Figures], name: str) -> float:
    """The sum of a figure over the worlds."""
    return float(np.sum([one[name] for one in found]))


def _row(
    name: str, words: str, required: float, reached: float, unit: str = "", *, at_least: bool = False, **more: float
) -> Row:
    rounded = {key: round(value, 4) for key, value in more.items()}
    return Row(name, words, required, reached, unit, at_least, more=dict(rounded))


def _each(setting: Setting, count: int, say: Say, judge: Callable[[World], Figures]) -> list[Figures]:
    found = []
    for seed in range(count):
        found.append(judge(worlds.simulate(setting, seed)))
        say(f"{setting.name}: world {seed + 1} of {count}")
    return found


def _ranked(world: World) -> Figures:
    proposal = judged.assigned(world)
    return judged.of_assignment(world, proposal) | judged.of_ranking(world, world.scores(proposal.pairs))


def linked(world: World) -> Figures:
    """With a calibration round where the method asks for one; beside it, the gap without."""
    proposal = judged.assigned(world)
    scores, efficiency = judged.linked(world, proposal)
    alone = judged.of_ranking(world, world.scores(proposal.pairs))
    return judged.of_ranking(world, scores) | {"efficiency": efficiency, "gap_alone": alone["gap_corrected"]}


def _gains(found: Sequence[Figures], name: str, required: float) -> Row:
    gain = POINTS * (mean(found, "recall") - mean(found, "recall_raw"))
    words = "recall of the best 64 above that of plain averages, in percentage points"
    recall, plain, count = mean(found, "recall"), mean(found, "recall_raw"), float(len(found))
    return _row(
        f"recall_gain_{name}", words, required, gain, "pp", at_least=True, recall=recall, plain=plain, worlds=count
    )


def ranking_rows(count: int, say: Say) -> list[Row]:
    """The rows of the worlds in which everybody reads as well as people do."""
    base = _each(worlds.BASE, count, say, _ranked)
    three = _each(worlds.THREE, count, say, _ranked)
    severe = _each(worlds.SEVERE, count, say, _ranked)
    large = _each(worlds.LARGE, count, say, _ranked)
    every = [*base, *three, *severe, *large]
    wrong = mean(base, "wrong_expected") - mean(base, "wrong")
    tau = mean(base, "tau") - mean(base, "tau_raw")
    return [
        _row("conflicted_readings", "readings with a conflict or in a language not read", 0, total(every, "impossible")),
        _row("duplicate_readings", "readings of one file by one juror twice", 0, total(every, "twice")),
        _row("missing_readers", "readers missing although somebody could read", 0, total(every, "missing")),
        _row("load_spread", "loads beyond floor and ceiling of the mean or what is proved needed, 400 x 40", 1, max(one["load_beyond"] for one in large), uneven=max(one["load_excess"] for one in large)),
        _row("design_efficiency", "A-efficiency, the lowest", 0.80, min(one["efficiency"] for one in every), at_least=True),
        _row("components", "parts of the jury, the most", 1, max(one["components"] for one in every)),
        _gains(base, "base", 2.0),
        _gains(three, "three_readers", 2.0),
        _gains(severe, "severity_0.8", 5.0),
        _gains(large, "400x40", 2.5),
        _row("recall_base", "recall of the best 64", 0.85, mean(base, "recall"), at_least=True),
        _row("tau_gain_base", "Kendall's tau above that of plain averages", 0.04, tau, at_least=True, tau=mean(base, "tau")),
        _row("coverage_at_least", "true rank within the 90 % range", 0.87, mean(base, "covered"), at_least=True),
        _row("coverage_at_most", "true rank within the 90 % range", 0.94, mean(base, "covered")),
        _row("coverage_three_readers_at_least", "the same with three readers", 0.87, mean(three, "covered"), at_least=True),
        _row("coverage_three_readers_at_most", "the same with three readers", 0.94, mean(three, "covered")),
        _sure(base, "in"),
        _sure(base, "out"),
        _row("false_admissions", "expected less real, of 64", 1.5, abs(wrong), real=mean(base, "wrong"), expected=mean(base, "wrong_expected")),
    ]  # fmt: skip


def _sure(found: Sequence[Figures], side: str) -> Row:
    share = total(found, f"{side}_right") / max(total(found, side), 1)
    words = f"files surely {side} that are"
    return _row(f"surely_{side}_right", words, 0.95, share, at_least=True, files=mean(found, side))


def odd_rows(count: int, say: Say) -> list[Row]:
    """The rows of the worlds with blocks, inverted jurors, favourers, a second stage and a drift."""
    block = _each(worlds.BETTER_BLOCK, count, say, _ranked)
    strict = _each(worlds.STRICT_BLOCK, count, say, linked)
    inverted = _each(worlds.INVERTED, count, say, lambda w: judged.of_inverted(w, _scores(w)))
    favourers = _each(worlds.FAVOURERS, count, say, lambda w: judged.of_favourers(w, _scores(w)))
    honest = _each(worlds.BASE, count, say, lambda w: judged.of_favourers(w, _scores(w)))
    stages = _each(worlds.THREE, count, say, judged.of_two_stages)
    drift = _each(worlds.DRIFT, count, say, lambda w: judged.of_drift(w, judged.assigned(w)))
    gap = abs(mean(strict, "gap_corrected") - mean(strict, "gap_truth"))
    raw, corrected, truth, alone = (mean(strict, f"gap_{name}") for name in ("raw", "corrected", "truth", "alone"))
    return [
        _row("two_stages_gain", "recall gained by two more readers for close files", 2.0, POINTS * mean(stages, "recall_gain"), "pp", at_least=True),
        _row("two_stages_readings", "readings that takes, the most", judged.EXTRA_READINGS, max(one["readings"] for one in stages), mean=mean(stages, "readings")),
        _row("better_block", "French files admitted less those truly best, of 64", -3.0, mean(block, "french_excess"), at_least=True),
        _row("strict_block_gap", "gap of the languages: corrected less true, points", 0.10, gap, raw=raw, corrected=corrected, truth=truth, alone=alone),
        _row("strict_block_efficiency", "A-efficiency there, with anchors where the method asks for them, the lowest", 0.80, min(one["efficiency"] for one in strict), at_least=True),
        _row("inverted_found", "inverted jurors found, share", 1.0, total(inverted, "found") / total(inverted, "odd"), at_least=True),
        _row("inverted_false", "false flags of a jury", 0.1, mean(inverted, "false")),
        _row("inverted_recall", "recall gained without those found", 3.0, POINTS * mean(inverted, "recall_gain"), "pp", at_least=True),
        _row("favourers_found", "favourers with three own files found, share", 0.85, total(favourers, "found") / total(favourers, "odd"), at_least=True),
        _row("favourers_false", "false flags of a jury", 0.3, mean(favourers, "false"), honest=mean(honest, "false")),
        _row("drift_found", "juries in which the audit finds a planted drift", 0.95, mean(drift, "drift_found"), at_least=True),
        _row("drift_false", "juries in which the audit finds a coin toss", 0.10, mean(drift, "coin_found")),
        _row("alpha", "distance from Krippendorff's example, the largest", 1e-4, _alpha_error()),
    ]  # fmt: skip


def _scores(world: World) -> Scores:
    return world.scores(judged.assigned(world).pairs)


def _alpha_error() -> float:
    cells = [(value, unit) for unit, row in enumerate(KRIPPENDORFF) for value in row if value is not None]
    values, units = [float(value) for value, _ in cells], [unit for _, unit in cells]
    return max(abs((alpha(values, units, level).value or 0.0) - published) for level, published in ALPHAS.items())


def large_rows(say: Say, files: int = large.FILES, jurors: int = large.JURORS) -> list[Row]:
    """Time and memory of one very large assignment, solved as a flow, and what it came to."""
    found = large.measured(files, jurors)
    say(f"{files} x {jurors} assigned")
    spread = found["load_beyond"]
    return [
        _row("assignment_large_cpu", f"assignment of {files} files to {jurors} jurors", large.SECONDS, found["seconds"], "s", attempts=found["attempts"]),
        _row("assignment_large_memory", "the most memory it held", large.MEBIBYTES, found["mebibytes"], "MiB"),
        _row("assignment_large_wrong", "readings impossible, twice or missing", 0, found["impossible"] + found["twice"] + found["missing"]),
        _row("assignment_large_spread", "loads beyond floor and ceiling of the mean", 1, spread),
        _row("assignment_large_efficiency", "A-efficiency", 0.80, found["efficiency"], at_least=True, components=found["components"]),
    ]  # fmt: skip


def time_rows(say: Say) -> list[Row]:
    """Processor seconds of one whole assignment and of one whole ranking of 400 files by 40 jurors."""
    world = worlds.simulate(worlds.LARGE, 0)
    began = time.process_time()
    proposal = judged.assigned(world)
    solving = processor_seconds(began)
    scores = world.scores(proposal.pairs)
    began = time.process_time()
    model = Model(scores)
    for p in probability(model.draw(judged.DRAWS, 0).shown, Rule(places=worlds.PLACES)).tolist():
        zone(p)
    ranking = processor_seconds(began)
    say("times taken")
    return [
        _row("assignment_400x40_cpu", "assignment of 400 files to 40 jurors", 5.0, solving, "s", attempts=float(proposal.attempts)),
        _row("ranking_400x40_cpu", "model, 4,000 draws and zones of 400 files", 5.0, ranking, "s"),
    ]  # fmt: skip
