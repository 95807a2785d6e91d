"""Making a backup while everybody works: one look at the whole database, then the files that this look knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, text

from gnlc_apply import config
from gnlc_apply.core import clock, sealing
from gnlc_apply.extensions import db
from gnlc_apply.queries.kept_files import KeptFile, kept_files
from gnlc_apply.services.backup import tables
from gnlc_apply.services.backup.manifest import Manifest, file_name, table_part
from gnlc_apply.storage import archive
from gnlc_apply.storage.store import Area, LocalStorage, Missing

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    path: Path
    manifest: Manifest
    is_sealed: bool

    @property
    def is_whole(self) -> bool:
        """Whether every file was there and as it was when it came in."""
        return not self.manifest.missing and not self.manifest.damaged


@dataclass(frozen=True)
class _Look:
    """What the one look at the database gave."""

    engine: str
    revision: str
    identity: str
    audit_head: tuple[int, str]
    columns: dict[str, tables.Columns]
    rows: dict[str, int]
    files: list[KeptFile]


def default_path(settings: config.Settings, purpose: str = "backup") -> Path:
    """Where a backup made now is put unless another place is named; the folder is made."""
    settings.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    ending = ".gnlc.sealed" if settings.backup_key else ".gnlc"
    return settings.backups / f"{purpose}-{clock.now():%Y%m%dT%H%M%S%fZ}{ending}"


def keep_newest(settings: config.Settings, purpose: str, number: int) -> int:
    """Throw away all but the newest backups that were made for a purpose; how many."""
    made = sorted(settings.backups.glob(f"{purpose}-*.gnlc*"))
    for path in made[:-number]:
        path.unlink()
    return len(made[:-number])


def _silently(_what: str, _done: int, _of: int) -> None:
    pass


def make(target: Path, tell: Tell = _silently) -> Made:
    """Write everything of this installation into one archive at ``target``; its secret key is not part of it.

    Raises FileExistsError when there is a file, RuntimeError when the database is broken or was never made ready.
    """
    settings = config.current()
    storage = LocalStorage(settings.attachments)
    moment = clock.now()
    with archive.writing(target, settings.backup_key) as into, storage.kept_whole():
        with _one_look() as connection:
            look = _tables_into(into, connection, tell)
        files, size, missing, damaged = _files_into(into, storage, look.files, tell)
        manifest = Manifest(
            version=version("gnlc-apply"),
            made_at=moment.isoformat(),
            engine=look.engine,
            revision=look.revision,
            identity=look.identity,
            key_mark=sealing.mark(settings.secret_key),
            audit_sequence=look.audit_head[0],
            audit_hash=look.audit_head[1],
            columns=look.columns,
            rows=look.rows,
            files=files,
            bytes=size,
            missing=missing,
            damaged=damaged,
        )
        into.finish(manifest.as_facts())
    return Made(target, manifest, bool(settings.backup_key))


@contextmanager
def _one_look() -> Iterator[Connection]:
    """A transaction that sees the database as it was at one moment, whoever writes meanwhile."""
    if db.dialect == "sqlite":
        with db.engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            if found != ["ok"]:
                raise RuntimeError(f"the database is damaged and cannot be backed up: {'; '.join(map(str, found[:3]))}")
            yield connection
        return
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        # A backup may take its time where a page may not.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        yield connection


def _tables_into(into: archive.Writer, connection: Connection, tell: Tell) -> _Look:
    columns = tables.columns_of(connection)
    if "instance" not in columns:
        raise RuntimeError("there is nothing to back up: the database was never made ready ('gnlc init')")
    rows: dict[str, int] = {}
    for number, table in enumerate(columns):
        rows[table] = 0
        for part, (content, count) in enumerate(tables.parts(connection, table, columns[table])):
            into.add_bytes(table_part(table, part), content)
            rows[table] += count
        tell("tables", number + 1, len(columns))
    head = connection.execute(text("SELECT sequence, hash FROM audit_head")).one_or_none()
    return _Look(
        engine=connection.dialect.name,
        revision=tables.revision_of(connection),
        identity=str(connection.scalar(text("SELECT identity FROM instance"))),
        audit_head=(head[0], head[1]) if head else (0, ""),
        columns=columns,
        rows=rows,
        files=kept_files(connection, columns),
    )


def _files_into(
    into: archive.Writer, storage: LocalStorage, kept: list[KeptFile], tell: Tell
) -> tuple[int, int, list[str], list[str]]:
    """How many files and bytes went in, and the names of those that are missing or not as they came in."""
    files, size = 0, 0
    missing: list[str] = []
    damaged: list[str] = []
    for number, one in enumerate(kept):
        for area, expected in ((Area.QUARANTINE, one.sha256_original), (Area.SERVED, one.sha256_clean)):
            name = file_name(area, one.key)
            try:
                length = storage.stat(area, one.key).size
                with storage.open(area, one.key) as content:
                    found = into.add(name, length, content)
            except Missing:
                missing.append(name)
                continue
            files, size = files + 1, size + length
            if found != expected:
                damaged.append(name)
        tell("files", number + 1, len(kept))
    return files, size, missing, damaged
