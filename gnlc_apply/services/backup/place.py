"""Where a backup is restored to: an installation that holds nothing yet, or one that makes way and is kept aside."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import inspect, text

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.services.backup import tables
from gnlc_apply.services.backup.making import Tell, default_path, make

# What stands in a database that was only made ready.
_BARE = ("instance", "audit_head")
# The worker leaves a sign of life every half minute.
RUNS_IF_SEEN_WITHIN = timedelta(minutes=2)
SQLITE_ENDINGS = ("", "-wal", "-shm", "-journal")


class Refused(RuntimeError):
    """Nothing was restored and nothing changed; the words say what to do."""


def sqlite_file() -> Path | None:
    """The file of the database; None on PostgreSQL."""
    return Path(db.engine.url.database or "") if db.dialect == "sqlite" else None


def holds_anything(settings: config.Settings) -> bool:
    """Whether there is anything that a restore would overwrite."""
    if any(settings.attachments.glob("*/??/*")):
        return True
    file = sqlite_file()
    if file is not None and not file.exists():
        return False
    with db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name not in (*_BARE, tables.VERSION_TABLE)]
        return any(tables.count(connection, name) for name in names)


def require_place(settings: config.Settings, *, is_replacing: bool) -> None:
    """Raise Refused unless the place is empty, or may be replaced and nobody works there."""
    if not holds_anything(settings):
        return
    if not is_replacing:
        raise Refused("this installation is not empty. Restore into another folder (--into), or say --replace")
    if _is_running():
        raise Refused("a worker runs on this installation: stop 'gnlc serve' and 'gnlc worker' first")


def _is_running() -> bool:
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("instance"):
            return False
        seen = connection.scalar(text("SELECT worker_seen_at FROM instance"))
    if seen is None:
        return False
    moment = tables.moment(seen)
    return clock.now() - moment <= RUNS_IF_SEEN_WITHIN


def set_aside(settings: config.Settings, tell: Tell) -> Path | None:
    """Keep what is there now in a folder of its own (on PostgreSQL its database as a backup); where. None if nothing was."""
    if not holds_anything(settings):
        return None
    aside = settings.instance / f"replaced-{clock.now():%Y%m%dT%H%M%S%fZ}"
    aside.mkdir(mode=0o700)
    file = sqlite_file()
    if file is None:
        make(aside / default_path(settings, "replaced").name, tell)
    else:
        db.close()
        for ending in SQLITE_ENDINGS:
            there = Path(f"{file}{ending}")
            if there.exists():
                shutil.move(there, aside / there.name)
    if settings.attachments.is_dir():
        settings.attachments.rename(aside / settings.attachments.name)
    return aside
