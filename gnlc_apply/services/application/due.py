"""What the system does when a deadline of the cities has passed."""

from __future__ import annotations

from sqlalchemy import select, update

from gnlc_apply.core.errors import NotFound
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    InformationRequest,
    RequestKind,
    Signature,
    SignatureRequest,
)
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services import objections
from gnlc_apply.services.application.voiding import EDITED, end_links_of_removed, live_signatures, void
from gnlc_apply.services.case import case_of, settled
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import move
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.engine import obstacle
from gnlc_apply.workflow.guards import ApplicationCase


@command()
def expire_drafts(unit: Unit, *, actor: Actor, call: str) -> int:
    """Record of each draft whose own deadline has passed that it was not submitted; how many."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    done = 0
    for row in _rows(unit, call, ApplicationState.DRAFT):
        case = _late_case(unit, row)
        if obstacle(APPLICATION["expire"], case) is None:
            move(unit, APPLICATION, "expire", case)
            _revoke_links(unit, row.id)
            done += 1
    return done


@command()
def let_last_versions_stand(unit: Unit, *, actor: Actor, call: str) -> int:
    """Bring each returned file whose date has passed back to the state it left, with its last version; how many."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    done = 0
    for row in _rows(unit, call, ApplicationState.RETURNED):
        case = _late_case(unit, row)
        if obstacle(APPLICATION["let_last_version_stand"], case) is not None:
            continue
        left = row.returned_from
        with unit.session.no_autoflush:
            move(unit, APPLICATION, "let_last_version_stand", case)
            row.returned_from = None
        _close_returns(unit, row.id)
        if left in ("endorsed", "eligible"):
            objections.follow(unit, row)
        _restore_signatures(unit, row)
        end_links_of_removed(unit, row)
        done += 1
    return done


def _late_case(unit: Unit, row: Application) -> ApplicationCase:
    """The case as of the moment whose requests have all been answered by now."""
    case = case_of(unit, row)
    case.now = settled(unit)
    return case


def _rows(unit: Unit, call: str, state: ApplicationState) -> list[Application]:
    """The files of the call in this state, unless nobody's deadline can have passed yet."""
    found = unit.session.scalar(select(Call).where(Call.reference == call))
    if found is None:
        raise NotFound()
    if state is ApplicationState.DRAFT and settled(unit) <= found.deadline_at:
        return []
    return list(
        unit.session.scalars(
            select(Application)
            .where(Application.call_id == found.id, Application.state == state)
            .order_by(Application.id)
            .with_for_update()
        )
    )


def _close_returns(unit: Unit, application_id: int) -> None:
    unit.session.execute(
        update(InformationRequest)
        .where(
            InformationRequest.application_id == application_id,
            InformationRequest.kind == RequestKind.RETURN,
            InformationRequest.closed_at.is_(None),
        )
        .values(closed_at=unit.now)
    )


def _revoke_links(unit: Unit, application_id: int) -> None:
    unit.session.execute(
        update(SignatureRequest)
        .where(SignatureRequest.application_id == application_id, SignatureRequest.revoked_at.is_(None))
        .values(revoked_at=unit.now)
    )


def _restore_signatures(unit: Unit, row: Application) -> None:
    """The last version stands with the signatures it had, which an edit that was never submitted had voided."""
    for live in live_signatures(unit, row.id):
        if live.version_id != row.version_id:
            void(unit, row, live, EDITED)
    unit.session.flush()
    standing = {live.constituent for live in live_signatures(unit, row.id)}
    former = unit.session.scalars(
        select(Signature)
        .where(
            Signature.application_id == row.id,
            Signature.version_id == row.version_id,
            Signature.voided_at.is_not(None),
            Signature.void_reason == EDITED,
            Signature.refused_at.is_(None),
        )
        .order_by(Signature.id.desc())
    )
    for signature in former:
        if signature.constituent not in standing:
            standing.add(signature.constituent)
            signature.voided_at, signature.void_reason = None, ""
            unit.note("restored_signature", "application", row.id, signature=signature.id)
