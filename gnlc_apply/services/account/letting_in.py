"""Letting somebody into an application that nobody of the city can act for any more: asked here, done once confirmed."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import Application, ApplicationMember, MemberRole, TwoPersonRequest
from gnlc_apply.permissions import Permission, can, require, require_seen
from gnlc_apply.queries import heirs
from gnlc_apply.queries.heirs import Heir
from gnlc_apply.services import case as cases
from gnlc_apply.services.account.inviting import Letter, issue
from gnlc_apply.services.account.people import by_email, tell
from gnlc_apply.services.command import Unit


def choose(unit: Unit, reference: str, email: str) -> tuple[Application, Heir]:
    """The application and whom to let in. Raises Conflict where the city can help itself, Invalid for another address."""
    row, facts = cases.load_facts(unit, reference)
    require_seen(unit.actor, Permission.LIST_AS_SECRETARIAT, facts)
    require(unit.actor, Permission.HELP_CITY, facts)
    heir = _heir(unit, row, email.strip().casefold())
    if heir is None:
        words = Text("Choose a colleague, or an address that the application names.")
        raise Invalid(words, {"email": words})
    return row, heir


def _heir(unit: Unit, row: Application, address: str) -> Heir | None:
    """Who of the city has this address, where nobody can act for it. Raises Conflict where somebody can."""
    if not heirs.has_nobody(unit.session, row.id):
        raise Conflict(Text("Somebody of the city can still act as its owner, or take the ownership over."))
    return next((one for one in heirs.of_application(unit.session, row.id) if one.email == address), None)


def let_in(unit: Unit, asked: TwoPersonRequest) -> None:
    """What the confirmed request does: a viewer becomes an editor; any other address is invited as one.

    An editor then takes the ownership over on the city's own pages. All that was asked then is asked again: Raises Forbidden for a
    director who is tied to the city, Conflict where the city can help itself by now or has no such address any more.
    """
    row, facts = cases.load_facts(unit, asked.details["application"])
    if not can(unit.actor, Permission.HELP_CITY, facts):
        raise Forbidden(Text("You are tied to this file: another director answers."))
    heir = _heir(unit, row, asked.details["email"])
    if heir is None:
        raise Conflict(Text("This is no address of the city any more: it must be asked for again."))
    person = by_email(unit.session, heir.email)
    member = unit.session.scalar(
        select(ApplicationMember).where(
            ApplicationMember.application_id == row.id,
            ApplicationMember.person_id == (person.id if person else 0),
            ApplicationMember.role == MemberRole.VIEWER,
            ApplicationMember.removed_at.is_(None),
        )
    )
    if member is not None and person is not None:
        member.role = MemberRole.EDITOR
        tell(unit, person, "let_in", place=row.place_name, reference=row.reference)
    else:
        language = person.language if person is not None else row.language
        letter = Letter(heir.email, heir.name, language, kind="invitation_colleague")
        issue(unit, letter, application=(row.id, MemberRole.EDITOR), place_name=row.place_name)
    unit.note("let_in", "application", row.id, is_viewer=member is not None)
