"""What the secretariat and the clock do about questions on ties: decide those left to it, end those not answered in time."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.jury.conflicts import Level
from gnlc_apply.models import Application, Assignment, Call, ConflictOfInterest, Juror, Minutes, TieAnswer
from gnlc_apply.permissions import Actor, Permission, require, require_seen
from gnlc_apply.queries.embargoed.tie_questions import TIME_TO_ANSWER, open_questions
from gnlc_apply.services import case
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.ties import pairs, questions


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


@command()
def end_unanswered(unit: Unit, *, actor: Actor, call: str) -> int:
    """End the readings whose juror has not answered a question on a tie in time; how many questions that were.

    Once the chair has confirmed nothing is read any more, and nothing is ended.
    """
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, call)
    if unit.session.scalar(select(Minutes.id).where(Minutes.call_id == row.id)) is not None:
        return 0
    late = unit.session.execute(
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
            ConflictOfInterest.recorded_at <= case.settled(unit) - TIME_TO_ANSWER,
        )
        .order_by(ConflictOfInterest.id)
        .with_for_update(of=ConflictOfInterest)
    ).all()
    for question, juror, file in late:
        questions.settle(unit, question, TieAnswer.TOO_LATE, is_by_rule=True)
        if pairs.block(unit, juror, file, is_by_rule=True) is not None:
            pairs.tell_secretariat(unit, "reader_lost", row, file, why="unanswered")
    return len(late)
