"""The cohort of a call, verb by verb: prepare, lock, arm, announce, and what may still change in between."""

from gnlc_apply.services.cohort.announcing import announce
from gnlc_apply.services.cohort.arming import arm, disarm, hold, release_hold
from gnlc_apply.services.cohort.changing import ask_for_change, confirm_change, correct_spelling, drop_change
from gnlc_apply.services.cohort.correcting import confirm_texts
from gnlc_apply.services.cohort.locking import ask_to_unlock, lock, unlock
from gnlc_apply.services.cohort.preparing import CohortValues, change, create, edit_letter

__all__ = [
    "CohortValues",
    "announce",
    "arm",
    "ask_for_change",
    "ask_to_unlock",
    "change",
    "confirm_change",
    "confirm_texts",
    "correct_spelling",
    "create",
    "disarm",
    "drop_change",
    "edit_letter",
    "hold",
    "lock",
    "release_hold",
    "unlock",
]
