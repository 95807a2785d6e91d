"""Days on which an office works, for the time a Commission has to object."""

from __future__ import annotations

from datetime import datetime, timedelta

_SATURDAY = 5


def after(moment: datetime, days: int) -> datetime:
    """The same time of day, so many working days later; Saturdays and Sundays do not count.

    Five working days are a full week wherever two days of a week are free, so countries that rest on Friday and
    Saturday lose nothing. Holidays are not known here: whoever needs more time asks for an extension.
    """
    there = moment
    while days > 0:
        there += timedelta(days=1)
        if there.weekday() < _SATURDAY:
            days -= 1
    return there
