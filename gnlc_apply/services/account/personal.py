"""A person's own data: handed out, and erased where no duty runs. The registry, decisions and the audit chain stay."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import String, cast, delete, func, or_, select, update

from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.jury.names import NameCode
from gnlc_apply.models import (
    LIVE_STATES,
    Application,
    ApplicationMember,
    AuditDetail,
    AuditEntry,
    ConflictOfInterest,
    Endorsement,
    Grant,
    Invitation,
    JoinRequest,
    Juror,
    MemberRole,
    OneTimeToken,
    Person,
    PrivacyAcceptance,
    RecoveryCode,
    RememberedDevice,
    Signature,
    SignatureRequest,
    TwoPersonRequest,
    WebSession,
)
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.permissions.rules import runs_on
from gnlc_apply.queries import personal_data
from gnlc_apply.queries.embargoed import own_reading
from gnlc_apply.services import outbox
from gnlc_apply.services.account.people import by_reference, myself
from gnlc_apply.services.command import Unit, command

ERASED = "Erased person"
_AT_WORK = ("draft", *LIVE_STATES)


@command()
def export_person(unit: Unit, *, actor: Actor, person: str) -> dict[str, Any]:
    """What is kept of somebody, for an administrator to hand over. What a juror read and wrote is not in it: only the juror
    can take that. It is in the audit log.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    row = by_reference(unit.session, person)
    unit.note("exported_person", "person", row.id)
    return personal_data.of_person(unit.session, row, is_own=False)


@command()
def export_own(unit: Unit, *, actor: Actor) -> dict[str, Any]:
    """What is kept of oneself, one's own scores and reasons included."""
    row = myself(unit)
    unit.note("exported_own", "person", row.id)
    return personal_data.of_person(unit.session, row, is_own=True) | own_reading.of_reader(unit.session, row.id)


def require_erasable(unit: Unit, person: Person) -> None:
    """Raise Conflict with the duty that still runs: a role, or an application at work that nobody else owns."""
    if unit.session.scalar(select(Grant.id).where(Grant.person_id == person.id, runs_on(unit.now.date())).limit(1)):
        raise Conflict(Text("A role of this person still runs. Take it back first."))
    owned = select(ApplicationMember.application_id).where(
        ApplicationMember.person_id == person.id, ApplicationMember.role == MemberRole.OWNER
    )
    others = select(ApplicationMember.application_id).where(
        ApplicationMember.person_id != person.id, ApplicationMember.role == MemberRole.OWNER
    )
    alone = select(Application.reference).where(
        Application.id.in_(owned), Application.id.not_in(others), Application.state.in_(_AT_WORK)
    )
    reference = unit.session.scalar(alone.limit(1))
    if reference is not None:
        words = Text(
            "%(reference)s has no other owner. The city hands it over, or withdraws it, first.", reference=reference
        )
        raise Conflict(words)


def erase(unit: Unit, person: Person) -> None:
    """Empty everything personal of an account and of what was typed under its address; the row, and what was decided, stay.

    The details of audit entries that name the person are emptied; the chain holds digests only and still verifies.
    """
    require_erasable(unit, person)
    email, name = person.email, person.name
    _forget_typed(unit, person)
    for table in (PrivacyAcceptance, WebSession, RememberedDevice, RecoveryCode, OneTimeToken):
        unit.session.execute(delete(table).where(table.person_id == person.id))
    gone = f"{person.reference.lower()}@erased.invalid"
    outbox.forget_person(unit.session, person.id, email, gone)
    person.email, person.name, person.organisation, person.password_hash = gone, ERASED, "", None
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    person.erased_at = person.deactivated_at = unit.now
    unit.session.flush()
    _forget_details(unit, person.id, email, name)
    unit.note("erased", "person", person.id)


def _forget_typed(unit: Unit, person: Person) -> None:
    session = unit.session
    asked = select(SignatureRequest.id).where(SignatureRequest.email == person.email)
    session.execute(
        update(Signature).where(Signature.request_id.in_(asked)).values(name=ERASED, title="", network="", browser="")
    )
    session.execute(delete(OneTimeToken).where(OneTimeToken.signature_request_id.in_(asked)))
    # A link that still runs ends: nobody can be written to about it any more.
    ended = func.coalesce(SignatureRequest.revoked_at, unit.now)
    session.execute(
        update(SignatureRequest)
        .where(SignatureRequest.email == person.email)
        .values(email="", name=ERASED, revoked_at=ended)
    )
    session.execute(update(Invitation).where(Invitation.email == person.email).values(email="", name=ERASED))
    session.execute(update(Endorsement).where(Endorsement.actor_id == person.id).values(name=ERASED))
    session.execute(update(JoinRequest).where(JoinRequest.person_id == person.id).values(message=""))
    # Countries, languages and topics of the finished jury served the assignment only; which files were read stays.
    profile: dict[str, Any] = {
        "countries": [],
        "languages": [],
        "topics": [],
        "contexts": [],
        "organisations": [],
        "related_names": [],
        "region": "",
        "capacity": None,
    }
    session.execute(update(Juror).where(Juror.person_id == person.id).values(profile))
    _forget_ties(unit, person)
    _forget_requests(unit, person)


def _forget_ties(unit: Unit, person: Person) -> None:
    """Names that agreed, on either side: that a tie was found stays, and what came of it."""
    seats = select(Juror.id).where(Juror.person_id == person.id)
    files = select(ApplicationMember.application_id).where(ApplicationMember.person_id == person.id)
    unit.session.execute(
        update(ConflictOfInterest)
        .where(
            ConflictOfInterest.code.in_([code.value for code in NameCode]),
            or_(ConflictOfInterest.juror_id.in_(seats), ConflictOfInterest.application_id.in_(files)),
        )
        .values(detail="")
    )


def _forget_requests(unit: Unit, person: Person) -> None:
    """Requests for two persons that name the person or its address: details and reasons go, what nobody answered ends."""
    for request in unit.session.scalars(select(TwoPersonRequest)):
        if request.person_id == person.id or request.details.get("email") == person.email:
            request.details, request.reason = {}, ""
            if request.confirmed_at is None:
                request.refused_at = request.refused_at or unit.now


def _forget_details(unit: Unit, person_id: int, email: str, name: str) -> None:
    """Entries about the person, and all whose details name it."""
    about = select(AuditEntry.sequence).where(AuditEntry.noun == "person", AuditEntry.noun_id == person_id)
    words = cast(AuditDetail.details, String)
    # As the driver writes JSON: letters beyond ASCII may stand there as escapes.
    spellings = {spelt for value in (email, name) if value for spelt in (value, json.dumps(value)[1:-1])}
    named = [words.contains(spelt, autoescape=True) for spelt in sorted(spellings)]
    unit.session.execute(
        update(AuditDetail)
        .where(or_(AuditDetail.entry_sequence.in_(about), *named))
        .values(details=None)
        .execution_options(synchronize_session=False)
    )
