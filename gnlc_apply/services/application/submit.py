"""Submitting, taking back, submitting the changes, withdrawing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from gnlc_apply.models import (
    ApplicationState,
    ApplicationVersion,
    InformationRequest,
    PlacePurpose,
    RequestKind,
    VersionReason,
)
from gnlc_apply.permissions import Actor, Permission, require, require_seen
from gnlc_apply.services import case as cases
from gnlc_apply.services import objections, quota
from gnlc_apply.services.application.content import content_of, freeze
from gnlc_apply.services.application.voiding import end_links_of_removed, void_if_changed
from gnlc_apply.services.assignment import release_readers
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import move
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.guards import ApplicationCase


def load_for_city(unit: Unit, reference: str, permission: Permission = Permission.EDIT_AS_CITY) -> ApplicationCase:
    """The case, if the actor belongs to the city and may do this. Raises NotFound or Forbidden."""
    case = cases.load(unit, reference)
    require_seen(unit.actor, Permission.READ_AS_CITY, case.facts)
    require(unit.actor, permission, case.facts)
    return case


@command()
def submit(unit: Unit, *, actor: Actor, reference: str) -> None:
    """Submit the application as it stands; what counts for the deadline is when the request had arrived.

    Raises Conflict with the first reason why not.
    """
    case = load_for_city(unit, reference)
    _prepare(unit, case)
    # Flagged and looked at by an officer, who records an override: it may be submitted, not found eligible without one.
    case.state_may_apply = case.state_may_apply or case.row.is_associate_member
    row = case.row
    version = _frozen(unit, case)
    if version is not None:
        row.version_id, row.submitted_at, row.received_at, row.edited_at = version.id, unit.now, case.now, unit.now
    move(unit, APPLICATION, "submit", case, values=_values(version, case))


@command()
def take_back(unit: Unit, *, actor: Actor, reference: str) -> None:
    """Open all questions again until the deadline. If nothing is submitted until then, the last version stands."""
    case = load_for_city(unit, reference, Permission.OWN_AS_CITY)
    before = str(case.row.state)
    with unit.session.no_autoflush:
        move(unit, APPLICATION, "take_back", case, values={"until": case.cities_deadline.isoformat()})
    case.row.returned_from = before
    objections.lapse(unit, case.row.id)
    case.row.edited_at = unit.now


@command()
def resubmit(unit: Unit, *, actor: Actor, reference: str) -> None:
    """Submit the changes: the file goes back to the state it left. A Commission that had endorsed is told, and may object."""
    case = load_for_city(unit, reference)
    _prepare(unit, case)
    row, left = case.row, case.row.returned_from
    version = _frozen(unit, case)
    with unit.session.no_autoflush:
        if version is not None:
            row.version_id, row.received_at, row.edited_at = version.id, case.now, unit.now
        move(unit, APPLICATION, "resubmit", case, values=_values(version, case))
        row.returned_from = None
    _close_returns(unit, row.id)
    if left in ("endorsed", "eligible"):
        objections.follow(unit, row)


@command()
def withdraw(unit: Unit, *, actor: Actor, reference: str, reason: str = "") -> None:
    """Withdraw, at any time until the announcement and always alike. Places of the country become free."""
    case = load_for_city(unit, reference, Permission.OWN_AS_CITY)
    row = case.row
    name = "discard" if row.state is ApplicationState.DRAFT else "withdraw"
    with unit.session.no_autoflush:
        move(unit, APPLICATION, name, case, reason=reason)
        row.withdrawn_at, row.withdrawal_reason, row.returned_from = unit.now, reason.strip(), None
    _close_requests(unit, row.id)
    release_readers(unit, row)
    for purpose in (PlacePurpose.ENDORSEMENT, PlacePurpose.APPROVAL):
        # Not as the city's act: a place of approval is a decision that nobody has announced.
        quota.free(unit, purpose, row.id, is_by_rule=True)


def _prepare(unit: Unit, case: ApplicationCase) -> None:
    """What is missing, and whether the signature still stands."""
    if void_if_changed(unit, case.row):
        case.has_signature, case.signatures_given, case.signature_awaits_confirmation = False, 0, False
    end_links_of_removed(unit, case.row)
    content = content_of(unit.session, case.row)
    case.problems = content.problems()


def _frozen(unit: Unit, case: ApplicationCase) -> ApplicationVersion | None:
    """The version to submit; none where the move will be refused anyway."""
    if case.problems or case.row.state not in (ApplicationState.DRAFT, ApplicationState.RETURNED):
        return None
    return freeze(unit, case.row, VersionReason.SUBMISSION)


def _values(version: ApplicationVersion | None, case: ApplicationCase) -> dict[str, Any]:
    return {
        "version": version.short_code if version is not None else "",
        "received_at": case.now.isoformat(),
        "is_signed": case.has_signature,
        "is_partly_signed": case.signatures_given > 0,
        "commission_deadline": case.commission_deadline.isoformat(),
    }


def _close_returns(unit: Unit, application_id: int) -> None:
    unit.session.execute(
        update(InformationRequest)
        .where(
            InformationRequest.application_id == application_id,
            InformationRequest.kind == RequestKind.RETURN,
            InformationRequest.closed_at.is_(None),
        )
        .values(answered_at=unit.now, closed_at=unit.now)
    )


def _close_requests(unit: Unit, application_id: int) -> None:
    unit.session.execute(
        update(InformationRequest)
        .where(InformationRequest.application_id == application_id, InformationRequest.closed_at.is_(None))
        .values(closed_at=unit.now)
    )
