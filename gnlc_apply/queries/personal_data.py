"""What is kept of one person, for that person: own data only, never another's, and nothing that is embargoed to the reader."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.models import (
    Application,
    ApplicationMember,
    AuditEntry,
    Endorsement,
    Grant,
    Invitation,
    MessageState,
    OutboxMessage,
    Person,
    PrivacyAcceptance,
    RememberedDevice,
    Role,
    Signature,
    SignatureRequest,
    WebSession,
)
from gnlc_apply.queries.rows import AnySelect, plain

Rows = list[dict[str, Any]]


def _rows(session: Session, query: AnySelect) -> Rows:
    return plain(session.execute(query))


# What follows from somebody's act without being theirs: it would tell of a decision, or of how many read a file. Such
# entries are written under the system's name; one that was not must not get out either.
_CONSEQUENCES = ("ended_assignment", "freed_place")
# Whose acts and messages tell of things that are not public yet.
_OFFICES = (Role.OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR, Role.JUROR, Role.CHAIR)


def of_person(session: Session, person: Person, *, is_own: bool) -> dict[str, Any]:
    """Account, roles, places in applications, sessions, what was typed at an act, acts and messages.

    Messages that have not left are not in it: what they say may not be known yet. Of whoever is or was in the secretariat
    or a jury, acts and messages are for that person only, since an administrator learns no decision.
    """
    office = select(Grant.id).where(Grant.person_id == person.id, Grant.role.in_(_OFFICES)).limit(1)
    has_office = session.scalar(office) is not None
    work = _work(session, person.id, () if has_office else _CONSEQUENCES) if is_own or not has_office else {}
    return _kept(session, person) | work | _typed(session, person)


def _work(session: Session, number: int, hidden: tuple[str, ...]) -> dict[str, Rows]:
    sent = (OutboxMessage.person_id == number, OutboxMessage.state == MessageState.SENT)
    return {
        "messages": _rows(
            session,
            select(OutboxMessage.kind, OutboxMessage.recipient, OutboxMessage.sent_at, OutboxMessage.subject)
            .where(*sent)
            .order_by(OutboxMessage.id),
        ),
        "acts": _rows(
            session,
            select(AuditEntry.at, AuditEntry.act, AuditEntry.noun)
            .where(AuditEntry.actor_id == number, AuditEntry.act.not_in(hidden))
            .order_by(AuditEntry.sequence),
        ),
    }


def _kept(session: Session, person: Person) -> dict[str, Any]:
    number = person.id
    columns = (Person.reference, Person.email, Person.name, Person.language, Person.organisation)
    account = select(*columns, Person.created_at, Person.confirmed_at, Person.deactivated_at).where(Person.id == number)
    return {
        "account": _rows(session, account)[0],
        "roles": _rows(
            session,
            select(Grant.role, Grant.country, Grant.valid_from, Grant.valid_until, Grant.granted_at, Grant.revoked_at)
            .where(Grant.person_id == number)
            .order_by(Grant.id),
        ),
        "applications": _rows(
            session,
            select(Application.reference, ApplicationMember.role, ApplicationMember.added_at)
            .join(Application, Application.id == ApplicationMember.application_id)
            .where(ApplicationMember.person_id == number)
            .order_by(ApplicationMember.id),
        ),
        "privacy_notices": _rows(
            session,
            select(PrivacyAcceptance.version, PrivacyAcceptance.accepted_at)
            .where(PrivacyAcceptance.person_id == number)
            .order_by(PrivacyAcceptance.id),
        ),
        "sessions": _rows(
            session,
            select(WebSession.created_at, WebSession.seen_at, WebSession.network, WebSession.browser)
            .where(WebSession.person_id == number)
            .order_by(WebSession.id),
        ),
        "remembered_devices": _rows(
            session,
            select(RememberedDevice.browser, RememberedDevice.created_at, RememberedDevice.expires_at)
            .where(RememberedDevice.person_id == number)
            .order_by(RememberedDevice.id),
        ),
    }


def _typed(session: Session, person: Person) -> dict[str, Rows]:
    """What was typed under this address, or at an act of this account: invitations, signatures, endorsements."""
    return {
        "invitations": _rows(
            session,
            select(Invitation.email, Invitation.name, Invitation.role, Invitation.invited_at, Invitation.accepted_at)
            .where(Invitation.email == person.email)
            .order_by(Invitation.id),
        ),
        "signature_requests": _rows(
            session,
            select(SignatureRequest.email, SignatureRequest.name, SignatureRequest.sent_at, SignatureRequest.opened_at)
            .where(SignatureRequest.email == person.email)
            .order_by(SignatureRequest.id),
        ),
        "signatures": _rows(
            session,
            select(Signature.name, Signature.title, Signature.function, Signature.signed_at, Signature.network)
            .join(SignatureRequest, SignatureRequest.id == Signature.request_id)
            .where(SignatureRequest.email == person.email)
            .order_by(Signature.id),
        ),
        "endorsements": _rows(
            session,
            select(Endorsement.name, Endorsement.function, Endorsement.outcome, Endorsement.acted_at)
            .where(Endorsement.actor_id == person.id)
            .order_by(Endorsement.id),
        ),
    }
