"""What must be true before an application may move. Each guard returns None, or the words that say why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import ApplicationFacts


@dataclass
class ApplicationCase:
    """All that the guards of an application need, loaded in one go. Instants are UTC, extensions and grace included.

    ``now`` is the moment that counts for a deadline: when the complete request had arrived, not when it is worked on.
    ``has_signature``: all that the text needs, of a consortium the signature for the whole and one for each constituent;
    ``signatures_given`` only says whether none or some of them are there.
    """

    row: Any
    facts: ApplicationFacts
    now: datetime
    call_is_open: bool
    cities_deadline: datetime
    commission_deadline: datetime
    problems: tuple[Any, ...] = ()
    signature_may_follow: bool = True
    has_signature: bool = False
    signatures_given: int = 0
    signature_awaits_confirmation: bool = False
    state_may_apply: bool = True
    is_too_small: bool = False
    is_size_unknown: bool = False
    has_running_membership: bool = False
    has_other_live_application: bool = False
    free_endorsement_places: int = 0
    is_city_confirmed: bool = False
    has_jury_started: bool = False
    return_due_at: datetime | None = None
    is_endorsement_running: bool = False
    is_list_locked: bool = False
    objection_due_at: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def call_open(case: ApplicationCase) -> Text | None:
    """The call has been opened and is not concluded."""
    return None if case.call_is_open else Text("The call is not open.")


def before_cities_deadline(case: ApplicationCase) -> Text | None:
    """The complete request arrived before this city's deadline."""
    if case.now <= case.cities_deadline:
        return None
    return Text("The deadline was %(moment)s.", moment=case.cities_deadline)


def after_cities_deadline(case: ApplicationCase) -> Text | None:
    """This city's deadline has passed."""
    if case.now > case.cities_deadline:
        return None
    return Text("The city has until %(moment)s.", moment=case.cities_deadline)


def before_commission_deadline(case: ApplicationCase) -> Text | None:
    """The Commission still has time."""
    if case.now <= case.commission_deadline:
        return None
    return Text("The deadline of the National Commissions was %(moment)s.", moment=case.commission_deadline)


def after_commission_deadline(case: ApplicationCase) -> Text | None:
    """The Commission's time is over."""
    if case.now > case.commission_deadline:
        return None
    return Text("The National Commission has until %(moment)s.", moment=case.commission_deadline)


def complete(case: ApplicationCase) -> Text | None:
    """No required answer is missing and none is too long."""
    if not case.problems:
        return None
    return Text("%(number)s answers still need your attention.", number=len(case.problems))


def signed_or_may_follow(case: ApplicationCase) -> Text | None:
    """Everybody who must sign has signed, or this call lets signatures follow."""
    return None if case.has_signature or case.signature_may_follow else _missing(case)


def _missing(case: ApplicationCase) -> Text:
    if case.signatures_given:
        return Text("The consortium has not been signed for by all of its members yet.")
    return Text("The signature for the city is still missing.")


def signed_if_found_eligible(case: ApplicationCase) -> Text | None:
    """Without a signature no file is eligible: one that goes back there after a change brings its new signature along."""
    if case.row.returned_from != "eligible" or case.has_signature:
        return None
    return Text(
        "The application was found eligible as it was signed. The changed text must be signed before you submit it."
    )


def signed(case: ApplicationCase) -> Text | None:
    """Valid signatures of all who must sign stand under the current version, confirmed where they came on paper."""
    if not case.has_signature:
        return _missing(case)
    if case.signature_awaits_confirmation:
        return Text("The signed letter has not been confirmed yet.")
    return None


def state_may_apply(case: ApplicationCase) -> Text | None:
    """The country is a Member State of UNESCO, or the secretariat recorded an override."""
    if case.state_may_apply:
        return None
    return Text("Only cities of UNESCO Member States can apply.")


def large_enough(case: ApplicationCase) -> Text | None:
    """The population is not below what the call asks for, or the secretariat recorded an exception."""
    return Text("The city has fewer inhabitants than this call asks for.") if case.is_too_small else None


def not_a_member(case: ApplicationCase) -> Text | None:
    """The city is not a member already."""
    return Text("This city is already a member of the network.") if case.has_running_membership else None


def only_live_one(case: ApplicationCase) -> Text | None:
    """No other application of this city is under way."""
    if not case.has_other_live_application:
        return None
    return Text("Another application of this city is already under way.")


def place_free(case: ApplicationCase) -> Text | None:
    """The country has an endorsement place left."""
    if case.free_endorsement_places > 0:
        return None
    return Text("All places of this country in this call are taken.")


def keeps_or_finds_place(case: ApplicationCase) -> Text | None:
    """The file holds its place still, or one is free."""
    return None if case.is_endorsement_running else place_free(case)


def city_confirmed(case: ApplicationCase) -> Text | None:
    """An officer said which city of the registry this is, or that it is a new one."""
    return None if case.is_city_confirmed else Text("First confirm which city of the registry this is.")


def before_jury(case: ApplicationCase) -> Text | None:
    """This file has not been given to the jury; that others have does not matter (process.md section 3)."""
    return Text("The jury has started its work on this file.") if case.has_jury_started else None


def objection_running(case: ApplicationCase) -> Text | None:
    """The Commission was told of a change after its endorsement, and its five working days are not over."""
    if case.objection_due_at is not None and case.now <= case.objection_due_at:
        return None
    return Text("There is no change to which the National Commission could object now.")


def objection_time_over(case: ApplicationCase) -> Text | None:
    """No change waits for a possible objection of the Commission."""
    if case.objection_due_at is None or case.now > case.objection_due_at:
        return None
    return Text(
        "The National Commission may object to the city's changes until %(moment)s.", moment=case.objection_due_at
    )


def return_overdue(case: ApplicationCase) -> Text | None:
    """The date for a returned file has passed."""
    if case.return_due_at is not None and case.now > case.return_due_at:
        return None
    return Text("The city still has time for its changes.")


def return_running(case: ApplicationCase) -> Text | None:
    """The date for a returned file has not passed."""
    if case.return_due_at is None or case.now <= case.return_due_at:
        return None
    return Text("The date for these changes was %(moment)s.", moment=case.return_due_at)


def list_not_locked(case: ApplicationCase) -> Text | None:
    """The list has not been locked (asked of officers only; a city withdraws alike until the announcement)."""
    return Text("The list is locked.") if case.is_list_locked else None
