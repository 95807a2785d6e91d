"""Accounts made at the console: the first people of an installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gnlc_apply.models import Person, Role, TokenPurpose
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.account import granting, tokens
from gnlc_apply.services.account.people import by_email, named, normal_email
from gnlc_apply.services.command import Unit, command

# Long enough to hand the link over, short enough not to lie around.
SET_UP_PERIOD = timedelta(hours=24)


@dataclass(frozen=True)
class Created:
    """A new (or known) account, and the secret of the link that sets its password."""

    person_id: int
    token: str


@command()
def create(
    unit: Unit,
    *,
    actor: Actor,
    email: str,
    name: str,
    role: Role | str | None,
    country: str | None = None,
    call_reference: str | None = None,
    valid_until: date | None = None,
    language: str = "en",
) -> Created:
    """An account whose address is taken as confirmed, with a role; only the system itself may do this.

    ``role`` None makes a city official, who needs no grant. Raises Invalid for a bad address, country or call.
    """
    require(actor, Permission.ACT_FOR_SYSTEM)
    address = normal_email(email)
    person = by_email(unit.session, address)
    if person is None:
        person = Person(email=address, name=named(name), language=language, created_at=unit.now, confirmed_at=unit.now)
        unit.session.add(person)
        unit.session.flush()
        unit.note("created", "person", person.id)
    if role is not None:
        place = granting.place_of(unit.session, Role(role), country, call_reference)
        granting.add(unit, person, place, valid_until=valid_until)
    token = tokens.issue(unit, TokenPurpose.RESET_PASSWORD, person.id, address, SET_UP_PERIOD)
    return Created(person.id, token)
