"""The one clock. Everything that asks for the time asks here, so that it can be set for a rehearsal or a test.

Two moments are told apart: ``now`` is what is written down, ``arrived`` is what counts for a deadline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system
_arrival: ContextVar[datetime | None] = ContextVar("arrival", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _source()


def today() -> date:
    """Today's date in UTC."""
    return now().date()


def arrived() -> datetime:
    """When what is being worked on had arrived complete: the moment that counts for a deadline, never later than now.

    Where nothing arrived (the terminal, the worker) it is now.
    """
    moment, arrival = now(), _arrival.get()
    return moment if arrival is None else min(arrival, moment)


def set_arrival(moment: datetime | None) -> None:
    """Say when the request that is worked on here had arrived complete; None once it is answered."""
    _arrival.set(moment)


@contextmanager
def arriving(moment: datetime) -> Iterator[None]:
    """Work, for the length of the block, on something that had arrived at ``moment``."""
    before = _arrival.get()
    set_arrival(moment)
    try:
        yield
    finally:
        set_arrival(before)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stand at ``moment`` for the length of the block (whole process: for rehearsals and tests, not for requests)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    global _source
    before = _source
    fixed = moment.astimezone(UTC)
    _source = lambda: fixed  # noqa: E731 (a def would shadow nothing and say less)
    try:
        yield
    finally:
        _source = before
