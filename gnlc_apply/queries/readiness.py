"""Whether everything that a running installation needs is there."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Instance

WORKER_SILENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Readiness:
    """Yes or no to each thing that is needed."""

    database: bool
    migrations: bool
    storage: bool
    worker: bool

    @property
    def is_ready(self) -> bool:
        """Pages can be served. A silent worker delays mail but refuses nobody."""
        return self.database and self.migrations and self.storage

    def as_dict(self) -> dict[str, bool]:
        """For JSON."""
        return {**asdict(self), "ready": self.is_ready}


@cache
def migrations() -> tuple[str, ...]:
    """The numbers of all migrations that this program ships, in their order.

    Read once: a process that runs while a newer version is installed under it stays what it is.
    """
    versions = config.asset_dir("migrations") / "versions"
    return tuple(sorted(path.name.split("_", 1)[0] for path in versions.glob("[0-9]*.py")))


def newest_migration() -> str:
    """The number of the newest migration that this product ships."""
    return migrations()[-1]


def is_schema_ours() -> bool:
    """Whether the database stands at the migration that this process was written for."""
    with db.reading() as session:
        return bool(session.scalar(text("SELECT version_num FROM alembic_version")) == newest_migration())


def damage() -> str:
    """What SQLite finds wrong with its file, pages and references; empty when all is well."""
    try:
        with db.reading() as session:
            pages = session.scalars(text("PRAGMA integrity_check(3)")).all()
            lost = session.execute(text("PRAGMA foreign_key_check")).all()
    except DBAPIError as error:
        return str(error.orig)
    if pages != ["ok"]:
        return "; ".join(str(page) for page in pages)
    return f"{len(lost)} rows point at rows that are not there" if lost else ""


def look() -> Readiness:
    """Look at database, migrations, storage and worker."""
    attachments = config.current().attachments
    storage = os.access(attachments if attachments.is_dir() else config.current().instance, os.W_OK)
    try:
        with db.reading() as session:
            at = session.scalar(text("SELECT version_num FROM alembic_version"))
            seen = session.scalar(select(Instance.worker_seen_at).where(Instance.id == 1))
    except DBAPIError:
        return Readiness(database=False, migrations=False, storage=storage, worker=False)
    is_alive = seen is not None and clock.now() - seen <= WORKER_SILENCE
    return Readiness(database=True, migrations=at == newest_migration(), storage=storage, worker=is_alive)
