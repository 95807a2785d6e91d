"""What may change after the lock: the list by two persons, a spelling by one with notice to the others."""

from __future__ import annotations

from sqlalchemy import select, update

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    Cohort,
    CohortChange,
    CohortState,
    Decision,
    Outcome,
    PlacePurpose,
    PublishedSpelling,
)
from gnlc_apply.permissions import Actor, Permission, require, visible_to
from gnlc_apply.queries.embargoed import standing as standings
from gnlc_apply.queries.embargoed.standing import NAME_KEY
from gnlc_apply.services import quota
from gnlc_apply.services.cohort.finding import find, load
from gnlc_apply.services.cohort.locking import clear_arming
from gnlc_apply.services.cohort.notices import tell
from gnlc_apply.services.cohort.requests import ask, confirm, drop, open_request
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.decision import refuse_unread
from gnlc_apply.services.moves import move
from gnlc_apply.workflow.cohort import COHORT

# A withdrawal that came after the lock is taken out of the list; a decision is turned round.
TURNS = {"approve": Outcome.APPROVED, "not_approve": Outcome.NOT_APPROVED}
KINDS = ("withdrawal", *TURNS)


def _file(unit: Unit, cohort: Cohort, reference: str, permission: Permission) -> Application:
    row = unit.session.scalar(
        select(Application)
        .where(
            Application.reference == reference,
            Application.call_id == cohort.call_id,
            visible_to(unit.actor, permission),
        )
        .with_for_update()
    )
    if row is None:
        raise NotFound()
    return row


@command()
def ask_for_change(unit: Unit, *, actor: Actor, cohort: str, kind: str, application: str, reason: str) -> None:
    """Ask for one change to a locked list: ``withdrawal``, ``approve`` or ``not_approve`` a file.

    Raises Invalid for another kind or no reason, Conflict where there is nothing to change.
    """
    require(actor, Permission.PREPARE_COHORT)
    if kind not in KINDS:
        raise Invalid(Text("Choose what should change."), {"kind": Text("Choose what should change.")})
    row = find(unit, cohort)
    file = _file(unit, row, application, Permission.PREPARE_DECISION)
    _require_possible(unit, row, file, kind)
    ask(unit, row, kind, file.id, reason)


def _require_possible(unit: Unit, row: Cohort, file: Application, kind: str) -> None:
    if kind == "withdrawal":
        late = standings.load(unit.session, row).open_withdrawals(row.locked_at)
        if file.id not in {line.application_id for line in late}:
            raise Conflict(Text("This city has not withdrawn since the list was locked."))
        return
    decision = unit.session.scalar(select(Decision).where(Decision.application_id == file.id))
    if file.state is not ApplicationState.IN_REVIEW or decision is None:
        raise Conflict(Text("There is no decision on this file."))
    if decision.outcome is TURNS[kind]:
        raise Conflict(Text("The decision on this file says so already."))
    if TURNS[kind] is Outcome.APPROVED:
        refuse_unread(unit, [file])


@command()
def confirm_change(unit: Unit, *, actor: Actor, cohort: str, kind: str, application: str) -> None:
    """The second person's yes. A decision is turned round by a director only, and disarms; the hash is renewed.

    Raises Conflict for the person who asked, NotFound for a file that is not this person's to act on.
    """
    require(actor, Permission.APPROVE_COHORT_CHANGE)
    row = find(unit, cohort)
    needed = Permission.READ_AS_SECRETARIAT if kind == "withdrawal" else Permission.APPROVE_DECISION
    file = _file(unit, row, application, needed)
    asked = confirm(unit, open_request(unit, row, kind, file.id))
    _require_possible_turn(unit, row, file, kind)
    if kind in TURNS:
        _turn(unit, row, file, asked)
    else:
        quota.free(unit, PlacePurpose.APPROVAL, file.id)
    unit.session.flush()
    row.lock_hash = standings.load(unit.session, row).list_hash(row.announce_at)


def _require_possible_turn(unit: Unit, row: Cohort, file: Application, kind: str) -> None:
    """Things may have moved on since somebody asked: the city may have withdrawn."""
    if kind in TURNS:
        _require_possible(unit, row, file, kind)


def _turn(unit: Unit, row: Cohort, file: Application, asked: CohortChange) -> None:
    outcome = TURNS[asked.kind]
    unit.session.execute(
        update(Decision)
        .where(Decision.application_id == file.id)
        .values(
            outcome=outcome,
            departure_reason=asked.reason,
            prepared_at=asked.asked_at,
            prepared_by_id=asked.asked_by_id,
            approved_at=unit.now,
            approved_by_id=unit.actor.person_id,
        )
    )
    if outcome is Outcome.APPROVED:
        quota.take(unit, unit.session.get_one(Call, row.call_id), file.country, PlacePurpose.APPROVAL, file.id)
    else:
        quota.free(unit, PlacePurpose.APPROVAL, file.id)
    unit.note("turned_decision", "application", file.id, outcome=outcome.value, reason=asked.reason)
    if row.state is CohortState.ARMED:
        # The director armed another list.
        move(unit, COHORT, "disarm", load(unit, row).case)
        clear_arming(row)


@command()
def drop_change(unit: Unit, *, actor: Actor, cohort: str, kind: str, application: str | None = None) -> None:
    """Take a request back, or turn it down."""
    require(actor, Permission.APPROVE_COHORT_CHANGE)
    row = find(unit, cohort)
    file_id = _file(unit, row, application, Permission.READ_AS_SECRETARIAT).id if application else None
    drop(unit, open_request(unit, row, kind, file_id))


@command()
def correct_spelling(unit: Unit, *, actor: Actor, cohort: str, application: str, name: str) -> None:
    """Correct how a city's name is spelled in the release and the letters, until the announcement; the others are told.

    The signed text and the registry stay as they are until then. Raises Invalid for an empty name, Conflict afterwards.
    """
    require(actor, Permission.PREPARE_COHORT)
    row = find(unit, cohort)
    if row.state is CohortState.ANNOUNCED:
        raise Conflict(Text("The cohort has been announced. From now on only a corrigendum changes it."))
    file = _file(unit, row, application, Permission.PREPARE_DECISION)
    spelled = " ".join(name.split())
    if not spelled or len(spelled) > 200:
        raise Invalid(Text("Enter the name of the city."), {"name": Text("Enter the name of the city.")})
    known = unit.session.scalar(
        select(PublishedSpelling).where(PublishedSpelling.application_id == file.id, PublishedSpelling.key == NAME_KEY)
    )
    before = known.value if known else ""
    if known is None:
        known = PublishedSpelling(application_id=file.id, key=NAME_KEY)
        unit.session.add(known)
    known.value, known.corrected_at, known.corrected_by_id = spelled, unit.now, actor.person_id
    unit.note("corrected_spelling", "application", file.id, key=NAME_KEY, before=before, after=spelled)
    if row.state is not CohortState.PREPARING:
        tell(unit, "spelling_corrected", row, spelled=spelled, application=file.reference)
