"""Faults of the machine, made and taken back: full disks, lost files, cut connections, dead children."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
from sqlalchemy import event, make_url
from sqlalchemy.engine import Connection

from gnlc_apply import config
from gnlc_apply.extensions import db
from tests import engines


def database_file(settings: config.Settings) -> Path:
    """The file of a SQLite installation."""
    return Path(settings.database_url.removeprefix("sqlite:///"))


@contextmanager
def _pragma(words: str) -> Iterator[None]:
    """Every connection of the block is told this."""

    def tell(connection: Any, _record: Any) -> None:
        connection.execute(words)

    db.engine.dispose()
    event.listen(db.engine, "connect", tell)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", tell)
        db.engine.dispose()


@contextmanager
def full_disk(settings: config.Settings) -> Iterator[None]:
    """The database cannot become larger: SQLite says that the disk is full."""
    with _pragma("PRAGMA max_page_count=1"):
        yield


@contextmanager
def read_only(settings: config.Settings) -> Iterator[None]:
    """The database can be read and not be written."""
    with _pragma("PRAGMA query_only=1"):
        yield


@contextmanager
def no_room(settings: config.Settings, size: int = 0) -> Iterator[None]:
    """No file of this process can grow beyond ``size``: database, write-ahead log, attachments and temporary files alike."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal that comes with it, so that writing fails with an error as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def lost_file(settings: config.Settings) -> Iterator[None]:
    """The database file is taken away under the running program, and put back."""
    file = database_file(settings)
    parked = file.with_name("parked")
    parked.mkdir()
    files = [one for one in (file, Path(f"{file}-wal"), Path(f"{file}-shm")) if one.exists()]
    for one in files:
        one.rename(parked / one.name)
    try:
        yield
        assert not file.exists(), "an empty database was made in the place of the lost one"
    finally:
        for one in files:
            (parked / one.name).rename(one)
        parked.rmdir()


@contextmanager
def locked(settings: config.Settings, patience: int = 50) -> Iterator[None]:
    """Somebody else writes for the length of the block, and we do not wait thirty seconds for them in a test."""
    with _pragma(f"PRAGMA busy_timeout={patience}"):
        other = sqlite.connect(database_file(settings), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()


def _as_owner(statement: str) -> None:
    server = engines.postgresql_url()
    assert server is not None
    url = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def end_connections(settings: config.Settings) -> None:
    """PostgreSQL ends every connection to this database, as a restart or a fail-over does."""
    name = make_url(settings.database_url).database
    _as_owner(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608  # our own


@contextmanager
def server_away(settings: config.Settings) -> Iterator[None]:
    """PostgreSQL lets nobody in."""
    name = make_url(settings.database_url).database
    _as_owner(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    end_connections(settings)
    try:
        yield
    finally:
        _as_owner(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextmanager
def cut_at_writing(settings: config.Settings) -> Iterator[None]:
    """The connection is cut in the middle of each transaction, before its first INSERT or UPDATE."""

    def cut(_connection: Connection, _cursor: Any, statement: str, *_others: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE")):
            end_connections(settings)

    event.listen(db.engine, "before_cursor_execute", cut)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", cut)


def _children(words: str) -> list[int]:
    """Processes started by this one, or by one of those, whose command line holds these words."""
    ours = _started_by(os.getpid())
    found = []
    for child in (*ours, *(grandchild for one in ours for grandchild in _started_by(one))):
        with suppress(OSError):
            if words in Path(f"/proc/{child}/cmdline").read_text():
                found.append(child)
    return found


def _started_by(process: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{process}/task").glob("*"):
        with suppress(OSError):
            found += [int(number) for number in (thread / "children").read_text().split()]
    return found


@contextmanager
def children_get(number: signal.Signals, words: str) -> Iterator[list[int]]:
    """Each new child process whose command line holds these words gets this signal as soon as it is seen; who got it."""
    reached: list[int] = []
    before = set(_children(words))
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.is_set():
            for child in _children(words):
                if child not in reached and child not in before:
                    os.kill(child, number)
                    reached.append(child)
            time.sleep(0.002)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield reached
    finally:
        is_over.set()
        watcher.join()


@contextmanager
def no_audit(settings: config.Settings) -> Iterator[None]:
    """No entry of the audit log can be written."""
    with db.engine.begin() as connection:
        if db.dialect == "sqlite":
            connection.exec_driver_sql(
                "CREATE TRIGGER refuse BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(FAIL, 'no'); END"
            )
        else:
            connection.exec_driver_sql(
                "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no'; END $$ LANGUAGE plpgsql"
            )
            connection.exec_driver_sql(
                "CREATE TRIGGER refuse BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
    try:
        yield
    finally:
        with db.engine.begin() as connection:
            on = "" if db.dialect == "sqlite" else " ON audit_entry"
            connection.exec_driver_sql(f"DROP TRIGGER refuse{on}")


Fault = Callable[[config.Settings], Any]
