"""Which deadline binds which file, for lists: all extensions of the calls at hand in one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Call, Deadline, Extension, ExtensionScope


@dataclass(frozen=True)
class Deadlines:
    """The deadlines of some calls with their extensions; the silent grace is not told to anybody."""

    own: dict[int, tuple[datetime, datetime]]
    extensions: tuple[tuple[int, ExtensionScope, Deadline, str | None, int | None, datetime], ...]

    def _latest(self, own: datetime, call_id: int, deadline: Deadline, country: str, application_id: int) -> datetime:
        reach = [
            until
            for call, scope, which, land, file, until in self.extensions
            if call == call_id
            and which is deadline
            and (scope is ExtensionScope.ALL or land == country or (file is not None and file == application_id))
        ]
        return max([own, *reach])

    def of_city(self, call_id: int, country: str, application_id: int = 0) -> datetime:
        """Until when the city applies."""
        return self._latest(self.own[call_id][0], call_id, Deadline.CITIES, country, application_id)

    def of_commission(self, call_id: int, country: str, application_id: int = 0) -> datetime:
        """Until when the National Commission answers; never before the city's own deadline."""
        latest = self._latest(self.own[call_id][1], call_id, Deadline.COMMISSIONS, country, application_id)
        return max(latest, self.of_city(call_id, country, application_id))


def of_calls(calls: Collection[int]) -> Deadlines:
    """The deadlines of these calls (inner numbers), in two statements."""
    own = db.reader.execute(select(Call.id, Call.deadline_at, Call.commission_deadline_at).where(Call.id.in_(calls)))
    rows = db.reader.execute(
        select(
            Extension.call_id,
            Extension.scope,
            Extension.deadline,
            Extension.country,
            Extension.application_id,
            Extension.until_at,
        ).where(Extension.call_id.in_(calls))
    )
    return Deadlines(
        {row.id: (row.deadline_at, row.commission_deadline_at) for row in own},
        tuple((r.call_id, r.scope, r.deadline, r.country, r.application_id, r.until_at) for r in rows),
    )


def days_left(until: datetime, now: datetime) -> int | None:
    """Whole days left, 0 on the last one; None when the time is over."""
    return None if now > until else (until - now).days
