"""What only the secretariat sees of a file: people, signature evidence, findings, mail, history, cities like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.core.lookalikes import look_alike
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    ApplicationVersion,
    Attachment,
    AuditDetail,
    AuditEntry,
    Call,
    City,
    Membership,
    OutboxMessage,
    Person,
    PublishedSpelling,
    ScreeningCheck,
    Signature,
    SignatureRequest,
    StaffConflict,
)
from gnlc_apply.permissions import Actor, Permission, visible_to
from gnlc_apply.queries import heirs
from gnlc_apply.queries.file import FileSummary
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.queries.rows import AnyRow, Rows
from gnlc_apply.queries.signature_count import AWAITS_CONFIRMATION
from gnlc_apply.questionnaire import Form


def head(actor: Actor, reference: str, permission: Permission = Permission.LIST_AS_SECRETARIAT) -> AnyRow:
    """The name of a file for somebody who may list it and perhaps not read it. Raises NotFound."""
    row = db.reader.execute(
        select(
            Application.reference,
            Application.place_name,
            Application.country,
            Application.override_reason,
            Call.reference.label("call"),
            Call.smallest_population,
        )
        .join(Call, Call.id == Application.call_id)
        .where(Application.reference == reference, visible_to(actor, permission))
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


@dataclass(frozen=True)
class Heirs:
    """Whether nobody can act for a city any more, and who could be let in."""

    has_nobody: bool
    heirs: list[heirs.Heir]


def heirs_of(reference: str) -> Heirs:
    """Who could act for this city. Raises NotFound."""
    number = db.reader.scalar(select(Application.id).where(Application.reference == reference))
    if number is None:
        raise NotFound()
    return Heirs(heirs.has_nobody(db.reader, number), heirs.of_application(db.reader, number))


def people(file: FileSummary) -> Rows:
    """The city's officials in this application."""
    return db.reader.execute(
        select(Person.name, Person.email, Person.organisation, ApplicationMember.role, ApplicationMember.added_at)
        .join(ApplicationMember, ApplicationMember.person_id == Person.id)
        .where(ApplicationMember.application_id == file.id, ApplicationMember.removed_at.is_(None))
        .order_by(ApplicationMember.role, ApplicationMember.id)
    ).all()


def contact_answers(file: FileSummary) -> tuple[Form, dict[str, Any]]:
    """The form, and the live answers of its sections that are not part of the signed text (people)."""
    form_version = db.reader.scalars(select(Application.form_version_id).where(Application.id == file.id)).one()
    form = form_of(db.reader, form_version)
    sections = tuple(section.key for section in form.sections if not section.is_signed)
    rows = db.reader.execute(select(Answer.key, Answer.value).where(Answer.application_id == file.id))
    return form, {
        row.key: row.value for row in rows if row.key.partition(".")[0] in sections or _is_unsigned(form, row.key)
    }


def _is_unsigned(form: Form, key: str) -> bool:
    group = key.partition(".")[0]
    return any(item.key == group for section in form.sections if not section.is_signed for item in section.items)


def signatures(file: FileSummary) -> Rows:
    """Every signature there was, with its evidence, the latest first."""
    return db.reader.execute(
        select(
            Signature.constituent,
            Signature.constituent_name,
            Signature.method,
            Signature.name,
            Signature.title,
            Signature.function,
            Signature.signed_at,
            Signature.network,
            Signature.browser,
            Signature.wording,
            Signature.voided_at,
            Signature.void_reason,
            Signature.confirmed_at,
            Signature.refused_at,
            Signature.refusal_reason,
            ApplicationVersion.number.label("version"),
            ApplicationVersion.short_code,
            SignatureRequest.email.label("sent_to"),
            SignatureRequest.is_same_person,
            SignatureRequest.is_shared_address,
            Attachment.reference.label("letter"),
            Attachment.name.label("letter_name"),
        )
        .join(ApplicationVersion, ApplicationVersion.id == Signature.version_id)
        .outerjoin(SignatureRequest, SignatureRequest.id == Signature.request_id)
        .outerjoin(Attachment, Attachment.id == Signature.attachment_id)
        .where(Signature.application_id == file.id)
        .order_by(Signature.signed_at.desc(), Signature.id.desc())
    ).all()


def letters_to_confirm(file: FileSummary) -> Rows:
    """The letters that stand and that nobody of the secretariat has looked at, by constituent."""
    return db.reader.execute(
        select(Signature.constituent, Signature.constituent_name)
        .where(Signature.application_id == file.id, AWAITS_CONFIRMATION)
        .order_by(Signature.constituent)
    ).all()


def findings(file: FileSummary) -> Rows:
    """What checks of this file came to, with the city's reply, the latest first."""
    return db.reader.execute(
        select(
            ScreeningCheck.outcome,
            ScreeningCheck.reason,
            ScreeningCheck.checked_at,
            ScreeningCheck.reply_due_at,
            ScreeningCheck.reply,
            ScreeningCheck.replied_at,
            ScreeningCheck.final_at,
            ScreeningCheck.reversed_at,
            ScreeningCheck.reversal_reason,
            Person.name.label("checked_by"),
        )
        .outerjoin(Person, Person.id == ScreeningCheck.checked_by_id)
        .where(ScreeningCheck.application_id == file.id)
        .order_by(ScreeningCheck.id.desc())
    ).all()


def spellings(file: FileSummary) -> dict[str, str]:
    """Corrected spellings, by what they are of."""
    rows = db.reader.execute(
        select(PublishedSpelling.key, PublishedSpelling.value)
        .where(PublishedSpelling.application_id == file.id)
        .order_by(PublishedSpelling.key)
    )
    return {row.key: row.value for row in rows}


def messages(file: FileSummary) -> Rows:
    """Mail about this file, the latest first."""
    return db.reader.execute(
        select(
            OutboxMessage.kind,
            OutboxMessage.recipient,
            OutboxMessage.state,
            OutboxMessage.queued_at,
            OutboxMessage.sent_at,
        )
        .where(OutboxMessage.application_id == file.id, OutboxMessage.cohort_id.is_(None))
        .order_by(OutboxMessage.id.desc())
        .limit(100)
    ).all()


def history(file: FileSummary, acts: Sequence[str]) -> Rows:
    """The acts on this file that the page has words for, the latest first, with who acted and the details kept."""
    return db.reader.execute(
        select(AuditEntry.at, AuditEntry.act, AuditEntry.actor_kind, Person.name, AuditDetail.details)
        .outerjoin(AuditDetail, AuditDetail.entry_sequence == AuditEntry.sequence)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.noun == "application", AuditEntry.noun_id == file.id, AuditEntry.act.in_(acts))
        .order_by(AuditEntry.sequence.desc())
    ).all()


def similar_cities(file: FileSummary, names: Sequence[str]) -> Rows:
    """Cities of the registry in this country, those with an equal folded name first; with their membership.

    Equal names are a reason to look twice, never to merge: several places of a country may bear one name.
    """
    folded = [f for f in {fold(name) for name in names} if f]
    running = select(Membership.id).where(Membership.city_id == City.id, Membership.until_on.is_(None))
    ever = select(Membership.id).where(Membership.city_id == City.id)
    is_equal = City.folded_name.in_(folded)
    return db.reader.execute(
        select(
            City.reference,
            City.name,
            City.local_name,
            City.kind,
            City.population,
            is_equal.label("is_equal"),
            running.exists().label("is_member"),
            ever.exists().label("was_member"),
        )
        .where(City.country == file.country)
        .order_by(is_equal.desc(), City.folded_name)
    ).all()


def lookalikes(cities: Rows, names: Sequence[str]) -> list[str]:
    """Cities whose names look like one of these and are written with other letters."""
    return [row.name for row in cities if any(look_alike(row.name, name) for name in names)]


def staff_conflicts(reference: str) -> Rows:
    """Who of the secretariat does not act on this file."""
    return db.reader.execute(
        select(Person.name, StaffConflict.recorded_at)
        .join(StaffConflict, StaffConflict.person_id == Person.id)
        .join(Application, Application.id == StaffConflict.application_id)
        .where(Application.reference == reference)
        .order_by(StaffConflict.recorded_at)
    ).all()
