"""Broken constraints, translated here, once, into words at their field."""

from __future__ import annotations

import re

from sqlalchemy.exc import IntegrityError

from gnlc_apply.core.errors import Conflict, Refusal
from gnlc_apply.core.text import Text

# constraint name or "table.column" (SQLite names columns, PostgreSQL constraints) -> (words, field)
_WORDS: dict[str, tuple[Text, str | None]] = {
    "quota_place": (Text("All places of this country in this call are taken."), None),
    "uq_application_live_city": (Text("Another application of this city is already under way."), None),
    "application.city_id": (Text("Another application of this city is already under way."), None),
    "uq_person_email": (Text("There is already an account with this address."), "email"),
    "person.email": (Text("There is already an account with this address."), "email"),
    "fk_assignment_unblocked_pair": (Text("A conflict of interest keeps this juror from this file."), None),
    "ck_score_of_running_reading": (Text("This reading has ended: its scores cannot be changed any more."), None),
    "uq_assignment_running": (Text("This juror already reads this file."), None),
    "assignment.juror_id": (Text("This juror already reads this file."), None),
    "uq_signature_live": (Text("This version is signed already."), None),
    "signature.application_id": (Text("This version is signed already."), None),
    "uq_endorsement_live": (Text("The Commission has answered already."), None),
    "endorsement.application_id": (Text("The Commission has answered already."), None),
    "two_persons": (Text("A second person must do this."), None),
    "call.reference": (Text("There is already a call with this reference."), "reference"),
    "uq_call_reference": (Text("There is already a call with this reference."), "reference"),
    "answer": (Text("Somebody else answered this at the same moment."), None),
    "FOREIGN KEY": (Text("This is not possible: a record that it depends on does not allow it."), None),
}


def _name(error: IntegrityError) -> str:
    diagnostics = getattr(error.orig, "diag", None)
    named = getattr(diagnostics, "constraint_name", None)
    return str(named or error.orig)


def refusal_for(error: IntegrityError) -> Refusal:
    """The refusal that a broken constraint stands for; unknown ones say that somebody was faster."""
    name = _name(error)
    for key, (words, field) in _WORDS.items():
        if re.search(rf"\b{re.escape(key)}", name) or key in name:
            return Conflict(words, {field: words} if field else None)
    return Conflict(Text("Somebody else was faster. Look at the page again and repeat what is still needed."))
