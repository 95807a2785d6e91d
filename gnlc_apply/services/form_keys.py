"""Keys of forms that act once. Small units of work of their own, before and after the act."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import FormKey


@dataclass(frozen=True)
class Used:
    """A key that was taken: with which body, and where it led (empty while the act is running)."""

    body_hash: str
    location: str


def claim(key: str, session_hash: str, body_hash: str) -> bool:
    """Take the key for this session; False when it was taken before."""
    row = {"key": key, "session_hash": session_hash, "body_hash": body_hash, "location": "", "used_at": clock.now()}
    try:
        with db.writing() as session:
            session.execute(insert(FormKey), [row])
    except IntegrityError:
        return False
    return True


def find(key: str, session_hash: str) -> Used | None:
    """The key as it was taken."""
    with db.reading() as session:
        row = session.execute(
            select(FormKey.body_hash, FormKey.location).where(FormKey.key == key, FormKey.session_hash == session_hash)
        ).one_or_none()
    return Used(row.body_hash, row.location) if row is not None else None


def keep(key: str, session_hash: str, *, location: str) -> None:
    """Remember where the act led."""
    with db.writing() as session:
        session.execute(
            update(FormKey).where(FormKey.key == key, FormKey.session_hash == session_hash).values(location=location)
        )


def give_back(key: str, session_hash: str) -> None:
    """Nothing happened: the same form may be sent again."""
    with db.writing() as session:
        session.execute(delete(FormKey).where(FormKey.key == key, FormKey.session_hash == session_hash))
