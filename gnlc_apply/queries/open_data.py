"""The registry as open data: JSON and CSV as of a day. Bytes, kept until the registry changes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from gnlc_apply.queries import registry
from gnlc_apply.queries.kept import kept

COLUMNS = ("id", "name", "country", "region", "member_since", "cohort", "latitude", "longitude")
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def registry_json(on: date) -> bytes:
    """``{"as_of", "members": [...]}`` with the columns above; ``member_since`` is null where only "known by" is known."""
    return kept("registry.json", lambda: _as_json({"as_of": on.isoformat(), "members": _rows(on)}), on)


def registry_csv(on: date) -> bytes:
    """The same columns for spreadsheets: UTF-8 with a byte order mark; texts that look like formulas get an apostrophe."""
    return kept("registry.csv", lambda: _as_csv(_rows(on)), on)


def _rows(on: date) -> list[dict[str, Any]]:
    return [
        dict(
            zip(
                COLUMNS,
                (
                    entry.reference,
                    entry.name,
                    entry.country,
                    entry.region.value,
                    entry.from_on.isoformat() if entry.from_on else None,
                    entry.cohort,
                    entry.latitude,
                    entry.longitude,
                ),
                strict=True,
            )
        )
        for entry in registry.members(on)
    ]


def _as_json(plain: object) -> bytes:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _as_csv(rows: Iterable[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[column]) for column in COLUMNS] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
