"""To whom a kind of message goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.models import Application, ApplicationMember, Call, Grant, MemberRole, Person, Role
from gnlc_apply.permissions import runs_on


@dataclass(frozen=True)
class Recipient:
    """One address, whose it is, and the language to write in."""

    email: str
    name: str
    language: str
    person_id: int | None = None


def _people(session: Session, *conditions: Any) -> list[Recipient]:
    query = select(Person.email, Person.name, Person.language, Person.id).where(
        Person.deactivated_at.is_(None), Person.erased_at.is_(None), *conditions
    )
    return [Recipient(row.email, row.name, row.language, row.id) for row in session.execute(query.distinct())]


def city(session: Session, application: Application) -> list[Recipient]:
    """The city's officials in this application."""
    return _people(
        session,
        Person.id == ApplicationMember.person_id,
        ApplicationMember.application_id == application.id,
        ApplicationMember.removed_at.is_(None),
    )


def owners(session: Session, application: Application) -> list[Recipient]:
    """Whoever owns the application for the city."""
    return _people(
        session,
        Person.id == ApplicationMember.person_id,
        ApplicationMember.application_id == application.id,
        ApplicationMember.removed_at.is_(None),
        ApplicationMember.role == MemberRole.OWNER,
    )


def commission(session: Session, application: Application) -> list[Recipient]:
    """The National Commission of the application's country."""
    return _people(
        session,
        Person.id == Grant.person_id,
        Grant.role == Role.COMMISSION,
        Grant.country == application.country,
        runs_on(clock.today()),
    )


def secretariat(session: Session, application: Application) -> list[Recipient]:
    """The secretariat's functional address for this call."""
    call = session.get(Call, application.call_id)
    return [Recipient(call.contact_email, "", "en")] if call is not None and call.contact_email else []


Audience = Callable[[Session, Application], list[Recipient]]

RECIPIENTS: dict[str, tuple[Audience, ...]] = {
    "receipt": (city,),
    "commission_new_file": (commission,),
    "taken_back": (city, commission),
    "returned": (city,),
    "resubmitted": (commission, secretariat),
    "last_version_stands": (city,),
    "endorsed": (city, secretariat),
    "not_endorsed": (city, secretariat),
    "endorsement_revoked": (city, secretariat),
    "unanswered": (city, commission),
    "reopened": (city, commission),
    "found_eligible": (city,),
    "exception_allowed": (city,),
    "found_ineligible": (city,),
    "ineligible_reversed": (city,),
    "with_the_jury": (city,),
    "withdrawn": (city, commission, secretariat),
    "expired": (city,),
    "change_after_endorsement": (commission,),
    "change_taken_back": (commission,),
    "signature_voided": (city,),
    "signed": (city,),
    "signatures_outstanding": (city,),
    "signature_declined": (city,),
    "paper_refused": (city,),
    "join_request": (owners,),
    "request_answered_secretariat": (secretariat,),
    "request_answered_commission": (commission,),
    "ineligibility_reply": (secretariat,),
    "draft_reminder": (city,),
    "return_reminder": (city,),
    "question_reminder": (city,),
    "reply_reminder": (city,),
    "objection_reminder": (commission,),
    "commission_question": (city,),
    "secretariat_question": (city,),
    "found_ineligible_finally": (city, commission, secretariat),
    "letter_admitted": (city,),
    "letter_not_admitted": (city,),
}


def recipients(session: Session, kind: str, application: Application) -> list[Recipient]:
    """Everybody whom this kind of message about this application goes to, each once."""
    found: dict[str, Recipient] = {}
    for audience in RECIPIENTS[kind]:
        for recipient in audience(session, application):
            found.setdefault(recipient.email, recipient)
    return list(found.values())
