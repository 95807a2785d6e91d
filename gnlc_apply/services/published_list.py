"""Totals that were published about the network, as a file: read whole or refused with line and reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.services.member_list import LONGEST_SOURCE, ListError, content_of, day_of, table

COLUMNS = (
    "date",
    "new_cities",
    "new_from_countries",
    "total_members",
    "total_countries",
    "citizens",
    "note",
    "source_url",
)
# "200+" is published as well as 229.
_COUNT = re.compile(r"(\d{1,6})(\+?)")


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """What one publication says of the network; None where it says nothing."""

    on: date
    source: str
    new_cities: int | None = None
    new_countries: int | None = None
    total_members: int | None = None
    total_countries: int | None = None
    citizens: str = ""
    note: str = ""

    def values(self) -> dict[str, Any]:
        """What it says, without when and where."""
        return {
            "new_cities": self.new_cities,
            "new_countries": self.new_countries,
            "total_members": self.total_members,
            "total_countries": self.total_countries,
            "citizens": self.citizens,
            "note": self.note,
        }


def read_published(source: Path | str | bytes) -> tuple[PublishedRow, ...]:
    """Read published totals from a path or from bytes. Raises ListError.

    "200+" is kept as 200, with a note that more than 200 were published.
    """
    _, content = content_of(source)
    return tuple(_row(line, cells) for line, cells in table(content, COLUMNS))


def _row(line: int, cells: Mapping[str, str]) -> PublishedRow:
    on = day_of(line, cells["date"])
    if on is None:
        raise ListError(line, Text("There is no date."))
    if not cells["source_url"]:
        raise ListError(line, Text("There is no source."))
    counts, notes = {}, [cells["note"]]
    for name, column in (
        ("new_cities", "new_cities"),
        ("new_countries", "new_from_countries"),
        ("total_members", "total_members"),
        ("total_countries", "total_countries"),
    ):
        counts[name], is_more = _count(line, cells[column])
        if is_more:
            notes.insert(0, f"{column.replace('_', ' ')} published as “{cells[column]}”")
    return PublishedRow(
        on=on,
        source=cells["source_url"][:LONGEST_SOURCE],
        citizens=cells["citizens"][:80],
        note="; ".join(filter(None, notes)),
        **counts,
    )


def _count(line: int, text: str) -> tuple[int | None, bool]:
    if not text:
        return None, False
    found = _COUNT.fullmatch(text)
    if found is None:
        raise ListError(line, Text("“%(text)s” is not a number.", text=text))
    return int(found[1]), bool(found[2])
