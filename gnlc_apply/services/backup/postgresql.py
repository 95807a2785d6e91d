"""What only PostgreSQL needs while tables are loaded: references that wait, sequences that go on. Elsewhere these do nothing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, inspect, text

from gnlc_apply.services.backup.tables import Columns, quoted

Reference = tuple[str, str, str]

_REFERENCES = text(
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname"
)
# Those of an extension belong to the server.
_FUNCTIONS = text(
    "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
    " AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') ORDER BY 1"
)


def _is_here(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def drop_everything(connection: Connection) -> None:
    """Drop all tables and the functions of their triggers; inside the transaction, so that nothing is lost if it does not end well."""
    for table in inspect(connection).get_table_names():
        connection.exec_driver_sql(f"DROP TABLE {quoted(connection, table)} CASCADE")
    for function in connection.scalars(_FUNCTIONS).all():
        connection.exec_driver_sql(f"DROP FUNCTION {function} CASCADE")


def drop_references(connection: Connection) -> list[Reference]:
    """Take all foreign keys away, for rows to come in any order; what to give to ``restore_references``."""
    if not _is_here(connection):
        return []
    found = [(row[0], row[1], row[2]) for row in connection.execute(_REFERENCES)]
    for table, name, _definition in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(connection, name)}")
    return found


def restore_references(connection: Connection, references: Iterable[Reference]) -> None:
    """Put the foreign keys back; the server checks every row against them."""
    for table, name, definition in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {quoted(connection, name)} {definition}")


def restore_sequences(connection: Connection, columns: dict[str, Columns]) -> None:
    """Let the next inner number of each table follow the highest one that came in."""
    if not _is_here(connection):
        return
    for table, kinds in columns.items():
        if kinds.get("id") != "integer":
            continue
        name = quoted(connection, table)
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name} HAVING max(id) IS NOT NULL"  # noqa: S608 (quoted)
        )
