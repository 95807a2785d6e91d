"""The secretariat's check of a file: eligible or not, returned, reversed, a late letter, its city, its spelling."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    CheckOutcome,
    Deadline,
    Endorsement,
    EndorsementOutcome,
    ExtensionScope,
    PlacePurpose,
    ScreeningCheck,
    StaffConflict,
)
from gnlc_apply.permissions import Actor, Permission, require, require_seen
from gnlc_apply.services import case as cases
from gnlc_apply.services import quota
from gnlc_apply.services.call.extension import add as add_extension
from gnlc_apply.services.call.finding import find as find_call
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.endorsement import end_running
from gnlc_apply.services.moves import announce, move
from gnlc_apply.services.requests import ask_city, return_to_city
from gnlc_apply.services.screening_places import confirm_city, correct_spelling
from gnlc_apply.services.seen import refuse_unseen
from gnlc_apply.services.ties import keep_apart
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.guards import ApplicationCase, before_jury

__all__ = [
    "ask",
    "confirm_city",
    "confirm_ineligible",
    "correct_spelling",
    "declare_staff_conflict",
    "find_eligible",
    "find_ineligible",
    "make_final",
    "record_late_letter",
    "return_questions",
    "reverse",
]

TIME_TO_REPLY = timedelta(days=10)


def _load(unit: Unit, reference: str, seen: str | None = None, *parts: str) -> ApplicationCase:
    """The case, if this actor may see the file and has seen its version (``seen``: ``queries.seen``) and these parts."""
    case = cases.load(unit, reference)
    require_seen(unit.actor, Permission.READ_AS_SECRETARIAT, case.facts)
    refuse_unseen(unit, case.row, seen, "version", *parts)
    return case


def _check(unit: Unit, row: Application, outcome: CheckOutcome, reason: str, due: datetime | None) -> None:
    unit.session.add(
        ScreeningCheck(
            application_id=row.id,
            version_id=row.version_id,
            outcome=outcome,
            reason=reason,
            checked_at=unit.now,
            checked_by_id=unit.actor.person_id,
            reply_due_at=due,
        )
    )


def _open_finding(unit: Unit, row: Application) -> ScreeningCheck | None:
    """The finding "ineligible" that holds for a file now."""
    return unit.session.scalar(
        select(ScreeningCheck)
        .where(
            ScreeningCheck.application_id == row.id,
            ScreeningCheck.outcome == CheckOutcome.INELIGIBLE,
            ScreeningCheck.reversed_at.is_(None),
        )
        .order_by(ScreeningCheck.id.desc())
        .limit(1)
        .with_for_update()
    )


@command()
def find_eligible(unit: Unit, *, actor: Actor, reference: str, seen: str | None = None) -> None:
    """Find the file eligible: signed, its city confirmed, its state a Member State, not a member already."""
    case = _load(unit, reference, seen)
    move(unit, APPLICATION, "find_eligible", case)
    _check(unit, case.row, CheckOutcome.ELIGIBLE, "", None)


@command()
def find_ineligible(unit: Unit, *, actor: Actor, reference: str, reason: str, seen: str | None = None) -> datetime:
    """Find the file ineligible; until when the city may reply, once."""
    case = _load(unit, reference, seen)
    due = unit.now + TIME_TO_REPLY
    move(unit, APPLICATION, "find_ineligible", case, reason, values={"reply_due_at": due.isoformat()})
    _check(unit, case.row, CheckOutcome.INELIGIBLE, reason.strip(), due)
    return due


def _make_final(unit: Unit, row: Application, finding: ScreeningCheck) -> None:
    finding.final_at = unit.now
    quota.free(unit, PlacePurpose.ENDORSEMENT, row.id)
    unit.note("made_final", "application", row.id)
    announce(unit, "found_ineligible_finally", row, reason=finding.reason, country=row.country)


@command()
def confirm_ineligible(unit: Unit, *, actor: Actor, reference: str, seen: str | None = None) -> None:
    """After the city's reply, or the end of its ten days: the finding is final and the country's place free."""
    case = _load(unit, reference, seen, "finding")
    require(actor, Permission.CHECK_APPLICATION, case.facts)
    finding = _open_finding(unit, case.row)
    if case.row.state is not ApplicationState.INELIGIBLE or finding is None or finding.final_at is not None:
        raise Conflict(Text("This is not possible any more: the state has changed in the meantime."))
    if finding.replied_at is None and finding.reply_due_at is not None and cases.settled(unit) <= finding.reply_due_at:
        raise Conflict(Text("The city may reply until %(moment)s.", moment=finding.reply_due_at))
    _make_final(unit, case.row, finding)


@command()
def make_final(unit: Unit, *, actor: Actor, call: str) -> list[str]:
    """Make findings final whose ten days passed without a reply; the references of those files.

    A file with a reply waits for an officer.
    """
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find_call(unit, call)
    overdue = unit.session.execute(
        select(Application, ScreeningCheck)
        .join(ScreeningCheck, ScreeningCheck.application_id == Application.id)
        .where(
            Application.call_id == row.id,
            Application.state == ApplicationState.INELIGIBLE,
            ScreeningCheck.outcome == CheckOutcome.INELIGIBLE,
            ScreeningCheck.reversed_at.is_(None),
            ScreeningCheck.final_at.is_(None),
            ScreeningCheck.replied_at.is_(None),
            ScreeningCheck.reply_due_at < cases.settled(unit),
        )
        .order_by(Application.id)
        .with_for_update()
    ).all()
    for file, finding in overdue:
        _make_final(unit, file, finding)
    return [file.reference for file, _finding in overdue]


def _give_time(unit: Unit, case: ApplicationCase, until_at: datetime | None, reason: str) -> None:
    """A file that is reopened after the Commission's deadline needs a new one."""
    if case.now <= case.commission_deadline:
        return
    if until_at is None or until_at <= unit.now:
        words = Text("The deadline of this National Commission has passed. Give it a new one.")
        raise Invalid(words, {"until_at": words})
    call = unit.session.get_one(Call, case.row.call_id)
    add_extension(unit, call, ExtensionScope.CITY, Deadline.COMMISSIONS, until_at, reason or "–", application=case.row)


@command()
def reverse(
    unit: Unit,
    *,
    actor: Actor,
    reference: str,
    reason: str,
    until_at: datetime | None = None,
    seen: str | None = None,
) -> None:
    """Reverse ineligible, not endorsed or unanswered, with a reason, before the jury.

    ``until_at`` is the Commission's new deadline for this file where the old one has passed. Reversing a final
    ineligible takes a place again and is refused when none is free.
    """
    case = _load(unit, reference, seen, "finding")
    row: Application = case.row
    if row.state is ApplicationState.INELIGIBLE:
        _reverse_ineligible(unit, case, reason)
        return
    values = {"until_at": until_at.isoformat() if until_at else case.commission_deadline.isoformat()}
    move(unit, APPLICATION, "reverse_not_endorsed", case, reason, values=values)
    _give_time(unit, case, until_at, reason.strip())
    end_running(unit, row, reason.strip())


def _reverse_ineligible(unit: Unit, case: ApplicationCase, reason: str) -> None:
    row: Application = case.row
    finding = _open_finding(unit, row)
    move(unit, APPLICATION, "reverse_ineligible", case, reason)
    if finding is not None:
        finding.reversed_at, finding.reversal_reason = unit.now, reason.strip()
    if not case.is_endorsement_running:
        call = unit.session.get_one(Call, row.call_id)
        quota.take(unit, call, row.country, PlacePurpose.ENDORSEMENT, row.id)


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
    """Return named questions to the city with words and a date; everything else stays locked."""
    case = _load(unit, reference, seen)
    return return_to_city(unit, case, "return_as_secretariat", "secretariat", keys, message, due_at)


_ASKABLE = (
    ApplicationState.SUBMITTED,
    ApplicationState.ENDORSED,
    ApplicationState.ELIGIBLE,
    ApplicationState.UNANSWERED,
    ApplicationState.NOT_ENDORSED,
)


@command()
def ask(unit: Unit, *, actor: Actor, reference: str, message: str, due_at: datetime, seen: str | None = None) -> str:
    """Ask the city a question; the file stays where it is."""
    case = _load(unit, reference, seen)
    require(actor, Permission.CHECK_APPLICATION, case.facts)
    obstacle = before_jury(case)
    if case.row.state not in _ASKABLE or obstacle is not None:
        raise Conflict(obstacle or Text("Questions are asked before the file is with the jury."))
    return ask_city(unit, case, "secretariat", message, due_at)


@command()
def record_late_letter(
    unit: Unit, *, actor: Actor, reference: str, name: str, function: str, note: str, seen: str | None = None
) -> int:
    """Record a Commission's letter that came after its deadline; it takes one of the country's places.

    ``name`` and ``function`` are those of whoever signed the letter, ``note`` says how it came.
    """
    case = _load(unit, reference, seen)
    row: Application = case.row
    problems = {}
    if not name.strip():
        problems["name"] = Text("Enter who signed the letter.")
    if not function.strip():
        problems["function"] = Text("Enter the function of whoever signed the letter.")
    if not note.strip():
        problems["note"] = Text("Say how and when the letter came.")
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    values = {"commission_name": name.strip(), "commission_function": function.strip()}
    move(unit, APPLICATION, "record_late_letter", case, note, values=values)
    call = unit.session.get_one(Call, row.call_id)
    number = quota.take(unit, call, row.country, PlacePurpose.ENDORSEMENT, row.id)
    unit.session.add(
        Endorsement(
            application_id=row.id,
            version_id=row.version_id,
            outcome=EndorsementOutcome.ENDORSED,
            name=name.strip(),
            function=function.strip(),
            is_late_letter=True,
            letter_note=note.strip(),
            acted_at=unit.now,
            actor_id=actor.person_id,
        )
    )
    return number


@command()
def declare_staff_conflict(unit: Unit, *, actor: Actor, reference: str, reason: str) -> None:
    """Declare that this file is of one's own city or that one is tied to it: somebody else acts on it from now on."""
    case = cases.load(unit, reference)
    require_seen(actor, Permission.LIST_AS_SECRETARIAT, case.facts)
    if not reason.strip():
        raise Invalid(Text("Give a reason."), {"reason": Text("Give a reason.")})
    if actor.person_id in case.facts.conflicted_staff:
        return
    unit.session.add(
        StaffConflict(
            person_id=actor.person_id, application_id=case.row.id, reason=reason.strip(), recorded_at=unit.now
        )
    )
    unit.note("declared_conflict", "application", case.row.id)
    keep_apart(unit, actor.person_id or 0)
