"""Confirmed self-registration of city officials: first the address, then the password."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from gnlc_apply.core.passwords import hash_password
from gnlc_apply.models import Grant, Invitation, Person, TokenPurpose
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import account as accounts
from gnlc_apply.services.account import guessing, tokens
from gnlc_apply.services.account.people import by_email, check_password, named, normal_email, tell
from gnlc_apply.services.account.privacy import note_acceptance
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.ties import keep_apart


def _count(*, email: str, network: str = "", **_: Any) -> dict[str, Any]:
    address = normal_email(email)
    guessing.claim([(guessing.network_key(network, "mail"), guessing.MAILS_PER_NETWORK)])
    within = guessing.is_within([(guessing.address_key(address, "mail"), guessing.MAILS_PER_ADDRESS)])
    return {"address": address, "is_within": within}


@command(_count)
def register(
    unit: Unit,
    *,
    actor: Actor,
    email: str,
    name: str,
    language: str = "en",
    network: str = "",
    address: str = "",
    is_within: bool = True,
) -> None:
    """Ask for an account: a link goes to the address, whoever has it. The answer is the same for a known address.

    Whom the secretariat has invited keeps the name and language of the invitation, whatever is typed here: anybody can type an
    address, and only the owner of the mailbox decides. Raises Invalid for a bad address or name, TooMany for too many from one network.
    """
    called = named(name)
    person, invited = by_email(unit.session, address), _invited(unit, address)
    if invited is not None:
        called, language = invited
    if person is None:
        person = Person(email=address, name=called, language=language, created_at=unit.now)
        unit.session.add(person)
        unit.session.flush()
        unit.note("registered", "person", person.id)
    elif person.confirmed_at is None:
        if invited is not None or not _holds_anything(unit, person):
            person.name, person.language = called, language
        unit.note("registered", "person", person.id)
    else:
        unit.note("registered_again", "person", person.id)
    if not is_within or person.deactivated_at is not None:
        return
    if person.confirmed_at is not None:
        tell(unit, person, "account_known")
        return
    token = tokens.issue(unit, TokenPurpose.CONFIRM_ADDRESS, person.id, address)
    tell(unit, person, "account_confirm", secret_token=token)


def _invited(unit: Unit, address: str) -> tuple[str, str] | None:
    """Name and language of the newest open invitation to a role for this address."""
    row = unit.session.execute(
        select(Invitation.name, Invitation.language)
        .where(
            Invitation.email == address,
            Invitation.role.is_not(None),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > unit.now,
        )
        .order_by(Invitation.id.desc())
        .limit(1)
    ).one_or_none()
    return (row.name, row.language) if row is not None else None


def _holds_anything(unit: Unit, person: Person) -> bool:
    """Whether somebody gave this person a role before the address was confirmed: then the name is not a stranger's to type."""
    return unit.session.scalar(select(Grant.id).where(Grant.person_id == person.id).limit(1)) is not None


def _hash(*, token: str, password: str, **_: Any) -> dict[str, Any]:
    holder = accounts.token_holder(token, TokenPurpose.CONFIRM_ADDRESS)
    check_password(password, (holder.name, holder.email) if holder else ())
    return {"password_hash": hash_password(password)}


@command(_hash)
def confirm_registration(unit: Unit, *, actor: Actor, token: str, password: str, password_hash: str = "") -> int:
    """Confirm the address by the link's secret and set the first password; the person's number.

    Raises NotFound for an unknown link, Conflict for a used or old one, Invalid for a password that will not do.
    """
    used = tokens.use(unit, TokenPurpose.CONFIRM_ADDRESS, token)
    person = unit.session.get_one(Person, used.person_id)
    person.password_hash = password_hash
    person.confirmed_at = person.confirmed_at or unit.now
    unit.note("confirmed", "person", person.id)
    note_acceptance(unit, person)
    keep_apart(unit, person.id)
    return person.id
