"""What asking, signing and letters share: when a signature can be given, how it is kept, whom to write to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Application, ApplicationState, ApplicationVersion, Signature, SignatureRequest
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import signature_count
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.questionnaire.constituents import WHOLE
from gnlc_apply.services.application.content import constituents_of, content_of, standing
from gnlc_apply.services.application.voiding import live_signature, void_if_changed
from gnlc_apply.services.command import Unit
from gnlc_apply.workflow.guards import ApplicationCase

TOKEN = "signature_request"
CODE_LIVES = timedelta(hours=24)
WRONG_CODES = 10
CODES_A_DAY = 6
LINKS_A_DAY = 10
SIGNABLE = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.ENDORSED,
    ApplicationState.RETURNED,
)
SIGNATORY = Actor(kind="signatory")
"""Whoever holds a personal link."""


def party(unit: Unit, row: Application, constituent: int) -> dict[str, Any]:
    """For whom a link or a signature is: the columns that say so. Raises NotFound for a constituent nobody named."""
    if constituent == WHOLE:
        return {"constituent": WHOLE, "constituent_name": ""}
    named = {one.number: one.name for one in constituents_of(standing(unit.session, row))}
    if constituent not in named:
        raise NotFound()
    return {"constituent": constituent, "constituent_name": named[constituent]}


def refuse_unless_signable(unit: Unit, case: ApplicationCase, constituent: int) -> None:
    """Raise Conflict where a signature cannot be given now: signed already, too late, or the text is incomplete."""
    row = case.row
    if row.state not in SIGNABLE:
        raise Conflict(Text("This application cannot be signed any more."))
    if case.now > max(case.commission_deadline, case.return_due_at or case.commission_deadline):
        raise Conflict(Text("The time for the signature is over."))
    if live_signature(unit, row.id, constituent) is not None:
        raise Conflict(Text("This version is signed already."))
    problems = content_of(unit.session, row).signed_problems() if row.state is ApplicationState.DRAFT else ()
    if problems:
        raise Conflict(
            Text("The text is not complete yet: %(number)s answers still need attention.", number=len(problems))
        )


def wording_of(unit: Unit, row: Application) -> str:
    """Which wording of the commitment was agreed to: the form's version."""
    return form_of(unit.session, row.form_version_id).version[:40]


def keep(unit: Unit, row: Application, signature: Signature, version: ApplicationVersion) -> None:
    """Inner act: keep a signature and note its evidence. What was signed of another text does not stand beside it."""
    void_if_changed(unit, row)
    unit.session.add(signature)
    unit.session.flush()
    unit.note(
        "signed",
        "application",
        row.id,
        signature=signature.id,
        constituent=signature.constituent,
        method=signature.method.value,
        version=version.number,
        sha256=version.sha256,
    )


def outstanding(unit: Unit, row: Application) -> int:
    """How many signatures the text still needs, once one of them is there."""
    counted = signature_count.of_application(unit.session, row.id)
    return max(counted.needed - counted.given, 0)


def write_to(unit: Unit, row: Application, request: SignatureRequest, kind: str, values: dict[str, Any]) -> None:
    """Inner act: a message to the signatory\'s own address."""
    known = {
        "name": request.name,
        "reference": row.reference,
        "place": row.place_name,
        "constituent": request.constituent_name,
    }
    unit.send(
        Message(
            kind=kind,
            recipient=request.email,
            language=request.language,
            application_id=row.id,
            values={**known, **values},
        )
    )
