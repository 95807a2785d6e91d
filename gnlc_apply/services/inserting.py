"""Many rows of one kind written at once, without the detour through objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import Dialect, Insert, Table, insert
from sqlalchemy.orm import DeclarativeBase, Session

# From so many rows on, values are made ready column by column.
_MANY = 16
Ready = Callable[[Any], Any] | None


def insert_rows(session: Session, kind: type[DeclarativeBase], rows: Sequence[dict[str, Any]]) -> None:
    """Write these rows, all with the same attributes, into the table of a kind. Nothing happens without rows."""
    if not rows:
        return
    statement, columns = _into(kind)
    if len(rows) >= _MANY and session.get_bind().dialect.paramstyle == "qmark" and _insert_columns(session, kind, rows):
        return
    if not columns.keys().isdisjoint(rows[0]):
        rows = [{columns.get(name, name): value for name, value in row.items()} for row in rows]
    session.connection().execute(statement, rows)


@cache
def _into(kind: type[DeclarativeBase]) -> tuple[Insert, dict[str, str]]:
    """The statement, and the columns that bear another name than their attribute."""
    attributes = kind.__mapper__.column_attrs
    other = {one.key: one.columns[0].key for one in attributes if one.key != one.columns[0].key}
    return insert(cast(Table, kind.__table__)), other


def _insert_columns(session: Session, kind: type[DeclarativeBase], rows: Sequence[dict[str, Any]]) -> bool:
    """The same for many rows: what SQLAlchemy does with each value of each row is done once for each column.

    False, and nothing done, where a column's value is made in Python for each row.
    """
    connection = session.connection()
    prepared = _prepared(kind, tuple(rows[0]), connection.dialect)
    if prepared is None:
        return False
    text, order = prepared
    columns = [_made_ready([row[name] for row in rows], ready) for name, ready in order]
    connection.exec_driver_sql(text, list(zip(*columns, strict=True)))
    return True


@lru_cache(maxsize=64)
def _prepared(
    kind: type[DeclarativeBase], names: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[tuple[str, Ready]]] | None:
    """The words of the statement; the attributes in the order of its places, each with what makes its values ready."""
    statement, other = _into(kind)
    attributes = {other.get(name, name): name for name in names}
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(attributes), for_executemany=True)
    if compiled.insert_prefetch:
        return None
    columns = cast(Table, kind.__table__).c
    ready = {key: columns[key].type.dialect_impl(dialect).bind_processor(dialect) for key in attributes}
    return str(compiled), [(attributes[key], ready[key]) for key in compiled.positiontup]


def _made_ready(values: list[Any], ready: Ready) -> list[Any]:
    """Values as the database takes them; one that stands in every row is made ready once."""
    if ready is None:
        return values
    first = values[0]
    if all(value is first for value in values):
        return [ready(first)] * len(values)
    return [ready(value) for value in values]
