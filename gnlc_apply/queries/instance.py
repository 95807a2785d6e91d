"""What this installation is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gnlc_apply.extensions import db
from gnlc_apply.models import Cohort, CohortState, Instance, MessageState, OutboxMessage
from gnlc_apply.permissions import Actor, Permission, can

_marks: dict[str, bool] = {}


def is_demo() -> bool:
    """Whether this database was made as a demonstration. The mark never changes, so it is asked for once."""
    url = db.address
    if url not in _marks:
        with db.reading() as session:
            mark = session.scalar(select(Instance.is_demo).where(Instance.id == 1))
        if mark is None:
            return False
        _marks[url] = mark
    return _marks[url]


def is_known_as_demo() -> bool:
    """What ``is_demo`` said before; asks nothing, for a moment at which the database cannot be asked."""
    return _marks.get(db.address, False)


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


def is_held(session: Session) -> bool:
    """Whether this installation was restored and nobody has released it; also where its mark is missing."""
    row = session.execute(select(Instance.held_since).where(Instance.id == 1)).one_or_none()
    return row is None or row.held_since is not None


def is_mail_held(session: Session) -> bool:
    """Whether mail must stay: held by the secretariat, held since a restore, or the mark is missing."""
    row = session.execute(
        select(or_(Instance.is_held, Instance.held_since.is_not(None))).where(Instance.id == 1)
    ).one_or_none()
    return row is None or bool(row[0])


def is_held_now() -> bool:
    """The same as ``is_held``, in a look of its own."""
    with db.reading() as session:
        return is_held(session)


@dataclass(frozen=True)
class Held:
    """What waits in an installation that was restored: messages, and announcements that were armed."""

    since: datetime | None
    restored_from: datetime | None
    queued: int
    doubtful: int
    armed: tuple[tuple[str, datetime | None], ...]


def held(actor: Actor) -> Held:
    """How the hold stands, for whoever decides about it. ``since`` is None when nothing is held.

    That a list is armed is told to those only who could have armed it.
    """
    row = db.reader.execute(select(Instance.held_since, Instance.restored_from).where(Instance.id == 1)).one()
    waiting = db.reader.execute(
        select(
            func.count(OutboxMessage.id).filter(OutboxMessage.state == MessageState.QUEUED),
            func.count(OutboxMessage.id).filter(OutboxMessage.state == MessageState.HELD),
        )
    ).one()
    armed: tuple[tuple[str, datetime | None], ...] = ()
    if can(actor, Permission.ARM_COHORT):
        titles = select(Cohort.title, Cohort.announce_at).where(Cohort.state == CohortState.ARMED).order_by(Cohort.id)
        armed = tuple((title, instant) for title, instant in db.reader.execute(titles))
    return Held(row.held_since, row.restored_from, waiting[0], waiting[1], armed)
