"""Making a database that can be made again is allowed to hurry: no waiting for the disk, less tidying of memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from gnlc_apply.extensions import db

# The collector's first threshold while thousands of short transactions run; the default is 700.
_ROOMY = 200_000


def _do_not_wait(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


@contextmanager
def hurrying() -> Iterator[None]:
    """Write without waiting for the disk, on SQLite only; a power cut would cost the whole database.

    For databases that nobody relies on yet: a demonstration that is being built, a rehearsal. The database must be open.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(_ROOMY, *thresholds[1:])
    is_sqlite = db.dialect == "sqlite"
    if is_sqlite:
        # Connections that are open already would go on waiting.
        db.release()
        db.engine.dispose()
        event.listen(db.engine, "connect", _do_not_wait)
    try:
        yield
    finally:
        if is_sqlite:
            event.remove(db.engine, "connect", _do_not_wait)
        gc.set_threshold(*thresholds)
        db.release()
        db.engine.dispose()
