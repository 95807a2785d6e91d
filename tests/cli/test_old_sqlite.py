"""An SQLite whose write-ahead log can lose a write: the slower journal is used, and the doctor says why."""

from __future__ import annotations

import pysqlite3.dbapi2 as sqlite
import pytest

from gnlc_apply import config
from gnlc_apply.cli.doctor import FIRST, OK, WARNING
from gnlc_apply.extensions import db, has_safe_wal


def journal(settings: config.Settings) -> str:
    """The journal that a fresh connection uses."""
    db.open(settings.database_url)
    with db.engine.connect() as connection:
        return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())


def verdict() -> str:
    """What the doctor says of SQLite."""
    return next(finding.status for look in FIRST for finding in look() if finding.name == "sqlite")


@pytest.mark.parametrize("engine", ["sqlite"])
def test_an_old_sqlite_falls_back_to_the_rollback_journal_and_is_named(
    database: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (journal(database), verdict()) == ("wal", OK)
    monkeypatch.setattr(sqlite, "sqlite_version_info", (3, 46, 1))
    assert (journal(database), verdict()) == ("delete", WARNING)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_fresh_connection_keeps_what_was_promised(database: config.Settings) -> None:
    names = (
        "journal_mode",
        "synchronous",
        "busy_timeout",
        "foreign_keys",
        "mmap_size",
        "trusted_schema",
        "secure_delete",
    )
    db.open(database.database_url)
    with db.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    assert found == {
        "journal_mode": "wal",
        # FULL: a receipt that was shown survives a power cut.
        "synchronous": 2,
        # Who waits for other writers waits for half a minute.
        "busy_timeout": 30_000,
        "foreign_keys": 1,
        # Never: a file read through memory makes a damaged one worse.
        "mmap_size": 0,
        "trusted_schema": 0,
        "secure_delete": 1,
    }


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((3, 51, 2), False),
        ((3, 50, 7), True),
        ((3, 50, 6), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 40, 1), False),
    ],
)
def test_which_versions_are_safe(version: tuple[int, int, int], is_safe: bool) -> None:
    assert has_safe_wal(version) is is_safe
