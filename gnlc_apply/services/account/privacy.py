"""Taking note of the privacy notice: written down with its version when an account begins, and again when it changes."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.privacy_notice import VERSION
from gnlc_apply.models import Person, PrivacyAcceptance
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.account.people import myself
from gnlc_apply.services.command import Unit, command


def note_acceptance(unit: Unit, person: Person) -> bool:
    """Inner act: the person has taken note of the notice as it stands now; once for each version. Whether that is new."""
    is_known = unit.session.scalar(
        select(PrivacyAcceptance.id).where(
            PrivacyAcceptance.person_id == person.id, PrivacyAcceptance.version == VERSION
        )
    )
    if is_known is None:
        unit.session.add(PrivacyAcceptance(person_id=person.id, version=VERSION, accepted_at=unit.now))
    return is_known is None


@command()
def accept_privacy_notice(unit: Unit, *, actor: Actor) -> None:
    """Take note of the privacy notice as it stands now. Nothing waits for it: a deadline does not either."""
    require(actor, Permission.USE_ACCOUNT)
    person = myself(unit)
    if note_acceptance(unit, person):
        unit.note("accepted_privacy_notice", "person", person.id, version=VERSION)
