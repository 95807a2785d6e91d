"""What falls due by the clock: armed cohorts whose instant has come, armings that lapse, withdrawals nobody has seen."""

from __future__ import annotations

import logging

from sqlalchemy import func, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Refusal, Unavailable
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationState, Cohort, CohortState
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed import standing as standings
from gnlc_apply.services.cohort.announcing import announce
from gnlc_apply.services.cohort.arming import lapse
from gnlc_apply.services.cohort.finding import find
from gnlc_apply.services.cohort.notices import tell
from gnlc_apply.services.command import Unit, command

log = logging.getLogger(__name__)


def due(*, actor: Actor) -> list[str]:
    """Do what is due now; the references of the cohorts that were announced. Safe to call as often as one likes.

    A refusal (held, somebody faster, a withdrawal) stops that cohort only; the secretariat is told once for each arming.
    """
    require(actor, Permission.ACT_FOR_SYSTEM)
    for reference in _withdrawn():
        tell_withdrawals(actor=actor, cohort=reference)
    announced = []
    for reference, is_over in _armed():
        try:
            if is_over:
                lapse(actor=actor, cohort=reference)
            else:
                announce(actor=actor, cohort=reference)
                announced.append(reference)
        except Unavailable:
            log.error("cohort %s could not be announced just now: the next round tries again", reference)
        except Refusal as refusal:
            log.warning("cohort %s was not announced: %s", reference, type(refusal).__name__)
            tell_blocked(actor=actor, cohort=reference, why=str(refusal.message))
    return announced


def seconds_until_next() -> float | None:
    """How long until the next armed cohort's instant, so that nobody sleeps through it; None when nothing is armed."""
    now = clock.now()
    with db.reading() as session:
        query = select(func.min(Cohort.announce_at)).where(
            Cohort.state == CohortState.ARMED, Cohort.held_at.is_(None), Cohort.announce_at >= now
        )
        instant = session.scalar(query)
    return (instant - now).total_seconds() if instant is not None else None


def _armed() -> list[tuple[str, bool]]:
    now = clock.now()
    with db.reading() as session:
        rows = session.execute(
            select(Cohort.reference, Cohort.arming_lapses_at)
            .where(Cohort.state == CohortState.ARMED, Cohort.announce_at <= now, Cohort.held_at.is_(None))
            .order_by(Cohort.id)
        ).all()
        held = session.execute(
            select(Cohort.reference, Cohort.arming_lapses_at)
            .where(Cohort.state == CohortState.ARMED, Cohort.held_at.is_not(None), Cohort.arming_lapses_at < now)
            .order_by(Cohort.id)
        ).all()
    return [(row.reference, row.arming_lapses_at < now) for row in (*rows, *held)]


def _withdrawn() -> list[str]:
    """Cohorts with a city that withdrew after the lock; whether somebody has acted on it is looked at when telling."""
    with db.reading() as session:
        return list(
            session.scalars(
                select(Cohort.reference)
                .join(Application, Application.call_id == Cohort.call_id)
                .where(
                    Cohort.state.in_((CohortState.LOCKED, CohortState.ARMED)),
                    Application.state == ApplicationState.WITHDRAWN,
                    Application.withdrawn_at >= Cohort.locked_at,
                )
                .distinct()
            )
        )


@command()
def tell_withdrawals(unit: Unit, *, actor: Actor, cohort: str) -> None:
    """Tell the secretariat, once for each city, that it withdrew after the lock. Withdrawing itself works as always."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, cohort)
    for line in standings.load(unit.session, row).open_withdrawals(row.locked_at):
        key = f"withdrawal_after_lock:{row.reference}:{line.reference}"
        tell(unit, "withdrawal_after_lock", row, key=key, city=line.name, application=line.reference)


@command()
def tell_blocked(unit: Unit, *, actor: Actor, cohort: str, why: str) -> None:
    """Tell the secretariat, once for each arming, that the instant has come and what stands in the way."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, cohort)
    if row.state is CohortState.ARMED and row.armed_at is not None:
        key = f"announcement_blocked:{row.reference}:{row.armed_at:%Y%m%d%H%M%S}"
        tell(unit, "announcement_blocked", row, key=key, why=why)
