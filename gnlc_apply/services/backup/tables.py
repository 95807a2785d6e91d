"""All tables as lines of JSON and back, as they are in the database and not as the models would have them.

An older schema is written as it stands, with the kind of each column, and one engine reads what the other has written.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy import types as sa

VERSION_TABLE = "alembic_version"
ROWS_IN_A_PART, BYTES_IN_A_PART = 20_000, 4 * 1024 * 1024

Columns = dict[str, str]
_KINDS: tuple[tuple[type[Any], str], ...] = (
    (sa.Boolean, "boolean"),
    (sa.DateTime, "moment"),
    (sa.Date, "date"),
    (sa.LargeBinary, "bytes"),
    (sa.JSON, "json"),
    (sa.Float, "number"),
    (sa.Integer, "integer"),
    (sa.String, "text"),
)


def _kind(column_type: object) -> str:
    for known, kind in _KINDS:
        if isinstance(column_type, known):
            return kind
    # Refused rather than guessed: a backup that loses a column in silence is none. Who adds such a column adds its kind.
    raise TypeError(f"no kind in a backup stands for columns of the type {column_type!r}: add it to _KINDS")


def columns_of(connection: Connection) -> dict[str, Columns]:
    """Every table with the kind of each of its columns, in the order of their names."""
    look = inspect(connection)
    return {
        table: {column["name"]: _kind(column["type"]) for column in look.get_columns(table)}
        for table in sorted(set(look.get_table_names()) - {VERSION_TABLE})
    }


def revision_of(connection: Connection) -> str:
    """The migration that the database stands at; empty for an empty database."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return str(connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) or "")  # noqa: S608 (our own name)


def quoted(connection: Connection, name: str) -> str:
    """A name as it stands in a statement."""
    return connection.dialect.identifier_preparer.quote_identifier(name)


def count(connection: Connection, table: str) -> int:
    """How many rows a table has."""
    return int(connection.scalar(text(f"SELECT count(*) FROM {quoted(connection, table)}")) or 0)  # noqa: S608 (quoted)


def moment(value: str | datetime) -> datetime:
    """A moment as a driver gives it, aware, in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _moment_out(value: str | datetime) -> str:
    return moment(value).isoformat(timespec="microseconds")


_OUT: dict[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "moment": _moment_out,
    "date": str,
    "bytes": lambda value: base64.b64encode(value).decode(),
}


def _as_sqlite_keeps_it(text_value: str) -> str:
    return datetime.fromisoformat(text_value).strftime("%Y-%m-%d %H:%M:%S.%f")


_IN: dict[str, dict[str, Callable[[Any], Any]]] = {
    "sqlite": {"boolean": int, "moment": _as_sqlite_keeps_it, "bytes": base64.b64decode},
    "postgresql": {"moment": datetime.fromisoformat, "date": date.fromisoformat, "bytes": base64.b64decode},
}


def parts(connection: Connection, table: str, columns: Columns) -> Iterator[tuple[bytes, int]]:
    """The rows of a table in parts that fit into memory, each compressed: (content, number of rows)."""
    key = inspect(connection).get_pk_constraint(table)["constrained_columns"]
    chosen = ", ".join(_chosen(connection, name, kind) for name, kind in columns.items())
    order = ", ".join(quoted(connection, name) for name in key)
    statement = text(f"SELECT {chosen} FROM {quoted(connection, table)} ORDER BY {order}")  # noqa: S608 (quoted names)
    rows = connection.execution_options(stream_results=True, yield_per=1000).execute(statement)
    turns = [_OUT.get(kind) for kind in columns.values()]
    lines: list[bytes] = []
    size = 0
    for row in rows:
        values = [turn(v) if turn and v is not None else v for turn, v in zip(turns, row, strict=True)]
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        lines.append(line)
        size += len(line)
        if len(lines) >= ROWS_IN_A_PART or size >= BYTES_IN_A_PART:
            yield _compressed(lines), len(lines)
            lines, size = [], 0
    if lines:
        yield _compressed(lines), len(lines)


def _chosen(connection: Connection, name: str, kind: str) -> str:
    column = quoted(connection, name)
    # JSON travels as the text it is, so that digests taken of it hold; SQLite keeps a bare number as a number.
    return f"CAST({column} AS TEXT)" if kind == "json" else column


def _compressed(lines: list[bytes]) -> bytes:
    return gzip.compress(b"\n".join(lines), compresslevel=3, mtime=0)


def load(connection: Connection, table: str, columns: Columns, contents: Iterable[bytes]) -> int:
    """Write rows back into a table of the same shape; how many. References are the caller's business."""
    names = ", ".join(quoted(connection, name) for name in columns)
    # Positions, in the way that each driver writes them.
    places = ", ".join(["?" if connection.dialect.name == "sqlite" else "%s"] * len(columns))
    statement = f"INSERT INTO {quoted(connection, table)} ({names}) VALUES ({places})"  # noqa: S608 (quoted names)
    known = _IN[connection.dialect.name]
    turns = [known.get(kind) for kind in columns.values()]
    written = 0
    for content in contents:
        rows = [
            tuple(turn(v) if turn and v is not None else v for turn, v in zip(turns, json.loads(line), strict=True))
            for line in gzip.decompress(content).split(b"\n")
        ]
        connection.exec_driver_sql(statement, rows)
        written += len(rows)
    return written
