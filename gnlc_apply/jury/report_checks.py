"""The audit of a jury and its calibration round, from spreadsheets, as plain JSON (docs/jury.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from gnlc_apply.jury.aggregation import Estimate, Model, estimate_at
from gnlc_apply.jury.bias import Outcome, Treatment, outcome, treatments
from gnlc_apply.jury.calibration import calibrate as calibrated
from gnlc_apply.jury.certainty import Bools, Rule, admitted
from gnlc_apply.jury.checks import affinities, slopes
from gnlc_apply.jury.readings import Floats, NotComparable, Scores
from gnlc_apply.jury.report import SheetArrays, plain_averages
from gnlc_apply.jury.report_ways import rounded
from gnlc_apply.jury.sheets import BadSheet, Sheet

Cells = Mapping[str, Mapping[str, str]]
OWN = "same_"


def audit(
    sheet: Sheet,
    files: Cells,
    jurors: Cells,
    *,
    properties: Collection[str] = (),
    groups: Collection[str] = (),
    rule: Rule | None = None,
    is_random: bool = True,
    draws: int = 4_000,
    seed: int = 0,
) -> dict[str, Any]:
    """Unequal treatment of the same file, and different outcomes of groups, in the keys of docs/jury.md.

    ``files`` and ``jurors``: cells by name; every column of ``groups`` that both have gives a property ``same_…``.
    ``properties``: columns of numbers in the sheet of readings. ``rule``: for who would be admitted; without it, no
    outcome. A jury that cannot be compared gives plain averages, ``comparable`` False and the reason.
    """
    jury = SheetArrays(sheet)
    pairs = _properties(sheet, jury, files, jurors, properties, groups)
    try:
        model = Model(jury.scores)
    except NotComparable as problem:
        return {
            "comparable": False,
            "reason": str(problem.obstacle),
            "applications": plain_averages(jury),
            "treatments": None,
            "affinities": None,
            "outcomes": None,
            "jurors": None,
        }
    found = treatments(jury.scores, pairs, seed=seed, is_random=is_random)
    return {
        "comparable": True,
        "reason": None,
        "treatments": [
            _treatment(name, found[name], _changed(jury.scores, model.estimate, rule, pairs[name], found[name]))
            for name in sorted(found)
        ],
        "affinities": _affinities(jury, model.estimate, pairs),
        "outcomes": _outcomes(jury, model.draw(draws, seed).shown, files, groups, rule, model.estimate)
        if rule
        else None,
        "jurors": _slopes(jury, model.estimate),
    }


def _properties(
    sheet: Sheet, jury: SheetArrays, files: Cells, jurors: Cells, properties: Collection[str], groups: Collection[str]
) -> dict[str, Floats]:
    """The properties (n,) of the readings, by name; a reading without a value of a number gets its mean."""
    found = {}
    for column in properties:
        values = np.array([sheet.more[pair].get(column, np.nan) for pair in jury.pairs])
        if np.isnan(values).all():
            raise BadSheet(
                f"no reading has a number in column {column} of the readings; fill it in, or leave --property out"
            )
        found[column] = np.where(np.isnan(values), np.nanmean(values), values)
    for column in groups:
        if not all(column in cells for cells in jurors.values()) or not jurors:
            continue
        same = [files[file][column] in jurors[juror][column].split("|") for file, juror in jury.pairs]
        found[OWN + column] = np.array(same, dtype=np.float64)
    return found


def _treatment(name: str, found: Treatment, changed: int | None) -> dict[str, Any]:
    figures = {
        "effect": found.effect,
        "low": found.low,
        "high": found.high,
        "smallest_seen": found.smallest_seen,
        "p": found.p,
        "q": found.q,
    }
    plain = {key: None if value is None else rounded(value) for key, value in figures.items()}
    return {"property": name, **plain, "found": found.is_found, "changed": changed}


def _changed(scores: Scores, estimate: Estimate, rule: Rule | None, z: Floats, found: Treatment) -> int | None:
    """How many files would change side if the effect were taken out of every reading."""
    if rule is None or rule.quota is not None or found.effect is None:
        return None
    without = Scores(
        scores.files,
        scores.jurors,
        scores.totals - found.effect * (z - z.mean()),
        scores.file_count,
        scores.juror_count,
    )
    other = estimate_at(without, estimate.ratios).shown
    before = estimate_at(scores, estimate.ratios).shown
    return int((_admits(before, rule) != _admits(other, rule)).sum())


def _admits(values: Floats, rule: Rule) -> Bools:
    return np.asarray(admitted(values[None], rule)[0], dtype=np.bool_)


def _affinities(jury: SheetArrays, estimate: Estimate, pairs: Mapping[str, Floats]) -> list[dict[str, Any]]:
    rows = []
    for name in sorted(name for name in pairs if name.startswith(OWN)):
        for juror, one in zip(jury.jurors, affinities(jury.scores, estimate.ratios, pairs[name] > 0.5), strict=True):
            figures = {"gap": one.gap, "p": one.p, "q": one.q}
            plain = {key: None if value is None else rounded(value) for key, value in figures.items()}
            rows.append({"property": name, "juror": juror, **plain, "flagged": one.is_flagged})
    return rows


def _outcomes(
    jury: SheetArrays, shown: Floats, files: Cells, groups: Collection[str], rule: Rule, estimate: Estimate
) -> list[dict[str, Any]]:
    is_admitted = _admits(estimate.shown, rule)
    rows = []
    for column in groups:
        of_files = np.array([files[file].get(column, "") for file in jury.files])
        for value in sorted(set(of_files.tolist()) - {""}):
            is_member = of_files == value
            if not is_member.all():
                found = outcome(shown, is_admitted, is_member)
                rows.append({"group": column, "value": value, "files": int(is_member.sum()), **_plain_outcome(found)})
    return rows


def _plain_outcome(found: Outcome) -> dict[str, Any]:
    figures = {
        "gap": found.gap,
        "low": found.low,
        "high": found.high,
        "rate": found.rate,
        "rate_of_rest": found.rate_of_rest,
    }
    ratio = None if found.ratio is None else rounded(found.ratio)
    return {**{key: rounded(value) for key, value in figures.items()}, "ratio": ratio, "p": rounded(found.p)}


def _slopes(jury: SheetArrays, estimate: Estimate) -> list[dict[str, Any]]:
    return [
        {
            "juror": juror,
            "files": one.files,
            "slope": None if one.value is None else rounded(one.value),
            "error": None if one.error is None else rounded(one.error),
            "flagged": one.is_flagged,
        }
        for juror, one in zip(jury.jurors, slopes(jury.scores, estimate.ratios), strict=True)
    ]


def calibrate(sheet: Sheet, name: str) -> dict[str, Any]:
    """The report on each juror of a calibration round, in the keys of docs/jury.md.

    With one juror there is nobody to compare with: plain averages and the reason. Raises BadSheet where a juror has not
    scored a file, for everybody scores every file in such a round.
    """
    jury = SheetArrays(sheet)
    missing = [(f, j) for j in jury.jurors for f in jury.files if (f, j) not in sheet.totals]
    if missing:
        file, juror = missing[0]
        raise BadSheet(
            f"{name}: {juror} has no complete reading of {file}; in this round everybody scores every file: "
            "add the reading, or take the juror or the file out"
        )
    found: dict[str, Any] = {"comparable": True, "reason": None, "applications": plain_averages(jury), "jurors": None}
    if len(jury.jurors) == 1:
        return found | {"comparable": False, "reason": "one_juror"}
    table = np.array([[sheet.totals[file, juror] for file in jury.files] for juror in jury.jurors])
    found["jurors"] = [
        {
            "juror": juror,
            "severity": rounded(one.severity),
            "scatter": rounded(one.scatter),
            "correlation": None if one.correlation is None else rounded(one.correlation),
            "flags": [flag.value for flag in one.flags],
        }
        for juror, one in zip(jury.jurors, calibrated(table), strict=True)
    ]
    return found
