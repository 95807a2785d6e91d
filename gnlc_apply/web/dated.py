"""Days and moments as people enter them: in a named zone, a day counting until its end there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def end_of(day: date | None, zone: str) -> datetime:
    """The last second of a day in a zone, in UTC. Raises ValueError where no day was typed: forms refuse that before."""
    if day is None:
        raise ValueError("no day")
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def from_local(moment: datetime | None, zone: str) -> datetime:
    """A moment typed without its zone, in UTC. Raises ValueError where none was typed: forms refuse that before."""
    if moment is None:
        raise ValueError("no moment")
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def to_local(moment: datetime, zone: str) -> datetime:
    """A moment as the clocks of a zone show it, without the zone: for a form's field."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def day_as_written(written: str) -> date | str:
    """A day that was kept as text, as a day where it is one; else the words themselves."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return written
