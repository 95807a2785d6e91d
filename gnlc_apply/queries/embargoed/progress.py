"""After the announcement: how far the letters are, and who did not get one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import MessageState, OutboxMessage
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed.cohorts import find
from gnlc_apply.queries.embargoed.letters import MAIL_KINDS


@dataclass(frozen=True)
class Unsent:
    """A letter that has not gone out."""

    kind: str
    recipient: str
    application: str
    place: str
    state: str
    attempts: int
    last_error: str


@dataclass(frozen=True)
class Progress:
    """How far the letters of an announcement are."""

    cohort: str
    title: str
    announced_at: datetime
    announced_by: int | None
    counts: dict[str, int]
    unsent: tuple[Unsent, ...]

    @property
    def total(self) -> int:
        """All letters."""
        return sum(self.counts.values())

    @property
    def sent(self) -> int:
        """Letters that were handed over."""
        return self.counts.get("sent", 0)


# How many letters that did not go out are listed.
MOST_UNSENT = 200


def progress(viewer: Actor, reference: str, now: datetime) -> Progress:
    """The letters of an announced cohort, and who did not get one: three statements. Raises NotFound before it."""
    require(viewer, Permission.SEE_SECRETARIAT)
    session = db.reader
    row, _call = find(session, reference)
    if row.announced_at is None:
        raise NotFound()
    mine = (OutboxMessage.cohort_id == row.id) & OutboxMessage.kind.in_(MAIL_KINDS.values())
    counted = session.execute(select(OutboxMessage.state, func.count()).where(mine).group_by(OutboxMessage.state))
    unsent = session.execute(
        select(
            OutboxMessage.kind,
            OutboxMessage.recipient,
            OutboxMessage.values,
            OutboxMessage.state,
            OutboxMessage.attempts,
            OutboxMessage.last_error,
        )
        .where(mine, OutboxMessage.state != MessageState.SENT)
        .order_by(OutboxMessage.attempts.desc(), OutboxMessage.id)
        .limit(MOST_UNSENT)
    )
    return Progress(
        cohort=row.reference,
        title=row.title,
        announced_at=row.announced_at,
        announced_by=row.announced_by_id,
        counts={str(state): number for state, number in counted},
        unsent=tuple(
            Unsent(
                kind=found.kind,
                recipient=found.recipient,
                application=str(found.values.get("reference", "")),
                place=str(found.values.get("place", "")),
                state=str(found.state),
                attempts=found.attempts,
                last_error=found.last_error,
            )
            for found in unsent
        ),
    )
