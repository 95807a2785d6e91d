"""Several people work on one application: owner, editor, viewer; and those who ask to join."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import (
    LIVE_STATES,
    Application,
    ApplicationMember,
    ApplicationState,
    Call,
    JoinRequest,
    MemberRole,
    Person,
)
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.questionnaire.cleaning import clean_line, clean_text
from gnlc_apply.services.application.submit import load_for_city
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import announce
from gnlc_apply.services.ties import keep_apart

# How many open requests one person may have: enough for mistakes, too few to ask around.
_MOST_REQUESTS = 5
_LONGEST_MESSAGE = 1000


@command()
def hand_over_ownership(unit: Unit, *, actor: Actor, reference: str, email: str) -> None:
    """Make a colleague the owner; whoever was becomes an editor."""
    case = load_for_city(unit, reference, Permission.OWN_AS_CITY)
    heir, own = _member(unit, case.row.id, email), _own(unit, case.row.id)
    if heir.id == own.id:
        raise Conflict(Text("You own this application already."))
    own.role, heir.role = MemberRole.EDITOR, MemberRole.OWNER
    unit.note("handed_over", "application", case.row.id, to=heir.person_id)


@command()
def take_over_ownership(unit: Unit, *, actor: Actor, reference: str) -> None:
    """Become the owner, as an editor, where the owner's account is closed; whoever was stays as an editor.

    Raises Conflict while the owner can still hand the application over.
    """
    case = load_for_city(unit, reference)
    owners = unit.session.execute(
        select(ApplicationMember, Person.deactivated_at)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(
            ApplicationMember.application_id == case.row.id,
            ApplicationMember.removed_at.is_(None),
            ApplicationMember.role == MemberRole.OWNER,
        )
    ).all()
    if any(closed_at is None for _owner, closed_at in owners):
        raise Conflict(Text("The owner's account is open. Ask the owner to hand the application over."))
    for owner, _closed_at in owners:
        owner.role = MemberRole.EDITOR
    _own(unit, case.row.id).role = MemberRole.OWNER
    unit.note("took_over", "application", case.row.id, after=[owner.person_id for owner, _closed_at in owners])


@command()
def change_role(unit: Unit, *, actor: Actor, reference: str, email: str, role: MemberRole) -> None:
    """Make a colleague an editor or a viewer."""
    case = load_for_city(unit, reference, Permission.OWN_AS_CITY)
    colleague = _member(unit, case.row.id, email)
    if MemberRole.OWNER in (colleague.role, role):
        raise Conflict(Text("There is one owner. Hand the application over to a colleague instead."))
    colleague.role = role
    unit.note("changed_role", "application", case.row.id, colleague=colleague.person_id, role=role.value)


@command()
def remove_colleague(unit: Unit, *, actor: Actor, reference: str, email: str) -> None:
    """End a colleague's access at once; everybody but the owner may also leave."""
    is_oneself = email.strip().casefold() == actor.email.casefold()
    permission = Permission.READ_AS_CITY if is_oneself else Permission.OWN_AS_CITY
    case = load_for_city(unit, reference, permission)
    colleague = _member(unit, case.row.id, email)
    if colleague.role is MemberRole.OWNER:
        raise Conflict(Text("The owner cannot leave. Hand the application over to a colleague first."))
    colleague.removed_at = unit.now
    unit.note("removed_colleague", "application", case.row.id, colleague=colleague.person_id)


@command()
def ask_to_join(unit: Unit, *, actor: Actor, call: str, country: str, place_name: str, message: str = "") -> None:
    """Ask whoever has begun for this place to be let in. Neither side is named before the owner agrees.

    Asking again changes nothing. Raises NotFound where nobody has begun.
    """
    require(actor, Permission.BEGIN_APPLICATION)
    row = _begun(unit, call, country, clean_line(place_name))
    asked = unit.session.scalars(select(JoinRequest).where(JoinRequest.person_id == actor.person_id)).all()
    if any(request.application_id == row.id for request in asked) or _is_member(unit, row.id):
        return
    if sum(request.answered_at is None for request in asked) >= _MOST_REQUESTS:
        raise Conflict(Text("You have asked several times already. Wait for the answers."))
    words = clean_text(message)[:_LONGEST_MESSAGE]
    request = JoinRequest(application_id=row.id, person_id=actor.person_id, message=words, asked_at=unit.now)
    unit.session.add(request)
    unit.session.flush()
    unit.note("asked_to_join", "application", row.id, request=request.id)
    announce(unit, "join_request", row, message=words)


@command()
def answer_join_request(unit: Unit, *, actor: Actor, reference: str, request: int, is_accepted: bool) -> None:
    """Let somebody in as an editor, or not; they are told."""
    case = load_for_city(unit, reference, Permission.OWN_AS_CITY)
    asked = unit.session.get(JoinRequest, request)
    if asked is None or asked.application_id != case.row.id:
        raise NotFound()
    if asked.answered_at is not None:
        raise Conflict(Text("This request has been answered already."))
    asked.answered_at, asked.is_accepted = unit.now, is_accepted
    unit.note("answered_join_request", "application", case.row.id, request=request, is_accepted=is_accepted)
    if is_accepted and not _is_member(unit, case.row.id, asked.person_id):
        add_member(unit, case.row.id, asked.person_id, MemberRole.EDITOR)
    _tell(unit, case.row, asked.person_id, "join_accepted" if is_accepted else "join_declined")


def add_member(unit: Unit, application_id: int, person_id: int, role: MemberRole) -> None:
    """Give somebody a place in an application."""
    unit.session.add(
        ApplicationMember(
            application_id=application_id,
            person_id=person_id,
            role=role,
            added_at=unit.now,
            added_by_id=unit.actor.person_id,
        )
    )
    unit.note("added_colleague", "application", application_id, colleague=person_id, role=role.value)
    keep_apart(unit, person_id)


def _member(unit: Unit, application_id: int, email: str) -> ApplicationMember:
    found = unit.session.scalar(
        select(ApplicationMember)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(
            ApplicationMember.application_id == application_id,
            ApplicationMember.removed_at.is_(None),
            Person.email == email.strip().casefold(),
        )
    )
    if found is None:
        words = Text("Choose one of the colleagues of this application.")
        raise Invalid(words, {"email": words})
    return found


def _own(unit: Unit, application_id: int) -> ApplicationMember:
    return unit.session.scalars(
        select(ApplicationMember).where(
            ApplicationMember.application_id == application_id,
            ApplicationMember.removed_at.is_(None),
            ApplicationMember.person_id == unit.actor.person_id,
        )
    ).one()


def _is_member(unit: Unit, application_id: int, person_id: int | None = None) -> bool:
    found = unit.session.scalar(
        select(ApplicationMember.id).where(
            ApplicationMember.application_id == application_id,
            ApplicationMember.removed_at.is_(None),
            ApplicationMember.person_id == (person_id or unit.actor.person_id),
        )
    )
    return found is not None


def _begun(unit: Unit, call: str, country: str, place_name: str) -> Application:
    states = (ApplicationState.DRAFT.value, *LIVE_STATES)
    row = unit.session.scalar(
        select(Application)
        .join(Call, Call.id == Application.call_id)
        .where(
            Call.reference == call,
            Application.country == country,
            Application.folded_name == fold(place_name),
            Application.state.in_(states),
        )
        .order_by(Application.submitted_at.is_(None), Application.id)
        .limit(1)
    )
    if row is None:
        raise NotFound()
    return row


def _tell(unit: Unit, row: Application, person_id: int, kind: str) -> None:
    person = unit.session.get_one(Person, person_id)
    values = {"name": person.name, "place": row.place_name, "reference": row.reference}
    unit.send(
        Message(
            kind=kind,
            recipient=person.email,
            person_id=person.id,
            language=person.language,
            application_id=row.id,
            values=values,
        )
    )
