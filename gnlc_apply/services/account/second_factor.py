"""The second factor: an authenticator app, recovery codes for the day it is lost, and devices a juror may trust."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import delete, func, select, update

from gnlc_apply import config
from gnlc_apply.core import sealing, totp
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import Call, Grant, Person, RecoveryCode, RememberedDevice, Role
from gnlc_apply.permissions import NEEDS_SECOND_FACTOR, Actor, Permission, require
from gnlc_apply.services.account import guessing
from gnlc_apply.services.account.people import SECRETARIAT, myself, roles_now, tell
from gnlc_apply.services.account.signing_in import device_hash
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.sessions import end_all

log = logging.getLogger(__name__)

SEAL = "totp"
_WRONG = Text("This code is not right. Wait for the next one in your app and try again.")
_UNREADABLE = Text(
    "Your app cannot be checked any more. Use a recovery code, or ask for a reset of your second factor."
)
_WRONG_RECOVERY = Text("This recovery code is not right, or it was used before.")


def sealed_secret(secret: str) -> bytes:
    """An app's secret as it is stored: unreadable without the installation's key."""
    return sealing.seal(config.current().secret_key, SEAL, secret).encode()


def _secret_of(person: Person) -> str:
    if person.totp_secret is None or person.totp_confirmed_at is None:
        raise NotFound()
    try:
        return sealing.unseal(config.current().secret_key, SEAL, person.totp_secret.decode())
    except InvalidToken as error:
        log.exception("the installation's key has changed: the app of person %s opens nothing any more", person.id)
        raise Invalid(_UNREADABLE, {"code": _UNREADABLE}) from error


def _recovery_hash(person_id: int, code: str) -> str:
    return sealing.hashed(totp.tidy_recovery_code(code), f"recovery:{person_id}")


def fresh_recovery_codes(unit: Unit, person: Person) -> list[str]:
    """Inner act: ten new recovery codes; the old ones are worth nothing. Only their hashes are kept."""
    unit.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = totp.new_recovery_codes()
    unit.session.add_all(RecoveryCode(person_id=person.id, code_hash=_recovery_hash(person.id, c)) for c in codes)
    return codes


def remove(unit: Unit, person: Person) -> None:
    """Inner act: take the second factor away, with its recovery codes and remembered devices."""
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    unit.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    unit.session.execute(
        update(RememberedDevice)
        .where(RememberedDevice.person_id == person.id, RememberedDevice.ended_at.is_(None))
        .values(ended_at=unit.now)
    )


def _count(*, actor: Actor, **_: Any) -> dict[str, Any]:
    key = f"second-factor:{actor.person_id}"
    guessing.claim([(key, guessing.CODE_TRIES)])
    return {"counted": key}


def _require_stronger(actor: Actor, now: datetime) -> None:
    """Somebody who has a second factor must have shown it just now to replace it or take it away."""
    if actor.has_second_factor and not actor.is_fresh(now):
        raise Forbidden(Text("Show your second factor once more first."))


@command(_count)
def confirm_second_factor(unit: Unit, *, actor: Actor, secret: str, code: str, counted: str = "") -> list[str]:
    """Set up (or replace) one's authenticator app by a code that it shows; ten recovery codes, shown this once.

    Other sessions end. Raises Invalid for a wrong code, TooMany, Forbidden where the present app was not just shown.
    """
    require(actor, Permission.USE_ACCOUNT)
    _require_stronger(actor, unit.now)
    person = myself(unit)
    step = totp.matching_step(secret, code, unit.now, None)
    if step is None:
        raise Invalid(_WRONG, {"code": _WRONG})
    remove(unit, person)
    person.totp_secret, person.totp_confirmed_at, person.totp_last_step = sealed_secret(secret), unit.now, step
    guessing.forgive_within(unit.session, [counted])
    unit.note("set_up_second_factor", "person", person.id)
    end_all(unit.session, person.id, unit.now, keep=actor.session_hash)
    tell(unit, person, "second_factor_changed", change="set_up")
    return fresh_recovery_codes(unit, person)


@command(_count)
def show_second_factor(unit: Unit, *, actor: Actor, code: str, counted: str = "") -> None:
    """Show the second factor by the app's code; a code works once. Raises Invalid, TooMany after five wrong ones."""
    require(actor, Permission.USE_ACCOUNT)
    person = myself(unit)
    step = totp.matching_step(_secret_of(person), code, unit.now, person.totp_last_step)
    if step is None:
        raise Invalid(_WRONG, {"code": _WRONG})
    person.totp_last_step = step
    guessing.forgive_within(unit.session, [counted])
    unit.note("showed_second_factor", "person", person.id, how="app")


@command(_count)
def use_recovery_code(unit: Unit, *, actor: Actor, code: str, counted: str = "") -> int:
    """Show the second factor by one of the recovery codes; how many are left. Raises Invalid, TooMany."""
    require(actor, Permission.USE_ACCOUNT)
    person = myself(unit)
    used = unit.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == _recovery_hash(person.id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=unit.now)
    )
    if person.totp_confirmed_at is None or not used.rowcount:  # type: ignore[attr-defined]  # a DML result has one
        raise Invalid(_WRONG_RECOVERY, {"code": _WRONG_RECOVERY})
    guessing.forgive_within(unit.session, [counted])
    unit.note("showed_second_factor", "person", person.id, how="recovery code")
    tell(unit, person, "second_factor_changed", change="recovery_code")
    left = select(func.count()).where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    return int(unit.session.scalar(left) or 0)


@command(is_fresh=True)
def renew_recovery_codes(unit: Unit, *, actor: Actor) -> list[str]:
    """Ten new recovery codes in place of the old ones."""
    require(actor, Permission.USE_ACCOUNT)
    person = myself(unit)
    _secret_of(person)
    unit.note("renewed_recovery_codes", "person", person.id)
    return fresh_recovery_codes(unit, person)


@command(is_fresh=True)
def turn_off_second_factor(unit: Unit, *, actor: Actor) -> None:
    """Take one's own second factor away. Raises Conflict where the role demands it."""
    require(actor, Permission.USE_ACCOUNT)
    person = myself(unit)
    if roles_now(unit.session, person.id, unit.now.date()) & set(NEEDS_SECOND_FACTOR):
        raise Conflict(Text("Your role demands a second factor. You can replace the app, but not turn it off."))
    remove(unit, person)
    unit.note("turned_off_second_factor", "person", person.id)
    tell(unit, person, "second_factor_changed", change="turned_off")


@command()
def remember_device(unit: Unit, *, actor: Actor, browser: str) -> tuple[str, datetime] | None:
    """Remember a juror's device until the jury's time is over: the secret for its cookie and its end.

    None where the roles do not allow it (anybody of the secretariat, nobody's juror). Only right after the app was shown.
    """
    require(actor, Permission.USE_ACCOUNT)
    person = myself(unit)
    roles = roles_now(unit.session, person.id, unit.now.date())
    last_day = unit.session.scalar(
        select(func.max(func.coalesce(Grant.valid_until, Call.results_promised_on)))
        .join(Call, Call.id == Grant.call_id)
        .where(Grant.person_id == person.id, Grant.role.in_((Role.JUROR, Role.CHAIR)), Grant.revoked_at.is_(None))
    )
    if last_day is None or roles & set(SECRETARIAT) or not roles & {Role.JUROR, Role.CHAIR}:
        return None
    expires = min(datetime.combine(last_day, time.max, UTC), unit.now + timedelta(days=366))
    if expires <= unit.now:
        return None
    token = sealing.new_token()
    unit.session.add(
        RememberedDevice(
            person_id=person.id,
            token_hash=device_hash(token),
            browser=browser[:200],
            created_at=unit.now,
            expires_at=expires,
        )
    )
    unit.note("remembered_device", "person", person.id)
    return token, expires


@command()
def forget_devices(unit: Unit, *, actor: Actor) -> None:
    """Forget all of one's own remembered devices."""
    require(actor, Permission.USE_ACCOUNT)
    unit.session.execute(
        update(RememberedDevice)
        .where(RememberedDevice.person_id == actor.person_id, RememberedDevice.ended_at.is_(None))
        .values(ended_at=unit.now)
    )
    unit.note("forgot_devices", "person", actor.person_id)
