"""Asking for the signature: a personal link to the text as it stands, one at a time for each who signs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.sealing import hashed, new_token
from gnlc_apply.core.text import Text
from gnlc_apply.models import ApplicationMember, Person, SignatureRequest, VersionReason
from gnlc_apply.permissions import Actor
from gnlc_apply.questionnaire.addresses import is_email
from gnlc_apply.questionnaire.cleaning import clean_line
from gnlc_apply.questionnaire.constituents import WHOLE, link_addresses, signatory_key
from gnlc_apply.services.application.content import content_of, freeze
from gnlc_apply.services.application.submit import load_for_city
from gnlc_apply.services.application.voiding import live_signatures, running_links
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.signature.ground import LINKS_A_DAY, TOKEN, party, refuse_unless_signable, write_to
from gnlc_apply.workflow.guards import ApplicationCase


@command()
def ask(
    unit: Unit,
    *,
    actor: Actor,
    reference: str,
    email: str,
    name: str,
    language: str = "en",
    constituent: int = WHOLE,
) -> str:
    """Send whoever signs a personal link to the text as it stands; its token. Their earlier link ends with this.

    ``constituent``: for which member of a consortium, by its number in the form; else for the city, or the whole.
    Raises Invalid for a wrong address, NotFound for a constituent nobody named, Conflict where none can sign now.
    """
    return _send(unit, load_for_city(unit, reference), constituent, email, name, language)


@command()
def ask_outstanding(unit: Unit, *, actor: Actor, reference: str, language: str = "en") -> tuple[str, ...]:
    """Send a link to everybody whose signature is missing and who has none out; the addresses that were written to.

    To the names and addresses that the form gives; who signs on paper, or has said no, is not written to. Raises
    Conflict where there is nobody to write to, and whatever keeps one of them from signing: then no link leaves.
    """
    case = load_for_city(unit, reference)
    answers = content_of(unit.session, case.row).answers
    asked = _asked_or_signed(unit, case.row.id)
    sent = {number: email for number, email in link_addresses(answers).items() if number not in asked}
    for number, email in sent.items():
        _send(unit, case, number, email, str(answers.get(signatory_key(number, "name")) or ""), language)
    if not sent:
        raise Conflict(
            Text("Nobody is left to whom a link could be sent: all have one, have answered or sign on paper.")
        )
    return tuple(sent.values())


def _asked_or_signed(unit: Unit, application_id: int) -> set[int]:
    """Whose signature stands, who has a link that can still sign, and whose answer was not to sign."""
    signed = {signature.constituent for signature in live_signatures(unit, application_id)}
    running = {one.constituent for one in running_links(unit, application_id) if one.expires_at >= unit.arrived_at}
    declined = select(SignatureRequest.constituent).where(
        SignatureRequest.application_id == application_id,
        SignatureRequest.declined_at.is_not(None),
        SignatureRequest.revoked_at.is_(None),
    )
    return signed | running | set(unit.session.scalars(declined))


def _send(unit: Unit, case: ApplicationCase, constituent: int, email: str, name: str, language: str) -> str:
    """Inner act: freeze the text, end the earlier link of this signature and send a new one; its token."""
    address = email.strip().casefold()
    if not is_email(address):
        words = Text("Enter an e-mail address in the correct form, such as name@example.org")
        raise Invalid(words, {"email": words})
    whose = party(unit, case.row, constituent)
    refuse_unless_signable(unit, case, constituent)
    _refuse_too_many(unit, case.row.id, constituent)
    version = freeze(unit, case.row, VersionReason.SIGNATURE)
    revoke_running(unit, case.row.id, constituent)
    token = new_token()
    request = SignatureRequest(
        **whose,
        application_id=case.row.id,
        version_id=version.id,
        email=address,
        name=clean_line(name)[:200],
        language=language,
        token_hash=hashed(token, TOKEN),
        is_same_person=_is_official(unit, case.row.id, address),
        is_shared_address=_is_shared(unit, case.row.id, constituent, address),
        sent_at=unit.now,
        sent_by_id=unit.actor.person_id,
        expires_at=max(case.commission_deadline, case.return_due_at or case.commission_deadline),
    )
    unit.session.add(request)
    unit.session.flush()
    unit.note(
        "asked_for_signature",
        "application",
        case.row.id,
        request=request.id,
        constituent=constituent,
        version=version.number,
    )
    values = {"secret_token": token, "expires_at": request.expires_at.isoformat(), "asked_by": unit.actor.name}
    write_to(unit, case.row, request, "signature_request", values)
    return token


@command()
def revoke_request(unit: Unit, *, actor: Actor, reference: str, constituent: int = WHOLE) -> None:
    """End the running link of the city, or of this constituent; it opens nothing any more."""
    case = load_for_city(unit, reference)
    if not revoke_running(unit, case.row.id, constituent):
        raise Conflict(Text("There is no running link."))
    unit.note("revoked_signature_request", "application", case.row.id, constituent=constituent)


def revoke_running(unit: Unit, application_id: int, constituent: int) -> bool:
    """Inner act: end the link that is out and unused; whether there was one."""
    mine = [one for one in running_links(unit, application_id) if one.constituent == constituent]
    for request in mine:
        request.revoked_at = unit.now
    unit.session.flush()
    return bool(mine)


def _refuse_too_many(unit: Unit, application_id: int, constituent: int) -> None:
    """A button pressed again and again must not become a flood in somebody's mailbox."""
    since = unit.now - timedelta(days=1)
    sent = select(func.count()).where(
        SignatureRequest.application_id == application_id,
        SignatureRequest.constituent == constituent,
        SignatureRequest.sent_at > since,
    )
    if (unit.session.scalar(sent) or 0) >= LINKS_A_DAY:
        raise Conflict(Text("Many links have been sent today. Use the last one, or come back tomorrow."))


def _is_shared(unit: Unit, application_id: int, constituent: int, address: str) -> bool:
    """Whether somebody else's signature was asked for at this address too: possible, but shown."""
    other = select(SignatureRequest.id).where(
        SignatureRequest.application_id == application_id,
        SignatureRequest.constituent != constituent,
        SignatureRequest.email == address,
        SignatureRequest.revoked_at.is_(None),
    )
    return unit.session.scalar(other.limit(1)) is not None


def _is_official(unit: Unit, application_id: int, address: str) -> bool:
    """Whether the signatory's address is that of somebody who fills the form: possible, but shown."""
    found = unit.session.scalar(
        select(ApplicationMember.id)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(
            ApplicationMember.application_id == application_id,
            ApplicationMember.removed_at.is_(None),
            Person.email == address,
        )
    )
    return found is not None
