"""Restoring a backup: everything is unpacked and checked beside what is there before anything is replaced; then held.

The order: unpack and compare every hash; make the schema of the archive's day; load; migrate; check references, numbers of
rows and the audit chain; hold; and only then let it take its place.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from gnlc_apply import config
from gnlc_apply.core import sealing
from gnlc_apply.extensions import db
from gnlc_apply.queries import readiness
from gnlc_apply.services import ledger, schema
from gnlc_apply.services.backup import afterwards, postgresql, tables
from gnlc_apply.services.backup.making import Tell
from gnlc_apply.services.backup.manifest import Manifest, file_of, table_of
from gnlc_apply.services.backup.place import Refused, require_place, set_aside, sqlite_file
from gnlc_apply.storage import archive

_MEGABYTE = 1024 * 1024
_STAGE = ".restoring-"


@dataclass(frozen=True)
class Restored:
    """What was restored, and where what stood there before is kept."""

    manifest: Manifest
    aside: Path | None


@dataclass(frozen=True)
class _Stage:
    """A folder of the installation in which the archive lies open until all of it is found good."""

    folder: Path

    @property
    def attachments(self) -> Path:
        return self.folder / "attachments"

    def target_of(self, name: str) -> Path | None:
        if (table := table_of(name)) is not None:
            return self.folder / "tables" / table / Path(name).name
        if (found := file_of(name)) is not None:
            area, key = found
            return self.attachments / area.value / key[:2] / key
        return None

    def parts_of(self, table: str) -> list[Path]:
        return sorted((self.folder / "tables" / table).glob("*"))


def restore(source: Path, *, is_replacing: bool = False, has_new_key: bool = False, tell: Tell) -> Restored:
    """Restore an archive into this installation, whose settings are in use and whose database is open. It starts held.

    ``is_replacing``: what is there makes way, and is kept aside. ``has_new_key``: the secret key is another one, and what
    was sealed with the old one is given up. Raises Refused or archive.Unreadable with nothing changed.
    """
    settings = config.current()
    require_place(settings, is_replacing=is_replacing)
    for left_over in settings.instance.glob(f"{_STAGE}*"):
        shutil.rmtree(left_over)
    stage = _Stage(settings.instance / f"{_STAGE}{secrets.token_hex(4)}")
    stage.folder.mkdir(mode=0o700)
    try:
        manifest = _unpack(source, stage, tell)
        _require_known(manifest, settings, has_new_key=has_new_key)
        aside = _take_place(manifest, stage, settings, tell, has_new_key=has_new_key)
    finally:
        shutil.rmtree(stage.folder, ignore_errors=True)
    return Restored(manifest, aside)


def _unpack(source: Path, stage: _Stage, tell: Tell) -> Manifest:
    total, seen = source.stat().st_size, 0

    def count(_name: str, size: int) -> None:
        nonlocal seen
        seen = min(seen + size, total)
        tell("megabytes unpacked and checked", seen // _MEGABYTE, total // _MEGABYTE)

    return Manifest.read(archive.unpack(source, config.current().backup_key, stage.target_of, count))


def _require_known(manifest: Manifest, settings: config.Settings, *, has_new_key: bool) -> None:
    if manifest.revision not in readiness.migrations():
        raise Refused(
            f"the archive was made by version {manifest.version}, whose database is newer (migration"
            f" {manifest.revision}). Install that version first"
        )
    if manifest.key_mark != sealing.mark(settings.secret_key) and not has_new_key:
        raise Refused(
            f"the archive belongs to another secret key. Put that installation's secret_key file into {settings.instance}"
            " (or set GNLC_SECRET_KEY); if it is lost, say --with-new-key: second factors are set up anew then"
        )


def _take_place(
    manifest: Manifest, stage: _Stage, settings: config.Settings, tell: Tell, *, has_new_key: bool
) -> Path | None:
    file = sqlite_file()
    if file is None:
        return _into_postgresql(manifest, stage, settings, tell, has_new_key=has_new_key)
    new = file.with_name(f".{file.name}.restoring")
    new.unlink(missing_ok=True)
    db.create(f"sqlite:///{new}")
    try:
        with schema.rebuilding() as connection:
            _build(connection, manifest, stage, tell, has_new_key=has_new_key)
        # Closing the last connection writes the log back into the file.
        db.open(settings.database_url)
        aside = set_aside(settings, tell)
        _place_files(stage, settings)
        db.close()
        new.chmod(0o600)
        new.replace(file)
    finally:
        db.open(settings.database_url)
        for left_over in file.parent.glob(f".{file.name}.restoring*"):
            left_over.unlink()
    return aside


def _into_postgresql(
    manifest: Manifest, stage: _Stage, settings: config.Settings, tell: Tell, *, has_new_key: bool
) -> Path | None:
    aside = set_aside(settings, tell)
    try:
        with schema.rebuilding() as connection:
            postgresql.drop_everything(connection)
            _build(connection, manifest, stage, tell, has_new_key=has_new_key)
            # Files that no row knows do no harm; rows without their files would. So the files first.
            _place_files(stage, settings)
    except BaseException:
        _put_back(aside, settings)
        raise
    return aside


def _put_back(aside: Path | None, settings: config.Settings) -> None:
    before = aside / settings.attachments.name if aside else None
    if before is not None and before.is_dir():
        shutil.rmtree(settings.attachments, ignore_errors=True)
        before.rename(settings.attachments)


def _place_files(stage: _Stage, settings: config.Settings) -> None:
    stage.attachments.mkdir(mode=0o700, exist_ok=True)
    if settings.attachments.is_dir():
        # Empty folders, or those of an installation that was only made ready.
        shutil.rmtree(settings.attachments)
    stage.attachments.rename(settings.attachments)


def _build(connection: Connection, manifest: Manifest, stage: _Stage, tell: Tell, *, has_new_key: bool) -> None:
    """Schema of the archive's day, its rows, the migrations since, and all checks, in the one transaction that runs."""
    schema.migrate_on(connection, "upgrade", manifest.revision)
    if tables.columns_of(connection) != manifest.columns:
        raise archive.Unreadable(f"the archive's tables are not those of migration {manifest.revision}")
    references = postgresql.drop_references(connection)
    for number, (table, columns) in enumerate(manifest.columns.items()):
        parts = (part.read_bytes() for part in stage.parts_of(table))
        tables.load(connection, table, columns, parts)
        if tables.count(connection, table) != manifest.rows[table]:
            raise archive.Unreadable(f"the archive is damaged: rows of the table {table} are missing")
        tell("tables loaded", number + 1, len(manifest.columns))
    postgresql.restore_references(connection, references)
    postgresql.restore_sequences(connection, manifest.columns)
    schema.migrate_on(connection, "upgrade", "head")
    _require_chain(connection, manifest)
    afterwards.hold(connection, manifest, has_new_key=has_new_key)


def _require_chain(connection: Connection, manifest: Manifest) -> None:
    """The audit chain is whole and ends where it ended when the archive was made."""
    if not inspect(connection).has_table("audit_entry"):
        return
    with Session(connection) as session:
        verdict = ledger.verify(session)
    head = connection.execute(text("SELECT sequence, hash FROM audit_head")).one()
    if verdict.first_broken is not None or tuple(head) != (manifest.audit_sequence, manifest.audit_hash):
        words = verdict.reason or "it does not end where the list of contents says"
        raise archive.Unreadable(f"the audit chain of the archive is broken: {words}")
