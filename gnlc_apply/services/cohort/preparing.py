"""Preparing a cohort: its title, instant, event, texts of the release, letters."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select

from gnlc_apply.core import reference_number
from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.placeholders import unknown
from gnlc_apply.core.text import Text
from gnlc_apply.models import Call, Cohort, CohortState, LetterKind, LetterText
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed.letter_texts import FIRST_TEXTS, PLACEHOLDERS
from gnlc_apply.queries.embargoed.texts import letter_field, plain
from gnlc_apply.services.cohort.correcting import keep_corrections, require_open_to_words
from gnlc_apply.services.cohort.finding import find
from gnlc_apply.services.command import Unit, command

# Placeholders that tell an outcome: for the text of a letter, never for its subject.
OUTCOMES = frozenset({"admitted", "not_admitted", "feedback"})
# Changing these after the lock would change what was locked, or what the director types when arming.
_LOCKED_WITH_THE_LIST = ("title", "announce_at", "time_zone")


@dataclass(frozen=True)
class CohortValues:
    """Everything said about a cohort. Instants are UTC; ``time_zone`` is the one they are shown in."""

    title: str
    announce_at: datetime | None = None
    time_zone: str = "UTC"
    event_title: str = ""
    event_at: datetime | None = None
    event_link: str = ""
    strapline: str = ""
    lead: str = ""
    quotation: str = ""
    quotation_by: str = ""
    campaign: str = ""
    about: str = ""
    press_contact: str = ""
    declared_citizens: str = ""
    declared_source: str = ""


@command()
def create(unit: Unit, *, actor: Actor, call: str, title: str, announce_at: datetime | None = None) -> str:
    """Begin the cohort of a call, with first texts of its letters in English; its reference.

    Raises NotFound, Invalid without a title, Conflict where the call has its cohort already.
    """
    require(actor, Permission.PREPARE_COHORT)
    found = unit.session.scalar(select(Call).where(Call.reference == call).with_for_update())
    if found is None:
        raise NotFound()
    _require_title(title)
    if unit.session.scalar(select(Cohort.id).where(Cohort.call_id == found.id)) is not None:
        raise Conflict(Text("This call has its cohort already."))
    cohort = Cohort(
        reference=reference_number.create(f"COHORT-{found.year}"),
        call_id=found.id,
        title=title.strip(),
        announce_at=announce_at,
        created_at=unit.now,
        stand_by_ids=[],
        figures={},
    )
    unit.session.add(cohort)
    unit.session.flush()
    unit.session.execute(
        insert(LetterText),
        [
            {
                "cohort_id": cohort.id,
                "kind": kind,
                "language": "en",
                "subject": subject,
                "body": body,
                "edited_at": unit.now,
                "edited_by_id": actor.person_id,
            }
            for kind, (subject, body) in FIRST_TEXTS.items()
        ],
    )
    unit.note("created", "cohort", cohort.id, title=cohort.title)
    return cohort.reference


def _require_title(title: str) -> None:
    if not title.strip():
        raise Invalid(Text("Enter a title."), {"title": Text("Enter a title.")})


@command()
def change(unit: Unit, *, actor: Actor, cohort: str, values: CohortValues, reason: str = "") -> None:
    """Change what is said about a cohort; title and instant only before the list is locked.

    After the lock this is a correction: it needs a reason, is kept with the difference, and the secretariat is told. Raises Invalid for what does not fit together, Conflict for what is locked.
    """
    require(actor, Permission.PREPARE_COHORT)
    row = find(unit, cohort)
    require_open_to_words(unit, row, reason)
    _require_title(values.title)
    if values.declared_citizens.strip() and not values.declared_source.strip():
        words = Text("Say where the declared figure comes from.")
        raise Invalid(words, {"declared_source": words})
    wanted = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(values).items()}
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    fixed = [name for name in _LOCKED_WITH_THE_LIST if name in changed]
    if fixed and row.state is not CohortState.PREPARING:
        words = Text("The list is locked: its title and instant cannot change.")
        raise Conflict(words, dict.fromkeys(fixed, words))
    corrected = {name: (plain(getattr(row, name)), plain(value)) for name, value in changed.items()}
    for name, value in changed.items():
        setattr(row, name, value)
    keep_corrections(unit, row, corrected, reason)
    if changed:
        unit.note("changed", "cohort", row.id, changed=sorted(changed))


@command()
def edit_letter(
    unit: Unit,
    *,
    actor: Actor,
    cohort: str,
    kind: LetterKind,
    language: str,
    subject: str,
    body: str,
    reason: str = "",
) -> None:
    """Write a letter's text in one language. Only the fixed placeholders of its kind are replaced; all else is text.

    After the lock this is a correction, as with ``change``; a letter in one more language needs the list unlocked. Raises
    Invalid at the field for an unknown placeholder, a missing text, or a subject of more than one line.
    """
    require(actor, Permission.PREPARE_COHORT)
    row = find(unit, cohort)
    require_open_to_words(unit, row, reason)
    kind = LetterKind(kind)
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip()
    _require_letter(kind, subject, body)
    text = unit.session.scalar(
        select(LetterText).where(
            LetterText.cohort_id == row.id, LetterText.kind == kind, LetterText.language == language
        )
    )
    if text is None and row.state is not CohortState.PREPARING:
        raise Conflict(Text("The list is locked. A letter in another language needs the list unlocked by two persons."))
    before = (text.subject, text.body) if text is not None else ("", "")
    if text is None:
        text = LetterText(cohort_id=row.id, kind=kind, language=language)
        unit.session.add(text)
    text.subject, text.body = subject, body
    text.edited_at, text.edited_by_id = unit.now, actor.person_id
    corrected = zip(("subject", "body"), before, (subject, body), strict=True)
    changed = {letter_field(kind, language, part): (old, new) for part, old, new in corrected if old != new}
    keep_corrections(unit, row, changed, reason)
    unit.note("edited_letter", "cohort", row.id, kind=kind.value, language=language)


def _require_letter(kind: LetterKind, subject: str, body: str) -> None:
    fields: dict[str, Text] = {}
    for name, text in (("subject", subject), ("body", body)):
        known = [which for which in PLACEHOLDERS[kind] if name == "body" or which not in OUTCOMES]
        strange = unknown(text, known)
        if not text:
            fields[name] = Text("Enter a text.")
        elif strange and OUTCOMES.issuperset(strange):
            fields[name] = Text("A subject must not tell an outcome: it stands on locked telephones.")
        elif strange:
            fields[name] = Text(
                "These placeholders do not exist: %(names)s.", names=", ".join(f"{{{n}}}" for n in strange)
            )
    if len(subject.splitlines()) > 1 or len(subject) > 200:
        fields["subject"] = Text("The subject is one line of at most 200 characters.")
    if fields:
        raise Invalid(next(iter(fields.values())), fields)
