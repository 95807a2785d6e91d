"""Answers of the city: to a question of Commission or secretariat, and its one reply when found ineligible."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    ApplicationState,
    CheckOutcome,
    InformationRequest,
    RequestKind,
    ScreeningCheck,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.questionnaire.cleaning import clean_text
from gnlc_apply.services.application.submit import load_for_city
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import announce

_LONGEST = 5000


def _words(typed: str, field: str) -> str:
    words = clean_text(typed)
    if not words or len(words) > _LONGEST:
        wrong = Text("Write your answer, with %(limit)s characters or fewer.", limit=_LONGEST)
        raise Invalid(wrong, {field: wrong})
    return words


@command()
def answer_request(unit: Unit, *, actor: Actor, request: str, answer: str) -> None:
    """Answer a question. A return of named questions is answered by submitting the changes.

    Raises NotFound, or Conflict where it has been answered or closed.
    """
    found = unit.session.scalar(
        select(InformationRequest).where(InformationRequest.reference == request).with_for_update()
    )
    if found is None:
        raise NotFound()
    case = load_for_city(unit, unit.session.get_one(Application, found.application_id).reference)
    if found.kind is RequestKind.RETURN:
        raise Conflict(Text("Change the named questions and submit the changes."))
    if found.closed_at is not None:
        raise Conflict(Text("This question has been answered or closed already."))
    found.answer, found.answered_at, found.closed_at = _words(answer, "answer"), unit.now, unit.now
    unit.note("answered_request", "application", case.row.id, request=request)
    announce(unit, f"request_answered_{found.asked_for}", case.row, question=found.message, answer=found.answer)


@command()
def reply_to_ineligibility(unit: Unit, *, actor: Actor, reference: str, reply: str) -> None:
    """The city's one reply, within its ten days. Raises Conflict when it is too late or has been given."""
    case = load_for_city(unit, reference)
    check = unit.session.scalar(
        select(ScreeningCheck)
        .where(
            ScreeningCheck.application_id == case.row.id,
            ScreeningCheck.outcome == CheckOutcome.INELIGIBLE,
            ScreeningCheck.reversed_at.is_(None),
        )
        .order_by(ScreeningCheck.id.desc())
        .limit(1)
    )
    if check is None or case.row.state is not ApplicationState.INELIGIBLE:
        raise Conflict(Text("There is nothing to reply to."))
    if check.replied_at is not None:
        raise Conflict(Text("The one reply has been given already."))
    if check.final_at is not None or (check.reply_due_at is not None and case.now > check.reply_due_at):
        raise Conflict(Text("The time for a reply is over."))
    check.reply, check.replied_at, check.replied_by_id = _words(reply, "reply"), unit.now, actor.person_id
    unit.note("replied", "application", case.row.id, check=check.id)
    announce(unit, "ineligibility_reply", case.row, reply=check.reply)
