"""The ground a demonstration stands on: a database that is new, or that was a demonstration before. Never any other."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import inspect, select

from gnlc_apply import config
from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import Instance, PublishedFigure
from gnlc_apply.queries import instance, questionnaire
from gnlc_apply.services import schema


def clear(settings: config.Settings) -> None:
    """Make the database new, marked as a demonstration, without attachments. The database must be open.

    Raises Conflict, with nothing changed, where it holds anything but a demonstration.
    """
    if _holds_anything():
        _require_demo()
        _empty(settings)
        shutil.rmtree(settings.attachments, ignore_errors=True)
    schema.upgrade()
    schema.mark(is_demo=True)
    settings.attachments.mkdir(mode=0o700, parents=True, exist_ok=True)
    instance.forget()
    questionnaire.forget()


def holds_demo() -> bool:
    """Whether there is a demonstration already that was built to its end. The database must be open."""
    if not _holds_anything() or not _is_marked():
        return False
    with db.reading() as session:
        # What is brought in last of all.
        return session.scalar(select(PublishedFigure.id).limit(1)) is not None


def _holds_anything() -> bool:
    return bool(inspect(db.engine).get_table_names())


def _is_marked() -> bool:
    if not inspect(db.engine).has_table(Instance.__tablename__):
        return False
    with db.reading() as session:
        return bool(session.scalar(select(Instance.is_demo).where(Instance.id == 1)))


def _require_demo() -> None:
    if not _is_marked():
        raise Conflict(Text("This database is not a demonstration. Nothing was changed: choose another --instance."))


def _empty(settings: config.Settings) -> None:
    if db.dialect != "sqlite":
        schema.downgrade("base")
        return
    file = Path(db.engine.url.database or "")
    db.close()
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
    db.create(settings.database_url)
