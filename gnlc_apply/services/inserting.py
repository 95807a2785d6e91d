"""Many rows of one kind written at once, without the detour through objects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Table, insert
from sqlalchemy.orm import DeclarativeBase, Session


def insert_rows(session: Session, kind: type[DeclarativeBase], rows: Sequence[dict[str, Any]]) -> None:
    """Write these rows, all with the same attributes, into the table of a kind. Nothing happens without rows."""
    if not rows:
        return
    statement, columns = _into(kind)
    if not columns.keys().isdisjoint(rows[0]):
        rows = [{columns.get(name, name): value for name, value in row.items()} for row in rows]
    session.execute(statement, rows)


@cache
def _into(kind: type[DeclarativeBase]) -> tuple[Insert, dict[str, str]]:
    """The statement, and the columns that bear another name than their attribute."""
    attributes = kind.__mapper__.column_attrs
    other = {one.key: one.columns[0].key for one in attributes if one.key != one.columns[0].key}
    return insert(cast(Table, kind.__table__)), other
