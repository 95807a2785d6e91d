"""The cases of many applications at once, as giving them to the jury needs them: few statements, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gnlc_apply.models import (
    Application,
    ApplicationMember,
    ApplicationState,
    Call,
    CallState,
    Endorsement,
    MemberRole,
    Objection,
    StaffConflict,
)
from gnlc_apply.permissions import ApplicationFacts
from gnlc_apply.queries import signature_count
from gnlc_apply.queries.among import among
from gnlc_apply.queries.signature_count import SignatureCount
from gnlc_apply.services.command import Unit
from gnlc_apply.workflow.guards import ApplicationCase

_NONE = SignatureCount()


def load_many(unit: Unit, call_id: int, states: Iterable[ApplicationState]) -> list[ApplicationCase]:
    """The cases of all applications of a call in these states: who may not act on them, signatures, possible objections.

    Five statements, however many there are; the guards' other details are left at their defaults.
    """
    rows = unit.session.scalars(
        select(Application)
        .where(Application.call_id == call_id, Application.state.in_(list(states)))
        .order_by(Application.id)
        .with_for_update()
    ).all()
    call = unit.session.get_one(Call, call_id)
    ids = [row.id for row in rows]
    tied, members = _tied(unit.session, ids)
    signatures = signature_count.of_applications(unit.session, ids)
    objections = dict(_objections(unit.session, ids))
    return [
        ApplicationCase(
            row=row,
            facts=ApplicationFacts(
                row.id,
                row.call_id,
                row.country,
                str(row.state),
                members=members[row.id],
                conflicted_staff=frozenset(tied[row.id]),
            ),
            now=unit.arrived_at,
            call_is_open=call.state is CallState.OPEN,
            cities_deadline=call.deadline_at,
            commission_deadline=call.commission_deadline_at,
            has_signature=(counted := signatures.get(row.id, _NONE)).is_complete,
            signatures_given=counted.given,
            signature_awaits_confirmation=counted.unconfirmed > 0,
            objection_due_at=objections.get(row.id),
        )
        for row in rows
    ]


def _tied(session: Session, ids: Sequence[int]) -> tuple[dict[int, set[int]], dict[int, dict[int, MemberRole]]]:
    """By application: staff with a declared tie, and the city's officials."""
    tied: dict[int, set[int]] = defaultdict(set)
    declared = select(StaffConflict.application_id, StaffConflict.person_id)
    for application_id, person_id in session.execute(declared.where(among(StaffConflict.application_id, ids))):
        tied[application_id].add(person_id)
    members: dict[int, dict[int, MemberRole]] = defaultdict(dict)
    own = select(ApplicationMember.application_id, ApplicationMember.person_id, ApplicationMember.role).where(
        among(ApplicationMember.application_id, ids), ApplicationMember.removed_at.is_(None)
    )
    for application_id, person_id, role in session.execute(own):
        members[application_id][person_id] = role
    return tied, members


def _objections(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, datetime]]:
    """The applications of whose changes the Commission was told, and until when it may object."""
    query = (
        select(Endorsement.application_id, func.max(Objection.due_at))
        .join(Objection, Objection.endorsement_id == Endorsement.id)
        .where(among(Endorsement.application_id, ids), Endorsement.revoked_at.is_(None))
        .where(Objection.objected_at.is_(None), Objection.lapsed_at.is_(None))
        .group_by(Endorsement.application_id)
    )
    yield from ((row[0], row[1]) for row in session.execute(query))
