"""Who works on an application, who has been invited, who asks to join, and whom to call at the Commission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    AuditEntry,
    Grant,
    Invitation,
    JoinRequest,
    MemberRole,
    Person,
    Role,
)
from gnlc_apply.permissions import runs_on


@dataclass(frozen=True)
class Colleague:
    """Somebody with a place in the application."""

    name: str
    email: str
    role: MemberRole
    added_at: datetime
    is_open: bool


@dataclass(frozen=True)
class Invited:
    """Somebody who has not answered yet."""

    name: str
    email: str
    role: str
    expires_at: datetime


@dataclass(frozen=True)
class Joining:
    """Somebody who asks to join; not named before the owner agrees."""

    id: int
    message: str
    asked_at: datetime


@dataclass(frozen=True)
class Colleagues:
    """All of them."""

    members: list[Colleague]
    invited: list[Invited]
    joining: list[Joining]

    @property
    def has_owner(self) -> bool:
        """Whether somebody can act as the owner: not once that account is closed."""
        return any(one.role is MemberRole.OWNER and one.is_open for one in self.members)


@dataclass(frozen=True)
class Contact:
    """A contact at a National Commission."""

    name: str
    email: str
    organisation: str


def colleagues(reference: str) -> Colleagues:
    """Everybody around this application, in three statements."""
    application = select(Application.id).where(Application.reference == reference).scalar_subquery()
    members = db.reader.execute(
        select(
            Person.name,
            Person.email,
            ApplicationMember.role,
            ApplicationMember.added_at,
            Person.deactivated_at.is_(None),
        )
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(ApplicationMember.application_id == application, ApplicationMember.removed_at.is_(None))
        .order_by(ApplicationMember.added_at, ApplicationMember.id)
    )
    invited = db.reader.execute(
        select(Invitation.name, Invitation.email, Invitation.application_role, Invitation.expires_at)
        .where(
            Invitation.application_id == application,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
        .order_by(Invitation.id)
    )
    joining = db.reader.execute(
        select(JoinRequest.id, JoinRequest.message, JoinRequest.asked_at)
        .where(JoinRequest.application_id == application, JoinRequest.answered_at.is_(None))
        .order_by(JoinRequest.id)
    )
    return Colleagues(
        [Colleague(*row) for row in members],
        [Invited(r.name, r.email, r.application_role or "", r.expires_at) for r in invited],
        [Joining(*row) for row in joining],
    )


def commission_contacts(country: str) -> list[Contact]:
    """Whom a city can call about its endorsement."""
    rows = db.reader.execute(
        select(Person.name, Person.email, Person.organisation)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.role == Role.COMMISSION,
            Grant.country == country,
            runs_on(clock.today()),
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(Grant.granted_at, Grant.id)
    )
    return [Contact(*row) for row in rows]


def submitter(reference: str) -> str:
    """Who sent the version that stands, by the record; empty where nobody did, or the person was erased."""
    name = db.reader.scalar(
        select(Person.name)
        .join(AuditEntry, AuditEntry.actor_id == Person.id)
        .join(Application, Application.id == AuditEntry.noun_id)
        .where(
            Application.reference == reference,
            AuditEntry.noun == "application",
            AuditEntry.act.in_(("submit", "resubmit")),
        )
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
    )
    return name or ""
