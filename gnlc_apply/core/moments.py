"""How a moment is written in a language, with its zone always named."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale, dates


def day_there(moment: datetime, zone: str) -> date:
    """The day that a moment falls on in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def written(value: datetime, zone: str, locale: Locale) -> str:
    """``31 March 2027, 23:59 (GMT-12:00)``: day and time in a zone, its distance from UTC named, UTC itself as ``UTC``.

    Seconds are written where there are any. Raises ValueError for a moment without a zone of its own.
    """
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    there = value.astimezone(ZoneInfo(zone))
    time = dates.format_time(there, "medium" if there.second else "short", locale=locale)
    day = dates.format_date(there, "long", locale=locale)
    distance = there.utcoffset() or timedelta()
    name = dates.get_timezone_gmt(there, width="long", locale=locale) if distance else "UTC"
    pattern = str(dates.get_datetime_format("long", locale=locale)).replace("'", "")
    return pattern.replace("{0}", time).replace("{1}", day) + f" ({name})"
