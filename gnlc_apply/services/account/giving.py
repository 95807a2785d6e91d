"""Giving somebody a role, by whichever way that role takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gnlc_apply.models import Role
from gnlc_apply.permissions import Actor
from gnlc_apply.services.account.granting import grant
from gnlc_apply.services.account.inviting import invite
from gnlc_apply.services.account.people import SECRETARIAT
from gnlc_apply.services.account.requesting import ask_for_role


@dataclass(frozen=True)
class Wish:
    """A role for an address, with what it is for, its days and the reason."""

    email: str
    name: str
    role: Role
    country: str | None = None
    language: str = "en"
    valid_from: date | None = None
    valid_until: date | None = None
    reason: str = ""


def give_role(*, actor: Actor, wish: Wish, person: str | None = None) -> str:
    """Ask a director for a secretariat role; grant any other to ``person`` (a reference), or invite the address.

    One command each; which one it was: ``asked``, ``granted`` or ``invited``. Raises what that command raises.
    """
    if wish.role in SECRETARIAT:
        ask_for_role(
            actor=actor,
            email=wish.email,
            name=wish.name,
            role=wish.role,
            reason=wish.reason,
            language=wish.language,
            valid_from=wish.valid_from,
            valid_until=wish.valid_until,
        )
        return "asked"
    if person is not None:
        grant(
            actor=actor,
            person=person,
            role=wish.role,
            country=wish.country,
            valid_from=wish.valid_from,
            valid_until=wish.valid_until,
        )
        return "granted"
    invite(actor=actor, email=wish.email, name=wish.name, role=wish.role, country=wish.country, language=wish.language)
    return "invited"
