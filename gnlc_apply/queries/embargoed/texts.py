"""The texts of a cohort: what of them is locked with the list, their hash, and what was corrected since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core.text import Text
from gnlc_apply.models import Application, Cohort, Feedback, LetterKind, LetterText, Person, TextCorrection
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

_FEEDBACK = "feedback:"


def plain(value: object) -> str:
    """A text, or a moment as one."""
    return value.isoformat() if isinstance(value, datetime) else str(value or "")


def letter_field(kind: LetterKind, language: str, part: str) -> str:
    """What a letter's subject or body is called among the texts."""
    return f"{kind.value}:{language}:{part}"


def feedback_field(reference: str) -> str:
    """What the feedback to a file's city is called among the texts."""
    return f"{_FEEDBACK}{reference}"


def hash_of(
    row: Cohort,
    letters: Mapping[tuple[LetterKind, str], tuple[str, str]],
    feedback: Sequence[tuple[str, ...]] = (),
) -> str:
    """The hash over every text that the announcement will use: of the cohort, its letters, the feedback to its cities."""
    said = {name: plain(getattr(row, name)) for name in TEXTS}
    written = sorted((kind.value, language, *words) for (kind, language), words in letters.items())
    # A list that was locked before there was feedback keeps its hash.
    parts = [said, written, *([feedback] if feedback else [])]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def current_hash(session: Session, row: Cohort) -> str:
    """The same, of what stands in the database."""
    rows = session.execute(
        select(LetterText.kind, LetterText.language, LetterText.subject, LetterText.body).where(
            LetterText.cohort_id == row.id
        )
    )
    told = session.execute(
        select(Application.reference, Feedback.outcome, Feedback.language, Feedback.body)
        .join(Application, Application.id == Feedback.application_id)
        .where(Application.call_id == row.call_id)
    )
    letters = {(found.kind, found.language): (found.subject, found.body) for found in rows}
    return hash_of(row, letters, sorted(tuple(map(str, found)) for found in told))


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
    is_hidden: bool = False


def corrections(session: Session, row: Cohort, hidden: Collection[str] = ()) -> tuple[Correction, ...]:
    """What was corrected since the list was locked, the latest first; of the feedback to ``hidden`` files only that it was."""
    if row.locked_at is None:
        return ()
    rows = session.execute(
        select(TextCorrection, Person.name)
        .outerjoin(Person, Person.id == TextCorrection.corrected_by_id)
        .where(TextCorrection.cohort_id == row.id, TextCorrection.corrected_at >= row.locked_at)
        .order_by(TextCorrection.id.desc())
    )
    secret = frozenset(feedback_field(reference) for reference in hidden)
    return tuple(_correction(row, found, name or "", is_hidden=found.field in secret) for found, name in rows)


def _correction(row: Cohort, found: TextCorrection, who: str, *, is_hidden: bool) -> Correction:
    name, language = _named(found.field)
    return Correction(
        name=name,
        language=language,
        before="" if is_hidden else found.before,
        after="" if is_hidden else found.after,
        reason="" if is_hidden else found.reason,
        is_hidden=is_hidden,
        corrected_at=found.corrected_at,
        corrected_by=who,
        is_after_arming=row.armed_at is not None and found.corrected_at >= row.armed_at,
    )


def _named(field: str) -> tuple[Text, str]:
    """What a corrected text is, and in which language where it is a letter."""
    if field in TEXTS:
        return TEXTS[field], ""
    if field.startswith(_FEEDBACK):
        return Text("Feedback to the city of %(reference)s", reference=field.removeprefix(_FEEDBACK)), ""
    kind, language, _part = field.split(":")
    return LETTER_NAMES[LetterKind(kind)], language
