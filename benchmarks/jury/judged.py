"""What the method makes of one simulated jury, beside the truth: figures by name."""

from __future__ import annotations

import math
import time
from collections import Counter

import numpy as np
from scipy.stats import kendalltau

from benchmarks.jury.needed import load_needed
from benchmarks.jury.worlds import PLACES, World
from gnlc_apply.jury.aggregation import Model, interval, ranks_of
from gnlc_apply.jury.assignment import propose
from gnlc_apply.jury.bias import treatments
from gnlc_apply.jury.candidates import LARGE
from gnlc_apply.jury.certainty import (
    Rule,
    expected_rank,
    expected_wrong_admissions,
    official_order,
    probability,
    to_read_again,
)
from gnlc_apply.jury.checks import affinities, slopes
from gnlc_apply.jury.design import efficiency
from gnlc_apply.jury.match import Obstacle, obstacle
from gnlc_apply.jury.panel import Pair, Rules
from gnlc_apply.jury.proposal import Proposal
from gnlc_apply.jury.readings import Floats, Scores, without_juror

DRAWS = 4_000
EXTRA_READINGS = 90
FEWEST_OWN_FILES = 3
ALLOWED_EXCESS = 1
"""Readings by which a load may lie beyond floor and ceiling of the mean."""

Figures = dict[str, float]


def assigned(world: World, more: dict[str, int] | None = None, fixed: tuple[Pair, ...] = ()) -> Proposal:
    """Who reads what, by the product's own assignment."""
    return propose(
        world.files,
        world.jurors,
        blocked=world.blocked,
        seed=f"{world.setting.name}-{world.seed}",
        rules=Rules(readers=world.setting.readers),
        fixed=fixed,
        readers_by_file=more,
    )


def best(values: Floats) -> set[int]:
    """The positions of the highest values, as many as there are places."""
    return set(np.argsort(-values, kind="stable")[:PLACES].tolist())


def recall(world: World, chosen: set[int]) -> float:
    """The share of the truly best that were chosen."""
    return len(chosen & best(world.truth)) / PLACES


def _chosen(draws: Floats) -> set[int]:
    return set(official_order(expected_rank(draws))[:PLACES].tolist())


def of_assignment(world: World, proposal: Proposal) -> Figures:
    """Conflicts, readers missing although there was one, loads beyond the fair share or what is needed, and how well the jury is linked."""
    by_file, by_juror = {f.id: f for f in world.files}, {j.id: j for j in world.jurors}
    hard = [obstacle(by_juror[j], by_file[f], world.blocked) for j, f in proposal.pairs]
    found = Counter(f for _, f in proposal.pairs)
    missing = 0
    for file in world.files:
        if found[file.id] >= world.setting.readers:
            continue
        able = sum(obstacle(juror, file, world.blocked) is None for juror in world.jurors)
        missing += max(0, min(world.setting.readers, able) - found[file.id])
    mean = len(proposal.pairs) / len(world.jurors)
    loads = list(proposal.loads.values())
    excess = max(0, math.floor(mean) - min(loads), max(loads) - math.ceil(mean))
    is_uneven = excess > ALLOWED_EXCESS and len(world.files) <= LARGE
    needed = load_needed(world, Rules(readers=world.setting.readers)) if is_uneven else 0
    return {
        "impossible": sum(one in {Obstacle.CONFLICT, Obstacle.LANGUAGE} for one in hard),
        "twice": len(proposal.pairs) - len(set(proposal.pairs)),
        "missing": missing,
        "load_excess": excess,
        # Where even shares are impossible, what is proved needed counts as what is allowed.
        "load_beyond": excess - max(0, needed - ALLOWED_EXCESS),
        "efficiency": proposal.efficiency,
        "components": proposal.components,
    }


def linked(world: World, proposal: Proposal) -> tuple[Scores, float]:
    """The readings, with those of a calibration round where the jury is linked below the goal without; how well it is linked then.

    The method's own remedy (jury-method.md §2): where language blocks leave too few links, everybody reads some files more.
    """
    goal = Rules().efficiency_goal
    if proposal.efficiency >= goal:
        return world.scores(proposal.pairs), proposal.efficiency
    with_them = world.scores(proposal.pairs, with_anchors=True)
    return with_them, efficiency(with_them.incidence[: len(world.files)], len(world.anchors))


def of_ranking(world: World, scores: Scores) -> Figures:
    """How near the model comes to the truth, beside the plain averages; its intervals, its zones and what it expects.

    Files after those of the world are anchors: they link the jurors, and are not ranked.
    """
    model = Model(scores)
    draws = model.draw(DRAWS, world.seed).shown[:, : len(world.files)]
    raw = scores.raw[: len(world.files)]
    chosen, plain = _chosen(draws), best(raw)
    low, high = interval(ranks_of(draws).astype(np.float64))
    true_ranks = ranks_of(world.truth[None])[0]
    p = probability(draws, Rule(places=PLACES))
    is_best = np.isin(np.arange(world.truth.size), list(best(world.truth)))
    is_chosen = np.isin(np.arange(world.truth.size), list(chosen))
    french, others = world.is_french, ~world.is_french
    gaps = {name: float(v[french].mean() - v[others].mean()) for name, v in _three(world, scores, model).items()}
    return {
        "recall": recall(world, chosen),
        "recall_raw": recall(world, plain),
        "tau": float(kendalltau(world.truth, -expected_rank(draws)).statistic),
        "tau_raw": float(kendalltau(world.truth, raw).statistic),
        "covered": float(np.mean((np.floor(low) <= true_ranks) & (true_ranks <= np.ceil(high)))),
        "in": int((p >= 0.9).sum()),
        "in_right": int(is_best[p >= 0.9].sum()),
        "out": int((p <= 0.1).sum()),
        "out_right": int((~is_best)[p <= 0.1].sum()),
        "wrong_expected": expected_wrong_admissions(p, is_chosen),
        "wrong": int((is_chosen & ~is_best).sum()),
        "french_excess": int((is_chosen & french).sum()) - int((is_best & french).sum()),
        "gap_truth": gaps["truth"],
        "gap_raw": gaps["raw"],
        "gap_corrected": gaps["corrected"],
    }


def _three(world: World, scores: Scores, model: Model) -> dict[str, Floats]:
    count = len(world.files)
    return {"truth": world.truth, "raw": scores.raw[:count], "corrected": model.estimate.fair[:count]}


def of_inverted(world: World, scores: Scores) -> Figures:
    """Which jurors the slope finds, and what is gained by leaving them out."""
    model = Model(scores)
    flagged = {j for j, one in enumerate(slopes(scores, model.estimate.ratios)) if one.is_flagged}
    with_all = recall(world, _chosen(model.draw(DRAWS, world.seed).shown))
    left, files = scores, np.arange(world.truth.size)
    for juror in sorted(flagged, reverse=True):
        left, kept, _ = without_juror(left, juror)
        files = files[kept]
    draws = Model(left).draw(DRAWS, world.seed).shown
    without = recall(world, {int(files[k]) for k in _chosen(draws)})
    return {
        "odd": len(world.odd),
        "found": len(flagged & world.odd),
        "false": len(flagged - world.odd),
        "recall_gain": without - with_all,
    }


def of_favourers(world: World, scores: Scores) -> Figures:
    """Which jurors the affinity finds, out of the favourers with three files of their own region."""
    ratios = Model(scores).estimate.ratios
    is_own = world.is_own(scores)
    found = {j for j, one in enumerate(affinities(scores, ratios, is_own)) if one.is_flagged}
    own_files = np.bincount(scores.jurors[is_own], minlength=scores.juror_count)
    testable = {j for j in world.odd if own_files[j] >= FEWEST_OWN_FILES}
    return {"odd": len(testable), "found": len(found & testable), "false": len(found - world.odd)}


def of_two_stages(world: World) -> Figures:
    """Three readers for everybody, then two more for the close files, 90 readings at most."""
    first = assigned(world)
    draws = Model(world.scores(first.pairs)).draw(DRAWS, world.seed).shown
    before = recall(world, _chosen(draws))
    close = to_read_again(probability(draws, Rule(places=PLACES)), EXTRA_READINGS)
    wanted = {file.id: 0 for file in world.files} | {world.files[i].id: world.setting.readers + 2 for i in close}
    second = assigned(world, wanted, first.pairs)
    after = recall(world, _chosen(Model(world.scores(second.pairs)).draw(DRAWS, world.seed).shown))
    return {"recall_gain": after - before, "readings": len(second.pairs) - len(first.pairs)}


def of_drift(world: World, proposal: Proposal) -> Figures:
    """Whether the audit finds a planted drift over the order of reading, and takes a coin toss for nothing."""
    scores = world.scores(proposal.pairs, dict(proposal.orders))
    places = {j: {f: n / max(len(order) - 1, 1) for n, f in enumerate(order)} for j, order in proposal.orders.items()}
    at = [places[world.jurors[j].id][world.files[i].id] for i, j in zip(scores.files, scores.jurors, strict=True)]
    coin = np.random.default_rng([7, world.seed]).integers(0, 2, scores.totals.size)
    found = treatments(scores, {"position": np.array(at), "coin": coin.astype(np.float64)}, seed=world.seed)
    return {"drift_found": float(found["position"].is_found), "coin_found": float(found["coin"].is_found)}


def processor_seconds(began: float) -> float:
    """Processor seconds of this process since ``began``, a value of ``time.process_time``."""
    return time.process_time() - began
