"""The whole method on one spreadsheet: a ranking, and how far the readers agree, as plain JSON (docs/jury.md)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from gnlc_apply.jury.aggregation import METHOD, Estimate, Model, interval, ranks_of
from gnlc_apply.jury.agreement import Alpha, Level, alpha, divergent, readers_needed, shares
from gnlc_apply.jury.certainty import Bools, Rule, expected_rank, official_order, probability, zone
from gnlc_apply.jury.checks import slopes
from gnlc_apply.jury.design import count_components, efficiency
from gnlc_apply.jury.readings import Floats, NotComparable, Scores, scores_of
from gnlc_apply.jury.report_ways import doubt, order_covariate, order_found, rounded, ways
from gnlc_apply.jury.sheets import Pair, Sheet

FEW_JURORS, FEW_FILES, WEAK_DESIGN, CEILING = 6, 5, 0.5, 0.25

APPLICATION_KEYS = (
    "application",
    "readers",
    "raw_mean",
    "fair_mean",
    "corrected_score",
    "expected_rank",
    "rank_low",
    "rank_high",
    "score_low",
    "score_high",
    "p_admitted",
    "zone",
)
JUROR_KEYS = ("juror", "files", "severity", "severity_low", "severity_high", "slope", "flags")


class SheetArrays:
    """The arrays of a sheet, with the names of their positions, in the order of the names."""

    def __init__(self, sheet: Sheet) -> None:
        self.files = sorted({application for application, _ in sheet.totals})
        self.jurors = sorted({juror for _, juror in sheet.totals})
        file_of = {name: position for position, name in enumerate(self.files)}
        juror_of = {name: position for position, name in enumerate(self.jurors)}
        self.pairs = sorted(sheet.totals)
        rows = [(file_of[file], juror_of[juror], sheet.totals[file, juror]) for file, juror in self.pairs]
        self.scores = scores_of(rows)


def rank(
    sheet: Sheet,
    rule: Rule,
    *,
    minimum: float | None = None,
    countries: Mapping[str, str] | None = None,
    anchors: Collection[str] = (),
    places: Mapping[Pair, float] | None = None,
    draws: int = 4_000,
    seed: int = 0,
) -> dict[str, Any]:
    """The ranking of a jury under the public rule, in the keys of docs/jury.md.

    ``minimum``: a file with the plain average of a criterion below it is out; ``anchors``: applications that link the
    jurors and are not ranked; ``places``: each juror's order of reading, which is then taken out of the scores. A jury that
    cannot be compared gives plain averages, ``comparable`` False and the reason. Raises BadSheet for an order that
    says nothing.
    """
    jury = SheetArrays(sheet)
    late = None if places is None else order_covariate(jury.pairs, places, anchors)
    found: dict[str, Any] = {
        "comparable": True,
        "reason": None,
        "method": METHOD,
        "draws": draws,
        "seed": seed,
        "rule": {"places": rule.places, "threshold": rule.threshold, "minimum": minimum, "quota": rule.quota},
    }
    try:
        model = Model(jury.scores, late)
    except NotComparable as problem:
        nothing = dict.fromkeys(("variance", "order", "sensitivity", "expected_wrong_admissions", "read_again"))
        found |= {"comparable": False, "reason": str(problem.obstacle), **nothing}
        estimate = None
        applications = _plain_applications(jury, anchors)
        found["jurors"] = [_row(JUROR_KEYS, (*row, None, None, None, None, [])) for row in _loads(jury)]
    else:
        estimate, drawn = model.estimate, model.draw(draws, seed)
        kept = [position for position, file in enumerate(jury.files) if file not in anchors]
        p_of = _Admission(rule, kept, jury, countries, _below(sheet, minimum))
        applications = _ranked_applications(jury, estimate, drawn.shown, kept, p_of)
        found |= {
            "jurors": _jurors(jury, model.scores, estimate, drawn.severity),
            "variance": _variance(estimate),
            "order": None if late is None else order_found(jury.scores, late, drawn, seed),
            **doubt(applications, [jury.files[i] for i in kept], p_of(estimate.shown[None, kept])),
            "sensitivity": ways((jury.files, jury.jurors), model.scores, estimate, kept, p_of),
        }
    unread = sorted(sheet.applications - set(jury.files) - set(anchors))
    found["applications"] = applications + [_row(APPLICATION_KEYS, (file, 0, *[None] * 10)) for file in unread]
    found["agreement"] = _agreement(jury, estimate)
    found["design"] = _design(jury.scores)
    found["warnings"] = _warnings(sheet, jury.scores, found["design"])
    return found


def agree(sheet: Sheet) -> dict[str, Any]:
    """How far the readers agree, in the keys of docs/jury.md; by criterion too where the sheet has criteria."""
    jury = SheetArrays(sheet)
    found: dict[str, Any] = {"comparable": True, "reason": None}
    try:
        estimate = Model(jury.scores).estimate
    except NotComparable as problem:
        found |= {"comparable": False, "reason": str(problem.obstacle)}
        estimate = None
    names = sorted({criterion for scores in sheet.scores.values() for criterion in scores})
    found["agreement"] = _agreement(jury, estimate)
    found["criteria"] = [{"criterion": name, **_plain_alpha(_criterion(sheet, name))} for name in names]
    found["divergent"] = [jury.files[i] for i in divergent(jury.scores, estimate)] if estimate else None
    found["design"] = _design(jury.scores)
    return found


class _Admission:
    """The public rule with everything that it looks at, for the files that are ranked."""

    def __init__(
        self,
        rule: Rule,
        kept: list[int],
        jury: SheetArrays,
        countries: Mapping[str, str] | None,
        below: Collection[str],
    ) -> None:
        names = [jury.files[position] for position in kept]
        self._rule = rule
        self._countries = [countries[name] for name in names] if countries is not None else None
        self._eligible: Bools = np.array([name not in below for name in names], dtype=np.bool_)

    def __call__(self, draws: Floats) -> Floats:
        return probability(draws, self._rule, countries=self._countries, eligible=self._eligible)


def _ranked_applications(
    jury: SheetArrays, estimate: Estimate, shown: Floats, kept: list[int], p_of: _Admission
) -> list[dict[str, Any]]:
    if not kept:
        return []
    drawn = shown[:, kept]
    ranks = ranks_of(drawn).astype(np.float64)
    expected, p = expected_rank(drawn), p_of(drawn)
    rank_low, rank_high = interval(ranks)
    low, high = interval(drawn)
    rows = []
    for k in official_order(expected).tolist():
        i = kept[k]
        row = (
            jury.files[i],
            int(jury.scores.readers[i]),
            *map(rounded, (jury.scores.raw[i], estimate.fair[i], estimate.shown[i], expected[k])),
            math.floor(rank_low[k]),
            math.ceil(rank_high[k]),
            *map(rounded, (low[k], high[k], p[k])),
            str(zone(float(p[k]))),
        )
        rows.append(_row(APPLICATION_KEYS, row))
    return rows


def plain_averages(jury: SheetArrays, anchors: Collection[str] = ()) -> list[dict[str, Any]]:
    """Application, readers and plain average, the highest first, without the anchors."""
    order = np.argsort(-jury.scores.raw.round(9), kind="stable").tolist()
    rows = [(jury.files[i], int(jury.scores.readers[i]), rounded(jury.scores.raw[i])) for i in order]
    return [_row(APPLICATION_KEYS[:3], row) for row in rows if row[0] not in anchors]


def _plain_applications(jury: SheetArrays, anchors: Collection[str]) -> list[dict[str, Any]]:
    """The same with every key of a ranking."""
    return [_row(APPLICATION_KEYS, (*row.values(), *[None] * 9)) for row in plain_averages(jury, anchors)]


def _variance(estimate: Estimate) -> dict[str, float]:
    return {
        "application": rounded(estimate.file_variance),
        "juror": rounded(estimate.juror_variance),
        "residual": rounded(estimate.noise_variance),
    }


def _loads(jury: SheetArrays) -> list[tuple[str, int]]:
    return list(zip(jury.jurors, jury.scores.loads.tolist(), strict=True))


def _jurors(jury: SheetArrays, scores: Scores, estimate: Estimate, severity: Floats) -> list[dict[str, Any]]:
    low, high = interval(severity)
    rows = []
    for j, slope in enumerate(slopes(scores, estimate.ratios)):
        files = int(scores.loads[j])
        flags = ["low_slope"] * slope.is_flagged + ["few_files"] * (files < FEW_FILES)
        figures = map(rounded, (estimate.severity[j], low[j], high[j]))
        value = None if slope.value is None else rounded(slope.value)
        rows.append(_row(JUROR_KEYS, (jury.jurors[j], files, *figures, value, flags)))
    return rows


def _agreement(jury: SheetArrays, estimate: Estimate | None) -> dict[str, Any]:
    found: dict[str, Any] = _plain_alpha(alpha(jury.scores.totals.tolist(), jury.scores.files.tolist(), Level.INTERVAL))
    if estimate is None:
        return found
    readers = float(jury.scores.readers.mean())
    variances = (estimate.file_variance, estimate.juror_variance, estimate.noise_variance)
    part = shares(*variances, readers)
    return found | {
        "mean_readers": rounded(readers),
        "share_single": rounded(part.single),
        "share_single_corrected": rounded(part.single_corrected),
        "share_mean": rounded(part.mean),
        "share_mean_corrected": rounded(part.mean_corrected),
        "readers_needed": readers_needed(estimate.file_variance, estimate.noise_variance),
    }


def _plain_alpha(found: Alpha) -> dict[str, Any]:
    value, low, high = (None if x is None else rounded(x) for x in (found.value, found.low, found.high))
    verdict = None if found.verdict is None else str(found.verdict)
    return {"alpha": value, "alpha_low": low, "alpha_high": high, "units": found.units, "verdict": verdict}


def _criterion(sheet: Sheet, name: str) -> Alpha:
    cells = [(pair[0], score) for pair, scores in sheet.scores.items() if (score := scores.get(name)) is not None]
    unit_of = {file: position for position, file in enumerate(sorted({file for file, _ in cells}))}
    return alpha([score for _, score in cells], [unit_of[file] for file, _ in cells], Level.ORDINAL)


def _below(sheet: Sheet, minimum: float | None) -> set[str]:
    """Files with the plain average of a criterion below the minimum."""
    if minimum is None:
        return set()
    given: dict[tuple[str, str], list[float]] = {}
    for (file, _), scores in sheet.scores.items():
        for criterion, score in scores.items():
            if score is not None:
                given.setdefault((file, criterion), []).append(score)
    return {file for (file, _), scores in given.items() if round(math.fsum(scores) / len(scores), 9) < minimum}


def _design(scores: Scores) -> dict[str, Any]:
    return {
        "components": count_components(scores.incidence),
        "efficiency": rounded(efficiency(scores.incidence)),
    }


def _warnings(sheet: Sheet, scores: Scores, design: Mapping[str, Any]) -> list[str]:
    given = [score for row in sheet.scores.values() for score in row.values() if score is not None]
    cells = np.array(given) if given else scores.totals
    extreme = float(np.mean((cells <= 0) | (cells >= 5)))
    raised = {
        "few_jurors": scores.juror_count < FEW_JURORS,
        "weak_design": design["efficiency"] < WEAK_DESIGN,
        "many_extreme_scores": extreme > CEILING,
    }
    return [name for name, is_raised in raised.items() if is_raised]


def _row(keys: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(keys, values, strict=True))
