"""What hangs on an application, as JSON that the database puts together: files, signatures, what Commission and secretariat
did. Each is a sub-query over the ``Application`` (and ``ApplicationVersion``) of the statement around it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, literal, select

from gnlc_apply.models import (
    Application,
    ApplicationVersion,
    Attachment,
    Endorsement,
    InformationRequest,
    Objection,
    ScreeningCheck,
    Signature,
)
from gnlc_apply.queries.json_rows import holds, json_list, json_object, moment, nested, truth


def attachments() -> ColumnElement[Any]:
    """The attached files of the version, each once; files added since it was frozen are the city's own."""
    latest = (
        select(func.max(Attachment.id))
        .where(Attachment.application_id == Application.id)
        .group_by(Attachment.question_key, Attachment.sha256_original)
        .correlate(Application)
    )
    # As the canonical text of the version writes it: no answer can hold this, since its quotes would be escaped.
    entry = (literal('"question":"') + Attachment.question_key + literal('","sha256":"'), literal('"}'))
    content = ApplicationVersion.content
    is_signed = holds(content, entry[0] + Attachment.sha256_clean + entry[1]) | holds(
        content, entry[0] + Attachment.sha256_original + entry[1]
    )
    file = json_object(
        reference=Attachment.reference,
        question=Attachment.question_key,
        name=Attachment.name,
        media_type=Attachment.media_type,
        size=Attachment.size,
        pages=Attachment.pages,
        caption=Attachment.caption,
        sha256=Attachment.sha256_clean,
        sha256_original=Attachment.sha256_original,
    )
    return (
        select(json_list(file, Attachment.question_key, Attachment.id))
        .where(Attachment.application_id == Application.id, Attachment.id.in_(latest), is_signed)
        .correlate(Application, ApplicationVersion)
        .scalar_subquery()
    )


def signatures() -> ColumnElement[Any]:
    """Signatures under any version, those that were voided or refused among them; not from where somebody signed."""
    signature = json_object(
        constituent=Signature.constituent,
        constituent_name=Signature.constituent_name,
        method=Signature.method,
        name=Signature.name,
        title=Signature.title,
        function=Signature.function,
        signed_at=moment(Signature.signed_at),
        version=_number_of(Signature.version_id),
        confirmed_at=moment(Signature.confirmed_at),
        voided_at=moment(Signature.voided_at),
        void_reason=Signature.void_reason,
        refused_at=moment(Signature.refused_at),
        refusal_reason=Signature.refusal_reason,
    )
    listed = select(json_list(signature, Signature.signed_at, Signature.id))
    return listed.where(Signature.application_id == Application.id).correlate(Application).scalar_subquery()


def endorsements() -> ColumnElement[Any]:
    """What the National Commission said, with what it took back."""
    endorsement = json_object(
        outcome=Endorsement.outcome,
        name=Endorsement.name,
        function=Endorsement.function,
        reason=Endorsement.reason,
        is_late_letter=truth(Endorsement.is_late_letter),
        letter_note=Endorsement.letter_note,
        acted_at=moment(Endorsement.acted_at),
        version=_number_of(Endorsement.version_id),
        revoked_at=moment(Endorsement.revoked_at),
        revocation_reason=Endorsement.revocation_reason,
    )
    listed = select(json_list(endorsement, Endorsement.acted_at, Endorsement.id))
    return listed.where(Endorsement.application_id == Application.id).correlate(Application).scalar_subquery()


def objections() -> ColumnElement[Any]:
    """Changes after an endorsement of which the Commission was told, and whether it objected."""
    objection = json_object(
        version=_number_of(Objection.version_id),
        told_at=moment(Objection.told_at),
        due_at=moment(Objection.due_at),
        objected_at=moment(Objection.objected_at),
        lapsed_at=moment(Objection.lapsed_at),
        reason=Objection.reason,
    )
    return (
        select(json_list(objection, Objection.told_at, Objection.id))
        .join(Endorsement, Endorsement.id == Objection.endorsement_id)
        .where(Endorsement.application_id == Application.id)
        .correlate(Application)
        .scalar_subquery()
    )


def requests() -> ColumnElement[Any]:
    """Questions to the city and returned questions, with the answers."""
    request = json_object(
        reference=InformationRequest.reference,
        kind=InformationRequest.kind,
        asked_for=InformationRequest.asked_for,
        questions=nested(InformationRequest.keys),
        message=InformationRequest.message,
        asked_at=moment(InformationRequest.asked_at),
        due_at=moment(InformationRequest.due_at),
        answered_at=moment(InformationRequest.answered_at),
        answer=InformationRequest.answer,
        closed_at=moment(InformationRequest.closed_at),
    )
    listed = select(json_list(request, InformationRequest.asked_at, InformationRequest.id))
    return listed.where(InformationRequest.application_id == Application.id).correlate(Application).scalar_subquery()


def checks() -> ColumnElement[Any]:
    """What the secretariat found, and the city's reply."""
    check = json_object(
        outcome=ScreeningCheck.outcome,
        reason=ScreeningCheck.reason,
        checked_at=moment(ScreeningCheck.checked_at),
        version=_number_of(ScreeningCheck.version_id),
        reply_due_at=moment(ScreeningCheck.reply_due_at),
        reply=ScreeningCheck.reply,
        replied_at=moment(ScreeningCheck.replied_at),
        final_at=moment(ScreeningCheck.final_at),
        reversed_at=moment(ScreeningCheck.reversed_at),
        reversal_reason=ScreeningCheck.reversal_reason,
    )
    listed = select(json_list(check, ScreeningCheck.checked_at, ScreeningCheck.id))
    return listed.where(ScreeningCheck.application_id == Application.id).correlate(Application).scalar_subquery()


def _number_of(version_id: Any) -> ColumnElement[Any]:
    """The number of a version. Not the one that the statement around it has joined."""
    other = ApplicationVersion.__table__.alias()
    return select(other.c.number).where(other.c.id == version_id).scalar_subquery()
