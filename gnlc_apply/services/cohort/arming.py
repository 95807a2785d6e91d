"""Arming the announcement, and the brakes: disarm, hold, lapse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import Cohort, CohortState, Grant
from gnlc_apply.permissions import Actor, CohortFacts, Permission, require
from gnlc_apply.services.cohort.correcting import refuse_unseen_texts
from gnlc_apply.services.cohort.finding import find, load
from gnlc_apply.services.cohort.locking import clear_arming
from gnlc_apply.services.cohort.notices import SECRETARIAT, tell
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import move
from gnlc_apply.workflow.cohort import COHORT

# How long after its instant (or after arming, where that comes later) an armed announcement may still happen.
WINDOW = timedelta(hours=6)
MOST_STAND_BY = 2


@command(is_fresh=True)
def arm(
    unit: Unit, *, actor: Actor, cohort: str, typed_title: str, stand_by: Sequence[int] = (), seen: str | None = None
) -> None:
    """Arm the announcement: a director other than whoever locked, with a fresh second factor and the typed title.

    ``stand_by``: up to two persons of the secretariat who may press "now" and "hold". From the instant on the worker
    announces; after the window the arming lapses. ``seen``: the hash of the texts that were shown. Raises Invalid at the
    field, Conflict, Forbidden.
    """
    require(actor, Permission.ARM_COHORT)
    found = load(unit, find(unit, cohort))
    row = found.row
    if typed_title.strip() != row.title:
        words = Text("Type the title exactly as it is written: %(title)s", title=row.title)
        raise Invalid(words, {"typed_title": words})
    refuse_unseen_texts(row, seen)
    people = _standing_by(unit, stand_by)
    row.armed_at = unit.now
    move(unit, COHORT, "arm", found.case)
    row.armed_by_id = actor.person_id
    row.arming_lapses_at = max(row.announce_at or unit.now, unit.now) + WINDOW
    row.stand_by_ids = people
    row.held_at = row.held_by_id = None
    row.armed_texts_hash = row.texts_hash
    tell(unit, "armed", row, lapses_at=row.arming_lapses_at.isoformat())


def _standing_by(unit: Unit, people: Sequence[int]) -> list[int]:
    """The persons named, if they are of the secretariat today."""
    wanted = sorted(set(people))
    if len(wanted) > MOST_STAND_BY:
        words = Text("Name at most two persons.")
        raise Invalid(words, {"stand_by": words})
    today = unit.now.date()
    known = set(
        unit.session.scalars(
            select(Grant.person_id).where(
                Grant.person_id.in_(wanted),
                Grant.role.in_(SECRETARIAT),
                Grant.revoked_at.is_(None),
                Grant.valid_from.is_(None) | (Grant.valid_from <= today),
                Grant.valid_until.is_(None) | (Grant.valid_until >= today),
            )
        )
    )
    if known != set(wanted):
        words = Text("Only persons of the secretariat can stand by.")
        raise Invalid(words, {"stand_by": words})
    return wanted


@command()
def disarm(unit: Unit, *, actor: Actor, cohort: str) -> None:
    """Disarm: the list stays locked and can be armed again. Anybody of the secretariat may."""
    require(actor, Permission.PREPARE_COHORT)
    found = load(unit, find(unit, cohort))
    move(unit, COHORT, "disarm", found.case)
    clear_arming(found.row)
    tell(unit, "disarmed", found.row)


def _armed(unit: Unit, cohort: str) -> Cohort:
    """The armed cohort, for a director or a person who stands by."""
    row = find(unit, cohort)
    require(unit.actor, Permission.ANNOUNCE_COHORT, CohortFacts(frozenset(row.stand_by_ids)))
    if row.state is not CohortState.ARMED:
        raise Conflict(Text("The announcement is not armed."))
    return row


@command()
def hold(unit: Unit, *, actor: Actor, cohort: str) -> None:
    """Hold the armed announcement: neither the worker nor a button announces until it is released."""
    row = _armed(unit, cohort)
    if row.held_at is not None:
        return
    row.held_at, row.held_by_id = unit.now, actor.person_id
    unit.note("held", "cohort", row.id)
    tell(unit, "held", row)


@command()
def release_hold(unit: Unit, *, actor: Actor, cohort: str) -> None:
    """Let go of a held announcement: if its instant has come, the next tick or press announces."""
    row = _armed(unit, cohort)
    if row.held_at is None:
        return
    row.held_at = row.held_by_id = None
    unit.note("released_hold", "cohort", row.id)


@command()
def lapse(unit: Unit, *, actor: Actor, cohort: str) -> None:
    """Let an arming whose window is over lapse; the list stays locked."""
    found = load(unit, find(unit, cohort))
    move(unit, COHORT, "lapse", found.case)
    clear_arming(found.row)
    tell(unit, "lapsed", found.row)
