"""Accounts as administrators see them: never what anybody wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    LIVE_STATES,
    Application,
    ApplicationMember,
    ApplicationState,
    Grant,
    Invitation,
    MemberRole,
    Person,
    Role,
    State,
    StateStatus,
)
from gnlc_apply.queries.account import RoleSeen, SessionSeen, roles_of, sessions_of

PAGE_SIZE = 50
STATES = ("open", "unconfirmed", "closed")


@dataclass(frozen=True)
class AccountRow:
    """One line of the list."""

    reference: str
    name: str
    email: str
    roles: tuple[str, ...]
    has_second_factor: bool
    created_at: datetime
    state: str


@dataclass(frozen=True)
class AccountPage:
    """One page of the list."""

    rows: list[AccountRow]
    total: int
    number: int
    pages: int


@dataclass(frozen=True)
class InvitationRow:
    """One invitation to an address."""

    id: int
    role: str
    invited_at: datetime
    expires_at: datetime
    state: str


@dataclass(frozen=True)
class AccountSeen:
    """One account."""

    reference: str
    name: str
    email: str
    language: str
    created_at: datetime
    state: str
    has_password: bool
    has_second_factor: bool
    roles: tuple[RoleSeen, ...]
    sessions: list[SessionSeen]
    invitations: list[InvitationRow]


_STATE: dict[str, ColumnElement[bool]] = {
    "open": Person.confirmed_at.is_not(None) & Person.deactivated_at.is_(None),
    "unconfirmed": Person.confirmed_at.is_(None) & Person.deactivated_at.is_(None),
    "closed": Person.deactivated_at.is_not(None),
}


def _state(confirmed_at: datetime | None, deactivated_at: datetime | None) -> str:
    if deactivated_at is not None:
        return "closed"
    return "open" if confirmed_at is not None else "unconfirmed"


def like(column: Any, search: str) -> ColumnElement[bool]:
    """Whether the column contains these letters, whatever their case."""
    found: ColumnElement[bool] = func.lower(column).contains(search.casefold(), autoescape=True)
    return found


def running(today: date) -> ColumnElement[bool]:
    """Whether a grant runs on this day."""
    return (
        Grant.revoked_at.is_(None)
        & or_(Grant.valid_from.is_(None), Grant.valid_from <= today)
        & or_(Grant.valid_until.is_(None), Grant.valid_until >= today)
    )


def _conditions(search: str, role: str, state: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Person.erased_at.is_(None)]
    if search:
        wanted.append(or_(like(Person.name, search), like(Person.email, search)))
    if state in _STATE:
        wanted.append(_STATE[state])
    held = select(Grant.id).where(Grant.person_id == Person.id, running(clock.today()))
    if role == "none":
        wanted.append(~exists(held))
    elif role in set(Role):
        wanted.append(exists(held.where(Grant.role == Role(role))))
    return wanted


def page(search: str = "", role: str = "", state: str = "", number: int = 1) -> AccountPage:
    """A page of the accounts, found by name or address, role and state; three statements whatever it holds."""
    conditions = _conditions(search.strip(), role, state)
    total = db.reader.scalar(select(func.count(Person.id)).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, number), pages)
    people = db.reader.execute(
        select(
            Person.id,
            Person.reference,
            Person.name,
            Person.email,
            Person.totp_confirmed_at,
            Person.created_at,
            Person.confirmed_at,
            Person.deactivated_at,
        )
        .where(*conditions)
        .order_by(func.lower(Person.name), Person.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    roles: dict[int, list[str]] = {}
    held = select(Grant.person_id, Grant.role).where(
        Grant.person_id.in_([p.id for p in people]), running(clock.today())
    )
    for person_id, held_role in db.reader.execute(held.distinct()):
        roles.setdefault(person_id, []).append(held_role.value)
    rows = [
        AccountRow(
            p.reference,
            p.name,
            p.email,
            tuple(sorted(roles.get(p.id, ()))),
            p.totp_confirmed_at is not None,
            p.created_at,
            _state(p.confirmed_at, p.deactivated_at),
        )
        for p in people
    ]
    return AccountPage(rows, total, number, pages)


def _invitation_state(row: Any) -> str:
    if row.accepted_at is not None:
        return "accepted"
    if row.revoked_at is not None:
        return "revoked"
    return "open" if row.expires_at > clock.now() else "over"


def invitations(email: str | None = None) -> list[InvitationRow]:
    """Invitations to roles for one address, the newest first."""
    rows = db.reader.execute(
        select(
            Invitation.id,
            Invitation.role,
            Invitation.invited_at,
            Invitation.expires_at,
            Invitation.accepted_at,
            Invitation.revoked_at,
        )
        .where(Invitation.role.is_not(None), Invitation.email == email)
        .order_by(Invitation.invited_at.desc())
    )
    return [InvitationRow(r.id, str(r.role), r.invited_at, r.expires_at, _invitation_state(r)) for r in rows]


def account(reference: str) -> AccountSeen:
    """One account by the person's reference. Raises NotFound."""
    person = db.reader.scalar(select(Person).where(Person.reference == reference, Person.erased_at.is_(None)))
    if person is None:
        raise NotFound()
    return AccountSeen(
        reference=person.reference,
        name=person.name,
        email=person.email,
        language=person.language,
        created_at=person.created_at,
        state=_state(person.confirmed_at, person.deactivated_at),
        has_password=person.password_hash is not None,
        has_second_factor=person.totp_confirmed_at is not None,
        roles=roles_of(person.id),
        sessions=sessions_of(person.id),
        invitations=invitations(person.email),
    )


def owned_at_work(reference: str) -> list[str]:
    """The references of the applications that this person owns and that have not come to an end."""
    found = db.reader.scalars(
        select(Application.reference)
        .join(ApplicationMember, ApplicationMember.application_id == Application.id)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(
            Person.reference == reference,
            ApplicationMember.role == MemberRole.OWNER,
            ApplicationMember.removed_at.is_(None),
            Application.state.in_((ApplicationState.DRAFT.value, *LIVE_STATES)),
        )
        .order_by(Application.reference)
    )
    return list(found)


def open_invitations() -> list[tuple[str, str, InvitationRow]]:
    """Every invitation to a role that nobody accepted yet, as (name, address, invitation)."""
    rows = db.reader.execute(
        select(Invitation)
        .where(Invitation.role.is_not(None), Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .order_by(Invitation.invited_at.desc())
        .limit(200)
    ).scalars()
    return [
        (r.name, r.email, InvitationRow(r.id, str(r.role), r.invited_at, r.expires_at, _invitation_state(r)))
        for r in rows
    ]


def countries() -> list[str]:
    """The states that have a National Commission to invite, by their code."""
    return list(db.reader.scalars(select(State.iso3).where(State.status == StateStatus.MEMBER).order_by(State.iso3)))
