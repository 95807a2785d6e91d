"""A later edit voids the signature and says so. Inner functions: they take the unit of a command."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Application, ApplicationVersion, Signature, SignatureRequest
from gnlc_apply.services.application.content import standing
from gnlc_apply.services.command import Unit
from gnlc_apply.services.moves import announce

EDITED = "edited"


def live_signature(unit: Unit, application_id: int) -> Signature | None:
    """The signature that stands, if there is one."""
    return unit.session.scalar(
        select(Signature).where(
            Signature.application_id == application_id, Signature.voided_at.is_(None), Signature.refused_at.is_(None)
        )
    )


def void_if_changed(unit: Unit, application: Application) -> bool:
    """Void the signature when the text is no longer the one that was signed; tell the signatory and the city."""
    signature = live_signature(unit, application.id)
    if signature is None:
        return False
    unit.session.flush()
    signed = unit.session.get_one(ApplicationVersion, signature.version_id)
    if standing(unit.session, application).sha256 == signed.sha256:
        return False
    void(unit, application, signature, EDITED)
    _tell_signatory(unit, application, signature)
    announce(unit, "signature_voided", application, signatory=signature.name, is_signatory=False)
    return True


def void(unit: Unit, application: Application, signature: Signature, reason: str) -> None:
    """The signature no longer stands; it is kept with the reason."""
    signature.voided_at = unit.now
    signature.void_reason = reason
    unit.note("voided_signature", "application", application.id, signature=signature.id, reason=reason)


def _tell_signatory(unit: Unit, application: Application, signature: Signature) -> None:
    request = unit.session.get(SignatureRequest, signature.request_id) if signature.request_id else None
    if request is None:
        return
    values = {
        "name": signature.name,
        "reference": application.reference,
        "place": application.place_name,
        "signatory": signature.name,
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
