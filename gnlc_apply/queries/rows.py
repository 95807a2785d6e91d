"""Names for rows and statements of any columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row, Select

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
Rows: TypeAlias = Sequence[AnyRow]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]


def plain(rows: Iterable[AnyRow]) -> list[dict[str, Any]]:
    """Rows as values that JSON has."""
    return [
        {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row._mapping.items()}
        for row in rows
    ]
