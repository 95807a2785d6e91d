"""Browser sessions, kept on the server: begin, refresh, rotate, end. Small units of work of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import WebSession

# How often "last seen" is written; a page view every second need not write every second.
SEEN_EVERY = timedelta(seconds=60)


@dataclass(frozen=True)
class Stored:
    """A running session as it was found."""

    id_hash: str
    person_id: int | None
    contents: dict[str, Any]
    seen_at: datetime
    expires_at: datetime
    signed_in_at: datetime | None
    second_factor_at: datetime | None


# Built once, over the table: it runs in every request of somebody who is signed in.
_columns = WebSession.__table__.c
_RUNNING = select(*(_columns[name] for name in Stored.__dataclass_fields__)).where(
    _columns.id_hash == bindparam("hash"), _columns.ended_at.is_(None), _columns.expires_at > bindparam("now")
)


def find(id_hash: str) -> Stored | None:
    """The running session with this hash; None when it ended, expired or never was."""
    row = db.reader.connection().execute(_RUNNING, {"hash": id_hash, "now": clock.now()}).one_or_none()
    return Stored(*row) if row is not None else None


def save(id_hash: str, values: dict[str, Any], network: str, browser: str, *, is_new: bool) -> None:
    """Write a session; ``values`` are its columns."""
    now = clock.now()
    with db.writing() as session:
        if is_new:
            row = {"id_hash": id_hash, "created_at": now, "seen_at": now, "network": network, "browser": browser[:200]}
            session.execute(insert(WebSession), [{**row, **values}])
        else:
            session.execute(update(WebSession).where(WebSession.id_hash == id_hash).values(seen_at=now, **values))


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
