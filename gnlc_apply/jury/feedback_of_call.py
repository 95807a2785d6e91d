"""The feedback of every file of a call in one go, as plain JSON that can be kept (jury-method.md §9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from gnlc_apply.jury.feedback import FEWEST_READERS, Feedback, corrected_criterion, feedback
from gnlc_apply.jury.given import Given, Read
from gnlc_apply.jury.readings import Floats, NotComparable, scores_of

DECIMALS = 6
ADMITTED, FEW_READERS, FEW_ADMITTED = "admitted", "few_readers", "few_admitted"


def feedback_of_call(given: Given, admitted: Collection[str]) -> dict[str, Any]:
    """What each file may be told by criterion: ``{"comparable", "reason", "files": {file: …}}``.

    Of a file: ``readers``, ``why`` (``admitted``, ``few_readers``, ``few_admitted``; empty where there are bands), ``bands``
    by criterion, ``strengths``, ``growth`` and ``to_gain`` (points of the total, for the secretariat). Files without a score
    for every criterion are left out. A jury that cannot be compared gives the reason and no file.
    """
    weights = {code: weight for code, weight in given.weights.items() if weight > 0}
    reads = _whole(given.readings, weights)
    files = [file.id for file in given.files if file.id in {read.file for read in reads}]
    if not files:
        return {"comparable": True, "reason": "", "files": {}}
    try:
        corrected = np.column_stack([_corrected(reads, files, code) for code in weights])
    except NotComparable as problem:
        return {"comparable": False, "reason": str(problem.obstacle), "files": {}}
    readers = np.array([sum(read.file == file for read in reads) for file in files], dtype=np.int64)
    is_admitted = np.array([file in admitted for file in files], dtype=np.bool_)
    found = feedback(corrected, list(weights.values()), is_admitted, readers)
    told = {
        file: _told(one, list(weights), int(number), is_in=bool(is_in))
        for file, one, number, is_in in zip(files, found, readers, is_admitted, strict=True)
    }
    return {"comparable": True, "reason": "", "files": told}


def _whole(readings: Sequence[Read], weights: Mapping[str, float]) -> list[Read]:
    """The readings of those files of which every criterion was scored by somebody."""
    scored: dict[str, set[str]] = defaultdict(set)
    for read in readings:
        scored[read.file] |= {code for code, value in read.scores.items() if value is not None}
    return [read for read in readings if scored[read.file] >= set(weights)]


def _corrected(reads: Sequence[Read], files: Sequence[str], code: str) -> Floats:
    cells = [(read.file, read.juror, value) for read in reads if (value := read.scores.get(code)) is not None]
    place = {file: position for position, file in enumerate(files)}
    seat = {juror: position for position, juror in enumerate(sorted({juror for _, juror, _ in cells}))}
    return corrected_criterion(scores_of((place[file], seat[juror], value) for file, juror, value in cells))


def _told(found: Feedback | None, codes: Sequence[str], readers: int, *, is_in: bool) -> dict[str, Any]:
    if found is None:
        why = ADMITTED if is_in else FEW_READERS if readers < FEWEST_READERS else FEW_ADMITTED
        return {"readers": readers, "why": why, "bands": {}, "strengths": [], "growth": [], "to_gain": []}
    return {
        "readers": readers,
        "why": "",
        "bands": {code: band.value for code, band in zip(codes, found.bands, strict=True)},
        "strengths": [codes[position] for position in found.strengths],
        "growth": [codes[position] for position in found.growth],
        "to_gain": [round(points, DECIMALS) for points in found.to_gain],
    }
