"""The questions that the rules on names put to a juror: asked with the reading, answered before the text opens.

A name alone proves nothing, so it does not block. Until the juror has answered, the file stays closed; no answer in time
keeps the juror from it, as a conflict would (jury-method.md §3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.jury.conflicts import Level
from gnlc_apply.models import Application, Assignment, ConflictOfInterest, Juror, Review, ReviewState, TieAnswer
from gnlc_apply.queries.among import among
from gnlc_apply.queries.embargoed.tie_questions import open_questions
from gnlc_apply.services.command import Unit
from gnlc_apply.services.ties.panel import Panel

_CHOICES = (TieAnswer.NO_TIE, TieAnswer.TIE, TieAnswer.SECRETARIAT)


@dataclass
class Asked:
    """Whom to tell: ``jurors`` (id -> files that closed again) and the files that the secretariat has to look at."""

    jurors: Counter[int] = field(default_factory=Counter)
    undecided: list[Application] = field(default_factory=list)


def ask(unit: Unit, panel: Panel, pairs: Collection[tuple[str, str]], *, is_given_now: bool = False) -> Asked:
    """Write the questions of these readings. A text that was open closes until they are answered.

    Where the review is in already, the secretariat is asked instead. ``is_given_now``: the readings begin with this act, so
    that the time to answer begins with it too. A question that was answered is put again only when other names agree.
    """
    asked, questions = Asked(), panel.questions
    wanted = sorted(questions.keys() & set(pairs))
    if not wanted:
        return asked
    readings, known = _readings(unit.session, panel), _known(unit.session, panel)
    for pair in wanted:
        juror, file = panel.jurors[pair[0]], panel.files[pair[1]]
        assignment, state = readings[juror.id, file.id]
        if state is ReviewState.ABSTAINED:
            continue
        fresh = _written(unit, (juror, file), questions[pair], known, is_given_now=is_given_now)
        if fresh:
            _close_text(unit, asked, (file, assignment, state), fresh)
    unit.session.flush()
    return asked


def _written(
    unit: Unit,
    pair: tuple[Juror, Application],
    ties: Mapping[str, str],
    known: Mapping[tuple[int, int, str], ConflictOfInterest],
    *,
    is_given_now: bool,
) -> list[ConflictOfInterest]:
    """The questions of one pair that are new, or put again because other names agree."""
    fresh = []
    for code, detail in ties.items():
        row = known.get((pair[0].id, pair[1].id, code))
        if row is None or row.detail != detail:
            fresh.append(_write(unit, row, *pair, code, detail))
        elif is_given_now and row.answer is None:
            row.recorded_at = unit.now
    return fresh


def _close_text(
    unit: Unit,
    asked: Asked,
    reading: tuple[Application, Assignment, ReviewState | None],
    fresh: list[ConflictOfInterest],
) -> None:
    file, assignment, state = reading
    if state is ReviewState.SUBMITTED:
        for row in fresh:
            row.answer, row.answered_at = TieAnswer.SECRETARIAT.value, unit.now
        asked.undecided.append(file)
        return
    assignment.declared_free_at = None
    asked.jurors[assignment.juror_id] += 1


def _readings(session: Session, panel: Panel) -> dict[tuple[int, int], tuple[Assignment, ReviewState | None]]:
    query = (
        select(Assignment, Review.state)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Assignment.ended_at.is_(None),
            among(Assignment.juror_id, [row.id for row in panel.jurors.values()]),
            among(Assignment.application_id, [row.id for row in panel.files.values()]),
        )
    )
    return {(row.juror_id, row.application_id): (row, state) for row, state in session.execute(query)}


def _known(session: Session, panel: Panel) -> dict[tuple[int, int, str], ConflictOfInterest]:
    query = select(ConflictOfInterest).where(
        among(ConflictOfInterest.juror_id, [row.id for row in panel.jurors.values()]),
        among(ConflictOfInterest.application_id, [row.id for row in panel.files.values()]),
    )
    return {(row.juror_id, row.application_id, row.code): row for row in session.scalars(query)}


def _write(
    unit: Unit, row: ConflictOfInterest | None, juror: Juror, file: Application, code: str, detail: str
) -> ConflictOfInterest:
    if row is None:
        row = ConflictOfInterest(juror_id=juror.id, application_id=file.id, code=code)
        unit.session.add(row)
    row.level, row.detail, row.recorded_at, row.recorded_by_id = Level.ASK.value, detail, unit.now, None
    row.answer = row.answered_at = None
    unit.note_by_rule("asked_about_tie", "application", file.id, juror=juror.id, code=code)
    return row


def answer(unit: Unit, juror: Juror, file: Application, answers: Mapping[str, str]) -> tuple[TieAnswer, bool]:
    """Write the juror's answers: what they come to (a tie, the secretariat decides, no tie or no question), and whether
    anything was answered now.

    ``answers``: by the rule's code. Raises Invalid at every question without one.
    """
    rows = open_questions(unit.session, juror.id, file.id)
    asked = [row for row in rows if row.answer is None]
    missing = {
        f"question-{row.code}": Text("Answer this question.") for row in asked if answers.get(row.code) not in _CHOICES
    }
    if missing:
        raise Invalid(Text("Answer this question."), missing)
    for row in asked:
        settle(unit, row, TieAnswer(answers[row.code]))
    given = {row.answer for row in rows}
    came_to = next((a for a in (TieAnswer.TIE, TieAnswer.SECRETARIAT) if a in given), TieAnswer.NO_TIE)
    return came_to, bool(asked)


def settle(unit: Unit, row: ConflictOfInterest, what: TieAnswer, *, is_by_rule: bool = False) -> None:
    """Write what came of a question; a tie, and no answer in time, are a conflict from now on."""
    row.answer, row.answered_at = what.value, unit.now
    if what in (TieAnswer.TIE, TieAnswer.TOO_LATE):
        row.level = Level.BLOCK.value
    note = unit.note_by_rule if is_by_rule else unit.note
    note("answered_about_tie", "application", row.application_id, juror=row.juror_id, code=row.code, answer=what.value)
