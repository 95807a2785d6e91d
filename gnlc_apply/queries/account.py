"""Accounts for their own pages: what a link opens, one's profile, sessions and devices, and the credentials to check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select

from gnlc_apply.core import browsers, clock
from gnlc_apply.core.sealing import hashed
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Call,
    Grant,
    Invitation,
    OneTimeToken,
    Person,
    RecoveryCode,
    RememberedDevice,
    Role,
    TokenPurpose,
    WebSession,
)


@dataclass(frozen=True)
class Credentials:
    """What is needed to check a password."""

    id: int
    password_hash: str | None


@dataclass(frozen=True)
class Holder:
    """Whose a link is."""

    name: str
    email: str


@dataclass(frozen=True)
class InvitationSeen:
    """An invitation as its page shows it. ``state``: open, accepted, revoked or over."""

    state: str
    email: str
    name: str
    role: str
    country: str | None
    call_title: str | None
    place_name: str | None
    inviter: str | None
    has_account: bool
    is_password_optional: bool


@dataclass(frozen=True)
class SessionSeen:
    """One of a person's sessions."""

    handle: str
    browser: Text
    network: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class RoleSeen:
    """A role of a person with its dates; ``is_running`` today."""

    id: int
    role: str
    country: str | None
    call_title: str | None
    valid_from: date | None
    valid_until: date | None
    is_running: bool


@dataclass(frozen=True)
class Profile:
    """One's own account."""

    name: str
    email: str
    language: str
    organisation: str
    has_password: bool
    has_second_factor: bool
    recovery_codes_left: int
    devices: int
    roles: tuple[RoleSeen, ...]


def credentials(email: str) -> Credentials | None:
    """The stored password of an open, confirmed account."""
    row = db.reader.execute(
        select(Person.id, Person.password_hash).where(
            Person.email == email.strip().casefold(),
            Person.confirmed_at.is_not(None),
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
    ).one_or_none()
    return Credentials(row.id, row.password_hash) if row is not None else None


def is_device_of(token_hash: str, person_id: int) -> bool:
    """Whether this remembered device is the person's and still good."""
    return bool(
        db.reader.scalar(
            select(
                exists().where(
                    RememberedDevice.token_hash == token_hash,
                    RememberedDevice.person_id == person_id,
                    RememberedDevice.ended_at.is_(None),
                    RememberedDevice.expires_at > clock.now(),
                )
            )
        )
    )


def _token(token: str, purpose: TokenPurpose) -> OneTimeToken | None:
    found = select(OneTimeToken).where(OneTimeToken.token_hash == hashed(token, purpose.value))
    return db.reader.scalar(found.where(OneTimeToken.purpose == purpose))


def token_state(token: str, purpose: TokenPurpose) -> str | None:
    """``open``, ``used`` or ``over``; None for a secret that never was (or became void)."""
    row = _token(token, purpose)
    if row is None:
        return None
    if row.used_at is not None:
        return "used"
    return "open" if row.expires_at > clock.now() else "over"


def token_holder(token: str, purpose: TokenPurpose) -> Holder | None:
    """Whose an open link is; for an address change, the new address."""
    if token_state(token, purpose) != "open":
        return None
    row = db.reader.execute(
        select(Person.name, OneTimeToken.email)
        .join(Person, Person.id == OneTimeToken.person_id)
        .where(OneTimeToken.token_hash == hashed(token, purpose.value))
    ).one()
    return Holder(row.name, row.email)


def _invitation_state(row: Invitation) -> str:
    if row.accepted_at is not None:
        return "accepted"
    if row.revoked_at is not None:
        return "revoked"
    return "open" if row.expires_at > clock.now() else "over"


def invitation(token: str) -> InvitationSeen | None:
    """What an invitation's link opens; None for a secret that never was."""
    found = db.reader.execute(
        select(Invitation, Person.name, Call.title, Application.place_name)
        .outerjoin(Person, Person.id == Invitation.invited_by_id)
        .outerjoin(Application, Application.id == Invitation.application_id)
        .outerjoin(Call, Call.id == func.coalesce(Invitation.call_id, Application.call_id))
        .where(Invitation.token_hash == hashed(token, "invitation"))
    ).one_or_none()
    if found is None:
        return None
    row, inviter, call_title, place_name = found
    account = select(Person.id).where(Person.email == row.email, Person.confirmed_at.is_not(None))
    return InvitationSeen(
        state=_invitation_state(row),
        email=row.email,
        name=row.name,
        role=str(row.role or row.application_role),
        country=row.country,
        call_title=call_title,
        place_name=place_name,
        inviter=inviter,
        has_account=db.reader.scalar(account.where(Person.erased_at.is_(None))) is not None,
        is_password_optional=row.role is Role.COMMISSION,
    )


def sessions_of(person_id: int, this_hash: str = "") -> list[SessionSeen]:
    """A person's running sessions, the newest first."""
    rows = db.reader.execute(
        select(WebSession.id_hash, WebSession.browser, WebSession.network, WebSession.created_at, WebSession.seen_at)
        .where(WebSession.person_id == person_id, WebSession.ended_at.is_(None), WebSession.expires_at > clock.now())
        .order_by(WebSession.seen_at.desc())
    )
    return [
        SessionSeen(
            r.id_hash[:24], browsers.name(r.browser), r.network, r.created_at, r.seen_at, r.id_hash == this_hash
        )
        for r in rows
    ]


def roles_of(person_id: int) -> tuple[RoleSeen, ...]:
    """The roles a person holds or will hold; not those taken back."""
    today = clock.today()
    rows = db.reader.execute(
        select(Grant.id, Grant.role, Grant.country, Call.title, Grant.valid_from, Grant.valid_until)
        .outerjoin(Call, Call.id == Grant.call_id)
        .where(Grant.person_id == person_id, Grant.revoked_at.is_(None))
        .order_by(Grant.id)
    )
    return tuple(
        RoleSeen(
            r.id,
            r.role.value,
            r.country,
            r.title,
            r.valid_from,
            r.valid_until,
            (r.valid_from is None or r.valid_from <= today) and (r.valid_until is None or r.valid_until >= today),
        )
        for r in rows
    )


def profile(person_id: int) -> Profile:
    """One's own account."""
    codes = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    devices = select(func.count()).where(
        RememberedDevice.person_id == person_id,
        RememberedDevice.ended_at.is_(None),
        RememberedDevice.expires_at > clock.now(),
    )
    row = db.reader.execute(
        select(
            Person.name,
            Person.email,
            Person.language,
            Person.organisation,
            Person.password_hash.is_not(None).label("has_password"),
            Person.totp_confirmed_at.is_not(None).label("has_second_factor"),
            codes.scalar_subquery().label("codes"),
            devices.scalar_subquery().label("devices"),
        ).where(Person.id == person_id)
    ).one()
    return Profile(
        name=row.name,
        email=row.email,
        language=row.language,
        organisation=row.organisation,
        has_password=bool(row.has_password),
        has_second_factor=bool(row.has_second_factor),
        recovery_codes_left=row.codes,
        devices=row.devices,
        roles=roles_of(person_id),
    )
