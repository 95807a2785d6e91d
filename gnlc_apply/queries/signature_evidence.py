"""The evidence of the signatures under an application, as one document that can be handed over and checked by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import ApplicationVersion, Attachment, AuditDetail, AuditEntry, Signature, SignatureRequest
from gnlc_apply.queries.file import FileSummary
from gnlc_apply.queries.questionnaire import form_of


def evidence(file: FileSummary) -> dict[str, Any]:
    """Who signed which text when, from where and with which words, the texts themselves, and each one's place in the log.

    The SHA-256 of a text is that of its ``content`` as it stands here; times are in UTC.
    """
    entries = _entries(file.id)
    rows = db.reader.execute(
        select(Signature, ApplicationVersion, SignatureRequest, Attachment)
        .join(ApplicationVersion, ApplicationVersion.id == Signature.version_id)
        .outerjoin(SignatureRequest, SignatureRequest.id == Signature.request_id)
        .outerjoin(Attachment, Attachment.id == Signature.attachment_id)
        .where(Signature.application_id == file.id)
        .order_by(Signature.id)
    ).all()
    texts = {version.number: _text(version) for _signature, version, *_ in rows}
    return {
        "application": file.reference,
        "city": file.place_name,
        "country": file.country,
        "call": file.call,
        "made_at": _moment(clock.now()),
        "signatures": [_signed(*row, entries.get(row[0].id)) for row in rows],
        "texts": [texts[number] for number in sorted(texts)],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _signed(
    row: Signature,
    version: ApplicationVersion,
    link: SignatureRequest | None,
    letter: Attachment | None,
    entry: AuditEntry | None,
) -> dict[str, Any]:
    return {
        "constituent": row.constituent_name or None,
        "method": row.method.value,
        "name": row.name,
        "title": row.title,
        "function": row.function,
        "signed_at": _moment(row.signed_at),
        "version": version.number,
        "wording": {
            "version": row.wording,
            "commitment": form_of(db.reader, version.form_version_id).commitment,
        },
        "network": row.network,
        "browser": row.browser,
        "link": _link(link) if link is not None else None,
        "letter": {"name": letter.name, "sha256": letter.sha256_clean} if letter is not None else None,
        "confirmed_at": _moment(row.confirmed_at),
        "refused_at": _moment(row.refused_at),
        "refusal_reason": row.refusal_reason,
        "voided_at": _moment(row.voided_at),
        "void_reason": row.void_reason,
        "log": {"sequence": entry.sequence, "at": _moment(entry.at), "hash": entry.hash} if entry is not None else None,
    }


def _link(row: SignatureRequest) -> dict[str, Any]:
    return {
        "sent_to": row.email,
        "sent_at": _moment(row.sent_at),
        "opened_at": _moment(row.opened_at),
        "code_sent_at": _moment(row.code_sent_at),
        "is_address_of_an_official": row.is_same_person,
        "is_shared_address": row.is_shared_address,
    }


def _text(version: ApplicationVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "code": version.short_code,
        "sha256": version.sha256,
        "frozen_at": _moment(version.frozen_at),
        "content": version.content,
    }


def _entries(application_id: int) -> dict[int, AuditEntry]:
    """The entries of the log by which the signatures were kept, by the signature's number."""
    rows = db.reader.execute(
        select(AuditEntry, AuditDetail.details)
        .join(AuditDetail, AuditDetail.entry_sequence == AuditEntry.sequence)
        .where(AuditEntry.noun == "application", AuditEntry.noun_id == application_id, AuditEntry.act == "signed")
    )
    return {details["signature"]: entry for entry, details in rows if details}
