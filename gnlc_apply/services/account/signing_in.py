"""Signing in: by password, or by a code mailed to the address. Signing out, and ending sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from gnlc_apply.core import passwords
from gnlc_apply.core.errors import Invalid, NotFound
from gnlc_apply.core.sealing import hashed
from gnlc_apply.core.text import Text
from gnlc_apply.models import Person, RememberedDevice, Role, TokenPurpose, WebSession
from gnlc_apply.permissions import NEEDS_SECOND_FACTOR, Actor, Permission, require
from gnlc_apply.queries import account as accounts
from gnlc_apply.services.account import guessing, tokens
from gnlc_apply.services.account.people import SECRETARIAT, by_email, by_reference, roles_now, tell
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.record import notice
from gnlc_apply.services.sessions import end_all

_WRONG = Text("The address or the password is not right. Check both, or set a new password.")
_WRONG_CODE = Text("This code is not right, or its ten minutes are over. Ask for a new one.")


@dataclass(frozen=True)
class Entered:
    """Somebody has shown who they are; what the browser's session has to know."""

    person_id: int
    second_factor_at: datetime | None = None


def entered(unit: Unit, person: Person, how: str, second_factor_at: datetime | None = None) -> Entered:
    """Inner act: note that somebody came in, and make older links to reset a password worthless."""
    tokens.void(unit, person.id, TokenPurpose.RESET_PASSWORD)
    unit.note("signed_in", "person", person.id, how=how)
    return Entered(person.id, second_factor_at)


def device_hash(token: str) -> str:
    """What is stored of a remembered device's secret."""
    return hashed(token, "device")


def _device(unit: Unit, person: Person, device: str) -> datetime | None:
    """When the second factor was shown on this remembered device; None where the person's roles do not allow it."""
    roles = roles_now(unit.session, person.id, unit.now.date())
    if not device or not roles & {Role.JUROR, Role.CHAIR} or roles & set(SECRETARIAT):
        return None
    return unit.session.scalar(
        select(RememberedDevice.created_at).where(
            RememberedDevice.token_hash == device_hash(device),
            RememberedDevice.person_id == person.id,
            RememberedDevice.ended_at.is_(None),
            RememberedDevice.expires_at > unit.now,
        )
    )


def _check(*, email: str, password: str, network: str = "", device: str = "", **_: Any) -> dict[str, Any]:
    """Everything slow, the same for a known and an unknown address: counters, one hash, and one notice on failure."""
    address = email.strip().casefold()[:254]
    holder = accounts.credentials(address)
    # Somebody else's guessing must not lock out the owner: a known device has a counter of its own.
    is_known_device = bool(device) and holder is not None and accounts.is_device_of(device_hash(device), holder.id)
    what = f"password-{device_hash(device)[:12]}" if is_known_device else "password"
    keys = [
        (guessing.address_key(address, what), guessing.PASSWORD_TRIES),
        (guessing.network_key(network), guessing.NETWORK_TRIES),
    ]
    guessing.claim(keys)
    if not passwords.fits(holder.password_hash if holder else None, password) or holder is None:
        notice("wrong_password", person_id=holder.id if holder else None, noun="person")
        raise Invalid(_WRONG)
    guessing.forgive([key for key, _limit in keys])
    renewed = passwords.hash_password(password) if passwords.is_outdated(holder.password_hash or "") else None
    return {"address": address, "renewed_hash": renewed}


@command(_check)
def sign_in(
    unit: Unit,
    *,
    actor: Actor,
    email: str,
    password: str,
    network: str = "",
    device: str = "",
    address: str = "",
    renewed_hash: str | None = None,
) -> Entered:
    """Sign in with address and password; the second factor, where there is one, still has to be shown.

    ``network`` is where the request comes from, ``device`` the secret of a remembered device. Raises Invalid with the
    same words whatever is wrong, TooMany after ten wrong passwords for an address.
    """
    person = by_email(unit.session, address)
    if person is None or person.confirmed_at is None or person.deactivated_at is not None:
        raise Invalid(_WRONG)
    if renewed_hash is not None:
        person.password_hash = renewed_hash
    return entered(unit, person, "password", _device(unit, person, device))


def _count_mail(*, email: str, network: str = "", **_: Any) -> dict[str, Any]:
    address = email.strip().casefold()[:254]
    guessing.claim([(guessing.network_key(network, "mail"), guessing.MAILS_PER_NETWORK)])
    is_within = guessing.is_within([(guessing.address_key(address, "mail"), guessing.MAILS_PER_ADDRESS)])
    return {"address": address, "is_within": is_within}


@command(_count_mail)
def send_code(
    unit: Unit, *, actor: Actor, email: str, network: str = "", address: str = "", is_within: bool = True
) -> None:
    """Mail a code to sign in with, if the address is a National Commission's; the answer is the same for any other."""
    person = by_email(unit.session, address)
    is_open = person is not None and person.confirmed_at is not None and person.deactivated_at is None
    if person is None or not is_open or not is_within:
        unit.note("asked_for_code", "person", None)
        return
    if Role.COMMISSION not in roles_now(unit.session, person.id, unit.now.date()):
        unit.note("asked_for_code", "person", None)
        return
    code = tokens.issue_code(unit, TokenPurpose.COMMISSION_CODE, person.id, address)
    unit.note("asked_for_code", "person", person.id)
    tell(unit, person, "sign_in_code", secret_code=code)


def _count_code(*, email: str, network: str = "", **_: Any) -> dict[str, Any]:
    address = email.strip().casefold()[:254]
    keys = [
        (guessing.address_key(address, "code"), guessing.CODE_TRIES),
        (guessing.network_key(network), guessing.NETWORK_TRIES),
    ]
    guessing.claim(keys)
    return {"address": address, "counted": [key for key, _limit in keys]}


@command(_count_code)
def sign_in_by_code(
    unit: Unit,
    *,
    actor: Actor,
    email: str,
    code: str,
    network: str = "",
    address: str = "",
    counted: list[str] | None = None,
) -> Entered:
    """Sign in with the code that was mailed to a Commission.

    Counts as fresh where neither an app nor a role asks for a second factor. Raises Invalid, TooMany.
    """
    used = tokens.use_code(unit, TokenPurpose.COMMISSION_CODE, address, "".join(code.split()))
    person = unit.session.get(Person, used.person_id) if used is not None else None
    if person is None or person.deactivated_at is not None or person.email != address:
        raise Invalid(_WRONG_CODE, {"code": _WRONG_CODE})
    roles = roles_now(unit.session, person.id, unit.now.date())
    if Role.COMMISSION not in roles:
        raise Invalid(_WRONG_CODE, {"code": _WRONG_CODE})
    is_enough = person.totp_confirmed_at is None and not roles & set(NEEDS_SECOND_FACTOR)
    guessing.forgive_within(unit.session, counted or [])
    return entered(unit, person, "code", unit.now if is_enough else None)


@command()
def sign_out(unit: Unit, *, actor: Actor) -> None:
    """Note that somebody left; the browser's session ends with the answer."""
    if actor.person_id is not None:
        unit.note("signed_out", "person", actor.person_id)


@command()
def end_session(unit: Unit, *, actor: Actor, handle: str) -> None:
    """End one of one's own sessions; ``handle`` is the beginning of its hash. Raises NotFound."""
    require(actor, Permission.USE_ACCOUNT)
    if len(handle) < 16:
        raise NotFound()
    ended = unit.session.execute(
        update(WebSession)
        .where(
            WebSession.person_id == actor.person_id,
            WebSession.ended_at.is_(None),
            WebSession.id_hash.startswith(handle, autoescape=True),
        )
        .values(ended_at=unit.now, contents={})
    )
    if not ended.rowcount:  # type: ignore[attr-defined]  # a DML result has one
        raise NotFound()
    unit.note("ended_session", "person", actor.person_id)


@command()
def end_other_sessions(unit: Unit, *, actor: Actor) -> int:
    """End all of one's own sessions but this one; how many."""
    require(actor, Permission.USE_ACCOUNT)
    count = end_all(unit.session, actor.person_id or 0, unit.now, keep=actor.session_hash)
    unit.note("ended_sessions", "person", actor.person_id, count=count)
    return count


@command()
def end_sessions_of(unit: Unit, *, actor: Actor, person: str) -> int:
    """The administrator ends all sessions of somebody; how many."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    row = by_reference(unit.session, person)
    count = end_all(unit.session, row.id, unit.now, keep=actor.session_hash if row.id == actor.person_id else "")
    unit.note("ended_sessions", "person", row.id, count=count)
    return count
