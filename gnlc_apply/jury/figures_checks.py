"""Beside the figures of a call's jury: other ways of counting, treatment, affinity, how groups fared, prices (docs/jury.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from gnlc_apply.jury.aggregation import Estimate, estimate_at
from gnlc_apply.jury.assembled import Jury, plain, rounded
from gnlc_apply.jury.bias import outcome, treatments
from gnlc_apply.jury.checks import Sensitivity, affinities
from gnlc_apply.jury.given import File, Given
from gnlc_apply.jury.order import lateness
from gnlc_apply.jury.ordinal import Ratings, fair_averages
from gnlc_apply.jury.readings import Floats
from gnlc_apply.jury.selection import Minimum, price
from gnlc_apply.jury.totals import HIGHEST_SCORE, LOWEST_SCORE

OWN_REGION, OWN_LANGUAGE, LATER = "own_region", "own_language", "later"
CEILING = 0.25
"""Above this share of lowest and highest scores the ends of the scale hide differences."""

# How files are grouped, where groups are looked at.
GROUPS: Mapping[str, Callable[[File], str]] = {
    "region": lambda file: file.region,
    "language": lambda file: file.language,
}

# A file exactly at the threshold is worth having.
_WORTH = 1e-6


def extreme_share(jury: Jury) -> float:
    """Which share of all scores by criterion is the lowest or the highest of the scale."""
    given = [value for read in jury.read for value in read.scores.values() if value is not None]
    return sum(value <= LOWEST_SCORE or value >= HIGHEST_SCORE for value in given) / max(len(given), 1)


def ways(
    jury: Jury, given: Given, estimate: Estimate, changes: Iterable[Sensitivity], flagged: Iterable[str]
) -> list[dict[str, Any]]:
    """The sensitivity panel (jury-method.md §4): ``way``, ``changed`` files, their ``share`` of the cohort.

    ``changes``: of every way and without each juror, of which only the ``flagged`` get a row, with their id as ``juror``.
    ``ordinal`` (steps of the scale in place of points) where more than a quarter of the scores lie at its ends.
    """
    wanted = set(flagged)
    found = []
    for change in changes:
        way, _, position = change.way.partition(" ")
        juror = jury.jurors[int(position)].id if position else None
        if juror is None or juror in wanted:
            found.append(_way(way, juror, jury.ids(change.changed), change.share_of_cohort))
    if extreme_share(jury) > CEILING:
        now = jury.admit(estimate.shown)
        changed = np.flatnonzero(jury.admit(_ordinal(jury, given)) != now).tolist()
        found.append(_way("ordinal", None, jury.ids(changed), len(changed) / max(int(now.sum()), 1)))
    return found


def _way(way: str, juror: str | None, changed: list[str], share: float) -> dict[str, Any]:
    return {"way": way, "juror": juror, "changed": changed, "share": rounded(share)}


def _ordinal(jury: Jury, given: Given) -> Floats:
    file_of = {file.id: position for position, file in enumerate(jury.files)}
    juror_of = {juror.id: position for position, juror in enumerate(jury.jurors)}
    scored = [
        (file_of[read.file], juror_of[read.juror], number, round(value))
        for read in jury.read
        for number, code in enumerate(given.weights)
        if (value := read.scores.get(code)) is not None
    ]
    columns = np.array(scored, dtype=np.int64).T
    return fair_averages(Ratings(*columns), np.array(list(given.weights.values()), dtype=np.float64))


def properties_of(jury: Jury) -> dict[str, Floats]:
    """Of every reading (n,): whether the juror is of the file's region, works in its language, and how late it was read."""
    files, jurors = {file.id: file for file in jury.files}, {juror.id: juror for juror in jury.jurors}
    pairs = [(files[read.file], jurors[read.juror]) for read in jury.read]
    late = lateness({(read.juror, read.file): read.position for read in jury.read})
    found = {
        OWN_REGION: [float(file.region == juror.region) for file, juror in pairs],
        OWN_LANGUAGE: [float(file.language in juror.languages) for file, juror in pairs],
        LATER: [late[read.juror, read.file] for read in jury.read],
    }
    return {name: np.array(values, dtype=np.float64) for name, values in found.items()}


def treatments_of(
    jury: Jury, given: Given, estimate: Estimate, properties: Mapping[str, Floats]
) -> dict[str, dict[str, Any]]:
    """Whether a property of the pair moves the total of the same file, and which files would change side without it."""
    found = treatments(jury.own, properties, seed=given.seed, is_random=given.is_random)
    return {
        name: plain(asdict(one))
        | {"is_found": one.is_found, "changed": _changed(jury, estimate, properties[name], one.effect)}
        for name, one in found.items()
    }


def _changed(jury: Jury, estimate: Estimate, values: Floats, effect: float | None) -> list[str]:
    if effect is None:
        return []
    moved = np.zeros(jury.scores.totals.size)
    moved[: values.size] = effect * (values - values.mean())
    without = replace(jury.scores, totals=jury.scores.totals - moved)
    sides = [jury.admit(estimate_at(scores, estimate.ratios).shown) for scores in (jury.scores, without)]
    return jury.ids(np.flatnonzero(sides[0] != sides[1]).tolist())


def affinities_of(jury: Jury, estimate: Estimate, properties: Mapping[str, Floats]) -> dict[str, dict[str, Any]]:
    """By own region and own language, and by juror: the gap between own files and the rest, in points (jury-method.md §4)."""
    return {
        name: {
            juror.id: plain(asdict(one))
            for juror, one in zip(jury.jurors, affinities(jury.own, estimate.ratios, properties[name] > 0), strict=True)
        }
        for name in (OWN_REGION, OWN_LANGUAGE)
    }


def outcomes_of(jury: Jury, estimate: Estimate, drawn: Floats, group: str) -> dict[str, dict[str, Any]]:
    """How the files of each group fared beside the rest; a difference, not proof of unequal treatment."""
    now = jury.admit(estimate.shown)
    values = _values(jury, group)
    names = sorted(set(values.tolist()))
    if len(names) < 2:
        return {}
    return {
        name: plain(asdict(outcome(drawn, now, values == name))) | {"files": int((values == name).sum())}
        for name in names
    }


def _values(jury: Jury, group: str) -> Any:
    return np.array([GROUPS[group](file) for file in jury.files])


def prices_of(jury: Jury, estimate: Estimate) -> list[dict[str, Any]]:
    """What one more file of each group than the rule admits would cost: who enters, who leaves, how many points are lost.

    Exact (``selection.price``): the best sum of adjusted averages above the threshold, within the places and the quota, of
    files with no criterion below its minimum. Groups that have no further file get no row. For information only: a public
    minimum holds if it was adopted before the scores were opened (jury-method.md §8).
    """
    now, able = jury.admit(estimate.shown), np.flatnonzero(jury.eligible)
    worth = estimate.shown - (jury.rule.threshold or 0.0) + _WORTH
    countries = [jury.countries[i] for i in able.tolist()]
    rows = []
    for group in GROUPS:
        values = _values(jury, group)
        for name in sorted(set(values.tolist())) if len(set(values.tolist())) > 1 else ():
            number = int((values == name)[now].sum()) + 1
            members = frozenset(np.flatnonzero(values[able] == name).tolist())
            if len(members) < number:
                continue
            found = price(
                worth[able],
                countries,
                [Minimum(name, members, number)],
                places=jury.rule.places,
                quota=jury.rule.quota,
                extra=jury.rule.extra,
            )
            row = {"group": group, "value": name, "number": number, "is_possible": found is not None}
            entering, leaving = (
                (able[[*side]].tolist() for side in (found.entering, found.leaving)) if found else ([], [])
            )
            points = rounded(worth[leaving].sum() - worth[entering].sum()) if found else None
            rows.append(row | {"points": points, "entering": jury.ids(entering), "leaving": jury.ids(leaving)})
    return rows
