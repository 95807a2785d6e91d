"""The quota as numbered places per call and country: one row each, with a unique key."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.models import Call, PlacePurpose, QuotaException, QuotaPlace
from gnlc_apply.services.command import Unit


def limit(session: Session, call: Call, country: str) -> int:
    """The call's quota plus the exceptions that two persons recorded for this country."""
    extra = session.scalar(
        select(func.coalesce(func.sum(QuotaException.extra), 0)).where(
            QuotaException.call_id == call.id,
            QuotaException.country == country,
            QuotaException.confirmed_at.is_not(None),
        )
    )
    return call.quota + int(extra or 0)


def _taken(session: Session, call: Call, country: str, purpose: PlacePurpose) -> set[int]:
    return set(
        session.scalars(
            select(QuotaPlace.number).where(
                QuotaPlace.call_id == call.id, QuotaPlace.country == country, QuotaPlace.purpose == purpose
            )
        )
    )


def free_places(session: Session, call: Call, country: str, purpose: PlacePurpose) -> int:
    """How many places this country has left."""
    return max(0, limit(session, call, country) - len(_taken(session, call, country, purpose)))


def take(unit: Unit, call: Call, country: str, purpose: PlacePurpose, application_id: int) -> int:
    """Take the lowest free place; its number. Raises Conflict when all are taken.

    Two takers of the same number meet at the unique key: one of them is refused when its command commits.
    """
    most = limit(unit.session, call, country)
    taken = _taken(unit.session, call, country, purpose)
    number = next((n for n in range(1, most + 1) if n not in taken), None)
    if number is None:
        raise Conflict(Text("All places of this country in this call are taken."))
    row = {
        "call_id": call.id,
        "country": country,
        "purpose": purpose,
        "number": number,
        "limit": most,
        "application_id": application_id,
        "taken_at": unit.now,
    }
    unit.session.execute(insert(QuotaPlace), [row])
    unit.note("took_place", "application", application_id, purpose=purpose.value, number=number)
    return number


def free(unit: Unit, purpose: PlacePurpose, application_id: int) -> bool:
    """Free the place this application holds; whether it held one."""
    result = unit.session.execute(
        delete(QuotaPlace).where(QuotaPlace.application_id == application_id, QuotaPlace.purpose == purpose)
    )
    freed = bool(result.rowcount)  # type: ignore[attr-defined]  # a DML result has one
    if freed:
        unit.note("freed_place", "application", application_id, purpose=purpose.value)
    return freed
