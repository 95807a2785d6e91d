"""Locking the list, and unlocking it by two persons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from gnlc_apply.models import Cohort, Gate
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed import texts
from gnlc_apply.services.cohort.finding import find, load
from gnlc_apply.services.cohort.notices import tell
from gnlc_apply.services.cohort.requests import ask, confirm, open_request
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import move
from gnlc_apply.workflow.cohort import COHORT


def pass_gate(unit: Unit, call_id: int, name: str) -> None:
    """Record that the call as a whole passed a gate; a list that was unlocked passes it again."""
    passed: dict[str, Any] = {"passed_at": unit.now, "actor_id": unit.actor.person_id, "unfinished": []}
    again = update(Gate).where(Gate.call_id == call_id, Gate.name == name).values(**passed)
    if unit.session.execute(again).rowcount == 0:  # type: ignore[attr-defined]  # a DML result has one
        unit.session.execute(insert(Gate), [{"call_id": call_id, "name": name, **passed}])


@command()
def lock(unit: Unit, *, actor: Actor, cohort: str) -> None:
    """Lock the list: every file decided and approved, letters written, no request open; keeps the hash of all that.

    Raises Conflict with the first thing that is unfinished.
    """
    found = load(unit, find(unit, cohort))
    row = found.row
    row.lock_hash = found.standing.list_hash(row.announce_at)
    row.texts_hash = texts.hash_of(row, found.standing.letters, found.standing.feedback())
    move(unit, COHORT, "lock", found.case)
    row.locked_at, row.locked_by_id = unit.now, actor.person_id
    pass_gate(unit, found.call.id, "lock")
    tell(unit, "list_locked", row)


@command()
def ask_to_unlock(unit: Unit, *, actor: Actor, cohort: str, reason: str) -> None:
    """Ask for the list to be unlocked; a second person must do it. Raises Invalid without a reason, Conflict."""
    require(actor, Permission.APPROVE_COHORT_CHANGE)
    ask(unit, find(unit, cohort), "unlock", None, reason)


@command()
def unlock(unit: Unit, *, actor: Actor, cohort: str) -> None:
    """Unlock the list that somebody else asked to unlock: decisions may change again, nothing is armed any more.

    Raises Conflict where nobody asked, or where the same person did.
    """
    require(actor, Permission.APPROVE_COHORT_CHANGE)
    row = find(unit, cohort)
    asked = confirm(unit, open_request(unit, row, "unlock"))
    found = load(unit, row)
    found.case.is_change_confirmed = True
    move(unit, COHORT, "unlock", found.case, asked.reason)
    clear_arming(row)
    row.locked_at = row.locked_by_id = row.lock_hash = row.texts_hash = None


def clear_arming(row: Cohort) -> None:
    """Nothing is armed any more."""
    row.armed_at = row.armed_by_id = row.arming_lapses_at = row.held_at = row.held_by_id = None
    row.armed_texts_hash = None
    row.stand_by_ids = []
