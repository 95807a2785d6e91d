"""Somebody tries out names: addresses that lead to nothing, counted by network, and told to every administrator.

Whoever guesses learns nothing by it, but a decision that is guessed at is a decision that somebody is after.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, insert, select

from gnlc_apply.core import clock
from gnlc_apply.models import GuessCounter, Notice, Role
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services import record
from gnlc_apply.services.account.guessing import network_key
from gnlc_apply.services.account.people import holders, tell
from gnlc_apply.services.command import Unit, command

WHAT = "missing"
# In a quarter of an hour: more than old bookmarks of a ministry, less than a list of a country's towns.
LIMIT = 100
# Whoever goes on is not told of again for so long.
QUIET = timedelta(hours=1)
KIND = "guessed_names"


def count(network: str, times: int) -> None:
    """Count names that this network asked for and that lead to nothing."""
    record.count_guess(network_key(network, WHAT), times)


@command()
def tell_administrators(unit: Unit, *, actor: Actor) -> int:
    """Write to every administrator where one network guessed more names than anybody mistypes; how many networks did."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    since = unit.now - record.WINDOW
    query = (
        select(GuessCounter.key, func.sum(GuessCounter.count).label("times"))
        .where(GuessCounter.key.startswith(f"{WHAT}-network:", autoescape=True), GuessCounter.window_start >= since)
        .group_by(GuessCounter.key)
        .having(func.sum(GuessCounter.count) >= LIMIT)
    )
    guessing = unit.session.execute(query).all()
    if not guessing:
        return 0
    told = select(Notice.note).where(Notice.kind == KIND, Notice.at > unit.now - QUIET)
    known = set(unit.session.scalars(told))
    fresh = [row for row in guessing if row.key not in known]
    for row in fresh:
        unit.session.execute(insert(Notice), [{"at": unit.now, "kind": KIND, "note": row.key}])
        for person in holders(unit.session, Role.ADMINISTRATOR, clock.today()):
            tell(unit, person, "guessed_names", count=int(row.times), since_at=since.isoformat())
    return len(fresh)
