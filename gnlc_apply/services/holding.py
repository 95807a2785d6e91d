"""After a restore: what waits, and letting go of it. What is held back meanwhile is refused in command.py and outbox.py."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.models import Cohort, CohortState, Instance
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services import outbox
from gnlc_apply.services.command import Unit, command


def _held(unit: Unit) -> Instance:
    require(unit.actor, Permission.RELEASE_HOLD)
    row = unit.session.get_one(Instance, 1, with_for_update=True)
    if row.held_since is None:
        raise Conflict(Text("Nothing is held any more: somebody else has released this installation."))
    return row


@command()
def release(unit: Unit, *, actor: Actor) -> None:
    """Let a restored installation work again: mail leaves, deadlines pass. An armed announcement stays on hold.

    Raises Conflict when it is not held, Forbidden for anybody but a director or an administrator.
    """
    row = _held(unit)
    since, row.held_since, row.is_held = row.held_since, None, False
    armed = select(Cohort).where(Cohort.state == CohortState.ARMED, Cohort.held_at.is_(None)).with_for_update()
    for cohort in unit.session.scalars(armed):
        # Letting mail go is no decision to announce: that takes a director, or who stands by, once more.
        cohort.held_at, cohort.held_by_id = unit.now, actor.person_id
        unit.note("held", "cohort", cohort.id)
    unit.note("released", "instance", 1, held_since=since, restored_from=row.restored_from)


@command()
def discard_waiting(unit: Unit, *, actor: Actor) -> int:
    """Decide that no message which waits in the restored copy ever leaves: they went out before the loss; how many."""
    _held(unit)
    count = outbox.give_up(unit.session, "discarded after a restore")
    unit.note("discarded_waiting", "instance", 1, count=count)
    return count
