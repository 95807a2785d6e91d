"""A later edit voids what was signed and says so. Inner functions: they take the unit of a command."""

from __future__ import annotations

from sqlalchemy import select, update

from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Application, ApplicationVersion, Signature, SignatureRequest
from gnlc_apply.questionnaire.constituents import WHOLE
from gnlc_apply.services.application.content import Standing, constituents_of, standing
from gnlc_apply.services.command import Unit
from gnlc_apply.services.moves import announce

EDITED = "edited"


def live_signatures(unit: Unit, application_id: int) -> list[Signature]:
    """The signatures that stand: of a city one at most, of a consortium one for each who signs."""
    query = select(Signature).where(
        Signature.application_id == application_id, Signature.voided_at.is_(None), Signature.refused_at.is_(None)
    )
    return list(unit.session.scalars(query.order_by(Signature.constituent)))


def live_signature(unit: Unit, application_id: int, constituent: int = WHOLE) -> Signature | None:
    """The signature that stands for the city, or for this constituent, if there is one."""
    found = live_signatures(unit, application_id)
    return next((signature for signature in found if signature.constituent == constituent), None)


def void_if_changed(unit: Unit, application: Application) -> bool:
    """Void what was signed when the text is no longer the one that was signed; tell those who signed, and the city."""
    signatures = live_signatures(unit, application.id)
    if not signatures:
        return False
    unit.session.flush()
    signed = unit.session.get_one(ApplicationVersion, signatures[0].version_id)
    if standing(unit.session, application).sha256 == signed.sha256:
        return False
    for signature in signatures:
        void(unit, application, signature, EDITED)
        _tell_signatory(unit, application, signature)
    names = [signature.name for signature in signatures]
    announce(unit, "signature_voided", application, signatory=names[0], signatories=names, is_signatory=False)
    return True


def void(unit: Unit, application: Application, signature: Signature, reason: str) -> None:
    """The signature no longer stands; it is kept with the reason."""
    signature.voided_at = unit.now
    signature.void_reason = reason
    unit.note(
        "voided_signature",
        "application",
        application.id,
        signature=signature.id,
        constituent=signature.constituent,
        reason=reason,
    )


def running_links(unit: Unit, application_id: int) -> list[SignatureRequest]:
    """The links that are out: neither taken back nor answered."""
    query = select(SignatureRequest).where(
        SignatureRequest.application_id == application_id,
        SignatureRequest.revoked_at.is_(None),
        SignatureRequest.declined_at.is_(None),
        SignatureRequest.id.not_in(select(Signature.request_id).where(Signature.request_id.is_not(None))),
    )
    return list(unit.session.scalars(query.order_by(SignatureRequest.id)))


def is_of(request: SignatureRequest, text: Standing) -> bool:
    """Whether the text still names the constituent whose signature this link asks for; of the whole always."""
    named = {(one.number, one.name) for one in constituents_of(text)}
    return request.constituent == WHOLE or (request.constituent, request.constituent_name) in named


def end_links_of_removed(unit: Unit, application: Application) -> None:
    """End the links of constituents that the text no longer names, or names otherwise: they must not sign for others."""
    sent = [request for request in running_links(unit, application.id) if request.constituent != WHOLE]
    if not sent:
        return
    unit.session.flush()
    text = standing(unit.session, application)
    gone = [request.id for request in sent if not is_of(request, text)]
    unit.session.execute(update(SignatureRequest).where(SignatureRequest.id.in_(gone)).values(revoked_at=unit.now))
    for request_id in gone:
        unit.note("ended_link_of_removed", "application", application.id, request=request_id)


def _tell_signatory(unit: Unit, application: Application, signature: Signature) -> None:
    request = unit.session.get(SignatureRequest, signature.request_id) if signature.request_id else None
    if request is None:
        return
    values = {
        "name": signature.name,
        "reference": application.reference,
        "place": application.place_name,
        "signatory": signature.name,
        "signatories": [signature.name],
        "is_signatory": True,
    }
    unit.send(
        Message(
            kind="signature_voided",
            recipient=request.email,
            language=request.language,
            application_id=application.id,
            values=values,
        )
    )
