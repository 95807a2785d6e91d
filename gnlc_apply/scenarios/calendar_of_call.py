"""The dates of one call, from its making to its announcement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Calendar:
    """When what happens. All moments are aware; each lies after the one before."""

    created_at: datetime
    opens_at: datetime
    deadline_at: datetime
    commissions_at: datetime
    checked_at: datetime
    jury_at: datetime
    minutes_at: datetime
    decided_at: datetime
    locked_at: datetime
    armed_at: datetime
    announce_at: datetime

    @property
    def last_day_to_begin(self) -> datetime:
        """When the last city has begun."""
        return self.opens_at + (self.deadline_at - self.opens_at) * 0.6

    def between(self, begins: datetime, ends: datetime, share: float) -> datetime:
        """A moment within a span, at full seconds."""
        return (begins + (ends - begins) * share).replace(microsecond=0)


def counted_back(announce_at: datetime, days: float = 45.0) -> Calendar:
    """A call of so many days that ends with the announcement at this moment: what a rehearsal needs."""

    def back(share: float) -> datetime:
        return (announce_at - timedelta(days=days * share)).replace(microsecond=0)

    return Calendar(
        created_at=back(1.1),
        opens_at=back(1.0),
        deadline_at=back(0.7),
        commissions_at=back(0.55),
        checked_at=back(0.5),
        jury_at=back(0.45),
        minutes_at=back(0.2),
        decided_at=back(0.15),
        locked_at=back(0.08),
        armed_at=announce_at - timedelta(hours=20),
        announce_at=announce_at,
    )
