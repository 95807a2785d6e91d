"""The life of a cohort: prepared, locked, armed, announced (process.md section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.workflow.transition import Life, Transition

ARM_AHEAD = timedelta(hours=72)


@dataclass
class CohortCase:
    """What the guards of a cohort look at."""

    row: Any
    now: datetime
    actor_id: int | None = None
    is_fresh: bool = False
    unfinished: tuple[Text, ...] = ()
    hash_matches: bool = True
    open_withdrawals: int = 0
    texts_match: bool = True
    texts_are_confirmed: bool = True
    is_change_confirmed: bool = False
    clock_is_sound: bool = True
    facts: Any = None


def _nothing_unfinished(case: CohortCase) -> Text | None:
    return case.unfinished[0] if case.unfinished else None


def _has_instant(case: CohortCase) -> Text | None:
    return None if case.row.announce_at is not None else Text("First set the instant of the announcement.")


def _other_than_locker(case: CohortCase) -> Text | None:
    if case.actor_id is None or case.actor_id != case.row.locked_by_id:
        return None
    return Text("Whoever locked the list cannot arm the announcement.")


def _fresh(case: CohortCase) -> Text | None:
    return None if case.is_fresh else Text("Show your second factor again.")


def _near_enough(case: CohortCase) -> Text | None:
    if case.row.announce_at is None or case.row.announce_at - case.now <= ARM_AHEAD:
        return None
    return Text("An announcement can be armed at most 72 hours ahead.")


def _list_unchanged(case: CohortCase) -> Text | None:
    if case.hash_matches:
        return None
    return Text("The decisions no longer match the locked list. Two persons must unlock it.")


def _texts_unchanged(case: CohortCase) -> Text | None:
    if case.texts_match:
        return None
    return Text("The texts no longer match what was locked. Two persons must unlock the list.")


def _texts_confirmed(case: CohortCase) -> Text | None:
    if case.texts_are_confirmed:
        return None
    return Text("A text was corrected after the arming. A director must confirm the texts first.")


def _no_withdrawals(case: CohortCase) -> Text | None:
    if not case.open_withdrawals:
        return None
    return Text("A city has withdrawn since the list was locked. Two persons must act first.")


def _instant_reached(case: CohortCase) -> Text | None:
    if case.row.announce_at is not None and case.now >= case.row.announce_at:
        return None
    return Text("The instant of the announcement has not come.")


def _within_window(case: CohortCase) -> Text | None:
    if case.row.arming_lapses_at is not None and case.now <= case.row.arming_lapses_at:
        return None
    return Text("The arming has lapsed. Arm the announcement again.")


def _window_over(case: CohortCase) -> Text | None:
    if case.row.arming_lapses_at is not None and case.now > case.row.arming_lapses_at:
        return None
    return Text("The window of this arming is still open.")


def _not_held(case: CohortCase) -> Text | None:
    return None if case.row.held_at is None else Text("Somebody holds the announcement. Release it first.")


def _clock_sound(case: CohortCase) -> Text | None:
    return None if case.clock_is_sound else Text("The clock of this machine has jumped. Check it first.")


def _change_confirmed(case: CohortCase) -> Text | None:
    return None if case.is_change_confirmed else Text("A second person must confirm this.")


COHORT = Life(
    noun="cohort",
    labels={
        "preparing": (Text("In preparation"), Text("In preparation")),
        "locked": (Text("Locked"), Text("In preparation")),
        "armed": (Text("Armed"), Text("In preparation")),
        "announced": (Text("Announced"), Text("Announced")),
    },
    transitions=(
        Transition(
            "lock",
            Text("Lock the list"),
            sources=("preparing",),
            target="locked",
            permission=Permission.PREPARE_COHORT,
            guards=(_has_instant, _nothing_unfinished),
        ),
        Transition(
            "unlock",
            Text("Unlock the list"),
            sources=("locked", "armed"),
            target="preparing",
            permission=Permission.APPROVE_COHORT_CHANGE,
            guards=(_change_confirmed,),
            needs_reason=True,
        ),
        Transition(
            "arm",
            Text("Arm the announcement"),
            sources=("locked",),
            target="armed",
            permission=Permission.ARM_COHORT,
            guards=(
                _fresh,
                _other_than_locker,
                _near_enough,
                _no_withdrawals,
                _list_unchanged,
                _texts_unchanged,
                _nothing_unfinished,
            ),
        ),
        Transition(
            "confirm_texts",
            Text("Confirm the corrected texts"),
            sources=("armed",),
            target="armed",
            permission=Permission.ARM_COHORT,
            guards=(_fresh, _other_than_locker, _list_unchanged, _texts_unchanged, _nothing_unfinished),
        ),
        Transition(
            "disarm",
            Text("Disarm"),
            sources=("armed",),
            target="locked",
            permission=Permission.PREPARE_COHORT,
        ),
        Transition(
            "lapse",
            Text("Let the arming lapse"),
            sources=("armed",),
            target="locked",
            permission=Permission.ACT_FOR_SYSTEM,
            guards=(_window_over,),
        ),
        Transition(
            "announce",
            Text("Announce"),
            sources=("armed",),
            target="announced",
            permission=Permission.ANNOUNCE_COHORT,
            guards=(
                _instant_reached,
                _within_window,
                _not_held,
                _clock_sound,
                _no_withdrawals,
                _list_unchanged,
                _texts_unchanged,
                _texts_confirmed,
            ),
        ),
    ),
)
