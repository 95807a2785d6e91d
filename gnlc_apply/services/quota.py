"""The quota as numbered places per call and country: one row each, with a unique key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    Call,
    Endorsement,
    EndorsementOutcome,
    PlacePurpose,
    QuotaException,
    QuotaPlace,
    State,
)
from gnlc_apply.models.reference_data.countries import country_name
from gnlc_apply.queries.among import among
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


def never_taken(session: Session, call: Call, country: str) -> int:
    """Places of this country that no file has ever held for an endorsement: those that were freed do not count."""
    held = session.scalar(
        select(func.count(func.distinct(Endorsement.application_id)))
        .join(Application, Application.id == Endorsement.application_id)
        .where(
            Application.call_id == call.id,
            Application.country == country,
            Endorsement.outcome == EndorsementOutcome.ENDORSED,
        )
    )
    return max(0, limit(session, call, country) - int(held or 0))


def take(unit: Unit, call: Call, country: str, purpose: PlacePurpose, application_id: int) -> int:
    """Take the lowest free place; its number. Raises Conflict when all are taken.

    Takers of one country wait for each other at the country's row; were that lost, the unique key would still refuse
    the second taker of a number.
    """
    unit.session.execute(select(State.iso3).where(State.iso3 == country).with_for_update(key_share=True))
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


def free(unit: Unit, purpose: PlacePurpose, application_id: int, *, is_by_rule: bool = False) -> bool:
    """Free the place this application holds; whether it held one.

    ``is_by_rule``: where somebody's act has this consequence who must not learn of the place, it is not noted as theirs.
    """
    result = unit.session.execute(
        delete(QuotaPlace).where(QuotaPlace.application_id == application_id, QuotaPlace.purpose == purpose)
    )
    freed = bool(result.rowcount)  # type: ignore[attr-defined]  # a DML result has one
    if freed:
        note = unit.note_by_rule if is_by_rule else unit.note
        note("freed_place", "application", application_id, purpose=purpose.value)
    return freed


def take_many(unit: Unit, call: Call, purpose: PlacePurpose, wanted: Sequence[Application]) -> None:
    """Take a place for each of these applications; one refusal refuses all. Three statements, however many there are.

    Raises Conflict naming the country whose places are all taken.
    """
    taken: dict[str, set[int]] = defaultdict(set)
    places = select(QuotaPlace.country, QuotaPlace.number).where(
        QuotaPlace.call_id == call.id, QuotaPlace.purpose == purpose
    )
    for country, number in unit.session.execute(places):
        taken[country].add(number)
    more = _exceptions(unit.session, call)
    rows = []
    for application in wanted:
        country, most = application.country, call.quota + more.get(application.country, 0)
        lowest = next((n for n in range(1, most + 1) if n not in taken[country]), None)
        if lowest is None:
            name = country_name(country, "en")
            raise Conflict(Text("All places of this country in this call are taken: %(country)s.", country=name))
        taken[country].add(lowest)
        place = {"call_id": call.id, "country": country, "purpose": purpose, "number": lowest, "limit": most}
        rows.append({**place, "application_id": application.id, "taken_at": unit.now})
        unit.note("took_place", "application", application.id, purpose=purpose.value, number=lowest)
    if rows:
        unit.session.execute(insert(QuotaPlace), rows)


def _exceptions(session: Session, call: Call) -> dict[str, int]:
    """Places beyond the call's quota, by country, that two persons recorded."""
    query = (
        select(QuotaException.country, func.sum(QuotaException.extra))
        .where(QuotaException.call_id == call.id, QuotaException.confirmed_at.is_not(None))
        .group_by(QuotaException.country)
    )
    return {country: int(number) for country, number in session.execute(query)}


def free_many(unit: Unit, purpose: PlacePurpose, applications: Sequence[Application]) -> None:
    """Free the places that these applications hold: two statements, however many there are."""
    ids = [application.id for application in applications]
    held = among(QuotaPlace.application_id, ids) & (QuotaPlace.purpose == purpose)
    for application_id in unit.session.scalars(select(QuotaPlace.application_id).where(held)).all():
        unit.note("freed_place", "application", application_id, purpose=purpose.value)
    unit.session.execute(delete(QuotaPlace).where(held))
