"""Finding a cohort and loading all that its guards look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.models import AuditEntry, Call, Cohort
from gnlc_apply.permissions import CohortFacts
from gnlc_apply.queries.embargoed import standing as standings
from gnlc_apply.queries.embargoed import texts
from gnlc_apply.queries.embargoed.standing import Standing
from gnlc_apply.queries.embargoed.unfinished import unfinished
from gnlc_apply.services.command import Unit
from gnlc_apply.workflow.cohort import CohortCase

# How far the newest audit entry may lie in the future before the clock counts as wrong.
CLOCK_TOLERANCE = timedelta(seconds=60)


@dataclass(frozen=True)
class Found:
    """A cohort of a call with its list."""

    row: Cohort
    call: Call
    standing: Standing
    case: CohortCase


def find(unit: Unit, reference: str) -> Cohort:
    """The cohort with this reference, locked for this unit. Raises NotFound, also for imported lists without a call."""
    row = unit.session.scalar(select(Cohort).where(Cohort.reference == reference).with_for_update())
    if row is None or row.call_id is None:
        raise NotFound()
    return row


def load(unit: Unit, row: Cohort) -> Found:
    """The cohort's case: the list, what is unfinished, whether it still is the list that was locked."""
    call = unit.session.get_one(Call, row.call_id)
    standing = standings.load(unit.session, row)
    case = CohortCase(
        row=row,
        now=unit.now,
        actor_id=unit.actor.person_id,
        is_fresh=unit.actor.is_fresh(unit.now),
        unfinished=unfinished(standing, call.quota, day_of(row, unit.now)),
        hash_matches=row.lock_hash is None or standing.list_hash(row.announce_at) == row.lock_hash,
        texts_match=row.lock_hash is None
        or texts.hash_of(row, standing.letters, standing.feedback()) == row.texts_hash,
        texts_are_confirmed=row.armed_at is None or row.armed_texts_hash == row.texts_hash,
        open_withdrawals=len(standing.open_withdrawals(row.locked_at)),
        clock_is_sound=_is_clock_sound(unit),
        facts=CohortFacts(frozenset(row.stand_by_ids)),
    )
    return Found(row, call, standing, case)


def day_of(row: Cohort, now: datetime) -> date:
    """The day of the announcement: of its instant while that lies ahead, of the act itself when it comes late."""
    return max(row.announce_at, now).date() if row.announce_at is not None else now.date()


def _is_clock_sound(unit: Unit) -> bool:
    newest = unit.session.scalar(select(AuditEntry.at).order_by(AuditEntry.sequence.desc()).limit(1))
    return newest is None or newest <= unit.now + CLOCK_TOLERANCE
