"""Feedback to cities: drafted for a whole call in one act, edited by a person, refused where it tells what it must not.

It stands in a table of its own, beside the decisions and embargoed like them; the announcement hands it over. From the lock
on it is part of the texts that are locked: a change is a correction, with a reason, and is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.documents.wording import clean
from gnlc_apply.extensions import db
from gnlc_apply.jury.bank import Part, sentence
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    Cohort,
    Decision,
    Feedback,
    Outcome,
)
from gnlc_apply.permissions import Actor, Permission, require, visible_to
from gnlc_apply.queries.among import among
from gnlc_apply.queries.embargoed import feedback_ground, readings
from gnlc_apply.queries.embargoed.feedback import said
from gnlc_apply.queries.embargoed.feedback_ground import Decided
from gnlc_apply.queries.embargoed.texts import feedback_field
from gnlc_apply.queries.questionnaire import guide_of
from gnlc_apply.questionnaire import Guide
from gnlc_apply.services import jury_child
from gnlc_apply.services.cohort.correcting import keep_corrections, require_open_to_words
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.decision import require_unlocked

LONGEST = 4_000
# Fewer are hardly "among" anybody.
FEWEST_CLOSE = 2


def _prepare(*, actor: Actor, call: str) -> dict[str, Any]:
    """Ask the jury's mathematics what may be told: outside the transaction, it may take seconds."""
    require(actor, Permission.SEE_SECRETARIAT)
    with db.reading() as session:
        row = session.scalar(select(Call).where(Call.reference == call))
        if row is None:
            raise NotFound()
        count = readings.of_their_day(session, row, readings.count(session, row))
        inputs = count.inputs
        given = count.given
        approved = feedback_ground.approved_of(feedback_ground.decided_files(session, row.id))
        close = feedback_ground.close_cases(session, row.id, inputs)
    question = {"given": asdict(given), "admitted": approved}
    found = jury_child.ask("gnlc_apply.jury.feedback_child", question) if given.readings else {"comparable": True}
    return {"found": found, "close": close, "basis": feedback_ground.basis_of(inputs, approved), "inputs": inputs}


@command(_prepare)
def draft_all(
    unit: Unit,
    *,
    actor: Actor,
    call: str,
    found: Mapping[str, Any] | None = None,
    close: frozenset[str] = frozenset(),
    basis: str = "",
    inputs: str = "",
) -> int:
    """Draft the feedback of every file that is not approved, in the words of the approved bank; how many drafts were made.

    A text that a person has edited stays as it is. Files that a conflict keeps from this person are left to another. The
    parameters after ``call`` come from the preparation. Raises Conflict without an approved decision, where the list is
    locked, decisions have changed meanwhile, or the drafts could not be computed.
    """
    require(actor, Permission.SEE_SECRETARIAT)
    row = unit.session.scalar(select(Call).where(Call.reference == call))
    if row is None:
        raise NotFound()
    files = feedback_ground.decided_files(unit.session, row.id)
    if not files:
        raise Conflict(Text("No decision of this call has been approved yet."))
    require_unlocked(unit, [file.reference for file in files])
    files = feedback_ground.decided_files(unit.session, row.id)
    if not found:
        raise Conflict(Text("The drafts could not be made. Nothing has changed: try again in a minute."))
    if basis != feedback_ground.basis_of(inputs, feedback_ground.approved_of(files)):
        raise Conflict(Text("Decisions have changed meanwhile. Look at them, then draft again."))
    wanted = _to_draft(unit, files)
    guide = guide_of(unit.session, row.guide_version_id)
    unit.session.execute(
        delete(Feedback)
        .where(among(Feedback.application_id, [file.application_id for file in wanted]), Feedback.edited_at.is_(None))
        .execution_options(synchronize_session=False)
    )
    made = {"basis": basis, "drafted_at": unit.now, "edited_at": None, "edited_by_id": None, "revision": 1}
    rows = [made | _draft(file, guide, found, close) for file in wanted]
    if rows:
        unit.session.execute(insert(Feedback), rows)
    unit.note("drafted_feedback", "call", row.id, drafts=len(rows), basis=basis)
    return len(rows)


def _to_draft(unit: Unit, files: Iterable[Decided]) -> list[Decided]:
    """Those not approved, nobody's edited text, and this person's to act on."""
    wanted = [file for file in files if file.outcome is Outcome.NOT_APPROVED]
    ids = [file.application_id for file in wanted]
    edited = select(Feedback.application_id).where(among(Feedback.application_id, ids), Feedback.edited_at.is_not(None))
    free = select(Application.id).where(
        among(Application.id, ids), visible_to(unit.actor, Permission.PREPARE_DECISION), Application.id.not_in(edited)
    )
    mine = set(unit.session.scalars(free))
    return [file for file in wanted if file.application_id in mine]


def _draft(file: Decided, guide: Guide, found: Mapping[str, Any], close: frozenset[str]) -> dict[str, Any]:
    language = feedback_ground.language_of(file.language)
    missing = {"why": "incomplete" if found["comparable"] else "not_comparable"}
    grounds: Mapping[str, Any] = found.get("files", {}).get(file.reference, missing)
    number = len(close) if file.reference in close and len(close) >= FEWEST_CLOSE else 0
    return {
        "application_id": file.application_id,
        "outcome": file.outcome,
        "language": language,
        "body": "\n\n".join(_sentences(grounds, feedback_ground.titles_of(guide, language), language, number)),
        "grounds": dict(grounds),
    }


def _sentences(grounds: Mapping[str, Any], titles: Mapping[str, str], language: str, close: int) -> list[str]:
    """The draft, a paragraph each: how close it was, two strengths, two growth areas, the invitation to come back."""
    bands = grounds.get("bands", {})
    parts = [(Part.STRENGTH, code) for code in grounds.get("strengths", ())]
    parts += [(Part(bands[code]), code) for code in grounds.get("growth", ())]
    opening = [sentence(Part.CLOSE_CASE, language, number=close)] if close else []
    middle = [sentence(part, language, criterion=titles[code]) for part, code in parts]
    return [*opening, *middle, sentence(Part.AGAIN, language)]


@command()
def write(unit: Unit, *, actor: Actor, application: str, body: str, revision: int, reason: str = "") -> None:
    """Keep what one city will read; an empty text takes it back. ``revision`` is that of the text that was shown.

    Raises Invalid at ``body`` naming the place where the text names a juror or another city, repeats what a juror wrote, or
    holds a figure or a rank; Conflict where somebody was faster, no decision is approved, or the cohort is announced; after the lock Invalid without a reason.
    """
    require(actor, Permission.SEE_SECRETARIAT)
    cohort = _cohort_of(unit, application, reason)
    file, call, outcome = _file(unit, application)
    text = clean(body).strip()
    kept = unit.session.scalar(select(Feedback).where(Feedback.application_id == file.id))
    if (kept.revision if kept else 0) != revision:
        raise Conflict(
            Text("Somebody changed this text since you opened it. Yours is still here: compare and save again.")
        )
    _refuse_faults(unit, call, file, text)
    before, is_for = (kept.body, kept.outcome) if kept else ("", outcome)
    _keep(unit, file, kept, text, outcome)
    unit.session.flush()
    if cohort is not None and (before, is_for) != (text, outcome):
        keep_corrections(unit, cohort, {feedback_field(file.reference): (before, text)}, reason)
    unit.note("wrote_feedback", "application", file.id)


def _cohort_of(unit: Unit, application: str, reason: str) -> Cohort | None:
    """The cohort of this file's call, held against a lock at this moment; None before it is begun."""
    call_id = select(Application.call_id).where(Application.reference == application).scalar_subquery()
    row = unit.session.scalar(select(Cohort).where(Cohort.call_id == call_id).with_for_update())
    if row is not None:
        require_open_to_words(unit, row, reason)
    return row


def _file(unit: Unit, application: str) -> tuple[Application, Call, Outcome]:
    """The file with the jury, its call, and what two persons decided. Raises NotFound, Conflict."""
    file = unit.session.scalar(
        select(Application)
        .where(Application.reference == application, visible_to(unit.actor, Permission.PREPARE_DECISION))
        .with_for_update(of=Application)
    )
    if file is None or file.state is not ApplicationState.IN_REVIEW:
        raise NotFound()
    decision = unit.session.scalar(select(Decision).where(Decision.application_id == file.id))
    if decision is None or decision.approved_at is None:
        raise Conflict(Text("First a director approves the decision on this file; then its feedback can be written."))
    return file, unit.session.get_one(Call, file.call_id), decision.outcome


def _refuse_faults(unit: Unit, call: Call, file: Application, text: str) -> None:
    if len(text) > LONGEST:
        words = Text("The text is too long: at most %(number)s characters.", number=LONGEST)
        raise Invalid(words, {"body": words})
    guide = guide_of(unit.session, call.guide_version_id)
    found = feedback_ground.check(unit.session, call, guide, file, text)
    if found:
        words = _joined([said(finding) for finding in found])
        raise Invalid(words, {"body": words})


def _joined(sentences: Sequence[Text]) -> Text:
    first, *rest = sentences
    return Text("%(first)s %(more)s", first=first, more=_joined(rest)) if rest else first


def _keep(unit: Unit, file: Application, kept: Feedback | None, text: str, outcome: Outcome) -> None:
    if not text:
        if kept is not None:
            unit.session.delete(kept)
        return
    if kept is None:
        kept = Feedback(application_id=file.id, grounds={}, revision=0)
        kept.language = feedback_ground.language_of(file.language)
        unit.session.add(kept)
    kept.outcome, kept.body, kept.revision = outcome, text, kept.revision + 1
    kept.edited_at, kept.edited_by_id = unit.now, unit.actor.person_id
