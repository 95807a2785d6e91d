"""One-time secrets for links and to type: issued for one purpose, used once, void with everything that makes them old."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from gnlc_apply import config
from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.core.sealing import hashed, new_code, new_token
from gnlc_apply.core.text import Text
from gnlc_apply.models import OneTimeToken, TokenPurpose
from gnlc_apply.services.command import Unit

_USED = Text("This link is good no longer: it was used, or something newer took its place. Ask for a new one.")
GOOD_FOR = {
    TokenPurpose.CONFIRM_ADDRESS: timedelta(days=3),
    TokenPurpose.RESET_PASSWORD: timedelta(minutes=30),
    TokenPurpose.CHANGE_ADDRESS: timedelta(hours=24),
    TokenPurpose.COMMISSION_CODE: timedelta(minutes=10),
}


def token_hash(token: str, purpose: TokenPurpose) -> str:
    """What is stored of a link's secret."""
    return hashed(token, purpose.value)


def code_hash(code: str, purpose: TokenPurpose, email: str) -> str:
    """What is stored of a short code: bound to its address, and to the installation's key, because codes are short."""
    return hashed(f"{config.current().secret_key}:{email}:{code}", purpose.value)


def void(unit: Unit, person_id: int, *purposes: TokenPurpose) -> None:
    """Make a person's open secrets of these purposes worthless."""
    unit.session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.person_id == person_id, OneTimeToken.purpose.in_(purposes), OneTimeToken.used_at.is_(None))
        .values(used_at=unit.now)
    )


def _issue(unit: Unit, purpose: TokenPurpose, person_id: int, email: str, stored: str, period: timedelta) -> None:
    void(unit, person_id, purpose)
    unit.session.execute(delete(OneTimeToken).where(OneTimeToken.token_hash == stored))
    unit.session.add(
        OneTimeToken(
            purpose=purpose,
            token_hash=stored,
            person_id=person_id,
            email=email,
            created_at=unit.now,
            expires_at=unit.now + period,
        )
    )


def issue(unit: Unit, purpose: TokenPurpose, person_id: int, email: str, period: timedelta | None = None) -> str:
    """A fresh secret for a link; older ones of the same purpose are void."""
    token = new_token()
    _issue(unit, purpose, person_id, email, token_hash(token, purpose), period or GOOD_FOR[purpose])
    return token


def issue_code(unit: Unit, purpose: TokenPurpose, person_id: int, email: str) -> str:
    """A fresh code of eight digits; older ones of the same purpose are void."""
    code = new_code()
    _issue(unit, purpose, person_id, email, code_hash(code, purpose, email), GOOD_FOR[purpose])
    return code


def _burn(unit: Unit, row: OneTimeToken) -> bool:
    """Whether this unit is the one that uses the secret up."""
    burned = unit.session.execute(
        update(OneTimeToken).where(OneTimeToken.id == row.id, OneTimeToken.used_at.is_(None)).values(used_at=unit.now)
    )
    return bool(burned.rowcount)  # type: ignore[attr-defined]  # a DML result has one


def use(unit: Unit, purpose: TokenPurpose, token: str) -> OneTimeToken:
    """Use a link's secret up. Raises NotFound where there is none, Conflict where it was used or its time is over."""
    row = unit.session.scalar(select(OneTimeToken).where(OneTimeToken.token_hash == token_hash(token, purpose)))
    if row is None or row.purpose is not purpose:
        raise NotFound()
    if row.expires_at <= unit.now:
        raise Conflict(Text("The time of this link is over. Ask for a new one."))
    if row.used_at is not None or not _burn(unit, row):
        raise Conflict(_USED)
    return row


def use_code(unit: Unit, purpose: TokenPurpose, email: str, code: str) -> OneTimeToken | None:
    """Use a typed code up; None when it is not the one that runs for this address."""
    row = unit.session.scalar(
        select(OneTimeToken).where(
            OneTimeToken.token_hash == code_hash(code, purpose, email),
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > unit.now,
        )
    )
    return row if row is not None and _burn(unit, row) else None
