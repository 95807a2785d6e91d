"""Writing many rows at once, with numbers that the rows can point at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from gnlc_apply.models.base import Base

CHUNK = 5_000


def first_free(session: Session, table: type[Base]) -> int:
    """The number that the table's next row can bear."""
    return int(session.scalar(select(func.max(table.id))) or 0) + 1  # type: ignore[attr-defined]  # all of these have one


def write(session: Session, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert many rows of one table."""
    held: list[dict[str, Any]] = []
    for row in rows:
        held.append(row)
        if len(held) == CHUNK:
            session.execute(insert(table), held)
            held = []
    if held:
        session.execute(insert(table), held)
