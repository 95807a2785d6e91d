"""Every figure of a call's jury in one go, as plain JSON that can be kept: files, jurors, agreement, audit (docs/jury.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from gnlc_apply.jury.aggregation import METHOD, Draws, Estimate, Model, interval, ranks_of
from gnlc_apply.jury.agreement import Alpha, Level, alpha, divergent, readers_needed, shares
from gnlc_apply.jury.averages import FileAverage, Reading, file_averages
from gnlc_apply.jury.bias import outcome, treatments
from gnlc_apply.jury.certainty import Bools, Rule, admitted, expected_rank, to_read_again, zone
from gnlc_apply.jury.checks import sensitivity, slopes
from gnlc_apply.jury.design import count_components, efficiency
from gnlc_apply.jury.given import Given
from gnlc_apply.jury.readings import Floats, NotComparable, scores_of
from gnlc_apply.jury.totals import HIGHEST_SCORE, LOWEST_SCORE, weighted_total

DECIMALS = 6
FEW_JURORS, FEW_FILES, WEAK_DESIGN, CEILING = 6, 5, 0.5, 0.25
OWN_REGION, OWN_LANGUAGE, LATER = "own_region", "own_language", "later"


class _Jury:
    """The arrays of those readings that count, with what stands behind their positions."""

    def __init__(self, given: Given) -> None:
        totals = {(r.file, r.juror): weighted_total(r.scores, given.weights) for r in given.readings}
        self.read = [r for r in given.readings if totals[r.file, r.juror].is_complete]
        has_reading = {r.file for r in self.read}, {r.juror for r in self.read}
        self.files = [file for file in given.files if file.id in has_reading[0]]
        self.jurors = [juror for juror in given.jurors if juror.id in has_reading[1]]
        file_of = {file.id: position for position, file in enumerate(self.files)}
        juror_of = {juror.id: position for position, juror in enumerate(self.jurors)}
        self.read.sort(key=lambda r: (file_of[r.file], juror_of[r.juror]))
        rows = [(file_of[r.file], juror_of[r.juror], totals[r.file, r.juror].value or 0.0) for r in self.read]
        self.scores = scores_of(rows)
        plain = file_averages([Reading(r.juror, r.file, r.scores) for r in self.read], given.weights)
        self.countries = [file.country for file in self.files]
        self.eligible: Bools = np.array([_reaches(plain[f.id], given.minimum) for f in self.files], dtype=np.bool_)
        self.rule = Rule(given.threshold, given.places, given.quota, given.extra)

    def admit(self, values: Floats) -> Bools:
        """Whom the public rule admits, by points (I,) or draws of them (M, I)."""
        rows = np.atleast_2d(values)
        found = admitted(rows, self.rule, countries=self.countries, eligible=self.eligible)
        return found[0] if values.ndim == 1 else found

    def ids(self, positions: Sequence[int]) -> list[str]:
        """The files at these positions, by id."""
        return [self.files[position].id for position in positions]


def _reaches(average: FileAverage, minimum: float) -> bool:
    return not any(value is not None and round(value, 9) < minimum for value in average.criteria.values())


def compute(given: Given) -> dict[str, Any]:
    """The figures of a jury. One that cannot be compared gives ``comparable`` False, the reason, and agreement and design only.

    The keys: ``files`` and ``jurors`` by id, ``agreement``, ``criteria``, ``ways`` (what other ways of counting change),
    ``treatments`` and ``outcomes`` (the audit), ``variance``, ``design``, ``warnings``, and what it was computed with.
    """
    found: dict[str, Any] = {"method": METHOD, "draws": given.draws, "seed": given.seed}
    if not given.readings:
        return found | {"comparable": False, "reason": "too_few_readings", "files": {}, "jurors": {}}
    jury = _Jury(given)
    if not jury.read:
        return found | {"comparable": False, "reason": "too_few_readings", "files": {}, "jurors": {}}
    found["criteria"] = {code: _alpha(_criterion(jury, code)) for code in given.weights}
    found["agreement"] = _alpha(alpha(jury.scores.totals.tolist(), jury.scores.files.tolist(), Level.INTERVAL))
    found["design"] = {
        "components": count_components(jury.scores.incidence),
        "efficiency": _rounded(efficiency(jury.scores.incidence)),
    }
    found["warnings"] = _warnings(jury, found["design"]["efficiency"])
    try:
        model = Model(jury.scores)
    except NotComparable as problem:
        return found | {"comparable": False, "reason": str(problem.obstacle), "files": {}, "jurors": {}}
    return found | {"comparable": True, "reason": None} | _modelled(jury, given, model)


def _modelled(jury: _Jury, given: Given, model: Model) -> dict[str, Any]:
    estimate, drawn = model.estimate, model.draw(given.draws, given.seed)
    changes = sensitivity(jury.scores, estimate, jury.admit, range(len(jury.jurors)))
    without = {change.way: jury.ids(change.changed) for change in changes}
    variances = (estimate.file_variance, estimate.juror_variance, estimate.noise_variance)
    readers = float(jury.scores.readers.mean())
    return {
        "files": _files(jury, estimate, drawn.shown),
        "jurors": _jurors(jury, estimate, drawn, without),
        "ways": [
            {"way": change.way, "changed": jury.ids(change.changed), "share": _rounded(change.share_of_cohort)}
            for change in changes
            if not change.way.startswith("without ")
        ],
        "variance": dict(zip(("file", "juror", "noise"), map(_rounded, variances), strict=True)),
        "shares": {name: _rounded(share) for name, share in asdict(shares(*variances, readers)).items()},
        "readers": _rounded(readers),
        "readers_needed": readers_needed(estimate.file_variance, estimate.noise_variance),
        "treatments": _treatments(jury, given),
        "outcomes": _outcomes(jury, estimate, drawn.shown),
    }


def _files(jury: _Jury, estimate: Estimate, drawn: Floats) -> dict[str, dict[str, Any]]:
    p = jury.admit(drawn).mean(axis=0)
    expected = expected_rank(drawn)
    low, high = interval(drawn)
    place_low, place_high = interval(ranks_of(drawn).astype(np.float64))
    again = {position: number for number, position in enumerate(to_read_again(p).tolist(), 1)}
    diverging = set(divergent(jury.scores, estimate).tolist())
    return {
        file.id: {
            "readers": int(jury.scores.readers[i]),
            "average": _rounded(jury.scores.raw[i]),
            "fair": _rounded(estimate.fair[i]),
            "adjusted": _rounded(estimate.shown[i]),
            "low": _rounded(low[i]),
            "high": _rounded(high[i]),
            "p": _rounded(p[i]),
            "zone": str(zone(float(p[i]))),
            "place": _rounded(expected[i]),
            "place_low": math.floor(place_low[i]),
            "place_high": math.ceil(place_high[i]),
            "diverges": i in diverging,
            "again": again.get(i),
        }
        for i, file in enumerate(jury.files)
    }


def _jurors(
    jury: _Jury, estimate: Estimate, drawn: Draws, without: Mapping[str, list[str]]
) -> dict[str, dict[str, Any]]:
    low, high = interval(drawn.severity)
    found = {}
    for j, (juror, slope) in enumerate(zip(jury.jurors, slopes(jury.scores, estimate.ratios), strict=True)):
        files = int(jury.scores.loads[j])
        own = jury.scores.totals[jury.scores.jurors == j]
        found[juror.id] = {
            "files": files,
            "severity": _rounded(estimate.severity[j]),
            "low": _rounded(low[j]),
            "high": _rounded(high[j]),
            "spread": _rounded(own.std(ddof=1)) if files > 1 else None,
            "slope": None if slope.value is None else _rounded(slope.value),
            "flags": ["low_slope"] * slope.is_flagged + ["few_files"] * (files < FEW_FILES),
            "changes": without[f"without {j}"],
        }
    return found


def _treatments(jury: _Jury, given: Given) -> dict[str, dict[str, Any]]:
    """Whether the same file is treated differently by a reader of its own region, of its language, or later in the order."""
    files, jurors = {file.id: file for file in jury.files}, {juror.id: juror for juror in jury.jurors}
    last = {juror: max(r.position for r in jury.read if r.juror == juror) for juror in jurors}
    pairs = [(r, files[r.file], jurors[r.juror]) for r in jury.read]
    properties = {
        OWN_REGION: [float(file.region == juror.region) for _, file, juror in pairs],
        OWN_LANGUAGE: [float(file.language in juror.languages) for _, file, juror in pairs],
        LATER: [(read.position - 1) / max(last[read.juror] - 1, 1) for read, _, _ in pairs],
    }
    arrays = {name: np.array(values, dtype=np.float64) for name, values in properties.items()}
    found = treatments(jury.scores, arrays, seed=given.seed, is_random=given.is_random)
    return {name: _plain(asdict(one)) | {"is_found": one.is_found} for name, one in found.items()}


def _outcomes(jury: _Jury, estimate: Estimate, drawn: Floats) -> dict[str, dict[str, Any]]:
    """How the files of each region fared beside the rest; a difference, not proof of unequal treatment."""
    now = jury.admit(estimate.shown)
    regions = np.array([file.region for file in jury.files])
    names = sorted(set(regions.tolist()))
    if len(names) < 2:
        return {}
    return {
        name: _plain(asdict(outcome(drawn, now, regions == name))) | {"files": int((regions == name).sum())}
        for name in names
    }


def _criterion(jury: _Jury, code: str) -> Alpha:
    units = {file.id: position for position, file in enumerate(jury.files)}
    cells = [(units[r.file], value) for r in jury.read if (value := r.scores.get(code)) is not None]
    return alpha([value for _, value in cells], [unit for unit, _ in cells], Level.ORDINAL)


def _alpha(found: Alpha) -> dict[str, Any]:
    return _plain(asdict(found)) | {"verdict": None if found.verdict is None else str(found.verdict)}


def _warnings(jury: _Jury, linked: float) -> list[str]:
    given = [value for r in jury.read for value in r.scores.values() if value is not None]
    extreme = sum(value <= LOWEST_SCORE or value >= HIGHEST_SCORE for value in given) / max(len(given), 1)
    raised = {
        "few_jurors": len(jury.jurors) < FEW_JURORS,
        "weak_design": linked < WEAK_DESIGN,
        "many_extreme_scores": extreme > CEILING,
    }
    return [name for name, is_raised in raised.items() if is_raised]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _rounded(value) if isinstance(value, float) else value for name, value in values.items()}


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)
