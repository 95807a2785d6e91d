"""The one clock. Everything that asks for the time asks here, so that it can be set for a rehearsal or a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _source()


def today() -> date:
    """Today's date in UTC."""
    return now().date()


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
