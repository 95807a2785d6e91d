"""What a National Commission does with its country's files: endorse, decline, revoke, object, ask, return, rank."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    CommissionRank,
    Endorsement,
    EndorsementOutcome,
    FileOpened,
    Objection,
    PlacePurpose,
)
from gnlc_apply.permissions import CITY_ONLY, Actor, Permission, require, require_seen
from gnlc_apply.services import case as cases
from gnlc_apply.services import quota
from gnlc_apply.services.call.finding import find as find_call
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.endorsement_times import leave_unanswered, remind
from gnlc_apply.services.moves import move
from gnlc_apply.services.requests import ask_city, return_to_city
from gnlc_apply.services.seen import refuse_unseen
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.guards import ApplicationCase, before_commission_deadline

__all__ = [
    "ask",
    "decline",
    "endorse",
    "leave_unanswered",
    "object_to_change",
    "rank",
    "record_opening",
    "remind",
    "return_questions",
    "revoke",
]


def _load(unit: Unit, reference: str, seen: str | None = None) -> ApplicationCase:
    """The case, if this actor may see the file and has seen its version; an official of the city is refused by the act."""
    case = cases.load(unit, reference)
    require_seen(unit.actor, Permission.READ_AS_COMMISSION, case.facts)
    refuse_unseen(unit, case.row, seen, "version")
    return case


def _named(name: str, function: str) -> tuple[str, str]:
    """Who acts for the Commission, typed at each act. Raises Invalid where something is missing."""
    problems = {}
    if not name.strip():
        problems["name"] = Text("Enter your name.")
    if not function.strip():
        problems["function"] = Text("Enter your function at the National Commission.")
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    return name.strip(), function.strip()


def running(unit: Unit, application_id: int) -> Endorsement | None:
    """The Commission's word on a file, unless it was revoked."""
    return unit.session.scalar(
        select(Endorsement)
        .where(Endorsement.application_id == application_id, Endorsement.revoked_at.is_(None))
        .with_for_update()
    )


def _answer(unit: Unit, row: Application, outcome: EndorsementOutcome, name: str, function: str, reason: str) -> None:
    unit.session.add(
        Endorsement(
            application_id=row.id,
            version_id=row.version_id,
            outcome=outcome,
            name=name,
            function=function,
            reason=reason,
            acted_at=unit.now,
            actor_id=unit.actor.person_id,
        )
    )


def end_running(unit: Unit, row: Application, reason: str) -> None:
    """The Commission's word no longer holds."""
    endorsement = running(unit, row.id)
    if endorsement is not None:
        endorsement.revoked_at, endorsement.revoked_by_id = unit.now, unit.actor.person_id
        endorsement.revocation_reason = reason
        unit.session.flush()


@command()
def endorse(unit: Unit, *, actor: Actor, reference: str, name: str, function: str, seen: str | None = None) -> int:
    """Endorse the version at hand and take one of the country's places; the place's number.

    Here as in every act below, ``seen`` is the mark of what was shown (``queries.seen``): an act is of that version. Raises
    Conflict when the city has submitted another one since, all places are taken or the deadline has passed.
    """
    case = _load(unit, reference, seen)
    who, what = _named(name, function)
    row: Application = case.row
    move(unit, APPLICATION, "endorse", case, values={"commission_name": who, "commission_function": what})
    call = unit.session.get_one(Call, row.call_id)
    number = quota.take(unit, call, row.country, PlacePurpose.ENDORSEMENT, row.id)
    _answer(unit, row, EndorsementOutcome.ENDORSED, who, what, "")
    return number


@command()
def decline(
    unit: Unit, *, actor: Actor, reference: str, name: str, function: str, reason: str, seen: str | None = None
) -> None:
    """Do not endorse, with a reason that the city reads."""
    case = _load(unit, reference, seen)
    who, what = _named(name, function)
    move(
        unit,
        APPLICATION,
        "decline_endorsement",
        case,
        reason,
        values={"commission_name": who, "commission_function": what},
    )
    _answer(unit, case.row, EndorsementOutcome.DECLINED, who, what, reason.strip())


@command()
def revoke(
    unit: Unit, *, actor: Actor, reference: str, name: str, function: str, reason: str, seen: str | None = None
) -> None:
    """Revoke an endorsement before the Commission's deadline; its place is free again."""
    case = _load(unit, reference, seen)
    who, what = _named(name, function)
    values = {"commission_name": who, "commission_function": what}
    move(unit, APPLICATION, "revoke_endorsement", case, reason, values=values)
    end_running(unit, case.row, reason.strip())
    quota.free(unit, PlacePurpose.ENDORSEMENT, case.row.id)


def _objection(unit: Unit, application_id: int) -> Objection | None:
    return unit.session.scalar(
        select(Objection)
        .join(Endorsement, Endorsement.id == Objection.endorsement_id)
        .where(
            Endorsement.application_id == application_id,
            Endorsement.revoked_at.is_(None),
            Objection.objected_at.is_(None),
            Objection.lapsed_at.is_(None),
            Objection.due_at >= unit.arrived_at,
        )
        .order_by(Objection.due_at.desc())
        .limit(1)
    )


@command()
def object_to_change(
    unit: Unit,
    *,
    actor: Actor,
    reference: str,
    reason: str,
    name: str = "",
    function: str = "",
    seen: str | None = None,
) -> None:
    """Object to what the city changed after the endorsement, within five working days. The endorsement ends.

    Before the Commission's deadline the file is before the Commission again; after it, the file is not endorsed.
    """
    case = _load(unit, reference, seen)
    who, what = _named(name or actor.name, function or str(Text("National Commission for UNESCO")))
    is_late = case.now > case.commission_deadline
    objection = _objection(unit, case.row.id)
    values = {"commission_name": who, "commission_function": what}
    act = "object_to_change_late" if is_late else "object_to_change"
    move(unit, APPLICATION, act, case, reason, values=values)
    if objection is None:
        raise Conflict(Text("There is no change to which the National Commission could object now."))
    objection.objected_at, objection.reason = unit.now, reason.strip()
    end_running(unit, case.row, reason.strip())
    quota.free(unit, PlacePurpose.ENDORSEMENT, case.row.id)
    if is_late:
        _answer(unit, case.row, EndorsementOutcome.DECLINED, who, what, reason.strip())


@command()
def ask(unit: Unit, *, actor: Actor, reference: str, message: str, due_at: datetime, seen: str | None = None) -> str:
    """Ask the city a question; the file stays where it is. The reference of the request."""
    case = _load(unit, reference, seen)
    require(actor, Permission.ACT_AS_COMMISSION, case.facts)
    if case.row.state is not ApplicationState.SUBMITTED:
        raise Conflict(Text("The National Commission asks while the file is before it."))
    late = before_commission_deadline(case)
    if late is not None:
        raise Conflict(late)
    return ask_city(unit, case, "commission", message, due_at)


@command()
def return_questions(
    unit: Unit,
    *,
    actor: Actor,
    reference: str,
    keys: list[str],
    message: str,
    due_at: datetime,
    seen: str | None = None,
) -> str:
    """Return named questions to the city with words and a date within the Commission's own time."""
    case = _load(unit, reference, seen)
    if due_at > case.commission_deadline:
        words = Text("Choose a date before your own deadline, %(moment)s.", moment=case.commission_deadline)
        raise Invalid(words, {"due_at": words})
    return return_to_city(unit, case, "return_as_commission", "commission", keys, message, due_at)


def _files(unit: Unit, call_id: int, country: str) -> dict[str, Application]:
    rows = unit.session.scalars(
        select(Application).where(
            Application.call_id == call_id, Application.country == country, Application.state.not_in(CITY_ONLY)
        )
    )
    return {row.reference: row for row in rows}


@command()
def rank(unit: Unit, *, actor: Actor, call: str, country: str, references: list[str]) -> None:
    """Put the country's files in the Commission's order, best first. Files not named lose their place in it.

    Information only; hidden from jurors until their scores are in. Raises Forbidden where one of the files is the
    actor's own city's.
    """
    if country not in actor.countries:
        raise NotFound()
    row = find_call(unit, call)
    if unit.arrived_at > cases.deadlines(unit.session, row, None, country)[1]:
        raise Conflict(Text("The order can be changed until the deadline of the National Commission."))
    files = _files(unit, row.id, country)
    if len(set(references)) != len(references) or any(r not in files for r in references):
        raise Conflict(Text("The list has changed in the meantime. Look at the page again."))
    for reference in references:
        require(actor, Permission.ACT_AS_COMMISSION, cases.facts(unit.session, files[reference]))
    ids = [file.id for file in files.values()]
    unit.session.execute(delete(CommissionRank).where(CommissionRank.application_id.in_(ids)))
    ranked = [{"application_id": files[r].id, "position": n} for n, r in enumerate(references, 1)]
    if ranked:
        unit.session.execute(insert(CommissionRank), ranked)
    unit.note("ranked", "call", row.id, country=country, order=references)


@command()
def record_opening(unit: Unit, *, actor: Actor, reference: str) -> None:
    """Record that the Commission has looked at a file; the city sees that, and when first."""
    case = _load(unit, reference)
    if actor.person_id in case.facts.members:
        return
    if unit.session.scalar(select(FileOpened.id).where(FileOpened.application_id == case.row.id)) is None:
        unit.session.add(FileOpened(application_id=case.row.id, opened_at=unit.now))
        unit.note("opened_by_commission", "application", case.row.id)
