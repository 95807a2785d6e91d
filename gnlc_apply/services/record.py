"""What must be kept even when the act itself is refused: notices and counters of guesses. Own small units of work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from gnlc_apply.core import clock
from gnlc_apply.core.errors import TooMany
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import GuessCounter, Notice

WINDOW = timedelta(minutes=15)
# Counted by the minute, so that the quarter of an hour begins anew for each guess and not for all at once.
_MINUTE = 60


def notice(
    kind: str, *, person_id: int | None = None, noun: str = "", noun_id: int | None = None, note: str = ""
) -> None:
    """Keep a refusal, a look at an embargoed fact or the like for the operator. Never a token, score or decision."""
    with db.writing() as session:
        row = {"at": clock.now(), "kind": kind, "person_id": person_id, "noun": noun, "noun_id": noun_id}
        session.execute(insert(Notice), [{**row, "note": note[:300]}])


def _window_start(now: datetime) -> datetime:
    return datetime.fromtimestamp(int(now.timestamp()) // _MINUTE * _MINUTE, UTC)


def guesses(key: str) -> int:
    """Wrong guesses under this key in the last quarter of an hour, a minute more at most, across all workers and restarts."""
    since = _window_start(clock.now()) - WINDOW
    with db.reading() as session:
        counted = select(func.coalesce(func.sum(GuessCounter.count), 0)).where(
            GuessCounter.key == key, GuessCounter.window_start >= since
        )
        return int(session.scalar(counted) or 0)


def count_guess(key: str, times: int = 1) -> None:
    """Count a wrong guess under this key, or several at once."""
    start = _window_start(clock.now())
    for _attempt in range(2):
        try:
            with db.writing() as session:
                added = update(GuessCounter).where(GuessCounter.key == key, GuessCounter.window_start == start)
                changed = session.execute(added.values(count=GuessCounter.count + times))
                if changed.rowcount == 0:  # type: ignore[attr-defined]  # a DML result has one
                    session.execute(insert(GuessCounter), [{"key": key, "window_start": start, "count": times}])
            return
        except IntegrityError:
            continue


def refuse_after(key: str, limit: int) -> None:
    """Raise TooMany when this key has reached its limit of wrong guesses."""
    if guesses(key) >= limit:
        raise TooMany(Text("Too many tries. Wait a quarter of an hour and try again."))
