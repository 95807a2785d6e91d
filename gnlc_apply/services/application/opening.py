"""Which answers may be changed now, and by whom. Inner functions: they take the session of a command."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.models import ApplicationState, InformationRequest, RequestKind
from gnlc_apply.questionnaire.form import Question, template_key

LOCKED = Text("This application has been submitted. It can be changed only after it was taken back or returned.")
NOT_NAMED = Text("Only the questions named in the request can be changed.")


def returned_keys(session: Session, application_id: int) -> frozenset[str] | None:
    """The keys that open returns name; None when every question is open (taken back by the city, or nothing named)."""
    rows = session.scalars(
        select(InformationRequest.keys).where(
            InformationRequest.application_id == application_id,
            InformationRequest.kind == RequestKind.RETURN,
            InformationRequest.closed_at.is_(None),
        )
    ).all()
    named = frozenset(key for keys in rows for key in keys)
    return named or None


def is_open(question: Question, named: AbstractSet[str] | None) -> bool:
    """Whether a return leaves this question open: by its key, the form's key, its group or its section."""
    if named is None:
        return True
    return not named.isdisjoint({question.key, template_key(question), question.group or "", question.section})


def refuse_unless_editable(state: ApplicationState, arrived_at: datetime, until: datetime) -> None:
    """Raise Conflict where the text is locked by its state, or the time is over."""
    if state not in (ApplicationState.DRAFT, ApplicationState.RETURNED):
        raise Conflict(LOCKED)
    if arrived_at > until:
        raise Conflict(Text("The deadline was %(moment)s.", moment=until))
