"""What this installation is."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from gnlc_apply.extensions import db
from gnlc_apply.models import Instance

_marks: dict[str, bool] = {}


def is_demo() -> bool:
    """Whether this database was made as a demonstration. The mark never changes, so it is asked for once."""
    url = str(db.engine.url)
    if url not in _marks:
        with db.reading() as session:
            mark = session.scalar(select(Instance.is_demo).where(Instance.id == 1))
        if mark is None:
            return False
        _marks[url] = mark
    return _marks[url]


def forget() -> None:
    """Ask again: another database may stand at the same address (tests, a fresh demonstration)."""
    _marks.clear()


def answers() -> bool:
    """Whether the database answers at all."""
    try:
        with db.reading() as session:
            session.execute(select(1))
    except DBAPIError:
        return False
    return True
