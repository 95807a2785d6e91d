"""What the whole application shares, created bare: the database, Flask-Login, Flask-WTF, Flask-Babel, Flask-Mail."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2 as sqlite
from babel.support import NullTranslations
from flask import g, has_app_context
from flask_babel import Babel, Domain
from flask_login import LoginManager
from flask_mail import Mail
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolIsEmpty
from sqlalchemy.orm import Session

from gnlc_apply.core import catalogues

# Seconds that a writer waits for others, in this process and then in the database.
_LONGEST_TURN = 30
# SQLite before these can corrupt a WAL database when two connections write and checkpoint at one moment.
SAFE_WAL = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def has_safe_wal(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the WAL-reset fix (3.51.3, with backports 3.50.7 and 3.44.6)."""
    return version >= SAFE_WAL[0] or any(version[:2] == fix[:2] and version >= fix for fix in SAFE_WAL[1:])


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below, not the driver's idea of one
    cursor = connection.cursor()
    journal = "WAL" if has_safe_wal(sqlite.sqlite_version_info) else "DELETE"
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_LONGEST_TURN * 1000}",
        "trusted_schema=OFF",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # Takes no lock and cannot fail, and every request begins so: straight to the driver.
        connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]  # it is there by now


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file lies there now; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _sqlite_engine(url: str) -> Engine:
    path = Path(make_url(url).database or "").absolute()

    def connect() -> Any:
        # Never made by opening it: an empty database in the place of a lost one would look like a fresh installation.
        return sqlite.connect(f"file:{quote(str(path))}?mode=rw", uri=True, check_same_thread=False)

    def remember(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    def require_same_file(_connection: Any, record: Any, _proxy: Any) -> None:
        # A connection outlives its file: what it wrote would be lost when the file was moved away or put back.
        if record.info.get("file") != _identity(path):
            raise DisconnectionError(f"{path} is another file than when this connection was made")

    engine = create_engine(url, module=sqlite, creator=connect, pool_size=10, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "connect", remember)
    event.listen(engine, "checkout", require_same_file)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_engine(url: str) -> Engine:
    """An engine with the settings that this product's promises need, on SQLite or PostgreSQL."""
    if url.startswith("sqlite"):
        return _sqlite_engine(url)
    timeouts = "-c statement_timeout=60000 -c lock_timeout=30000 -c idle_in_transaction_session_timeout=120000"
    options = {"options": timeouts + " -c timezone=UTC"}
    # Hidden: what somebody typed, a score or a decision never stands in a log because a statement failed.
    return create_engine(url, pool_pre_ping=True, pool_size=10, hide_parameters=True, connect_args=options)


_MACHINE = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "ENOMEM", "EAGAIN", "EMFILE", "ENFILE", "EACCES", "EPERM")
)
_NOT_THE_MACHINE = (IntegrityError, DataError, ProgrammingError, NotSupportedError)


def is_machine_fault(error: BaseException) -> bool:
    """Whether the machine is at fault and not the request: the disk is full or read-only, memory or file handles have
    run out, the database is away, locked or damaged. The same request may succeed later.
    """
    if isinstance(error, DBAPIError):
        # SQLite reports a table that is not there as operational; that is a mistake of ours.
        is_ours = isinstance(error, OperationalError) and str(error.orig).startswith("no such ")
        return not is_ours and not isinstance(error, _NOT_THE_MACHINE)
    if isinstance(error, OSError):
        return error.errno in _MACHINE
    return isinstance(error, (MemoryError, PoolIsEmpty, DisconnectionError))


class Database:
    """The engine, one reader per request, and one writing session per command."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._address = ""
        self._reader: ContextVar[Session | None] = ContextVar("reader", default=None)
        self._turn = RLock()

    @property
    def engine(self) -> Engine:
        """The engine of this process; ``open`` must have been called."""
        if self._engine is None:
            raise RuntimeError("the database is not open")
        return self._engine

    @property
    def address(self) -> str:
        """Which database this is, without its password: what is kept in the process is kept by it."""
        if not self._address:
            raise RuntimeError("the database is not open")
        return self._address

    def open(self, url: str) -> None:
        """Point at a database; closes the one before."""
        self.close()
        self._engine = make_engine(url)
        self._address = str(self._engine.url)

    def create(self, url: str) -> None:
        """Point at a database, and at SQLite make its file if there is none, for nobody but us."""
        path = make_url(url).database if url.startswith("sqlite") else None
        if path:
            Path(path).touch(mode=0o600)
        self.open(url)

    def close(self) -> None:
        """Give back all connections."""
        self.release()
        if self._engine is not None:
            self._engine.dispose()
            self._engine, self._address = None, ""

    def forget_connections(self) -> None:
        """In a process that was just forked: drop the parent's connections without closing them under its feet."""
        if self._engine is not None:
            self._engine.dispose(close=False)

    @property
    def reader(self) -> Session:
        """The session of this request (or command line) for reading; opened at first use."""
        session = self._reader.get()
        if session is None:
            session = Session(self.engine, autoflush=False, expire_on_commit=False)
            self._reader.set(session)
        return session

    @property
    def is_reading(self) -> bool:
        """Whether this request has its reader already, and with it a view of the database as it stood then."""
        return self._reader.get() is not None

    def release(self) -> None:
        """End reading: at the end of a request, and before anybody writes."""
        session = self._reader.get()
        if session is not None:
            session.close()
            self._reader.set(None)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A short look of its own, apart from the request's reader."""
        with Session(self.engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write; commits at the end of the block or rolls back."""
        self.release()
        engine = self.engine.execution_options(writes=True)
        with self._writers_turn(), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def _writers_turn(self) -> Iterator[None]:
        """On SQLite, one writer of this process at a time: who waits is woken at once, where SQLite itself would look again
        after longer and longer pauses. The other processes, and who waits too long, are still SQLite's to judge.
        """
        is_mine = self.dialect == "sqlite" and self._turn.acquire(timeout=_LONGEST_TURN)
        try:
            yield
        finally:
            if is_mine:
                self._turn.release()

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name


class Catalogues(Domain):
    """Flask-Babel's translations, read where the product keeps them (checkout or wheel), the pseudo-language among them."""

    def get_translations(self) -> NullTranslations:
        """The translations of this request's language; English outside a request."""
        return catalogues.translations((g.get("language") if has_app_context() else None) or "en")


class Languages(Babel):
    """Flask-Babel with our catalogues."""

    _catalogues = Catalogues()

    @property
    def domain_instance(self) -> Catalogues:
        """Where translations come from."""
        return self._catalogues


db = Database()
login = LoginManager()
csrf = CSRFProtect()
babel = Languages()
mail = Mail()
