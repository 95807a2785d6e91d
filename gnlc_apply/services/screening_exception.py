"""Letting a city apply as an exception: its country is an Associate Member, or it is smaller than the call asks for."""

from __future__ import annotations

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import Application, ApplicationState
from gnlc_apply.permissions import Actor, Permission, require, require_seen
from gnlc_apply.services import case as cases
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import announce
from gnlc_apply.workflow.guards import before_jury

# Where an exception changes what can happen next.
_UNDER_WAY = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.ENDORSED,
    ApplicationState.NOT_ENDORSED,
    ApplicationState.UNANSWERED,
    ApplicationState.INELIGIBLE,
    ApplicationState.RETURNED,
)


@command()
def allow_exception(unit: Unit, *, actor: Actor, reference: str, reason: str) -> None:
    """Record that this city may apply although a rule speaks against it, with the reason; the city is told.

    It stands for the smallest population, and for the country where that was an Associate Member when the city began; a
    Member State that leaves is asked about again on the day. Raises Conflict where one is recorded already, or the file
    has gone on.
    """
    case = cases.load(unit, reference)
    require_seen(actor, Permission.LIST_AS_SECRETARIAT, case.facts)
    require(actor, Permission.HELP_CITY, case.facts)
    row: Application = case.row
    obstacle = before_jury(case)
    if row.state not in _UNDER_WAY or obstacle is not None:
        raise Conflict(obstacle or Text("This is not possible any more: the state has changed in the meantime."))
    if row.override_reason:
        raise Conflict(Text("An exception has been recorded for this city already."))
    if not reason.strip():
        raise Invalid(Text("Give a reason."), {"reason": Text("Give a reason.")})
    row.override_reason = reason.strip()
    unit.note("allowed_exception", "application", row.id, reason=row.override_reason)
    announce(unit, "exception_allowed", row, reason=row.override_reason)
