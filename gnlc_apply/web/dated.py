"""Days and moments as people enter them: in a named zone, a day counting until its end there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from gnlc_apply.core.errors import Invalid
from gnlc_apply.core.text import Text

# A year beyond these is a slip of the hand, and some cannot be turned into UTC at all.
FIRST_YEAR, LAST_YEAR = 2000, 2199


def _in_utc(typed: datetime, zone: str, field: str) -> datetime:
    """What the clocks of a zone showed, in UTC; where they show it twice, the second time: nobody loses an hour."""
    if not FIRST_YEAR <= typed.year <= LAST_YEAR:
        words = Text("Enter a year between %(first)s and %(last)s.", first=str(FIRST_YEAR), last=str(LAST_YEAR))
        raise Invalid(words, {field: words})
    moment = typed.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    if to_local(moment, zone) != typed:
        words = Text("The clocks of %(zone)s are put forward and never show this time. Enter another one.", zone=zone)
        raise Invalid(words, {field: words})
    return moment


def end_of(day: date | None, zone: str, field: str = "") -> datetime:
    """The last second of a day in a zone, in UTC. Raises Invalid, at the field, for a day that cannot be.

    Raises ValueError where no day was typed: forms refuse that before.
    """
    if day is None:
        raise ValueError("no day")
    return _in_utc(datetime.combine(day, time(23, 59, 59)), zone, field)


def from_local(moment: datetime | None, zone: str, field: str = "") -> datetime:
    """A moment typed without its zone, in UTC. Raises Invalid, at the field, for one that no clock there shows.

    Raises ValueError where none was typed: forms refuse that before.
    """
    if moment is None:
        raise ValueError("no moment")
    return _in_utc(moment, zone, field)


def to_local(moment: datetime, zone: str) -> datetime:
    """A moment as the clocks of a zone show it, without the zone: for a form's field."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def day_as_written(written: str) -> date | str:
    """A day that was kept as text, as a day where it is one; else the words themselves."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return written
