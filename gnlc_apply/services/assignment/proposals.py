"""A proposed assignment: made in a child process, looked at, then confirmed as a whole or thrown away."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.exchange import Request, dump_proposal
from gnlc_apply.jury.panel import METHOD_VERSION, Rules
from gnlc_apply.models import Application, ApplicationState, AssignmentProposal, Call, Juror
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed.calibration_link import read_by_everybody
from gnlc_apply.services.assignment.close_files import refuse_old_figures
from gnlc_apply.services.assignment.solving import solve
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.case_list import load_many
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import move_many
from gnlc_apply.services.ties.pairs import join, keep_conflicts, put_questions, refuse_after_minutes, tell_jurors
from gnlc_apply.services.ties.panel import Panel, load
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.engine import obstacle


def _prepare(*, actor: Actor, call: str, seed: int | None = None) -> dict[str, Any]:
    """Read the panel and solve, outside the transaction: the solver may take minutes."""
    require(actor, Permission.RUN_CALL)
    chosen = secrets.randbelow(2**31) if seed is None else seed
    with db.reading() as session:
        row = session.scalar(select(Call).where(Call.reference == call))
        if row is None:
            raise NotFound()
        panel = load(session, row.id)
        _refuse_empty(panel)
        request = _request(panel, str(chosen), row.readers_per_file, common_files(session, panel))
    result = json.loads(dump_proposal(solve(request)))
    result["fixed"] = sorted(list(pair) for pair in panel.running)
    result["wanted"] = row.readers_per_file
    result["asked"] = [list(pair) for pair in sorted(panel.questions.keys() & {tuple(p) for p in result["pairs"]})]
    return {"chosen": chosen, "result": result}


def _refuse_empty(panel: Panel) -> None:
    if not panel.files:
        raise Conflict(Text("No file is eligible yet: there is nothing to assign."))
    if not any(reader.is_available for reader in panel.readers):
        raise Conflict(Text("No juror has accepted the invitation yet."))


def common_files(session: Session, panel: Panel) -> int:
    """How many calibration files every juror who is available has scored: they link the jury beside the files of the call."""
    available = {reader.id for reader in panel.readers if reader.is_available}
    rows = [panel.jurors[reference] for reference in sorted(available)]
    return read_by_everybody(session, rows[0].call_id, {row.id for row in rows}) if rows else 0


def _request(panel: Panel, seed: str, readers: int, anchors: int) -> Request:
    """Readings that were given out stay as they are: nobody loses a file without a person's act."""
    return Request(
        files=panel.readables,
        jurors=panel.readers,
        blocked=panel.blocked,
        seed=seed,
        rules=Rules(readers=readers, anchors=anchors),
        fixed=panel.running - panel.blocked,
    )


@command(_prepare)
def propose(
    unit: Unit,
    *,
    actor: Actor,
    call: str,
    seed: int | None = None,
    chosen: int = 0,
    result: dict[str, Any] | None = None,
) -> int:
    """Propose readers for every eligible file and every file that has too few; the proposal's number.

    The proposals before it are thrown away. ``chosen`` and ``result`` come from the preparation. Raises Conflict when there
    is nothing to assign, Unavailable when the solver finds nothing in time.
    """
    require(actor, Permission.RUN_CALL)
    return keep_proposal(unit, find(unit, call), chosen, result or {}, note="proposed_assignment")


def keep_proposal(unit: Unit, call: Call, seed: int, result: dict[str, Any], *, note: str) -> int:
    """Inner act: a proposal waits to be confirmed, in the place of the one before; its number."""
    refuse_after_minutes(unit.session, call.id)
    keep_conflicts(unit, load(unit.session, call.id))
    unit.session.execute(
        update(AssignmentProposal)
        .where(
            AssignmentProposal.call_id == call.id,
            AssignmentProposal.confirmed_at.is_(None),
            AssignmentProposal.discarded_at.is_(None),
        )
        .values(discarded_at=unit.now)
    )
    proposal = AssignmentProposal(call_id=call.id, seed=seed, method=METHOD_VERSION, result=result)
    proposal.proposed_at, proposal.proposed_by_id = unit.now, unit.actor.person_id
    unit.session.add(proposal)
    unit.session.flush()
    unit.note(note, "call", call.id, proposal=proposal.id, seed=seed)
    return proposal.id


def _open(unit: Unit, proposal: int) -> AssignmentProposal:
    row = unit.session.scalar(select(AssignmentProposal).where(AssignmentProposal.id == proposal).with_for_update())
    if row is None:
        raise NotFound()
    if row.confirmed_at is not None:
        raise Conflict(Text("This proposal was confirmed already."))
    if row.discarded_at is not None:
        raise Conflict(Text("A newer proposal took the place of this one. Look at it first."))
    return row


@command()
def discard(unit: Unit, *, actor: Actor, proposal: int) -> None:
    """Throw a proposal away."""
    require(actor, Permission.RUN_CALL)
    row = _open(unit, proposal)
    row.discarded_at = unit.now
    unit.note("discarded_proposal", "call", row.call_id, proposal=row.id)


@command()
def confirm(unit: Unit, *, actor: Actor, proposal: int, reading_deadline_at: datetime | None = None) -> None:
    """Confirm a proposal as a whole: files go to the jury, jurors get theirs, each in an own order, and are told.

    Conflicts are looked for once more. Raises Conflict where a juror, a file or a tie has changed since the proposal was
    made (for further readers: where scores have changed), Forbidden where the actor declared a tie to one of the files.
    """
    require(actor, Permission.RUN_CALL)
    row = _open(unit, proposal)
    call = unit.session.scalars(select(Call).where(Call.id == row.call_id).with_for_update()).one()
    refuse_after_minutes(unit.session, call.id)
    refuse_old_figures(unit.session, call, row.result, actor)
    panel = load(unit.session, call.id)
    keep_conflicts(unit, panel)
    pairs = _new_pairs(panel, row)
    if reading_deadline_at is not None:
        _write_deadline(unit, call, reading_deadline_at)
    begin_reviews(unit, call, {file.id for _juror, file in pairs})
    join(unit, pairs, seed=str(row.seed), proposal_id=row.id)
    put_questions(unit, panel, [(juror.reference, file.reference) for juror, file in pairs], is_given_now=True)
    row.confirmed_at, row.confirmed_by_id = unit.now, actor.person_id
    unit.note("confirmed_assignment", "call", call.id, proposal=row.id, readings=len(pairs))
    tell_jurors(unit, "files_assigned", call, Counter(juror.id for juror, _file in pairs))


def _new_pairs(panel: Panel, row: AssignmentProposal) -> list[tuple[Juror, Application]]:
    fixed = {tuple(pair) for pair in row.result["fixed"]}
    blocked = panel.blocked
    available = {reader.id for reader in panel.readers if reader.is_available}
    pairs = []
    for juror, file in (tuple(pair) for pair in row.result["pairs"]):
        if (juror, file) in fixed or (juror, file) in panel.running:
            continue
        if juror not in available or file not in panel.files or (juror, file) in blocked:
            raise Conflict(Text("A juror or a file has changed since this proposal was made. Make a new one."))
        pairs.append((panel.jurors[juror], panel.files[file]))
    return pairs


def begin_reviews(unit: Unit, call: Call, file_ids: set[int]) -> None:
    """Move those of these files that are eligible to the jury.

    Raises Forbidden naming a file that somebody else must move, Conflict naming one that is not ready: unsigned since it
    was found eligible, or changed while the Commission may object.
    """
    cases = [c for c in load_many(unit, call.id, [ApplicationState.ELIGIBLE]) if c.row.id in file_ids]
    for case in cases:
        if unit.actor.person_id in case.facts.conflicted_staff or unit.actor.person_id in case.facts.members:
            words = Text("You have a tie to %(reference)s. Somebody else must do this.", reference=case.row.reference)
            raise Forbidden(words)
        words_against = obstacle(APPLICATION["begin_review"], case)
        if words_against is not None:
            raise Conflict(Text("%(place)s: %(why)s", place=case.row.place_name, why=words_against))
    move_many(unit, APPLICATION, "begin_review", cases)


@command()
def set_reading_deadline(unit: Unit, *, actor: Actor, call: str, until_at: datetime) -> None:
    """Say by when jurors should have read; they see it and are reminded of it. Raises Invalid for a moment in the past."""
    require(actor, Permission.RUN_CALL)
    _write_deadline(unit, find(unit, call), until_at)


def _write_deadline(unit: Unit, call: Call, until_at: datetime) -> None:
    if until_at <= unit.now:
        words = Text("The date must lie ahead.")
        raise Invalid(words, {"reading_deadline_on": words})
    call.reading_deadline_at = until_at
    unit.note("set_reading_deadline", "call", call.id, until_at=until_at.isoformat())
