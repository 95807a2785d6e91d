"""One click signs in as an invented person; in a demonstration only."""

from __future__ import annotations

from gnlc_apply.core import totp
from gnlc_apply.core.errors import NotFound
from gnlc_apply.permissions import NEEDS_SECOND_FACTOR, Actor
from gnlc_apply.queries import instance
from gnlc_apply.services.account.people import by_email, roles_now
from gnlc_apply.services.account.second_factor import sealed_secret
from gnlc_apply.services.account.signing_in import Entered, entered
from gnlc_apply.services.command import Unit, command


@command()
def enter_demonstration(unit: Unit, *, actor: Actor, email: str) -> Entered:
    """Become this person, second factor included (one is set up where the role demands it).

    Raises NotFound on any database that was not made as a demonstration, and for unknown or closed accounts.
    """
    if not instance.is_demo():
        raise NotFound()
    person = by_email(unit.session, email.strip().casefold())
    if person is None or person.confirmed_at is None or person.deactivated_at is not None:
        raise NotFound()
    needs = roles_now(unit.session, person.id, unit.now.date()) & set(NEEDS_SECOND_FACTOR)
    if needs and person.totp_confirmed_at is None:
        person.totp_secret, person.totp_confirmed_at = sealed_secret(totp.new_secret()), unit.now
    return entered(unit, person, "demonstration", unit.now)
