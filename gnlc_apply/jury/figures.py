"""Every figure of a call's jury in one go, as plain JSON that can be kept: files, jurors, agreement, audit (docs/jury.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from gnlc_apply.jury.aggregation import METHOD, Draws, Estimate, Model, interval, ranks_of
from gnlc_apply.jury.agreement import Alpha, Level, alpha, divergent, readers_needed, shares
from gnlc_apply.jury.assembled import Jury, plain, rounded
from gnlc_apply.jury.certainty import expected_rank, expected_wrong_admissions, to_read_again, zone
from gnlc_apply.jury.checks import sensitivity, slopes
from gnlc_apply.jury.design import count_components, efficiency
from gnlc_apply.jury.figures_checks import (
    CEILING,
    affinities_of,
    extreme_share,
    outcomes_of,
    prices_of,
    properties_of,
    treatments_of,
    ways,
)
from gnlc_apply.jury.given import Given
from gnlc_apply.jury.readings import Floats, NotComparable

FEW_JURORS, FEW_FILES, WEAK_DESIGN = 6, 5, 0.5
LOW_SLOPE = "low_slope"


def compute(given: Given) -> dict[str, Any]:
    """The figures of a jury. One that cannot be compared gives ``comparable`` False, the reason, and agreement and design only.

    The keys: ``files`` and ``jurors`` by id, ``agreement``, ``criteria``, ``ways`` (what other ways of counting change),
    ``wrong`` (how many of those admitted a repetition would on average not admit), ``treatments``, ``affinities``, ``outcomes``
    of regions, ``languages`` likewise, ``prices``, ``variance``, ``design``, ``warnings``, and what it was computed with.
    """
    found: dict[str, Any] = {"method": METHOD, "draws": given.draws, "seed": given.seed}
    if not given.readings:
        return found | {"comparable": False, "reason": "too_few_readings", "files": {}, "jurors": {}}
    jury = Jury(given)
    if not jury.read:
        return found | {"comparable": False, "reason": "too_few_readings", "files": {}, "jurors": {}}
    found["criteria"] = {code: _alpha(_criterion(jury, code)) for code in given.weights}
    found["agreement"] = _alpha(alpha(jury.own.totals.tolist(), jury.own.files.tolist(), Level.INTERVAL))
    found["design"] = {
        "components": count_components(jury.scores.incidence),
        "efficiency": rounded(efficiency(jury.scores.incidence)),
    }
    if jury.calibration_files:
        found["calibration_files"] = len(jury.calibration_files)
    found["warnings"] = _warnings(jury, found["design"]["efficiency"])
    try:
        model = Model(jury.scores)
    except NotComparable as problem:
        return found | {"comparable": False, "reason": str(problem.obstacle), "files": {}, "jurors": {}}
    return found | {"comparable": True, "reason": None} | _modelled(jury, given, model)


def _modelled(jury: Jury, given: Given, model: Model) -> dict[str, Any]:
    estimate, drawn = model.estimate, model.draw(given.draws, given.seed)
    shown = drawn.shown[:, : len(jury.files)]
    changes = sensitivity(jury.scores, estimate, jury.admit, range(len(jury.jurors)))
    without = {change.way: jury.ids(change.changed) for change in changes}
    variances = (estimate.file_variance, estimate.juror_variance, estimate.noise_variance)
    readers = float(jury.own.readers.mean())
    files, jurors = _files(jury, estimate, shown), _jurors(jury, estimate, drawn, without)
    p = np.array([file["p"] for file in files.values()], dtype=np.float64)
    flagged = [juror for juror, one in jurors.items() if LOW_SLOPE in one["flags"]]
    properties = properties_of(jury)
    return {
        "files": files,
        "jurors": jurors,
        "wrong": rounded(expected_wrong_admissions(p, jury.admit(estimate.shown))),
        "ways": ways(jury, given, estimate, changes, flagged),
        "variance": dict(zip(("file", "juror", "noise"), map(rounded, variances), strict=True)),
        "shares": {name: rounded(share) for name, share in asdict(shares(*variances, readers)).items()},
        "readers": rounded(readers),
        "readers_needed": readers_needed(estimate.file_variance, estimate.noise_variance),
        "treatments": treatments_of(jury, given, estimate, properties),
        "affinities": affinities_of(jury, estimate, properties),
        "outcomes": outcomes_of(jury, estimate, shown, "region"),
        "languages": outcomes_of(jury, estimate, shown, "language"),
        "prices": prices_of(jury, estimate),
    }


def _files(jury: Jury, estimate: Estimate, drawn: Floats) -> dict[str, dict[str, Any]]:
    p = jury.admit(drawn).mean(axis=0)
    expected = expected_rank(drawn)
    low, high = interval(drawn)
    place_low, place_high = interval(ranks_of(drawn).astype(np.float64))
    again = {position: number for number, position in enumerate(to_read_again(p).tolist(), 1)}
    diverging = set(divergent(jury.scores, estimate).tolist())
    return {
        file.id: {
            "readers": int(jury.own.readers[i]),
            "average": rounded(jury.own.raw[i]),
            "fair": rounded(estimate.fair[i]),
            "adjusted": rounded(estimate.shown[i]),
            "low": rounded(low[i]),
            "high": rounded(high[i]),
            "p": rounded(p[i]),
            "zone": str(zone(float(p[i]))),
            "place": rounded(expected[i]),
            "place_low": math.floor(place_low[i]),
            "place_high": math.ceil(place_high[i]),
            "diverges": i in diverging,
            "again": again.get(i),
        }
        for i, file in enumerate(jury.files)
    }


def _jurors(
    jury: Jury, estimate: Estimate, drawn: Draws, without: Mapping[str, list[str]]
) -> dict[str, dict[str, Any]]:
    low, high = interval(drawn.severity)
    found = {}
    for j, (juror, slope) in enumerate(zip(jury.jurors, slopes(jury.scores, estimate.ratios), strict=True)):
        files = int(jury.own.loads[j])
        own = jury.own.totals[jury.own.jurors == j]
        found[juror.id] = {
            "files": files,
            "severity": rounded(estimate.severity[j]),
            "low": rounded(low[j]),
            "high": rounded(high[j]),
            "spread": rounded(own.std(ddof=1)) if files > 1 else None,
            "slope": None if slope.value is None else rounded(slope.value),
            "flags": [LOW_SLOPE] * slope.is_flagged + ["few_files"] * (files < FEW_FILES),
            "changes": without[f"without {j}"],
        }
    return found


def _criterion(jury: Jury, code: str) -> Alpha:
    units = {file.id: position for position, file in enumerate(jury.files)}
    cells = [(units[r.file], value) for r in jury.read if (value := r.scores.get(code)) is not None]
    return alpha([value for _, value in cells], [unit for unit, _ in cells], Level.ORDINAL)


def _alpha(found: Alpha) -> dict[str, Any]:
    return plain(asdict(found)) | {"verdict": None if found.verdict is None else str(found.verdict)}


def _warnings(jury: Jury, linked: float) -> list[str]:
    raised = {
        "few_jurors": len(jury.jurors) < FEW_JURORS,
        "weak_design": linked < WEAK_DESIGN,
        "many_extreme_scores": extreme_share(jury) > CEILING,
    }
    return [name for name, is_raised in raised.items() if is_raised]
