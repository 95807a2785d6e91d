"""Passwords: reset by a mailed link, change, and the proof that it is still the same person."""

from __future__ import annotations

from typing import Any

from gnlc_apply.core import passwords
from gnlc_apply.core.errors import Invalid, NotFound, SignInNeeded
from gnlc_apply.core.text import Text
from gnlc_apply.models import Person, TokenPurpose
from gnlc_apply.permissions import Actor, Permission, require, step_to_show
from gnlc_apply.queries import account as accounts
from gnlc_apply.services.account import guessing, tokens
from gnlc_apply.services.account.granting import end_everything
from gnlc_apply.services.account.people import by_email, check_password, myself, tell
from gnlc_apply.services.account.signing_in import Entered, entered
from gnlc_apply.services.command import Unit, command


def _count(*, email: str, network: str = "", **_: Any) -> dict[str, Any]:
    address = email.strip().casefold()[:254]
    guessing.claim([(guessing.network_key(network, "mail"), guessing.MAILS_PER_NETWORK)])
    is_within = guessing.is_within([(guessing.address_key(address, "mail"), guessing.MAILS_PER_ADDRESS)])
    return {"address": address, "is_within": is_within}


@command(_count)
def ask_for_reset(
    unit: Unit, *, actor: Actor, email: str, network: str = "", address: str = "", is_within: bool = True
) -> None:
    """Mail a link that sets a new password, if somebody has this address; the answer is the same for any other."""
    person = by_email(unit.session, address)
    if person is None or person.deactivated_at is not None or not is_within:
        unit.note("asked_for_reset", "person", None)
        return
    token = tokens.issue(unit, TokenPurpose.RESET_PASSWORD, person.id, address)
    unit.note("asked_for_reset", "person", person.id)
    tell(unit, person, "password_reset", secret_token=token)


def _hash_for_link(*, token: str, password: str, **_: Any) -> dict[str, Any]:
    holder = accounts.token_holder(token, TokenPurpose.RESET_PASSWORD)
    check_password(password, (holder.name, holder.email) if holder else ())
    return {"password_hash": passwords.hash_password(password)}


@command(_hash_for_link)
def reset_password(unit: Unit, *, actor: Actor, token: str, password: str, password_hash: str = "") -> Entered:
    """Set a new password by the mailed link. All sessions end; a second factor stays as it is.

    Raises NotFound for an unknown link, Conflict for a used or old one, Invalid for a password that will not do.
    """
    used = tokens.use(unit, TokenPurpose.RESET_PASSWORD, token)
    person = unit.session.get_one(Person, used.person_id)
    if person.email != used.email or person.deactivated_at is not None:
        raise NotFound()
    person.password_hash = password_hash
    person.confirmed_at = person.confirmed_at or unit.now
    unit.note("reset_password", "person", person.id)
    end_everything(unit, person)
    tell(unit, person, "password_changed")
    return entered(unit, person, "reset")


def _check_and_hash(*, actor: Actor, new_password: str, **_: Any) -> dict[str, Any]:
    check_password(new_password, (actor.name, actor.email), "new_password")
    return {"password_hash": passwords.hash_password(new_password)}


@command(_check_and_hash, is_fresh=True)
def change_password(unit: Unit, *, actor: Actor, new_password: str, password_hash: str = "") -> None:
    """Change (or first set) one's own password; the other sessions end. The page asks for a fresh proof before.

    Raises Invalid for a password that will not do.
    """
    require(actor, Permission.USE_ACCOUNT)
    person = myself(unit)
    person.password_hash = password_hash
    unit.note("changed_password", "person", person.id)
    end_everything(unit, person)
    tell(unit, person, "password_changed")


def _prove(*, actor: Actor, password: str, **_: Any) -> dict[str, Any]:
    if (step := step_to_show(actor)) != "confirm":
        raise SignInNeeded(step)
    wrong = Text("The password is not right.")
    holder = accounts.credentials(actor.email)
    keys = [guessing.address_key(actor.email, "password")]
    guessing.claim([(keys[0], guessing.PASSWORD_TRIES)])
    if not passwords.fits(holder.password_hash if holder else None, password):
        raise Invalid(wrong, {"password": wrong})
    guessing.forgive(keys)
    return {}


@command(_prove)
def prove_password(unit: Unit, *, actor: Actor, password: str) -> None:
    """Show once more that it is oneself, by the password, where there is no second factor; it never stands in for one.

    Raises SignInNeeded for somebody who has a second factor or must have one, Invalid, TooMany.
    """
    require(actor, Permission.USE_ACCOUNT)
    unit.note("proved_password", "person", actor.person_id)
