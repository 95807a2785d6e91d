"""What was said of a file: the Commission's answers, changes it was told of, questions to the city; and who must sign."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationVersion, Endorsement, InformationRequest, Objection, Signature
from gnlc_apply.queries.file import FileSummary
from gnlc_apply.queries.rows import Rows
from gnlc_apply.queries.signature_count import STANDS
from gnlc_apply.questionnaire.constituents import constituents, parties


def endorsements(file: FileSummary) -> Rows:
    """What the Commission said of this file, the latest first, with the version it saw."""
    return db.reader.execute(
        select(
            Endorsement.outcome,
            Endorsement.name,
            Endorsement.function,
            Endorsement.reason,
            Endorsement.is_late_letter,
            Endorsement.letter_note,
            Endorsement.acted_at,
            Endorsement.revoked_at,
            Endorsement.revocation_reason,
            ApplicationVersion.number.label("version"),
        )
        .join(ApplicationVersion, ApplicationVersion.id == Endorsement.version_id)
        .where(Endorsement.application_id == file.id)
        .order_by(Endorsement.acted_at.desc(), Endorsement.id.desc())
    ).all()


def objections(file: FileSummary) -> Rows:
    """Changes after an endorsement of which the Commission was told, the latest first."""
    return db.reader.execute(
        select(
            Objection.told_at,
            Objection.due_at,
            Objection.objected_at,
            Objection.lapsed_at,
            Objection.reason,
            ApplicationVersion.number.label("version"),
        )
        .join(Endorsement, Endorsement.id == Objection.endorsement_id)
        .join(ApplicationVersion, ApplicationVersion.id == Objection.version_id)
        .where(Endorsement.application_id == file.id)
        .order_by(Objection.told_at.desc())
    ).all()


def requests(file: FileSummary) -> Rows:
    """Questions to the city and returned questions, the latest first."""
    return db.reader.execute(
        select(
            InformationRequest.reference,
            InformationRequest.kind,
            InformationRequest.asked_for,
            InformationRequest.keys.label("question_keys"),
            InformationRequest.message,
            InformationRequest.due_at,
            InformationRequest.asked_at,
            InformationRequest.answered_at,
            InformationRequest.answer,
            InformationRequest.closed_at,
        )
        .where(InformationRequest.application_id == file.id)
        .order_by(InformationRequest.asked_at.desc(), InformationRequest.id.desc())
    ).all()


def missing_signatures(file: FileSummary, answers: Mapping[str, object]) -> list[str]:
    """For whom nobody has signed the text of a consortium yet, by name; nothing where a single city applies."""
    if not constituents(answers):
        return []
    version = select(ApplicationVersion.signatures_needed).join(
        Application, Application.version_id == ApplicationVersion.id
    )
    needed = db.reader.scalar(version.where(Application.id == file.id))
    who = parties(answers, file.place_name, needed)
    if len(who) == 1:
        return []
    given = db.reader.scalars(select(Signature.constituent).where(Signature.application_id == file.id, STANDS)).all()
    return [name for number, name in who.items() if number not in given]
