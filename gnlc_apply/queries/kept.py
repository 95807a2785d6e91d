"""What is built once from the registry and kept in the process until the registry changes: figures, open data, maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select

from gnlc_apply.extensions import db
from gnlc_apply.models import AuditEntry, RegistryAct

T = TypeVar("T")


# Built once: putting a statement together takes longer than running one as small as this.
# Over the tables rather than the classes, which spares the detour through objects.
_acts, _entries = RegistryAct.__table__.c, AuditEntry.__table__.c
_NEWEST = select(
    select(func.max(_acts.id)).scalar_subquery(),
    select(func.max(_entries.sequence)).where(_entries.noun == "registry").scalar_subquery(),
)


def revision() -> tuple[int, int]:
    """A number that changes when the registry does; what is built from it is kept by it. One cheap statement a request.

    It is read as the registry is read, in the request's own view of the database: an announcement that commits between
    the two would otherwise leave old figures under the new number.
    """
    reader = db.reader
    known: tuple[int, int] | None = reader.info.get("registry_revision")
    if known is None:
        known = reader.info["registry_revision"] = _number(reader.connection())
    return known


def _number(connection: Connection) -> tuple[int, int]:
    row = connection.execute(_NEWEST).one()
    return row[0] or 0, row[1] or 0


_kept: dict[tuple[Any, ...], Any] = {}
_KEPT_MOST = 64
_NOTHING: Any = object()


def kept(name: str, build: Callable[[], T], *key: object) -> T:
    """What was built for this revision of the registry, or built now. Per process; the oldest go first."""
    whole = (db.address, revision(), name, *key)
    # Another thread may forget any of them between two looks: one look each.
    found: T = _kept.get(whole, _NOTHING)
    if found is _NOTHING:
        for oldest in list(_kept)[: max(0, len(_kept) - _KEPT_MOST + 1)]:
            _kept.pop(oldest, None)
        found = _kept[whole] = build()
    return found


def kept_alone(name: str, build: Callable[[], T], *key: object) -> T:
    """The same for an answer that consists of nothing else: while it is still right, a look at the number alone is enough."""
    if not db.is_reading:
        with db.engine.connect() as connection:
            whole = (db.address, _number(connection), name, *key)
        found: T = _kept.get(whole, _NOTHING)
        if found is not _NOTHING:
            return found
    return kept(name, build, *key)


def forget() -> None:
    """Build again: another database may stand at the same address (tests, a fresh demonstration)."""
    _kept.clear()
