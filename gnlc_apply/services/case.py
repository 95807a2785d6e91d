"""All that the policy and the guards of an application need, loaded in one go."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import NotFound
from gnlc_apply.models import (
    LIVE_STATES,
    Application,
    ApplicationMember,
    ApplicationState,
    ApplicationVersion,
    Assignment,
    Call,
    CallState,
    Cohort,
    CohortState,
    Deadline,
    Endorsement,
    EndorsementOutcome,
    Extension,
    ExtensionScope,
    InformationRequest,
    Juror,
    JurorFile,
    MemberRole,
    Membership,
    Objection,
    PlacePurpose,
    QuotaPlace,
    RequestKind,
    StaffConflict,
    State,
    StateStatus,
)
from gnlc_apply.permissions import ApplicationFacts
from gnlc_apply.queries import signature_count
from gnlc_apply.questionnaire.population import Size, binding, size
from gnlc_apply.services import quota
from gnlc_apply.services.command import Unit
from gnlc_apply.workflow.guards import ApplicationCase

# A request that had arrived in time may still be at work when the clock has passed the deadline: it comes first.
STILL_AT_WORK = timedelta(minutes=2)


def settled(unit: Unit) -> datetime:
    """The moment all of whose requests have been answered by now: what ends somebody's time looks back this far."""
    return unit.now - STILL_AT_WORK


@cache
def _relations() -> CompoundSelect[tuple[str, int, Any]]:
    """Who stands in which relation to a file, as (relation, person, role) in one statement; put together once."""
    application_id: BindParameter[int] = bindparam("application_id")
    return union_all(
        select(literal("member"), ApplicationMember.person_id, ApplicationMember.role).where(
            ApplicationMember.application_id == application_id, ApplicationMember.removed_at.is_(None)
        ),
        select(literal("reader"), Juror.person_id, null())
        .join(Assignment, Assignment.juror_id == Juror.id)
        .where(Assignment.application_id == application_id, Assignment.ended_at.is_(None), Juror.ended_at.is_(None)),
        select(literal("free"), Juror.person_id, null())
        .join(Assignment, Assignment.juror_id == Juror.id)
        .where(
            Assignment.application_id == application_id,
            Assignment.ended_at.is_(None),
            Juror.ended_at.is_(None),
            Assignment.declared_free_at.is_not(None),
        ),
        select(literal("blocked"), Juror.person_id, null())
        .join(JurorFile, JurorFile.juror_id == Juror.id)
        .where(JurorFile.application_id == application_id, JurorFile.is_blocked.is_(True)),
        select(literal("staff"), StaffConflict.person_id, null()).where(StaffConflict.application_id == application_id),
    )


def facts(session: Session, application: Application) -> ApplicationFacts:
    """What the policy asks about an application."""
    found: dict[str, dict[int, Any]] = {k: {} for k in ("member", "reader", "free", "blocked", "staff")}
    for relation, person_id, role in session.execute(_relations(), {"application_id": application.id}):
        found[relation][person_id] = role
    return ApplicationFacts(
        id=application.id,
        call_id=application.call_id,
        country=application.country,
        state=str(application.state),
        was_submitted=application.submitted_at is not None,
        members={person: MemberRole(role) for person, role in found["member"].items()},
        readers=frozenset(found["reader"]),
        free_readers=frozenset(found["free"]),
        blocked=frozenset(found["blocked"]),
        conflicted_staff=frozenset(found["staff"]),
    )


def deadlines(session: Session, call: Call, application: Application | None, country: str) -> tuple[datetime, datetime]:
    """The cities' and the Commissions' deadline that bind this file: the call's, grace and extensions included."""
    reach = or_(
        Extension.scope == ExtensionScope.ALL,
        (Extension.scope == ExtensionScope.COUNTRY) & (Extension.country == country),
        (Extension.scope == ExtensionScope.CITY) & (Extension.application_id == (application.id if application else 0)),
    )
    rows = session.execute(
        select(Extension.deadline, func.max(Extension.until_at))
        .where(Extension.call_id == call.id, reach)
        .group_by(Extension.deadline)
    ).all()
    longer = {row[0]: row[1] for row in rows}
    cities = max(call.deadline_at, longer.get(Deadline.CITIES, call.deadline_at))
    commissions = max(
        call.commission_deadline_at, longer.get(Deadline.COMMISSIONS, call.commission_deadline_at), cities
    )
    return cities + timedelta(minutes=call.grace_minutes), commissions


def state_may_apply(state: State | None, on: datetime) -> bool:
    """Whether the state is a UNESCO Member State on that day (states join and leave: dates)."""
    if state is None or state.status is not StateStatus.MEMBER:
        return False
    day = on.date()
    return (state.member_from is None or state.member_from <= day) and (
        state.member_until is None or day <= state.member_until
    )


def find(session: Session, reference: str) -> Application:
    """The application with this reference, locked for this unit. Raises NotFound."""
    row = session.scalar(_by_reference(), {"reference": reference})
    if row is None:
        raise NotFound()
    return row


@cache
def _by_reference() -> Select[Application]:
    return select(Application).where(Application.reference == bindparam("reference")).with_for_update()


def lock(session: Session, reference: str) -> None:
    """Make others who act on this application wait for this unit. SQLite lets one write at a time anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection().execute(_locked(), {"reference": reference})


@cache
def _locked() -> Select[int]:
    return select(Application.id).where(Application.reference == bindparam("reference")).with_for_update()


def load_facts(unit: Unit, reference: str) -> tuple[Application, ApplicationFacts]:
    """The application and what the policy asks about it, for acts that move nothing and so ask no guard. Raises NotFound."""
    row = find(unit.session, reference)
    return row, facts(unit.session, row)


def load(unit: Unit, reference: str) -> ApplicationCase:
    """The case of an application by its reference. Raises NotFound."""
    return case_of(unit, find(unit.session, reference))


def case_of(unit: Unit, row: Application) -> ApplicationCase:
    """The case of an application that is already at hand."""
    session = unit.session
    call = session.get_one(Call, row.call_id)
    cities, commissions = deadlines(session, call, row, row.country)
    signatures = signature_count.of_application(session, row.id)
    case = ApplicationCase(
        row=row,
        facts=facts(session, row),
        now=unit.arrived_at,
        call_is_open=call.state is CallState.OPEN and unit.arrived_at >= call.opens_at,
        cities_deadline=cities,
        commission_deadline=commissions,
        signature_may_follow=call.signature_may_follow,
        has_signature=signatures.is_complete,
        signatures_given=signatures.given,
        signature_awaits_confirmation=signatures.unconfirmed > 0,
        state_may_apply=state_may_apply(session.get(State, row.country), unit.arrived_at)
        # An exception for size does not stand for a Member State that leaves.
        or (row.is_associate_member and bool(row.override_reason)),
        free_endorsement_places=quota.free_places(session, call, row.country, PlacePurpose.ENDORSEMENT),
        is_city_confirmed=row.city_id is not None,
    )
    _add_relations(session, case, call)
    stated = _size(session, row, binding(call.smallest_population, row.override_reason))
    case.is_too_small, case.is_size_unknown = stated is Size.TOO_SMALL, stated is Size.NOT_KNOWN
    return case


def _size(session: Session, row: Application, smallest: int | None) -> Size:
    """How the population of the text that was submitted last compares with what binds this file."""
    if smallest is None or row.version_id is None:
        return Size.FITS
    content = session.scalars(select(ApplicationVersion.content).where(ApplicationVersion.id == row.version_id)).one()
    return size(json.loads(content)["answers"], smallest)


def _add_relations(session: Session, case: ApplicationCase, call: Call) -> None:
    """What else is true of the city, the place it holds, the jury and the list: one statement."""
    row = case.row
    membership = select(Membership.id).where(Membership.city_id == row.city_id, Membership.until_on.is_(None))
    other = select(Application.id).where(
        Application.city_id == row.city_id, Application.id != row.id, Application.state.in_(LIVE_STATES)
    )
    place = select(QuotaPlace.id).where(
        QuotaPlace.application_id == row.id, QuotaPlace.purpose == PlacePurpose.ENDORSEMENT
    )
    # Windows, not phases: what counts is that this file was given to the jury, not that others were.
    jury = select(Assignment.id).where(Assignment.application_id == row.id)
    call_jury = select(Assignment.id).join(Juror, Juror.id == Assignment.juror_id).where(Juror.call_id == call.id)
    locked = select(Cohort.id).where(Cohort.call_id == call.id, Cohort.state != CohortState.PREPARING)
    due = select(func.max(InformationRequest.due_at)).where(
        InformationRequest.application_id == row.id,
        InformationRequest.kind == RequestKind.RETURN,
        InformationRequest.closed_at.is_(None),
    )
    endorsed = select(Endorsement.id).where(
        Endorsement.application_id == row.id,
        Endorsement.outcome == EndorsementOutcome.ENDORSED,
        Endorsement.revoked_at.is_(None),
    )
    objection = (
        select(func.max(Objection.due_at))
        .join(Endorsement, Endorsement.id == Objection.endorsement_id)
        .where(
            Endorsement.application_id == row.id,
            Endorsement.revoked_at.is_(None),
            Objection.objected_at.is_(None),
            Objection.lapsed_at.is_(None),
        )
    )
    found = session.execute(
        select(
            membership.exists().label("membership"),
            other.exists().label("other"),
            place.exists().label("place"),
            jury.exists().label("jury"),
            call_jury.exists().label("call_jury"),
            locked.exists().label("locked"),
            endorsed.exists().label("endorsed"),
            due.scalar_subquery().label("due"),
            objection.scalar_subquery().label("objection_due"),
        )
    ).one()
    case.has_running_membership = bool(found.membership) and row.city_id is not None
    case.has_other_live_application = bool(found.other) and row.city_id is not None
    case.is_endorsement_running = bool(found.place) and bool(found.endorsed)
    case.has_jury_started = bool(found.jury)
    case.is_list_locked = bool(found.locked)
    if found.call_jury and not found.endorsed:
        # Moving up ends with the call's first confirmed assignment: what was freed since is not given again.
        case.free_endorsement_places = quota.never_taken(session, call, row.country)
    case.objection_due_at = found.objection_due
    if row.state is ApplicationState.RETURNED:
        # Taken back by the city itself: until its own deadline. Returned by somebody: until the date they named.
        case.return_due_at = found.due or case.cities_deadline
