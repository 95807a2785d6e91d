"""Assignments changed by hand: a reader given, a reader taken, a conflict recorded, a withdrawn file released."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.jury.conflicts import ConflictCode, Level
from gnlc_apply.jury.match import Obstacle, obstacle
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Assignment,
    Call,
    ConflictOfInterest,
    Juror,
)
from gnlc_apply.permissions import Actor, Permission, require, require_seen
from gnlc_apply.services import case
from gnlc_apply.services.assignment.proposals import begin_reviews
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.ties import pairs
from gnlc_apply.services.ties.panel import Panel, load

_DECLARED = (ConflictCode.DECLARED_APPLICATION.value, ConflictCode.DECLARED_COUNTRY.value)
_WORDS = {
    Obstacle.CONFLICT: Text("A conflict of interest keeps this juror from this file."),
    Obstacle.LANGUAGE: Text("This juror does not read the language of this file."),
    Obstacle.UNAVAILABLE: Text("This juror has not accepted the invitation."),
}


@command()
def assign(unit: Unit, *, actor: Actor, reference: str, juror: str) -> None:
    """Give a file to a juror. The rules are asked first, the database last: a conflict cannot be passed.

    ``juror`` is the juror's reference. Raises Conflict with the obstacle in words.
    """
    file, facts = case.load_facts(unit, reference)
    require_seen(actor, Permission.READ_AS_SECRETARIAT, facts)
    require(actor, Permission.CHECK_APPLICATION, facts)
    row = pairs.juror_by_reference(unit.session, juror)
    # Held as ``ties.keep_apart`` holds it: a tie that somebody gains meanwhile is seen here, or sees this reading there.
    call = unit.session.get_one(Call, file.call_id, with_for_update=True)
    pairs.refuse_after_minutes(unit.session, call.id)
    if row.call_id != call.id or row.ended_at is not None or row.declined_at is not None:
        raise NotFound()
    if file.state not in (ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW):
        raise Conflict(Text("Only a file that was found eligible can be read."))
    panel = load(unit.session, call.id, juror=row, file=file)
    _refuse_obstacle(panel)
    if panel.running:
        raise Conflict(Text("This juror already reads this file."))
    begin_reviews(unit, call, {file.id})
    pairs.join(unit, [(row, file)], seed=call.reference)
    pairs.put_questions(unit, panel, [(row.reference, file.reference)], is_given_now=True)
    pairs.tell_jurors(unit, "files_assigned", call, {row.id: 1})


def _refuse_obstacle(panel: Panel) -> None:
    found = obstacle(panel.readers[0], panel.readables[0], panel.blocked)
    blocking = next((tie for tie in panel.found if tie.level is Level.BLOCK), None)
    if found is Obstacle.CONFLICT and blocking is not None:
        raise Conflict(blocking.sentence)
    if found is not None:
        raise Conflict(_WORDS[found])


@command()
def unassign(unit: Unit, *, actor: Actor, assignment: str, reason: str) -> None:
    """Take a file from a juror, with a reason that stays on record; a reading that was submitted does not count any more."""
    require(actor, Permission.RUN_CALL)
    row, file = _running(unit, assignment)
    facts = case.facts(unit.session, file)
    require_seen(actor, Permission.READ_AS_SECRETARIAT, facts)
    pairs.refuse_after_minutes(unit.session, file.call_id)
    if not reason.strip():
        raise Invalid(Text("Give a reason."), {"reason": Text("Give a reason.")})
    pairs.end(unit, row, reason.strip())


def _running(unit: Unit, reference: str) -> tuple[Assignment, Application]:
    found = unit.session.execute(
        select(Assignment, Application)
        .join(Application, Application.id == Assignment.application_id)
        .where(Assignment.reference == reference, Assignment.ended_at.is_(None))
        .with_for_update(of=Assignment)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found[0], found[1]


@command()
def record_conflict(unit: Unit, *, actor: Actor, reference: str, juror: str, code: str, detail: str) -> None:
    """Record a conflict of a juror with a file, or (``declared_country``) with every file of its country.

    A reading that runs ends at once and does not count. Raises Invalid for another code or without a detail.
    """
    file, facts = case.load_facts(unit, reference)
    require_seen(actor, Permission.READ_AS_SECRETARIAT, facts)
    row = pairs.juror_by_reference(unit.session, juror)
    if row.call_id != file.call_id:
        raise NotFound()
    if code not in _DECLARED:
        raise Invalid(Text("Choose from the list."), {"code": Text("Choose from the list.")})
    declare(unit, row, file, code, detail)


def declare(unit: Unit, juror: Juror, file: Application, code: str, detail: str) -> None:
    """Inner act: a conflict that somebody said, with its reason; blocks and ends what ran."""
    if not detail.strip():
        words = Text("Say in a few words what the tie is.")
        raise Invalid(words, {"detail": words})
    known = unit.session.scalar(
        select(ConflictOfInterest).where(
            ConflictOfInterest.juror_id == juror.id,
            ConflictOfInterest.application_id == file.id,
            ConflictOfInterest.code == code,
        )
    )
    if known is None:
        known = ConflictOfInterest(juror_id=juror.id, application_id=file.id, code=code, level=Level.BLOCK.value)
        known.recorded_at, known.recorded_by_id = unit.now, unit.actor.person_id
        unit.session.add(known)
    known.detail = detail.strip()
    unit.session.flush()
    unit.note("recorded_conflict", "application", file.id, juror=juror.id, code=code, detail=detail.strip())
    pairs.block(unit, juror, file)
    if code == ConflictCode.DECLARED_COUNTRY.value:
        pairs.keep_conflicts(unit, load(unit.session, juror.call_id))


def release_readers(unit: Unit, file: Application) -> None:
    """Inner act of a withdrawal: every reading of this file ends, and its jurors are told."""
    running = unit.session.scalars(
        select(Assignment).where(Assignment.application_id == file.id, Assignment.ended_at.is_(None))
    ).all()
    for assignment in running:
        # Not as the city's act, which would tell it how many read its file.
        pairs.end(unit, assignment, Text("The city withdrew its application."), is_by_rule=True)
    if running:
        call = unit.session.get_one(Call, file.call_id)
        told = {assignment.juror_id: 1 for assignment in running}
        pairs.tell_jurors(unit, "file_withdrawn", call, told, place=file.place_name, reference=file.reference)
