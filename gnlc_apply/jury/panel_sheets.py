"""Files and jurors of a jury from spreadsheets saved as CSV (docs/jury.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from gnlc_apply.jury.conflicts import FileTies, JurorTies
from gnlc_apply.jury.names import FileNames, JurorNames
from gnlc_apply.jury.panel import File, Juror, Pair
from gnlc_apply.jury.sheets import APPLICATION, COUNTRY, JUROR, BadSheet, number_in, read_rows

REGION, LANGUAGE, LANGUAGES, COUNTRIES = "region", "language", "languages", "countries"
FILES_TO_ASSIGN = (APPLICATION, COUNTRY, REGION, LANGUAGE)
JURORS_TO_ASSIGN = (JUROR, COUNTRIES, REGION, LANGUAGES)
YES, NO = "yes", "no"
ASK = "ask"


@dataclass(frozen=True)
class FileRow:
    """One line of a sheet of files: for the assignment, for the rules on conflicts, ``readers`` of its own, all ``cells``."""

    file: File
    ties: FileTies
    names: FileNames
    readers: int | None
    cells: Mapping[str, str]


@dataclass(frozen=True)
class JurorRow:
    """One line of a sheet of jurors: for the assignment, for the rules on conflicts, and all ``cells``."""

    juror: Juror
    ties: JurorTies
    names: JurorNames
    cells: Mapping[str, str]


def several(cell: str) -> tuple[str, ...]:
    """The values of a cell that holds several, divided by strokes: ``fr|en``."""
    return tuple(part for one in cell.split("|") if (part := one.strip()))


def read_files(text: str, name: str, columns: Collection[str]) -> dict[str, FileRow]:
    """The files by name, from a sheet with at least these columns; those it has beyond are used where they are known.

    Raises BadSheet for a missing column, an empty or repeated name, an empty cell of ``columns``, or a number that is none.
    """
    rows: dict[str, FileRow] = {}
    for where, cells in _named(text, name, columns, APPLICATION):
        key = cells[APPLICATION]
        get = _getter(cells)
        addresses = several(get("addresses"))
        rows[key] = FileRow(
            file=File(
                key, get(COUNTRY), get(REGION), get(LANGUAGE), _topics(get("topics"), where), get("context") or None
            ),
            ties=FileTies(key, get(COUNTRY), addresses),
            names=FileNames(key, get("place"), several(get("people")), several(get("organisations"))),
            readers=_whole(get("readers"), where, "readers"),
            cells=cells,
        )
    return rows


def read_jurors(text: str, name: str, columns: Collection[str]) -> dict[str, JurorRow]:
    """The jurors by name, from a sheet with at least these columns; see ``read_files`` for the rest. ``countries`` holds all
    of them, the country of residence first. Raises BadSheet."""
    rows: dict[str, JurorRow] = {}
    for where, cells in _named(text, name, columns, JUROR):
        key = cells[JUROR]
        get = _getter(cells)
        countries, working = several(get(COUNTRIES)), several(get("working_languages"))
        rows[key] = JurorRow(
            juror=Juror(
                key,
                countries,
                get(REGION),
                frozenset(several(get(LANGUAGES))),
                _topics(get("topics"), where),
                frozenset(several(get("contexts"))),
                _whole(get("capacity"), where, "capacity"),
                _is_yes(get("available") or YES, where),
                frozenset(working) if working else None,
            ),
            ties=JurorTies(
                key,
                residences=frozenset(countries),
                addresses=several(get("addresses")),
                declared_files=frozenset(several(get("declared_applications"))),
                declared_countries=frozenset(several(get("declared_countries"))),
            ),
            names=JurorNames(
                key, tuple(n for n in (get("name"), *several(get("relatives"))) if n), several(get("organisations"))
            ),
            cells=cells,
        )
    return rows


def read_pairs(text: str, name: str, files: Collection[str], jurors: Collection[str]) -> frozenset[Pair]:
    """Pairs (juror, file) from columns ``juror`` and ``application``: readings that stay, or conflicts.

    A line with ``level`` "ask" and ``answer`` "no" is left out: the juror said that there is no tie. Raises BadSheet for a
    name that is in neither sheet, so that a conflict is not lost over a slip of the pen.
    """
    pairs = set()
    for line, cells in read_rows(text, name, (JUROR, APPLICATION)):
        juror, file = cells[JUROR], cells[APPLICATION]
        for key, known, words in ((juror, jurors, JUROR), (file, files, APPLICATION)):
            if key not in known:
                raise BadSheet(
                    f"{name}, line {line}: no {words} {key or '(empty)'} in the other sheet; correct the name"
                )
        if cells.get("level") == ASK and cells.get("answer", "").casefold() == NO:
            continue
        pairs.add((juror, file))
    return frozenset(pairs)


def _named(text: str, name: str, columns: Collection[str], key: str) -> Iterable[tuple[str, dict[str, str]]]:
    """Every row with where it stands; each needs a name of its own and a value in every column asked for."""
    seen: dict[str, int] = {}
    for line, cells in read_rows(text, name, columns):
        where = f"{name}, line {line}"
        if empty := [column for column in columns if not cells[column]]:
            raise BadSheet(f"{where}: {', '.join(empty)} is empty; fill it in")
        if cells[key] in seen:
            raise BadSheet(f"{where}: {key} {cells[key]} stands in line {seen[cells[key]]} already; remove one of them")
        seen[cells[key]] = line
        yield where, cells
    if not seen:
        raise BadSheet(f"{name}: no {key}")


def _getter(cells: Mapping[str, str]) -> Callable[[str], str]:
    return lambda column: cells.get(column, "")


def _topics(cell: str, where: str) -> dict[str, float]:
    topics = {}
    for part in several(cell):
        topic, colon, weight = part.rpartition(":")
        topics[topic.strip() if colon else part] = number_in(weight, where) if colon else 1.0
    if any(not 0 <= weight < float("inf") for weight in topics.values()):
        raise BadSheet(f"{where}: a weight of a topic is below 0; give a number from 0 up")
    return topics


def _whole(cell: str, where: str, column: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit()):
        raise BadSheet(f"{where}: {column} is {cell}; give a whole number from 0 up, or leave the cell empty")
    return int(cell)


def _is_yes(cell: str, where: str) -> bool:
    answer = cell.casefold()
    if answer not in {YES, NO}:
        raise BadSheet(f"{where}: available is {cell}; write yes or no")
    return answer == YES
