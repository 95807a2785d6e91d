"""Lists of cities and states as files: read whole, checked line by line, or refused with the line and the reason.

Pure: nothing here knows the database. A list is a CSV in UTF-8 with the columns of ``COLUMNS``.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gnlc_apply.core.errors import Invalid
from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.models import Region, StateStatus
from gnlc_apply.models.reference_data.countries import iso3_codes

COLUMNS = ("city", "country_as_published", "iso3166_alpha3", "unesco_region", "source_url")
STATE_COLUMNS = ("iso3166_alpha3", "unesco_region", "status", "member_from", "member_until")
LONGEST_NAME = 200
LONGEST_SOURCE = 500


class ListError(Invalid):
    """A list that cannot be used: ``line`` (None: the whole file) counts as a text editor does, ``reason`` says why."""

    def __init__(self, line: int | None, reason: Text) -> None:
        super().__init__(reason if line is None else Text("Line %(line)s: %(reason)s", line=line, reason=reason))
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state of UNESCO: its region, what it is, and from when to when where that is known."""

    iso3: str
    region: Region
    status: StateStatus
    member_from: date | None = None
    member_until: date | None = None

    def is_member_on(self, day: date) -> bool:
        """Whether it is a Member State on that day."""
        begun = self.member_from is None or self.member_from <= day
        return self.status is StateStatus.MEMBER and begun and (self.member_until is None or day <= self.member_until)


@dataclass(frozen=True, slots=True)
class CityRow:
    """One city of a list, with names exactly as they were published."""

    line: int
    name: str
    country_name: str
    country: str
    region: Region
    source: str

    @property
    def folded(self) -> str:
        """The plain form by which cities of one country are matched."""
        return fold(self.name)

    @property
    def label(self) -> str:
        """As a message names it: ``Muharraq (BHR)``."""
        return f"{self.name} ({self.country})"


@dataclass(frozen=True, slots=True)
class MemberList:
    """A list of cities that holds together, with the digest of the bytes it was read from."""

    rows: tuple[CityRow, ...]
    sha256: str
    name: str = ""

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries of the list, sorted by code."""
        return tuple(sorted({row.country for row in self.rows}))


def read_list(source: Path | str | bytes, states: Mapping[str, StateRow]) -> MemberList:
    """Read a list of cities from a path or from bytes. Raises ListError.

    Refused: no file, broken encoding, wrong columns, no rows, a row without a name, an unknown state, a region that is not
    the state's, a city twice (same country and folded name). A state that may not apply is ``check_states``' matter.
    """
    name, content = content_of(source)
    rows = tuple(_city(line, cells, states) for line, cells in table(content, COLUMNS))
    _refuse_repeated(rows)
    return MemberList(rows, hashlib.sha256(content).hexdigest(), name)


def read_states(source: Path | str | bytes) -> tuple[StateRow, ...]:
    """Read the list of states from a path or from bytes. Raises ListError."""
    _, content = content_of(source)
    rows, seen = [], set()
    for line, cells in table(content, STATE_COLUMNS):
        row = _state(line, cells)
        if row.iso3 in seen:
            raise ListError(line, Text("%(code)s stands here for the second time.", code=row.iso3))
        seen.add(row.iso3)
        rows.append(row)
    return tuple(rows)


def by_code(rows: Iterable[StateRow]) -> dict[str, StateRow]:
    """States by their ISO 3166-1 alpha-3 code."""
    return {row.iso3: row for row in rows}


def check_quota(found: MemberList, quota: int = 3, exceptions: Mapping[str, int] | None = None) -> None:
    """Raise ListError at the first city that is one too many for its country. ``exceptions``: further places by country."""
    taken: Counter[str] = Counter()
    for row in found.rows:
        taken[row.country] += 1
        most = quota + (exceptions or {}).get(row.country, 0)
        if taken[row.country] > most:
            raise ListError(
                row.line,
                Text(
                    "%(city)s is one city too many: the quota of a country is %(quota)s, and this list has %(count)s.",
                    city=row.label,
                    quota=most,
                    count=sum(1 for other in found.rows if other.country == row.country),
                ),
            )


def check_states(found: MemberList, states: Mapping[str, StateRow], on: date) -> None:
    """Raise ListError at the first city whose state is not a Member State of UNESCO on that day."""
    for row in found.rows:
        if not states[row.country].is_member_on(on):
            reason = Text("%(city)s: its state is not a Member State of UNESCO on %(day)s.", city=row.label, day=on)
            raise ListError(row.line, reason)


def content_of(source: Path | str | bytes) -> tuple[str, bytes]:
    """The name and the bytes of a file. Raises ListError."""
    if isinstance(source, bytes):
        return "", source
    path = Path(source)
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ListError(None, Text("%(path)s cannot be read: %(reason)s.", path=str(path), reason=reason)) from error


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ListError(line, Text("The file is not in UTF-8. Save it as “CSV UTF-8” and try again.")) from error
    if "\x00" in text:
        raise ListError(text.count("\n", 0, text.index("\x00")) + 1, Text("There is a NUL character in this line."))
    return text


def table(content: bytes, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV with the line each begins on; blank lines are skipped. Raises ListError."""
    reader = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    before, count = 0, 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if line == 1:
                _check_head(cells, columns)
            elif any(cell.strip() for cell in cells):
                count += 1
                yield line, _cells(line, cells, columns)
    except csv.Error as error:
        raise ListError(before + 1, Text("This line is not proper CSV (%(reason)s).", reason=str(error))) from error
    if before == 0:
        raise ListError(None, Text("The file is empty."))
    if count == 0:
        raise ListError(None, Text("The list has no rows."))


def _check_head(cells: Sequence[str], columns: Sequence[str]) -> None:
    if tuple(cell.strip() for cell in cells) != tuple(columns):
        raise ListError(1, Text("The columns must be %(columns)s.", columns=", ".join(columns)))


def _cells(line: int, cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        wanted = Text("%(found)s values where there should be %(wanted)s.", found=len(cells), wanted=len(columns))
        raise ListError(line, wanted)
    return dict(zip(columns, (cell.strip() for cell in cells), strict=True))


def _city(line: int, cells: Mapping[str, str], states: Mapping[str, StateRow]) -> CityRow:
    name, code = cells["city"], cells["iso3166_alpha3"]
    if not fold(name):
        raise ListError(line, Text("The city has no name."))
    if len(name) > LONGEST_NAME or len(cells["country_as_published"]) > LONGEST_NAME:
        raise ListError(line, Text("A name is longer than %(limit)s characters.", limit=LONGEST_NAME))
    state = states.get(code)
    if state is None:
        raise ListError(line, Text("%(code)s is not a state that is or was in UNESCO.", code=code or "“”"))
    if cells["unesco_region"] != state.region:
        found, wanted = cells["unesco_region"], state.region.value
        reason = Text("%(code)s is in %(wanted)s, not in “%(found)s”.", code=code, wanted=wanted, found=found)
        raise ListError(line, reason)
    country_name = cells["country_as_published"] or code
    return CityRow(line, name, country_name, code, state.region, cells["source_url"][:LONGEST_SOURCE])


def _refuse_repeated(rows: Iterable[CityRow]) -> None:
    seen: dict[tuple[str, str], CityRow] = {}
    for row in rows:
        first = seen.setdefault((row.country, row.folded), row)
        if first is not row:
            raise ListError(row.line, Text("%(city)s stands in line %(first)s too.", city=row.label, first=first.line))


def _state(line: int, cells: Mapping[str, str]) -> StateRow:
    code = cells["iso3166_alpha3"]
    if code not in iso3_codes():
        raise ListError(line, Text("%(code)s is not the code of a state known here.", code=code or "“”"))
    if cells["unesco_region"] not in set(Region):
        raise ListError(line, Text("“%(region)s” is not one of the five regions.", region=cells["unesco_region"]))
    if cells["status"] not in set(StateStatus):
        raise ListError(line, Text("“%(status)s” is not member, associate or former.", status=cells["status"]))
    begun, ended = (day_of(line, cells[name]) for name in ("member_from", "member_until"))
    return StateRow(code, Region(cells["unesco_region"]), StateStatus(cells["status"]), begun, ended)


def day_of(line: int, text: str) -> date | None:
    """A date as ISO 8601 writes it, None for no text. Raises ListError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ListError(line, Text("“%(day)s” is not a date like 2026-12-31.", day=text)) from error
