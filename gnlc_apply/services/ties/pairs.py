"""Pairs of a juror and a file: kept apart by a conflict, joined by an assignment, parted again."""

from __future__ import annotations

import secrets
import string
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gnlc_apply.core import reference_number
from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.jury.conflicts import Conflict as Tie
from gnlc_apply.jury.conflicts import Level
from gnlc_apply.jury.names import NameTie
from gnlc_apply.jury.order import reading_place
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import (
    Application,
    Assignment,
    Call,
    ConflictOfInterest,
    Juror,
    JurorFile,
    Minutes,
    Person,
)
from gnlc_apply.queries.among import among
from gnlc_apply.services.command import Unit
from gnlc_apply.services.ties import questions
from gnlc_apply.services.ties.panel import Panel

READINGS_CLOSED = Text("The chair has confirmed the jury's recommendation. The readings are closed.")


def refuse_after_minutes(session: Session, call_id: int) -> None:
    """Raise Conflict once the chair has confirmed the jury's recommendation: what was counted stays as it was."""
    if is_confirmed(session, call_id):
        raise Conflict(READINGS_CLOSED)


def is_confirmed(session: Session, call_id: int) -> bool:
    """Whether the chair has confirmed the jury's recommendation."""
    return session.scalar(select(Minutes.id).where(Minutes.call_id == call_id)) is not None


def juror_by_reference(session: Session, reference: str) -> Juror:
    """The juror with this reference, locked for this unit. Raises NotFound."""
    row = session.scalar(select(Juror).where(Juror.reference == reference).with_for_update())
    if row is None:
        raise NotFound()
    return row


def keep_conflicts(unit: Unit, panel: Panel) -> None:
    """Write every conflict that the rules found: its reason, the block, and the end of a reading that ran."""
    known = {
        (row[0], row[1], row[2])
        for row in unit.session.execute(
            select(ConflictOfInterest.juror_id, ConflictOfInterest.application_id, ConflictOfInterest.code).where(
                among(ConflictOfInterest.juror_id, [row.id for row in panel.jurors.values()])
            )
        )
    }
    fresh = []
    for tie in panel.found:
        if tie.level is not Level.BLOCK:
            continue
        juror, file = panel.jurors[tie.juror_id], panel.files[tie.file_id]
        if (juror.id, file.id, tie.code.value) not in known:
            known.add((juror.id, file.id, tie.code.value))
            fresh.append(_conflict_row(unit, juror, file, tie))
    if fresh:
        unit.session.execute(insert(ConflictOfInterest), fresh)
    unblocked = {(tie.juror_id, tie.file_id) for tie in panel.found if tie.level is Level.BLOCK} - panel.kept_blocks
    for juror_reference, file_reference in sorted(unblocked):
        juror, file = panel.jurors[juror_reference], panel.files[file_reference]
        if block(unit, juror, file, is_by_rule=True) is not None:
            _tell_of_end(unit, file)
    put_questions(unit, panel, panel.running)


def put_questions(unit: Unit, panel: Panel, pairs: Collection[tuple[str, str]], *, is_given_now: bool = False) -> None:
    """Ask about ties that names show in these readings; who has to answer is told, unless the readings begin now.

    Once the chair has confirmed no juror is told: nothing is read any more.
    """
    asked = questions.ask(unit, panel, pairs, is_given_now=is_given_now)
    if asked.jurors and not is_given_now:
        call = unit.session.get_one(Call, next(iter(panel.jurors.values())).call_id)
        if not is_confirmed(unit.session, call.id):
            tell_jurors(unit, "tie_question", call, dict(asked.jurors))
    for file in asked.undecided:
        tell_secretariat(unit, "tie_undecided", unit.session.get_one(Call, file.call_id), file)


def _tell_of_end(unit: Unit, file: Application) -> None:
    """A rule has ended a reading: the secretariat looks for another reader or, after the minutes, at the file once more."""
    call = unit.session.get_one(Call, file.call_id)
    is_closed = is_confirmed(unit.session, call.id)
    tell_secretariat(unit, "reader_lost", call, file, why="found", is_closed=is_closed)


def _conflict_row(unit: Unit, juror: Juror, file: Application, tie: Tie | NameTie) -> dict[str, Any]:
    unit.note_by_rule("found_conflict", "application", file.id, juror=juror.id, code=tie.code.value)
    return {
        "juror_id": juror.id,
        "application_id": file.id,
        "code": tie.code.value,
        "level": tie.level.value,
        "detail": tie.detail,
        "recorded_at": unit.now,
        "recorded_by_id": None,
    }


def block(unit: Unit, juror: Juror, file: Application, *, is_by_rule: bool = False) -> Assignment | None:
    """Keep a juror from a file: a reading that runs ends first, then the pair is blocked; the reading that ended."""
    running = running_assignment(unit.session, juror.id, file.id)
    if running is not None:
        end(unit, running, Text("A conflict of interest was found or declared."), is_by_rule=is_by_rule)
    pair = unit.session.scalar(
        select(JurorFile).where(JurorFile.juror_id == juror.id, JurorFile.application_id == file.id)
    )
    if pair is None:
        pair = JurorFile(juror_id=juror.id, application_id=file.id)
        unit.session.add(pair)
    pair.is_blocked = True
    unit.session.flush()
    return running


def running_assignment(session: Session, juror_id: int, application_id: int) -> Assignment | None:
    """The assignment of this pair that runs, locked for this unit."""
    return session.scalar(
        select(Assignment)
        .where(
            Assignment.juror_id == juror_id,
            Assignment.application_id == application_id,
            Assignment.ended_at.is_(None),
        )
        .with_for_update()
    )


def end(unit: Unit, assignment: Assignment, reason: Text | str, *, is_by_rule: bool = False) -> None:
    """End a reading: it does not count any more, whatever it had become."""
    assignment.ended_at, assignment.end_reason, assignment.pair_is_blocked = unit.now, str(reason), None
    unit.session.flush()
    note = unit.note_by_rule if is_by_rule else unit.note
    note("ended_assignment", "assignment", assignment.id, reason=str(reason))


def join(
    unit: Unit,
    pairs: Sequence[tuple[Juror, Application]],
    *,
    seed: str,
    proposal_id: int | None = None,
) -> None:
    """Give files to jurors, each with a place in the juror's own order and a pseudonym of its own among the file's readers.

    The database refuses a blocked pair and a second reading of the same file by the same juror.
    """
    if not pairs:
        return
    _make_pairs(unit.session, pairs)
    letters = _Letters(unit.session, {file.id for _juror, file in pairs})
    rows = [
        {
            "reference": reference_number.create("A", 8),
            "juror_id": juror.id,
            "application_id": file.id,
            "proposal_id": proposal_id,
            "pair_is_blocked": False,
            "position": reading_place(seed, juror.reference, file.reference),
            "pseudonym": letters.draw(file.id),
            "assigned_at": unit.now,
            "assigned_by_id": unit.actor.person_id,
            "end_reason": "",
        }
        for juror, file in pairs
    ]
    unit.session.execute(insert(Assignment), rows)
    for juror, file in pairs:
        unit.note("assigned", "application", file.id, juror=juror.id, proposal=proposal_id)


def _make_pairs(session: Session, pairs: Sequence[tuple[Juror, Application]]) -> None:
    known = {
        (row[0], row[1])
        for row in session.execute(
            select(JurorFile.juror_id, JurorFile.application_id).where(
                among(JurorFile.application_id, {file.id for _juror, file in pairs})
            )
        )
    }
    rows = [
        {"juror_id": juror.id, "application_id": file.id, "is_blocked": False}
        for juror, file in pairs
        if (juror.id, file.id) not in known
    ]
    if rows:
        session.execute(insert(JurorFile), rows)


class _Letters:
    """Pseudonyms: random letters, never again the same within a file, so that they tell neither order nor person."""

    def __init__(self, session: Session, file_ids: Iterable[int]) -> None:
        self._taken: dict[int, set[str]] = defaultdict(set)
        query = select(Assignment.application_id, Assignment.pseudonym).where(
            among(Assignment.application_id, list(file_ids))
        )
        for application_id, pseudonym in session.execute(query):
            self._taken[application_id].add(pseudonym)

    def draw(self, application_id: int) -> str:
        """A letter that nobody bears in this file; two letters where all single ones are taken."""
        taken = self._taken[application_id]
        free = [letter for letter in string.ascii_uppercase if letter not in taken]
        if not free:
            pairs = (a + b for a in string.ascii_uppercase for b in string.ascii_uppercase)
            free = [letters for letters in pairs if letters not in taken]
        chosen = secrets.choice(free)
        taken.add(chosen)
        return chosen


def tell_jurors(unit: Unit, kind: str, call: Call, jurors: dict[int, int], **values: Any) -> None:
    """Write to these jurors (id -> number of files): nothing in the message names a city."""
    query = (
        select(Juror.id, Person.id, Person.email, Person.name, Person.language)
        .join(Person, Person.id == Juror.person_id)
        .where(among(Juror.id, jurors), Person.deactivated_at.is_(None), Person.erased_at.is_(None))
    )
    deadline = call.reading_deadline_at.isoformat() if call.reading_deadline_at else ""
    about = {"call": call.title, "call_reference": call.reference, "time_zone": call.time_zone, "deadline_at": deadline}
    for juror_id, person_id, email, name, language in unit.session.execute(query):
        unit.send(
            Message(
                kind=kind,
                recipient=email,
                person_id=person_id,
                language=language,
                values={**about, "name": name, "number": jurors[juror_id], "reference": "", "place": "", **values},
            )
        )


def tell_secretariat(unit: Unit, kind: str, call: Call, file: Application, **values: Any) -> None:
    """Write to the secretariat's address for this call about a file."""
    tell_secretariat_of_call(
        unit, kind, call, application_id=file.id, reference=file.reference, place=file.place_name, **values
    )


def tell_secretariat_of_call(
    unit: Unit, kind: str, call: Call, application_id: int | None = None, **values: Any
) -> None:
    """Write to the secretariat's address for this call."""
    if call.contact_email:
        shown = {"name": "", "call": call.title, "call_reference": call.reference, **values}
        unit.send(Message(kind=kind, recipient=call.contact_email, application_id=application_id, values=shown))
