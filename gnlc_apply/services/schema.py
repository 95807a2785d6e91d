"""The database's own life: created, migrated up and down, marked as what it is."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.orm import Session

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.lazy import lazy
from gnlc_apply.extensions import db
from gnlc_apply.models import Instance
from gnlc_apply.services import ledger

_command: Any = lazy("alembic.command")
_alembic_config: Any = lazy("alembic.config")

# One number for the advisory lock, so that two starting processes migrate once.
MIGRATION_LOCK = 7_409_311


def _settings(connection: Connection) -> Any:
    settings = _alembic_config.Config()
    settings.set_main_option("script_location", str(config.asset_dir("migrations")))
    settings.attributes["connection"] = connection
    return settings


def migrate_on(connection: Connection, act: str, revision: str) -> None:
    """Move the database of this connection up or down, inside the transaction that runs on it."""
    getattr(_command, act)(_settings(connection), revision)


@contextmanager
def rebuilding() -> Iterator[Connection]:
    """One transaction, alone, in which tables may be made anew: references are checked once, at its end.

    Only one process at a time is in here; the next waits. Raises RuntimeError, with nothing changed, for broken references.
    """
    db.release()
    engine = db.engine.execution_options(writes=True)
    if db.dialect == "sqlite":
        with engine.connect() as connection:
            # Batch operations rebuild tables; this setting can only be changed outside a transaction.
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"references are broken: {[tuple(row) for row in broken[:3]]}")
                connection.commit()
            finally:
                if connection.connection.in_transaction:
                    connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        return
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})
        yield connection


def _migrate(act: str, revision: str) -> None:
    with rebuilding() as connection:
        migrate_on(connection, act, revision)


def revision() -> str:
    """The migration that the database stands at; empty where nothing was made yet."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def upgrade(revision: str = "head") -> None:
    """Bring the database up to a revision."""
    _migrate("upgrade", revision)


def downgrade(revision: str) -> None:
    """Bring the database down to a revision (``base`` is empty)."""
    _migrate("downgrade", revision)


def mark(*, is_demo: bool) -> None:
    """Write once what this database is; a database that is marked stays what it is."""
    with db.writing() as session:
        if session.scalar(select(Instance.id).where(Instance.id == 1)) is None:
            session.execute(insert(Instance), [_instance_row(is_demo)])
            ledger.begin(session)


def _instance_row(is_demo: bool) -> dict[str, Any]:
    return {
        "id": 1,
        "is_demo": is_demo,
        "identity": secrets.token_hex(8),
        "created_at": clock.now(),
        "is_held": False,
        "history_is_incomplete": True,
    }


def is_marked() -> bool:
    """Whether this database has been made ready before."""
    with Session(db.engine) as session:
        return session.scalar(select(Instance.id).where(Instance.id == 1)) is not None
