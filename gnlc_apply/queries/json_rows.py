"""Rows put together as JSON by the database itself, alike on SQLite and PostgreSQL: one statement brings a row with all that
hangs on it, however much that is, and nothing of it becomes an object here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, SQLColumnExpression, Text, cast, literal_column, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Object(FunctionElement[Any]):
    """Names and values in turn."""

    inherit_cache = True


class _Nested(FunctionElement[Any]):
    """JSON that stands inside other JSON."""

    inherit_cache = True


class _Listed(FunctionElement[Any]):
    """One value from each row of a statement, then what they are ordered by."""

    inherit_cache = True


class _Moment(FunctionElement[Any]):
    """A moment in UTC."""

    inherit_cache = True


class _Truth(FunctionElement[Any]):
    """True or false."""

    inherit_cache = True


class _Held(FunctionElement[Any]):
    """Whether a text holds another, taken as it is: no sign in it means anything."""

    inherit_cache = True


def _made(part: FunctionElement[Any], compiler: SQLCompiler, **how: Any) -> list[str]:
    return [compiler.process(clause, **how) for clause in part.clauses]


@compiles(_Object, "sqlite")
def _object_sqlite(part: _Object, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_object({', '.join(_made(part, compiler, **how))})"


@compiles(_Object, "postgresql")
def _object_postgresql(part: _Object, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_build_object({', '.join(_made(part, compiler, **how))})"


@compiles(_Nested, "sqlite")
def _nested_sqlite(part: _Nested, compiler: SQLCompiler, **how: Any) -> str:
    # What comes out of a sub-query is text like any other until it is said to be JSON.
    return f"json({_made(part, compiler, **how)[0]})"


@compiles(_Nested, "postgresql")
def _nested_postgresql(part: _Nested, compiler: SQLCompiler, **how: Any) -> str:
    return _made(part, compiler, **how)[0]


@compiles(_Listed, "sqlite")
def _listed_sqlite(part: _Listed, compiler: SQLCompiler, **how: Any) -> str:
    value, *order = _made(part, compiler, **how)
    return f"json_group_array({value} ORDER BY {', '.join(order)})"


@compiles(_Listed, "postgresql")
def _listed_postgresql(part: _Listed, compiler: SQLCompiler, **how: Any) -> str:
    value, *order = _made(part, compiler, **how)
    return f"coalesce(json_agg({value} ORDER BY {', '.join(order)}), '[]'::json)"


@compiles(_Moment, "sqlite")
def _moment_sqlite(part: _Moment, compiler: SQLCompiler, **how: Any) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {_made(part, compiler, **how)[0]})"


@compiles(_Moment, "postgresql")
def _moment_postgresql(part: _Moment, compiler: SQLCompiler, **how: Any) -> str:
    return f"""to_char({_made(part, compiler, **how)[0]} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


@compiles(_Truth, "sqlite")
def _truth_sqlite(part: _Truth, compiler: SQLCompiler, **how: Any) -> str:
    value = _made(part, compiler, **how)[0]
    return f"json(CASE WHEN {value} IS NULL THEN 'null' WHEN {value} THEN 'true' ELSE 'false' END)"


@compiles(_Truth, "postgresql")
def _truth_postgresql(part: _Truth, compiler: SQLCompiler, **how: Any) -> str:
    return _made(part, compiler, **how)[0]


@compiles(_Held, "sqlite")
def _held_sqlite(part: _Held, compiler: SQLCompiler, **how: Any) -> str:
    return f"instr({', '.join(_made(part, compiler, **how))}) > 0"


@compiles(_Held, "postgresql")
def _held_postgresql(part: _Held, compiler: SQLCompiler, **how: Any) -> str:
    return f"strpos({', '.join(_made(part, compiler, **how))}) > 0"


def json_object(**values: Any) -> ColumnElement[Any]:
    """An object of these names and values; a name with a line below at its end stands without it."""
    parts: list[Any] = []
    for name, value in values.items():
        # Names are ours and never typed by anybody.
        parts += [literal_column(f"'{name.rstrip('_')}'"), value]
    return _Object(*parts)


def json_list(value: ColumnElement[Any], *order: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """The list of this value of every row of a statement; empty where there is none."""
    return _Listed(value, *order)


def nested(json: Any) -> ColumnElement[Any]:
    """JSON from a sub-query or a column, to stand inside other JSON."""
    return _Nested(json)


def moment(column: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """A moment as ``2027-03-01T12:00:00Z``, to the second."""
    return _Moment(column)


def truth(column: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """``true`` or ``false``, which SQLite keeps as numbers; ``null`` stays."""
    return _Truth(column)


def json_text(json: ColumnElement[Any]) -> ColumnElement[str]:
    """The JSON as text, as it can be handed out."""
    return cast(json, Text)


def holds(text: SQLColumnExpression[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the text holds this part, letter by letter."""
    return type_coerce(_Held(text, part), Boolean)
