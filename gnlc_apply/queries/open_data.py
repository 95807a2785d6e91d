"""The registry as open data: JSON and CSV as of a day. Bytes, kept until the registry changes."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

from gnlc_apply.core.spreadsheet import BYTE_ORDER_MARK, cell
from gnlc_apply.queries import registry
from gnlc_apply.queries.kept import kept_alone

COLUMNS = ("id", "name", "country", "region", "member_since", "cohort", "latitude", "longitude")


def registry_json(on: date) -> bytes:
    """``{"as_of", "members": [...]}`` with the names of ``COLUMNS``; ``member_since`` is null where only "known by" is known."""
    return kept_alone("registry.json", lambda: _as_json(on), on)


def registry_csv(on: date) -> bytes:
    """The same columns for spreadsheets: UTF-8 with a byte order mark; texts that look like formulas get an apostrophe."""
    return kept_alone("registry.csv", lambda: _as_csv(on), on)


def _as_json(on: date) -> bytes:
    plain = {
        "as_of": on.isoformat(),
        "members": [
            {
                "id": entry.reference,
                "name": entry.name,
                "country": entry.country,
                "region": entry.region,
                "member_since": entry.from_on.isoformat() if entry.from_on else None,
                "cohort": entry.cohort,
                "latitude": entry.latitude,
                "longitude": entry.longitude,
            }
            for entry in registry.members(on)
        ],
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _as_csv(on: date) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in registry.members(on):
        began = entry.from_on.isoformat() if entry.from_on else None
        row = (*entry[:3], entry.region, began, entry.cohort, entry.latitude, entry.longitude)
        writer.writerow([cell(value) for value in row])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()
