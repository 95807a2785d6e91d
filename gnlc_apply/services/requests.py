"""Questions to the city and returns of named questions: the same for a Commission and for the secretariat."""

from __future__ import annotations

from datetime import datetime

from gnlc_apply.core import reference_number
from gnlc_apply.core.errors import Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import Application, InformationRequest, RequestKind
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.questionnaire import Form, UnknownQuestion
from gnlc_apply.services import objections
from gnlc_apply.services.command import Unit
from gnlc_apply.services.link_times import lengthen_links
from gnlc_apply.services.moves import announce, move
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.guards import ApplicationCase


def _check(now: datetime, message: str, due_at: datetime) -> None:
    problems = {}
    if not message.strip():
        problems["message"] = Text("Write what the city is asked for.")
    if due_at <= now:
        problems["due_at"] = Text("Choose a date that lies ahead.")
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _is_known(form: Form, key: str) -> bool:
    """Whether a key is a question, an answer of a repeated item, or a whole group."""
    try:
        form.expand(key)
    except UnknownQuestion:
        return any(group.key == key for group in form.groups)
    return True


def _add(
    unit: Unit, application_id: int, kind: RequestKind, asker: str, keys: list[str], message: str, due_at: datetime
) -> str:
    reference = reference_number.create("REQ", 6)
    unit.session.add(
        InformationRequest(
            reference=reference,
            application_id=application_id,
            kind=kind,
            asked_for=asker,
            keys=keys,
            message=message.strip(),
            due_at=due_at,
            asked_at=unit.now,
            asked_by_id=unit.actor.person_id,
        )
    )
    return reference


def ask_city(unit: Unit, case: ApplicationCase, asker: str, message: str, due_at: datetime) -> str:
    """Put a question to the city; ``asker`` is ``commission`` or ``secretariat``. The request's reference."""
    _check(unit.now, message, due_at)
    row = case.row
    request = _add(unit, row.id, RequestKind.QUESTION, asker, [], message, due_at)
    unit.note("asked", "application", row.id, request=request, asker=asker, message=message.strip())
    announce(
        unit, f"{asker}_question", row, message=message.strip(), due_at=due_at.isoformat(), request_reference=request
    )
    return request


def return_to_city(
    unit: Unit, case: ApplicationCase, transition: str, asker: str, keys: list[str], message: str, due_at: datetime
) -> str:
    """Open named questions to the city until a date; everything else stays locked. The request's reference."""
    _check(unit.now, message, due_at)
    form = form_of(unit.session, case.row.form_version_id)
    wanted = list(dict.fromkeys(keys))
    if not wanted or not all(_is_known(form, key) for key in wanted):
        words = Text("Choose the questions that the city may change.")
        raise Invalid(words, {"keys": words})
    row = case.row
    row.returned_from = str(row.state)
    values = {"message": message.strip(), "due_at": due_at.isoformat(), "asker": asker}
    move(unit, APPLICATION, transition, case, message, values=values)
    objections.lapse(unit, row.id)
    lengthen_links(unit, due_at, Application.id == row.id)
    return _add(unit, row.id, RequestKind.RETURN, asker, wanted, message, due_at)
