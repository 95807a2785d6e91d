"""The history of a file in words: what the audit log holds, as sentences in the past. Only acts named here are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.queries.rows import Rows
from gnlc_apply.workflow.application import APPLICATION

# What the jury and the directors do is not here: it is read on pages of its own, through a door of its own.
SENTENCES: Mapping[str, Text] = {
    "began": Text("Began the application"),
    "submit": Text("Submitted the application"),
    "take_back": Text("Took the application back to correct it"),
    "resubmit": Text("Submitted the changes"),
    "return_as_commission": Text("Returned questions to the city, for the National Commission"),
    "return_as_secretariat": Text("Returned questions to the city"),
    "let_last_version_stand": Text("The date for changes passed: the last version stands"),
    "endorse": Text("Endorsed the application"),
    "decline_endorsement": Text("Did not endorse the application"),
    "revoke_endorsement": Text("Revoked the endorsement"),
    "object_to_change": Text("Objected to the city's changes: the endorsement ended"),
    "object_to_change_late": Text("Objected to the city's changes: the endorsement ended"),
    "leave_unanswered": Text("The National Commission did not answer in time"),
    "record_late_letter": Text("Recorded a late letter of the National Commission"),
    "reverse_not_endorsed": Text("Reopened the file for the National Commission"),
    "find_eligible": Text("Found the application eligible"),
    "find_ineligible": Text("Found the application ineligible"),
    "replied": Text("Replied to the finding"),
    "made_final": Text("The finding became final"),
    "reverse_ineligible": Text("Reversed the finding"),
    "begin_review": Text("Gave the file to the jury"),
    "withdraw": Text("Withdrew the application"),
    "expire": Text("The draft was not submitted in time"),
    "admit": Text("Admitted the city"),
    "not_admit": Text("Did not admit the city"),
    "took_place": Text("Took a place of the country"),
    "freed_place": Text("Freed the country's place"),
    "opened_by_commission": Text("Opened the file for the first time, at the National Commission"),
    "asked": Text("Asked the city a question"),
    "answered_request": Text("Answered a question"),
    "extended": Text("Extended a deadline of this file"),
    "reminded": Text("Reminded the city of its deadline"),
    "allowed_exception": Text("Allowed the city to apply as an exception"),
    "confirmed_city": Text("Confirmed which city of the registry this is"),
    "corrected_spelling": Text("Corrected a spelling for publication"),
    "declared_conflict": Text("Declared a conflict: somebody else acts on this file"),
    "froze_version": Text("Froze a version of the text"),
    "attached": Text("Attached a file"),
    "removed_attachment": Text("Removed a file"),
    "asked_for_signature": Text("Asked for the signature"),
    "revoked_signature_request": Text("Took the link for the signature back"),
    "ended_link_of_removed": Text("Ended the link of a member that the consortium no longer names"),
    "reminded_of_date": Text("Reminded of a date of this file"),
    "reminded_of_signatures": Text("Reminded of signatures that are outstanding"),
    "signed": Text("Signed for the city"),
    "declined_to_sign": Text("Did not sign"),
    "voided_signature": Text("An edit voided the signature"),
    "restored_signature": Text("The signed text was restored: the signature holds again"),
    "uploaded_letter": Text("Uploaded the signed letter"),
    "confirmed_letter": Text("Confirmed the signed letter"),
    "refused_letter": Text("Refused the signed letter"),
    "added_colleague": Text("A colleague joined"),
    "removed_colleague": Text("Removed a colleague"),
    "handed_over": Text("Handed the application over to a colleague"),
    "let_in": Text("Let somebody of the city in, because nobody could act for it"),
    "took_over": Text("Took the application over from a closed account"),
    "changed_role": Text("Changed a colleague's role"),
}
_ACTORS = {
    "system": Text("The system, by the clock"),
    "signatory": Text("The signatory, by a personal link"),
    "link": Text("Somebody with a personal link"),
    "anonymous": Text("Somebody with a personal link"),
}


@dataclass(frozen=True)
class Happened:
    """One line of the history."""

    at: datetime
    words: Text
    who: Text
    reason: str


def _who(row: Any) -> Text:
    if row.name:
        return Text("%(name)s", name=row.name)
    return _ACTORS.get(row.actor_kind, Text("Somebody whose account was erased"))


def acts() -> tuple[str, ...]:
    """The acts that have a sentence here, and every transition of an application."""
    return tuple(dict.fromkeys([*SENTENCES, *(t.name for t in APPLICATION.transitions)]))


def told(rows: Rows) -> list[Happened]:
    """The entries as sentences, with the reason that was given."""
    labels = {t.name: t.label for t in APPLICATION.transitions}
    return [
        Happened(
            at=row.at,
            words=SENTENCES.get(row.act) or labels[row.act],
            who=_who(row),
            reason=str((row.details or {}).get("reason") or ""),
        )
        for row in rows
    ]
