"""What feedback is drafted of and checked against. Read inside a unit of work by the commands, and by the pages."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core.catalogues import translations
from gnlc_apply.jury.bank import LANGUAGES, Finding, check_draft
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Assignment,
    Call,
    ConflictOfInterest,
    Decision,
    FiguresStatus,
    Juror,
    JuryFigures,
    Outcome,
    Person,
    Review,
    Score,
)
from gnlc_apply.questionnaire import Guide

# Letters; shorter sentences of a note stand in many a text.
_SHORTEST_SENTENCE = 30
_SENTENCES = re.compile(r"(?<=[.!?。؟！？])\s+|\n+")


@dataclass(frozen=True)
class Decided:
    """A file with the jury whose decision two persons have made."""

    application_id: int
    reference: str
    language: str
    outcome: Outcome


def decided_files(session: Session, call_id: int) -> list[Decided]:
    """The files of a call whose decision is approved: one statement."""
    query = (
        select(Application.id, Application.reference, Application.language, Decision.outcome)
        .join(Decision, Decision.application_id == Application.id)
        .where(
            Application.call_id == call_id,
            Application.state == ApplicationState.IN_REVIEW,
            Decision.approved_at.is_not(None),
        )
        .order_by(Application.id)
    )
    return [Decided(*row) for row in session.execute(query)]


def approved_of(files: Iterable[Decided]) -> list[str]:
    """The references of those that will be admitted."""
    return sorted(file.reference for file in files if file.outcome is Outcome.APPROVED)


def approved_in(session: Session, call_id: int) -> list[str]:
    """The same of a call, also once they are admitted: one statement."""
    query = (
        select(Application.reference)
        .join(Decision, Decision.application_id == Application.id)
        .where(
            Application.call_id == call_id,
            Application.state.in_((ApplicationState.IN_REVIEW, ApplicationState.ADMITTED)),
            Decision.approved_at.is_not(None),
            Decision.outcome == Outcome.APPROVED,
        )
    )
    return sorted(session.scalars(query))


def basis_of(inputs: str, approved: Iterable[str]) -> str:
    """The digest of what drafts are made of: the jury's scores and the cities beside which the others stand."""
    text = json.dumps([inputs, sorted(approved)], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def close_cases(session: Session, call_id: int, inputs: str) -> frozenset[str]:
    """The files to discuss, by the jury's figures; none where there are no figures of the scores as they are now."""
    files = session.scalar(
        select(JuryFigures.files).where(
            JuryFigures.call_id == call_id,
            JuryFigures.inputs_sha256 == inputs,
            JuryFigures.status == FiguresStatus.COMPUTED,
        )
    )
    return frozenset(file for file, values in (files or {}).items() if values["zone"] == "grey")


def language_of(application_language: str) -> str:
    """The language that feedback is drafted in: the application's, where the bank of sentences has it, else English."""
    return application_language if application_language in LANGUAGES else LANGUAGES[0]


def titles_of(guide: Guide, language: str) -> Mapping[str, str]:
    """The criteria by code, in this language: as the guide names them, else as the pages do."""
    translate = translations(language).gettext
    return {one.code: one.titles.get(language) or translate(one.title) for one in guide.criteria}


def check(session: Session, call: Call, guide: Guide, file: Application, text: str) -> tuple[Finding, ...]:
    """What keeps this text from being kept as feedback to this file: five statements.

    Jurors: everybody who was ever of this call's jury. Private notes: whatever a juror wrote about this file, whole or a
    sentence of it. Other cities: those of the call.
    """
    jurors = select(Person.name).join(Juror, Juror.person_id == Person.id).where(Juror.call_id == call.id)
    cities = select(Application.place_name).where(Application.call_id == call.id, Application.id != file.id)
    return check_draft(
        text,
        jurors=set(session.scalars(jurors)),
        private_notes=set(_notes(session, file.id)),
        other_cities=set(session.scalars(cities)) - {file.place_name},
        approved=[file.place_name, *titles_of(guide, "en").values(), *titles_of(guide, "fr").values()],
    )


def _notes(session: Session, application_id: int) -> Iterable[str]:
    """What jurors wrote about a file: paragraphs, reasons, why they abstained or could not read it; each whole, and its
    longer sentences."""
    of_file = Assignment.application_id == application_id
    written = session.execute(
        select(Review.paragraph, Review.abstention_reason)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(of_file)
    ).all()
    reasons = session.scalars(
        select(Score.reason)
        .join(Review, Review.id == Score.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(of_file)
    ).all()
    ties = session.scalars(
        select(ConflictOfInterest.detail).where(ConflictOfInterest.application_id == application_id)
    ).all()
    for note in (*(text for row in written for text in row), *reasons, *ties):
        yield note
        yield from (part for part in _SENTENCES.split(note) if len(part) >= _SHORTEST_SENTENCE)
