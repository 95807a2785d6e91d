"""Browser sessions, kept on the server: begin, refresh, rotate, end. Small units of work of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import WebSession

# How often "last seen" is written; a page view every second need not write every second.
SEEN_EVERY = timedelta(seconds=60)
# Built once, over the table: whatever values it is run with are written.
_OF_HASH = update(WebSession.__table__).where(  # type: ignore[arg-type]  # a mapped class has a Table
    WebSession.__table__.c.id_hash == bindparam("hash")
)


def save(id_hash: str, values: dict[str, Any], network: str, browser: str, *, is_new: bool) -> None:
    """Write a session; ``values`` are its columns."""
    now = clock.now()
    with db.writing() as session:
        if is_new:
            row = {"id_hash": id_hash, "created_at": now, "seen_at": now, "network": network, "browser": browser[:200]}
            session.execute(insert(WebSession), [{**row, **values}])
        else:
            session.connection().execute(_OF_HASH, {"hash": id_hash, "seen_at": now, **values})


def end(id_hash: str) -> None:
    """End one session, on the server, so that a copied cookie is worth nothing."""
    with db.writing() as session:
        session.execute(
            update(WebSession).where(WebSession.id_hash == id_hash).values(ended_at=clock.now(), contents={})
        )


def end_all(session: Session, person_id: int, now: datetime, keep: str = "") -> int:
    """Within a command: end all sessions of a person except ``keep`` (after a change of password, role or factor)."""
    result = session.execute(
        update(WebSession)
        .where(WebSession.person_id == person_id, WebSession.ended_at.is_(None), WebSession.id_hash != keep)
        .values(ended_at=now, contents={})
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has one


def sweep() -> int:
    """Delete sessions that ended or expired more than a month ago."""
    before = clock.now() - timedelta(days=30)
    with db.writing() as session:
        result = session.execute(delete(WebSession).where(WebSession.expires_at < before))
        return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has one
