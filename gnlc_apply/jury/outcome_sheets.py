"""A ranking, public minima, titles and drafts from spreadsheets saved as CSV, or from ``gnlc jury rank --json`` (docs/jury.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gnlc_apply.jury.sheets import (
    APPLICATION,
    COUNTRY,
    CRITERION,
    SCORE,
    BadSheet,
    finite_in,
    read_countries,
    read_rows,
)

EXPECTED_RANK = "expected_rank"
MUST, NEVER = "must", "never"
NOTE, TEXT = "private_note", "text"
TITLES = {"en": "title_en", "fr": "title_fr"}


@dataclass(frozen=True)
class Candidate:
    """One file of a cohort to be chosen. ``value``: its score or minus its place, the higher the better; ``score``: in
    points, None where only a place is known; ``decision``: must, never or nothing, with its ``reason``."""

    application: str
    value: float
    score: float | None
    country: str
    decision: str
    reason: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class PublicMinimum:
    """At least ``number`` files with ``value`` in ``column``."""

    column: str
    value: str
    number: int


def read_candidates(
    text: str, name: str, *, countries: tuple[str, str] | None, has_quota: bool, has_threshold: bool
) -> list[Candidate]:
    """The files of a ranking, from CSV or from the JSON of ``gnlc jury rank``.

    The order is that of ``expected_rank`` where the sheet has it, else of ``score``. ``countries``: text and name of a
    sheet with the countries; ``has_threshold``: points are needed. Raises BadSheet for a missing column, a name twice, a
    decision that is neither must nor never or has no reason, a missing country under a quota.
    """
    rows = _json_rows(text, name) if text.lstrip().startswith("{") else read_rows(text, name, (APPLICATION,))
    found: dict[str, Candidate] = {}
    for line, cells in rows:
        where = f"{name}, line {line}"
        one = _candidate(cells, where, has_threshold)
        if one.application in found:
            raise BadSheet(f"{where}: {one.application} stands there twice; remove one")
        found[one.application] = one
    if not found:
        raise BadSheet(f"{name}: no application")
    known = read_countries(countries[0], countries[1], found) if countries else {}
    listed = [_with_country(one, known) for one in found.values()]
    if has_quota and (missing := [one.application for one in listed if not one.country]):
        raise BadSheet(f"{name}: no country for {', '.join(missing[:5])}; add a column country, or give --countries")
    return listed


def _json_rows(text: str, name: str) -> list[tuple[int, dict[str, str]]]:
    """The applications of a ranking as rows of cells; those without a place stay out."""
    try:
        raw: dict[str, Any] = json.loads(text)
        rows = [row for row in raw["applications"] if row[EXPECTED_RANK] is not None]
        is_comparable = bool(raw["comparable"])
    except (KeyError, TypeError, ValueError):
        raise BadSheet(f"{name}: not the JSON of gnlc jury rank; save its output as it is") from None
    if not is_comparable:
        raise BadSheet(f"{name}: these jurors cannot be compared ({raw.get('reason')}); there is no order to choose by")
    given = (APPLICATION, EXPECTED_RANK)
    return [
        (number, {**{key: str(row[key]) for key in given}, SCORE: str(row["corrected_score"])})
        for number, row in enumerate(rows, 1)
    ]


def _candidate(cells: Mapping[str, str], where: str, has_threshold: bool) -> Candidate:
    application, rank, score = cells[APPLICATION], cells.get(EXPECTED_RANK, ""), cells.get(SCORE, "")
    decision, reason = cells.get("decision", "").casefold(), cells.get("reason", "")
    if not application:
        raise BadSheet(f"{where}: application is empty; fill it in")
    if not (score or rank) or (has_threshold and not score):
        raise BadSheet(f"{where}: no score" + ("" if has_threshold else " and no expected_rank") + "; fill it in")
    if decision not in {"", MUST, NEVER}:
        raise BadSheet(f"{where}: decision is {decision}; write must, never or nothing")
    if decision and not reason:
        raise BadSheet(f"{where}: a decision of the board needs its reason; write it into the column reason")
    points = finite_in(score, where) if score else None
    value = -finite_in(rank, where) if rank else points
    assert value is not None  # noqa: S101 (one of the two was there)
    return Candidate(application, value, points, cells.get(COUNTRY, ""), decision, reason, cells)


def _with_country(one: Candidate, known: Mapping[str, str]) -> Candidate:
    country = known.get(one.application, one.country)
    return Candidate(one.application, one.value, one.score, country, one.decision, one.reason, one.cells)


def read_minima(text: str, name: str) -> list[PublicMinimum]:
    """The public minima of columns ``column``, ``value`` and ``number``. Raises BadSheet for a number that is none."""
    found = []
    for line, cells in read_rows(text, name, ("column", "value", "number")):
        if not cells["number"].isdecimal():
            raise BadSheet(f"{name}, line {line}: number is {cells['number']}; give a whole number")
        found.append(PublicMinimum(cells["column"].casefold(), cells["value"], int(cells["number"])))
    return found


def read_titles(text: str, name: str) -> dict[str, dict[str, str]]:
    """The titles of criteria by language, from the columns ``title_en`` and ``title_fr`` of the sheet of weights."""
    found: dict[str, dict[str, str]] = {language: {} for language in TITLES}
    for _, cells in read_rows(text, name, (CRITERION,)):
        for language, column in TITLES.items():
            if cells.get(column):
                found[language][cells[CRITERION].casefold()] = cells[column]
    return found


def read_notes(text: str, name: str) -> frozenset[str]:
    """What jurors noted for themselves: the column ``private_note`` of the readings, where there is one."""
    return frozenset(cells[NOTE] for _, cells in read_rows(text, name, ()) if cells.get(NOTE))


def read_drafts(text: str, name: str) -> list[tuple[str, str]]:
    """Drafts to check, from columns ``application`` and ``text``. Raises BadSheet for an empty one."""
    found = []
    for line, cells in read_rows(text, name, (APPLICATION, TEXT)):
        if not cells[APPLICATION] or not cells[TEXT]:
            raise BadSheet(f"{name}, line {line}: application or text is empty; fill it in")
        found.append((cells[APPLICATION], cells[TEXT]))
    return found
