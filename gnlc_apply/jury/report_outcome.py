"""The cohort by the public rule, and drafts of feedback, from spreadsheets, as plain JSON (docs/jury.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from gnlc_apply.jury.bank import LANGUAGES, Part, check_draft, sentence
from gnlc_apply.jury.feedback import FEWEST_READERS, Band, Feedback, corrected_criterion, feedback
from gnlc_apply.jury.outcome_sheets import MUST, NEVER, Candidate, PublicMinimum
from gnlc_apply.jury.readings import NotComparable, scores_of
from gnlc_apply.jury.report import SheetArrays, plain_averages
from gnlc_apply.jury.report_ways import rounded
from gnlc_apply.jury.selection import Minimum, Passed, Price, Selection, lottery, price
from gnlc_apply.jury.selection import select as walk
from gnlc_apply.jury.sheets import BadSheet, Sheet

_SAME = 9
CHOSEN, PASSED, TIED = "chosen", "passed", "tied"


def select(
    candidates: Sequence[Candidate],
    *,
    places: int | None,
    quota: int | None = None,
    threshold: float | None = None,
    lottery_seed: str | None = None,
    minima: Sequence[PublicMinimum] = (),
) -> dict[str, Any]:
    """The cohort in the keys of docs/jury.md: chosen, passed over and why, tied where equals do not all fit.

    Equals are never parted silently: without ``lottery_seed`` they are ``tied`` and not chosen. ``minima``: what each public
    minimum would cost, for information. Raises BadSheet for decisions that contradict each other or the rule.
    """
    names = [one.application for one in candidates]
    drawn = {
        name: number for number, name in enumerate(lottery(lottery_seed, names) if lottery_seed else sorted(names))
    }
    order = sorted(range(len(candidates)), key=lambda i: (-round(candidates[i].value, _SAME), drawn[names[i]]))
    countries = [one.country for one in candidates]
    must = [i for i, one in enumerate(candidates) if one.decision == MUST]
    never = [i for i, one in enumerate(candidates) if one.decision == NEVER]
    meets = [i for i in order if threshold is None or i in must or _points(candidates[i]) >= threshold]
    try:
        chosen = walk(meets, countries, places=places, quota=quota, must=must, never=never)
    except ValueError as problem:
        raise BadSheet(f"these decisions cannot stand together: {problem}") from problem
    tied = set() if lottery_seed else _tied(candidates, meets, chosen, must)
    rows = [_row(candidates[i], i, chosen, tied, is_below=i not in meets) for i in order]
    return {
        "rule": {"places": places, "quota": quota, "threshold": threshold, "lottery": lottery_seed},
        "applications": rows,
        "chosen": sum(row["status"] == CHOSEN for row in rows),
        "tied": sum(row["status"] == TIED for row in rows),
        "prices": _prices(candidates, countries, minima, places, quota) if minima and places else [],
    }


def _points(one: Candidate) -> float:
    return -np.inf if one.score is None else round(one.score, _SAME)


def _tied(candidates: Sequence[Candidate], order: Sequence[int], chosen: Selection, must: Collection[int]) -> set[int]:
    """Equals of whom some found a place and some did not: over a full country, those of that country only."""
    tied: set[int] = set()
    for _, group in groupby((i for i in order if i not in must), key=lambda i: round(candidates[i].value, _SAME)):
        equals = list(group)
        inside = [i for i in equals if i in chosen.chosen]
        if any(chosen.passed.get(i) is Passed.NO_PLACE_LEFT for i in equals):
            tied |= (
                {i for i in equals if i in inside or chosen.passed.get(i) is Passed.NO_PLACE_LEFT} if inside else set()
            )
        full = {candidates[i].country for i in equals if chosen.passed.get(i) is Passed.COUNTRY_FULL}
        for country in full & {candidates[i].country for i in inside}:
            tied |= {i for i in equals if candidates[i].country == country and chosen.passed.get(i) is not Passed.NEVER}
    return tied


def _row(one: Candidate, position: int, chosen: Selection, tied: set[int], *, is_below: bool) -> dict[str, Any]:
    passed = chosen.passed.get(position)
    why = "below_threshold" if is_below else one.decision or (None if passed is None else passed.value)
    status = TIED if position in tied else CHOSEN if position in chosen.chosen else PASSED
    return {
        "application": one.application,
        "score": None if one.score is None else rounded(one.score),
        "country": one.country or None,
        "status": status,
        "why": None if status == TIED else why,
        "reason": one.reason or None,
    }


def _prices(
    candidates: Sequence[Candidate],
    countries: Sequence[str],
    minima: Sequence[PublicMinimum],
    places: int,
    quota: int | None,
) -> list[dict[str, Any]]:
    scores = np.array([one.score or 0.0 for one in candidates])
    rows = []
    for one in minima:
        members = frozenset(i for i, c in enumerate(candidates) if c.cells.get(one.column) == one.value)
        found = price(scores, countries, [Minimum(one.value, members, one.number)], places=places, quota=quota)
        rows.append({"column": one.column, "value": one.value, "number": one.number, **_plain_price(found, candidates)})
    return rows


def _plain_price(found: Price | None, candidates: Sequence[Candidate]) -> dict[str, Any]:
    if found is None:
        return {"possible": False, "points": None, "entering": None, "leaving": None}
    entering, leaving = ([candidates[i].application for i in side] for side in (found.entering, found.leaving))
    return {"possible": True, "points": rounded(found.points), "entering": entering, "leaving": leaving}


def tell(
    sheet: Sheet,
    weights: Mapping[str, float],
    admitted: Collection[str],
    *,
    close: Collection[str] = (),
    titles: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """Drafts of feedback to the files not ``admitted``, in the keys of docs/jury.md. ``close``: those in the grey zone.

    ``titles`` of criteria by language for the sentences, else their names. A jury that cannot be compared on a criterion gives plain
    averages, ``comparable`` False and the reason. Raises BadSheet for a name that nobody has read.
    """
    jury = SheetArrays(sheet)
    if unknown := sorted({*admitted, *close} - set(jury.files)):
        raise BadSheet(f"nobody has read {', '.join(unknown[:5])}; correct the name")
    criteria = list(weights)
    try:
        corrected = np.column_stack([_corrected(sheet, jury, criterion) for criterion in criteria])
    except NotComparable as problem:
        reason = str(problem.obstacle)
        return {"comparable": False, "reason": reason, "applications": plain_averages(jury)}
    is_admitted = np.array([file in admitted for file in jury.files], dtype=np.bool_)
    found = feedback(corrected, list(weights.values()), is_admitted, jury.scores.readers)
    rows = [
        _told(file, criteria, titles or {}, one, int(n), len(close) if file in close else 0)
        for file, one, n in zip(jury.files, found, jury.scores.readers, strict=True)
        if file not in admitted
    ]
    return {"comparable": True, "reason": None, "applications": rows}


def _corrected(sheet: Sheet, jury: SheetArrays, criterion: str) -> Any:
    """adj_ic (I,) of one criterion over the files that have it; NaN elsewhere is refused, for bands need every criterion."""
    cells = [(pair, score) for pair in jury.pairs if (score := sheet.scores[pair].get(criterion)) is not None]
    if {file for (file, _), _ in cells} != set(jury.files):
        missing = sorted(set(jury.files) - {file for (file, _), _ in cells})
        raise BadSheet(f"no reader scored {criterion} of {missing[0]}; leave the criterion or the application out")
    files = {name: i for i, name in enumerate(jury.files)}
    jurors = {name: j for j, name in enumerate(sorted({juror for (_, juror), _ in cells}))}
    return corrected_criterion(scores_of((files[f], jurors[j], score) for (f, j), score in cells))


def _told(
    file: str,
    criteria: list[str],
    titles: Mapping[str, Mapping[str, str]],
    found: Feedback | None,
    readers: int,
    close: int,
) -> dict[str, Any]:
    if found is None:
        why = "few_readers" if readers < FEWEST_READERS else "few_admitted"
        parts: list[tuple[Part, str]] = []
        figures: dict[str, Any] = {"bands": None, "strengths": [], "growth": [], "to_gain": []}
    else:
        why = None
        parts = [(Part.STRENGTH, criteria[c]) for c in found.strengths]
        parts += [(Part.CLOSE if found.bands[c] is Band.CLOSE else Part.BELOW, criteria[c]) for c in found.growth]
        figures = {
            "bands": {name: band.value for name, band in zip(criteria, found.bands, strict=True)},
            "strengths": [criteria[c] for c in found.strengths],
            "growth": [criteria[c] for c in found.growth],
            "to_gain": [rounded(points) for points in found.to_gain],
        }
    drafts = {language: _draft(parts, close, language, titles.get(language, {})) for language in LANGUAGES}
    return {"application": file, "readers": readers, "why_no_figures": why, **figures, "drafts": drafts}


def _draft(parts: list[tuple[Part, str]], close: int, language: str, titles: Mapping[str, str]) -> list[str]:
    opening = [sentence(Part.CLOSE_CASE, language, number=close)] if close else []
    middle = [sentence(part, language, criterion=titles.get(name, name)) for part, name in parts]
    return [*opening, *middle, sentence(Part.AGAIN, language)]


def faults(
    drafts: Iterable[tuple[str, str]],
    *,
    jurors: Collection[str],
    private_notes: Collection[str],
    other_cities: Collection[str],
) -> list[dict[str, Any]]:
    """What keeps drafts (application, text) from being sent, in the keys of docs/jury.md."""
    return [
        {"application": application, "fault": one.fault.value, "words": one.words}
        for application, text in drafts
        for one in check_draft(text, jurors=jurors, private_notes=private_notes, other_cities=other_cities)
    ]
