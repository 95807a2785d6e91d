"""Browser sessions as they are found at the beginning of a request, with the person behind them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, join, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Person, WebSession
from gnlc_apply.permissions import Actor
from gnlc_apply.queries.person import actor_of, as_of_today, with_grants


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


# Built once, over the table: one of them runs in every request of somebody who is signed in.
_columns = WebSession.__table__.c
_STORED = [_columns[one.name] for one in fields(Stored)]
_RUNNING = (
    _columns.id_hash == bindparam("hash"),
    _columns.ended_at.is_(None),
    _columns.expires_at > bindparam("now"),
)
_SESSION = select(*_STORED).where(*_RUNNING)
_WITH_PERSON = (
    with_grants(join(WebSession, Person, Person.id == WebSession.person_id)).add_columns(*_STORED).where(*_RUNNING)
)


def find(id_hash: str) -> Stored | None:
    """The running session with this hash; None when it ended, expired or never was."""
    row = db.reader.connection().execute(_SESSION, {"hash": id_hash, "now": clock.now()}).one_or_none()
    return Stored(*row) if row is not None else None


def find_with_actor(id_hash: str) -> tuple[Stored | None, Actor | None]:
    """The same with the person who is signed in there, in one look where there is one whose account is open."""
    asked = {"hash": id_hash, "now": clock.now(), **as_of_today()}
    rows = db.reader.connection().execute(_WITH_PERSON, asked).all()
    if not rows:
        return find(id_hash), None
    stored = Stored(*rows[0][-len(_STORED) :])
    who = actor_of(
        rows,
        stored.person_id or 0,
        signed_in_at=stored.signed_in_at,
        second_factor_at=stored.second_factor_at,
        session_hash=stored.id_hash,
    )
    return stored, who
