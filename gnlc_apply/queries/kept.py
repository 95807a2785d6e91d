"""What is built once from the registry and kept in the process until the registry changes: figures, open data, maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import func, select

from gnlc_apply.extensions import db
from gnlc_apply.models import AuditEntry, RegistryAct

T = TypeVar("T")


def revision() -> tuple[int, int]:
    """A number that changes when the registry does (one cheap statement); what is built from it is kept by it."""
    newest = select(func.max(AuditEntry.sequence)).where(AuditEntry.noun == "registry").scalar_subquery()
    row = db.reader.execute(select(select(func.max(RegistryAct.id)).scalar_subquery(), newest)).one()
    return row[0] or 0, row[1] or 0


_kept: dict[tuple[Any, ...], Any] = {}
_KEPT_MOST = 64


def kept(name: str, build: Callable[[], T], *key: object) -> T:
    """What was built for this revision of the registry, or built now. Per process; the oldest go first."""
    whole = (str(db.engine.url), revision(), name, *key)
    if whole not in _kept:
        while len(_kept) >= _KEPT_MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[whole] = build()
    found: T = _kept[whole]
    return found


def forget() -> None:
    """Build again: another database may stand at the same address (tests, a fresh demonstration)."""
    _kept.clear()
