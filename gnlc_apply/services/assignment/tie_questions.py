"""What the secretariat and the clock do about questions on ties: decide, remind, end those not answered in time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.jury.conflicts import Level
from gnlc_apply.models import Application, Assignment, Call, ConflictOfInterest, Juror, Minutes, TieAnswer
from gnlc_apply.permissions import Actor, Permission, require, require_seen
from gnlc_apply.queries.embargoed.tie_questions import TIME_TO_ANSWER, open_questions
from gnlc_apply.services import case
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.call.reminders import take_key
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.ties import pairs, questions

BEFORE_THE_END = timedelta(days=2)


@command()
def decide_tie(unit: Unit, *, actor: Actor, reference: str, juror: str, code: str, has_tie: bool) -> None:
    """Answer for a juror whether a tie keeps the juror from a file: a question left to the secretariat, or still open.

    With a tie the reading ends, also one that was submitted. Without one the juror can go on, and is told. Raises NotFound
    where no such question is open.
    """
    file, facts = case.load_facts(unit, reference)
    require_seen(actor, Permission.READ_AS_SECRETARIAT, facts)
    require(actor, Permission.CHECK_APPLICATION, facts)
    row = pairs.juror_by_reference(unit.session, juror)
    rows = open_questions(unit.session, row.id, file.id)
    question = next((one for one in rows if one.code == code), None)
    if question is None:
        raise NotFound()
    questions.settle(unit, question, TieAnswer.TIE if has_tie else TieAnswer.NO_TIE)
    if has_tie:
        pairs.block(unit, row, file)
        return
    pairs.tell_jurors(unit, "tie_decided", unit.session.get_one(Call, file.call_id), {row.id: 1})


def _unanswered(unit: Unit, row: Call) -> list[tuple[ConflictOfInterest, Juror, Application]]:
    """Questions on ties of running readings that nobody has answered; none once the chair has confirmed."""
    if unit.session.scalar(select(Minutes.id).where(Minutes.call_id == row.id)) is not None:
        return []
    found = unit.session.execute(
        select(ConflictOfInterest, Juror, Application)
        .join(Juror, Juror.id == ConflictOfInterest.juror_id)
        .join(Application, Application.id == ConflictOfInterest.application_id)
        .join(
            Assignment,
            (Assignment.juror_id == Juror.id)
            & (Assignment.application_id == Application.id)
            & Assignment.ended_at.is_(None),
        )
        .where(
            Juror.call_id == row.id,
            ConflictOfInterest.level == Level.ASK.value,
            ConflictOfInterest.answer.is_(None),
        )
        .order_by(ConflictOfInterest.id)
        .with_for_update(of=ConflictOfInterest)
    )
    return [(question, juror, file) for question, juror, file in found]


@command()
def remind_asked(unit: Unit, *, actor: Actor, call: str) -> int:
    """Remind jurors of questions on ties that end their reading in two days, each once; how many questions that were.

    The message names no file.
    """
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, call)
    near = [
        (question, juror)
        for question, juror, _file in _unanswered(unit, row)
        if question.recorded_at + TIME_TO_ANSWER - BEFORE_THE_END <= unit.now < question.recorded_at + TIME_TO_ANSWER
        and take_key(unit, f"tie:{question.id}")
    ]
    last: dict[datetime, Counter[int]] = {}
    for question, juror in near:
        last.setdefault(question.recorded_at + TIME_TO_ANSWER, Counter())[juror.id] += 1
    for until, jurors in last.items():
        pairs.tell_jurors(unit, "tie_reminder", row, dict(jurors), answer_until=until.isoformat())
    for question, juror in near:
        unit.note("reminded", "juror", juror.id, question=question.id)
    return len(near)


@command()
def end_unanswered(unit: Unit, *, actor: Actor, call: str) -> int:
    """End the readings whose juror has not answered a question on a tie in time; how many questions that were.

    Once the chair has confirmed nothing is read any more, and nothing is ended.
    """
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, call)
    late = [one for one in _unanswered(unit, row) if one[0].recorded_at <= case.settled(unit) - TIME_TO_ANSWER]
    for question, juror, file in late:
        questions.settle(unit, question, TieAnswer.TOO_LATE, is_by_rule=True)
        if pairs.block(unit, juror, file, is_by_rule=True) is not None:
            pairs.tell_secretariat(unit, "reader_lost", row, file, why="unanswered")
    return len(late)
