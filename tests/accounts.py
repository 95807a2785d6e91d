"""Accounts and secrets of mails for the tests of accounts."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import opened
from gnlc_apply.models import AuditEntry, OutboxMessage, Person, Role, State, StateStatus, WebSession
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries import person as people
from gnlc_apply.services import account, sessions
from tests.signing_in import password_hash


def person(
    email: str,
    role: Role | None = None,
    *,
    name: str = "Ana Costa",
    country: str | None = None,
    until: date | None = None,
) -> int:
    """An account with the password of the tests; its number."""
    made = account.create(actor=SYSTEM, email=email, name=name, role=role, country=country, valid_until=until)
    with db.writing() as session:
        session.execute(update(Person).where(Person.id == made.person_id).values(password_hash=password_hash()))
    return made.person_id


def actor(person_id: int, *, is_fresh: bool = True) -> Actor:
    """The actor that a person is, with the second factor shown just now."""
    found = people.actor(person_id, second_factor_at=clock.now() if is_fresh else None)
    assert found is not None
    db.release()
    return found


def reference(person_id: int) -> str:
    """The reference of a person."""
    with db.reading() as session:
        return session.get_one(Person, person_id).reference


def mails(kind: str | None = None) -> list[OutboxMessage]:
    """The messages in the outbox, the oldest first."""
    with db.reading() as session:
        found = select(OutboxMessage).order_by(OutboxMessage.id)
        return list(session.scalars(found if kind is None else found.where(OutboxMessage.kind == kind)))


def secret(kind: str, name: str = "secret_token") -> str:
    """The secret of the newest message of a kind."""
    return str(opened(mails(kind)[-1].values)[name])


def acts() -> list[str]:
    """What the audit log says, the oldest first."""
    with db.reading() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.sequence)))


def session_of(person_id: int, id_hash: str) -> None:
    """A running session of somebody."""
    now = clock.now()
    values = {"person_id": person_id, "contents": {}, "signed_in_at": now, "expires_at": now + timedelta(hours=1)}
    sessions.save(id_hash, {**values, "second_factor_at": None}, "192.0.2.1", "Firefox", is_new=True)


def running_sessions() -> list[str]:
    """The hashes of all sessions that run."""
    with db.reading() as session:
        return list(session.scalars(select(WebSession.id_hash).where(WebSession.ended_at.is_(None))))


def portugal() -> None:
    """A state that may have a National Commission."""
    with db.writing() as session:
        row = {"iso3": "PRT", "region": "Europe and North America", "status": StateStatus.MEMBER}
        session.execute(insert(State), [row])
