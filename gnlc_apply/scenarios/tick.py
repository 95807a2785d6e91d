"""What the clock makes due: deadlines that have passed, reminders, announcements whose instant has come.

Every act is safe to repeat and decides by itself, under its own lock, whether it is due; a tick only asks often enough.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries import due, instance
from gnlc_apply.services import (
    application,
    assignment,
    calibration,
    call,
    endorsement_times,
    figures,
    file_reminders,
    guessed_names,
    jury_child,
    retention,
    screening,
    signature,
    upkeep,
)
from gnlc_apply.services.cohort import tick as cohorts

log = logging.getLogger(__name__)


class CallAct(Protocol):
    """An act of the system on one call."""

    def __call__(self, *, actor: Actor, call: str) -> Any:
        """Do what is due in this call; something true if anything was done."""


# Endings before reminders, so that nobody is reminded of what has just ended.
ON_EACH_OPEN_CALL: tuple[tuple[str, CallAct], ...] = (
    ("drafts expired", application.expire_drafts),
    ("last versions stand", application.let_last_versions_stand),
    ("left unanswered", endorsement_times.leave_unanswered),
    ("findings final", screening.make_final),
    ("ties unanswered", assignment.end_unanswered),
    ("cities reminded", call.remind_cities),
    ("signatories reminded", signature.remind_signatories),
    ("commissions reminded", endorsement_times.remind),
    ("jurors reminded", assignment.remind_readers),
    ("ties reminded", assignment.remind_asked),
    ("dates of files reminded", file_reminders.remind_of_dates),
    ("calibration reminded", calibration.remind_scorers),
)
SWEEPS: tuple[tuple[str, Callable[[], int]], ...] = (
    ("sessions swept", upkeep.sweep_sessions),
    ("form keys swept", upkeep.sweep_form_keys),
    ("tokens swept", upkeep.sweep_tokens),
    ("secrets erased", upkeep.erase_old_secrets),
    ("files swept", upkeep.sweep_files),
    ("old data deleted", partial(retention.apply, actor=SYSTEM)),
)


@dataclass(frozen=True)
class Done:
    """One thing that a tick did: what, where, and what the act returned."""

    what: str
    where: str
    result: Any


def _guarded(what: str, where: str, act: Callable[[], Any]) -> Done | None:
    try:
        result = act()
    except Exception:
        # One act's fault must not keep the others from happening; it is tried again at the next tick.
        log.exception("tick: %s failed for %s", what, where)
        return None
    return Done(what, where, result) if result else None


def announcements() -> list[Done]:
    """Announce the armed cohorts whose instant has come. Cheap enough to ask every few seconds.

    A held installation is left alone, here and below; the commands would refuse anyhow.
    """
    if instance.is_held_now():
        return []
    done = _guarded("announced", "cohorts", lambda: cohorts.due(actor=SYSTEM))
    return [done] if done else []


def deadlines() -> list[Done]:
    """Everything that deadlines make due in the open calls, and who guessed names meanwhile. To be asked every minute."""
    if instance.is_held_now():
        return []
    found = [
        _guarded(what, reference, partial(act, actor=SYSTEM, call=reference))
        for reference in due.open_calls()
        for what, act in ON_EACH_OPEN_CALL
    ]
    found.append(_guarded("guesses told", "instance", partial(guessed_names.tell_administrators, actor=SYSTEM)))
    return [done for done in found if done]


def figures_of_juries() -> list[Done]:
    """Compute the figures of juries whose scores have changed. To be asked every few seconds; it takes seconds itself, so
    that it waits where an announcement is near.
    """
    left = cohorts.seconds_until_next()
    if instance.is_held_now() or (left is not None and left < 2 * jury_child.SECONDS):
        return []
    found = [
        _guarded("figures computed", reference, partial(figures.refresh, actor=SYSTEM, call=reference))
        for reference in due.open_calls()
    ]
    return [done for done in found if done]


def sweeps() -> list[Done]:
    """Throw away what is old: to be asked every hour. Not in a held installation, which may have to give witness."""
    if instance.is_held_now():
        return []
    found = [_guarded(what, "instance", act) for what, act in SWEEPS]
    return [done for done in found if done]


def run() -> list[Done]:
    """All of it once, in this order: announcements, deadlines."""
    return [*announcements(), *deadlines()]
