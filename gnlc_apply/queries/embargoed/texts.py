"""The texts of a cohort: what of them is locked with the list, their hash, and what was corrected since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core.text import Text
from gnlc_apply.models import Cohort, LetterKind, LetterText, Person, TextCorrection
from gnlc_apply.queries.embargoed.unfinished import LETTER_NAMES

# Everything said about a cohort besides its letters, with its name on pages; the instant is in the hash of the list.
TEXTS = {
    "title": Text("Title of the cohort"),
    "time_zone": Text("Time zone"),
    "event_title": Text("Event"),
    "event_at": Text("Time of the event"),
    "event_link": Text("Link to the event"),
    "strapline": Text("Strapline"),
    "lead": Text("Lead"),
    "quotation": Text("Quotation"),
    "quotation_by": Text("Whose words these are"),
    "campaign": Text("Campaign"),
    "about": Text("About"),
    "press_contact": Text("Press contact"),
    "declared_citizens": Text("Declared number of citizens"),
    "declared_source": Text("Source of the declared number"),
}


def plain(value: object) -> str:
    """A text, or a moment as one."""
    return value.isoformat() if isinstance(value, datetime) else str(value or "")


def letter_field(kind: LetterKind, language: str, part: str) -> str:
    """What a letter's subject or body is called among the texts."""
    return f"{kind.value}:{language}:{part}"


def hash_of(row: Cohort, letters: Mapping[tuple[LetterKind, str], tuple[str, str]]) -> str:
    """The hash over every text that the announcement will use."""
    said = {name: plain(getattr(row, name)) for name in TEXTS}
    written = sorted((kind.value, language, *words) for (kind, language), words in letters.items())
    text = json.dumps([said, written], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def current_hash(session: Session, row: Cohort) -> str:
    """The same, of what stands in the database."""
    rows = session.execute(
        select(LetterText.kind, LetterText.language, LetterText.subject, LetterText.body).where(
            LetterText.cohort_id == row.id
        )
    )
    return hash_of(row, {(found.kind, found.language): (found.subject, found.body) for found in rows})


@dataclass(frozen=True)
class Correction:
    """A text that was corrected after the lock."""

    name: Text
    language: str
    before: str
    after: str
    reason: str
    corrected_at: datetime
    corrected_by: str
    is_after_arming: bool


def corrections(session: Session, row: Cohort) -> tuple[Correction, ...]:
    """What was corrected since the list was locked, the latest first."""
    if row.locked_at is None:
        return ()
    rows = session.execute(
        select(TextCorrection, Person.name)
        .outerjoin(Person, Person.id == TextCorrection.corrected_by_id)
        .where(TextCorrection.cohort_id == row.id, TextCorrection.corrected_at >= row.locked_at)
        .order_by(TextCorrection.id.desc())
    )
    return tuple(_correction(row, found, name or "") for found, name in rows)


def _correction(row: Cohort, found: TextCorrection, who: str) -> Correction:
    name, language = TEXTS.get(found.field), ""
    if name is None:
        kind, language, _part = found.field.split(":")
        name = LETTER_NAMES[LetterKind(kind)]
    return Correction(
        name=name,
        language=language,
        before=found.before,
        after=found.after,
        reason=found.reason,
        corrected_at=found.corrected_at,
        corrected_by=who,
        is_after_arming=row.armed_at is not None and found.corrected_at >= row.armed_at,
    )
