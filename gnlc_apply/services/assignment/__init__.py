"""Commands on the jury: invite, propose and confirm an assignment, change it by hand, record conflicts."""

from gnlc_apply.services.assignment.by_hand import assign, record_conflict, release_readers, unassign
from gnlc_apply.services.assignment.extra_readers import propose_extra
from gnlc_apply.services.assignment.jurors import (
    accept_invitation,
    decline_invitation,
    end_juror,
    invite_juror,
    set_profile,
)
from gnlc_apply.services.assignment.proposals import confirm, discard, propose, set_reading_deadline
from gnlc_apply.services.assignment.reminders import remind_readers
from gnlc_apply.services.assignment.tie_questions import decide_tie, end_unanswered, remind_asked

__all__ = [
    "accept_invitation",
    "assign",
    "confirm",
    "decide_tie",
    "decline_invitation",
    "discard",
    "end_juror",
    "end_unanswered",
    "invite_juror",
    "propose",
    "propose_extra",
    "record_conflict",
    "release_readers",
    "remind_asked",
    "remind_readers",
    "set_profile",
    "set_reading_deadline",
    "unassign",
]
