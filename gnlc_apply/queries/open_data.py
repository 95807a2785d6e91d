"""The registry as open data: JSON and CSV as of a day, one cohort as JSON. Bytes, kept until the registry changes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Cohort, CohortCity
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


def cohort_json(reference: str) -> bytes:
    """The release's figures as they were frozen, and its cities with the names of the day. Raises NotFound.

    Only a cohort that has been announced is there: one not yet announced answers as one that does not exist.
    """
    cohort = db.reader.execute(
        select(Cohort.id, Cohort.reference, Cohort.title, Cohort.announced_at, Cohort.figures).where(
            Cohort.reference == reference, Cohort.announced_at <= clock.now()
        )
    ).one_or_none()
    if cohort is None:
        raise NotFound()
    cities = db.reader.execute(
        select(
            City.reference.label("id"),
            CohortCity.name,
            CohortCity.country,
            CohortCity.country_name,
            CohortCity.region,
            CohortCity.is_capital,
            CohortCity.is_returning,
        )
        .join(City, City.id == CohortCity.city_id)
        .where(CohortCity.cohort_id == cohort.id)
        .order_by(CohortCity.region, CohortCity.country_name, CohortCity.sort_key, CohortCity.name)
    )
    return _as_json(
        {
            "id": cohort.reference,
            "title": cohort.title,
            "announced_at": cohort.announced_at.isoformat(),
            "figures": cohort.figures,
            "cities": [dict(row._mapping) for row in cities],
        }
    )
