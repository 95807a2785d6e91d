"""The scores of a jury from a spreadsheet saved as CSV: read, checked, made into totals (docs/jury.md)."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gnlc_apply.jury.totals import HIGHEST_SCORE, LOWEST_SCORE, weighted_total

APPLICATION, JUROR, SCORE, CRITERION, WEIGHT, COUNTRY, PLACE = (
    "application",
    "juror",
    "score",
    "criterion",
    "weight",
    "country",
    "place",
)

Pair = tuple[str, str]


class BadSheet(ValueError):
    """A file that cannot be used, said so that its owner can mend it."""


@dataclass(frozen=True)
class Sheet:
    """The readings of a jury. ``totals``: points 0 to 5 by (application, juror), complete readings only; ``scores``: the
    scores by criterion of the same readings, empty without criteria; ``applications``: every one that is named;
    ``incomplete``: pairs that are not used, for less than 60 % of the weight is scored; ``more``: numbers of other columns that
    were asked for, by the same pairs as ``totals``."""

    totals: Mapping[Pair, float]
    applications: frozenset[str]
    scores: Mapping[Pair, Mapping[str, float | None]] = field(default_factory=dict)
    incomplete: frozenset[Pair] = frozenset()
    more: Mapping[Pair, Mapping[str, float]] = field(default_factory=dict)


def read_rows(text: str, name: str, columns: Collection[str]) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells of every row of a CSV text, blank rows left out; commas or semicolons between the cells.

    ``name``: how messages call the file. Raises BadSheet for a missing or doubled column, or a row too long.
    """
    head = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, restkey="")
    named = [(column or "").strip().casefold() for column in reader.fieldnames or ()]
    if missing := [column for column in columns if column.casefold() not in named]:
        raise BadSheet(f"{name}, line 1: missing column {', '.join(missing)}; add it, or name it so")
    if doubled := sorted({column for column in named if column and named.count(column) > 1}):
        raise BadSheet(f"{name}, line 1: column {', '.join(doubled)} stands there twice; remove one")
    reader.fieldnames = named
    rows = []
    try:
        for row in reader:
            if isinstance(row.get(""), list):
                raise BadSheet(
                    f"{name}, line {reader.line_num}: more cells than columns; look for a comma or semicolon inside a cell"
                )
            cells = {column: (cell or "").strip() for column, cell in row.items()}
            if any(cells.values()):
                rows.append((reader.line_num, cells))
    except csv.Error as problem:
        raise BadSheet(f"{name}, line {reader.line_num}: {problem}") from problem
    return rows


def read_weights(text: str, name: str) -> dict[str, float]:
    """The weight of each criterion, from columns ``criterion`` and ``weight``, in any unit. Raises BadSheet."""
    weights: dict[str, float] = {}
    for line, cells in read_rows(text, name, (CRITERION, WEIGHT)):
        criterion, weight = cells[CRITERION].casefold(), number_in(cells[WEIGHT], f"{name}, line {line}")
        if not criterion or criterion in weights:
            raise BadSheet(f"{name}, line {line}: a criterion needs a name, and a line of its own")
        if not 0 < weight < float("inf"):
            raise BadSheet(f"{name}, line {line}: the weight of {criterion} must be above 0; correct it")
        weights[criterion] = weight
    if not weights:
        raise BadSheet(f"{name}: no criterion; give each a line")
    return weights


def read_readings(
    text: str, name: str, weights: Mapping[str, float] | None = None, numbers: Collection[str] = ()
) -> Sheet:
    """The readings of a jury: columns ``application``, ``juror`` and ``score``, or a column for each criterion of ``weights``.

    An empty cell of a criterion is "not applicable". ``numbers``: further columns of numbers to keep, empty cells left out;
    other columns are ignored. Raises BadSheet for a missing column, a
    cell that is no number, a score outside 0 to 5, a second reading of a file by one juror, or no reading at all.
    """
    criteria = dict(weights) if weights else {SCORE: 1.0}
    totals: dict[Pair, float] = {}
    scores: dict[Pair, dict[str, float | None]] = {}
    incomplete: set[Pair] = set()
    more: dict[Pair, dict[str, float]] = {}
    for line, cells in read_rows(text, name, (APPLICATION, JUROR, *criteria, *numbers)):
        where = f"{name}, line {line}"
        pair = (cells[APPLICATION], cells[JUROR])
        if not all(pair):
            raise BadSheet(f"{where}: application or juror is empty; fill it in")
        if pair in totals or pair in incomplete:
            raise BadSheet(f"{where}: a second reading of {pair[0]} by {pair[1]}; remove one of the two")
        read = {criterion: _score(cells[criterion], where, criterion) for criterion in criteria}
        if weights is None and read[SCORE] is None:
            raise BadSheet(f"{where}: the score is empty; fill it in")
        total = weighted_total(read, criteria)
        if total.value is None or not total.is_complete:
            incomplete.add(pair)
            continue
        totals[pair] = total.value
        scores[pair] = read if weights else {}
        more[pair] = {column: finite_in(cells[column], where) for column in numbers if cells[column]}
    if not totals:
        raise BadSheet(f"{name}: no complete reading; one has scores for 60 % of the weight at least")
    named = frozenset(application for application, _ in [*totals, *incomplete])
    return Sheet(totals, named, scores if weights else {}, frozenset(incomplete), more)


def read_table(text: str, name: str, columns: Collection[str]) -> dict[str, dict[str, str]]:
    """The cells of every row by the value of the first of ``columns``. Raises BadSheet for one that is empty or repeated."""
    table: dict[str, dict[str, str]] = {}
    for line, cells in read_rows(text, name, columns):
        key = cells[next(iter(columns))]
        if not key or key in table:
            raise BadSheet(
                f"{name}, line {line}: {key or 'an empty name'} needs a line of its own; name it, or remove the second"
            )
        table[key] = cells
    return table


def read_names(text: str, name: str) -> frozenset[str]:
    """The applications that a file names in its column ``application``. Raises BadSheet."""
    return frozenset(cells[APPLICATION] for _, cells in read_rows(text, name, (APPLICATION,)) if cells[APPLICATION])


def read_countries(text: str, name: str, applications: Collection[str]) -> dict[str, str]:
    """The country of each application, from columns ``application`` and ``country``. Raises BadSheet where one is missing
    or named twice with different countries."""
    countries: dict[str, str] = {}
    for line, cells in read_rows(text, name, (APPLICATION, COUNTRY)):
        application, country = cells[APPLICATION], cells[COUNTRY]
        if not country or countries.setdefault(application, country) != country:
            raise BadSheet(f"{name}, line {line}: {application} needs one country")
    if missing := sorted(set(applications) - set(countries)):
        raise BadSheet(
            f"{name}: no country for {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}; add a line for each"
        )
    return countries


def read_places(text: str, name: str, needed: Collection[Pair]) -> dict[Pair, float]:
    """The place of each reading in its juror's order, by (application, juror), from columns ``application``, ``juror`` and
    ``place``. Raises BadSheet for an empty name, a place that is no number, a place or reading that a juror has twice, or a
    reading of ``needed`` without a place."""
    places: dict[Pair, float] = {}
    taken: set[tuple[str, float]] = set()
    for line, cells in read_rows(text, name, (APPLICATION, JUROR, PLACE)):
        where = f"{name}, line {line}"
        pair, place = (cells[APPLICATION], cells[JUROR]), finite_in(cells[PLACE], where)
        if not all(pair):
            raise BadSheet(f"{where}: application or juror is empty; fill it in")
        if pair in places or (pair[1], place) in taken:
            raise BadSheet(
                f"{where}: {pair[1]} has this application or place {cells[PLACE]} twice; correct one of the two"
            )
        places[pair] = place
        taken.add((pair[1], place))
    if missing := sorted(set(needed) - set(places)):
        raise BadSheet(f"{name}: no line for {missing[0][0]} and {missing[0][1]}; add the place of every reading")
    return places


def joined(sheet: Sheet, other: Sheet) -> Sheet:
    """Both sheets as one. Raises BadSheet where an application stands in both."""
    if both := sorted(sheet.applications & other.applications):
        raise BadSheet(f"an anchor is ranked as well: {', '.join(both[:5])}; take it out of one of the two sheets")
    return Sheet(
        {**sheet.totals, **other.totals},
        sheet.applications | other.applications,
        {**sheet.scores, **other.scores},
        sheet.incomplete | other.incomplete,
        {**sheet.more, **other.more},
    )


def _score(cell: str, where: str, criterion: str) -> float | None:
    if not cell:
        return None
    score = number_in(cell, where)
    if not LOWEST_SCORE <= score <= HIGHEST_SCORE:
        raise BadSheet(f"{where}: {criterion} is {cell}, outside 0 to 5; correct it")
    return score


def finite_in(cell: str, where: str) -> float:
    """The finite number in a cell. Raises BadSheet, which says where."""
    number = number_in(cell, where)
    if not math.isfinite(number):
        raise BadSheet(f"{where}: {cell} is not a number; correct it")
    return number


def number_in(cell: str, where: str) -> float:
    """The number in a cell, with a point or a comma. Raises BadSheet, which says where."""
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        raise BadSheet(f"{where}: {cell or 'an empty cell'} is not a number; correct it") from None
