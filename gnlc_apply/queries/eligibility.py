"""How a country stands to UNESCO on a day, and whether a member city bears a name."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Membership, State, StateStatus
from gnlc_apply.questionnaire.eligibility import Standing


def standing(country: str, on: date) -> Standing:
    """Member, associate, former or none of them: by the dates of the state."""
    state = db.reader.execute(
        select(State.status, State.member_from, State.member_until).where(State.iso3 == country)
    ).one_or_none()
    if state is None:
        return Standing.NONE
    if state.status is StateStatus.ASSOCIATE:
        return Standing.ASSOCIATE
    if state.status is StateStatus.FORMER or (state.member_until is not None and on > state.member_until):
        return Standing.FORMER
    return Standing.NONE if state.member_from is not None and on < state.member_from else Standing.MEMBER


def is_member_city(country: str, name: str) -> bool:
    """Whether a running member city of the country bears this name. Names repeat: a hint, no proof."""
    found = (
        select(Membership.id)
        .join(City, City.id == Membership.city_id)
        .where(City.country == country, City.folded_name == fold(name), Membership.until_on.is_(None))
        .limit(1)
    )
    return bool(name.strip()) and db.reader.scalar(found) is not None
