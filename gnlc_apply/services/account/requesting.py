"""Acts on accounts that take two persons: an administrator (or officer) asks, a director confirms; never one person both."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import Person, Role, TwoPersonRequest
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.account import granting, letting_in, personal, second_factor
from gnlc_apply.services.account.inviting import Letter, issue
from gnlc_apply.services.account.people import (
    SECRETARIAT,
    by_email,
    by_reference,
    holders,
    named,
    normal_email,
    refuse_own,
    session_row,
    tell,
)
from gnlc_apply.services.command import Unit, command

GIVE_ROLE, RESET_SECOND_FACTOR, ERASE, LET_IN = "give_role", "reset_second_factor", "erase_person", "let_in"
KINDS = (GIVE_ROLE, RESET_SECOND_FACTOR, ERASE, LET_IN)
GOOD_FOR = timedelta(days=14)


def _ask(unit: Unit, kind: str, person: Person | None, reason: str, **details: object) -> str:
    row = TwoPersonRequest(kind=kind, person_id=person.id if person else None, details=details, reason=reason.strip())
    row.asked_by_id, row.asked_at = unit.actor.person_id, unit.now
    unit.session.add(row)
    unit.session.flush()
    unit.note("asked_for_confirmation", "two_person_request", row.id, kind=kind)
    for director in holders(unit.session, Role.DIRECTOR, unit.now.date()):
        if director.id not in (unit.actor.person_id, row.person_id):
            tell(unit, director, "confirmation_asked", act=kind, request=row.reference)
    return row.reference


@command(is_fresh=True)
def ask_for_role(
    unit: Unit,
    *,
    actor: Actor,
    email: str,
    name: str,
    role: Role | str,
    reason: str = "",
    language: str = "en",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> str:
    """Ask for a secretariat role for an address, for good or (an acting director) between two days; the reference.

    Raises Conflict for another kind of role or where the same is asked for already, Invalid for a bad address.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    if Role(role) not in SECRETARIAT:
        raise Conflict(Text("Only a role in the secretariat takes a director's confirmation."))
    address = normal_email(email)
    person = by_email(unit.session, address)
    asked: dict[str, str | None] = {
        "email": address,
        "name": named(name),
        "role": Role(role).value,
        "language": language,
    }
    asked |= {"valid_from": _iso(valid_from), "valid_until": _iso(valid_until)}
    for earlier in _open_requests(unit, GIVE_ROLE):
        if (earlier.details.get("email"), earlier.details.get("role")) == (address, Role(role).value):
            raise Conflict(Text("This was asked for already and waits for a director."))
    return _ask(unit, GIVE_ROLE, person, reason, **asked)


@command(is_fresh=True)
def ask_second_factor_reset(unit: Unit, *, actor: Actor, person: str, reason: str) -> str:
    """Ask to take a lost second factor away, so that the person can set up another; the request's reference."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    row = by_reference(unit.session, person)
    if row.id == actor.person_id:
        raise Conflict(Text("Somebody else must do this for your own account."))
    if row.totp_confirmed_at is None:
        raise Conflict(Text("This person has no second factor."))
    if any(earlier.person_id == row.id for earlier in _open_requests(unit, RESET_SECOND_FACTOR)):
        raise Conflict(Text("This was asked for already and waits for a director."))
    return _ask(unit, RESET_SECOND_FACTOR, row, reason)


@command(is_fresh=True)
def ask_erasure(unit: Unit, *, actor: Actor, person: str, reason: str) -> str:
    """Ask to erase somebody's personal data, which cannot be undone; the request's reference.

    Raises Conflict with the duty that still runs, for oneself, and where it is asked for already.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    row = by_reference(unit.session, person)
    if row.id == actor.person_id:
        raise Conflict(Text("Somebody else must do this for your own account."))
    personal.require_erasable(unit, row)
    if any(earlier.person_id == row.id for earlier in _open_requests(unit, ERASE)):
        raise Conflict(Text("This was asked for already and waits for a director."))
    return _ask(unit, ERASE, row, reason)


@command(is_fresh=True)
def ask_to_let_in(unit: Unit, *, actor: Actor, application: str, email: str, reason: str) -> str:
    """An officer asks to let somebody of the city in, where nobody can act for it any more; the request's reference.

    Raises Conflict where the city can help itself or it is asked for already, Invalid for an address that is not the city's.
    """
    row, heir = letting_in.choose(unit, application, email)
    if not reason.strip():
        raise Invalid(Text("Give a reason."), {"reason": Text("Give a reason.")})
    if any(earlier.details.get("application") == row.reference for earlier in _open_requests(unit, LET_IN)):
        raise Conflict(Text("This was asked for already and waits for a director."))
    asked = {"application": row.reference, "place": row.place_name, "email": heir.email, "name": heir.name}
    return _ask(unit, LET_IN, None, reason, **asked)


def _open_requests(unit: Unit, kind: str) -> list[TwoPersonRequest]:
    return list(
        unit.session.scalars(
            select(TwoPersonRequest).where(
                TwoPersonRequest.kind == kind,
                TwoPersonRequest.confirmed_at.is_(None),
                TwoPersonRequest.refused_at.is_(None),
                TwoPersonRequest.asked_at > unit.now - GOOD_FOR,
            )
        )
    )


def _request(unit: Unit, reference: str) -> TwoPersonRequest:
    row = unit.session.scalar(
        select(TwoPersonRequest)
        .where(TwoPersonRequest.reference == reference, TwoPersonRequest.kind.in_(KINDS))
        .with_for_update()
    )
    if row is None:
        raise NotFound()
    if row.confirmed_at is not None or row.refused_at is not None:
        raise Conflict(Text("This request was answered already."))
    if row.asked_at <= unit.now - GOOD_FOR:
        raise Conflict(Text("This request is older than two weeks. It must be asked for again."))
    return row


@command(is_fresh=True)
def confirm_request(unit: Unit, *, actor: Actor, request: str) -> None:
    """The second person confirms, and the act happens. Raises Conflict for the asker and for the person concerned."""
    require(actor, Permission.CONFIRM_ACCOUNT_ACT)
    row = _request(unit, request)
    if actor.person_id in (row.asked_by_id, row.person_id):
        raise Conflict(Text("A second person must do this."))
    row.confirmed_by_id, row.confirmed_at = actor.person_id, unit.now
    unit.note("confirmed_request", "two_person_request", row.id, kind=row.kind)
    acts = {GIVE_ROLE: _give_role, RESET_SECOND_FACTOR: _reset, ERASE: _erase, LET_IN: letting_in.let_in}
    acts[row.kind](unit, row)


@command(is_fresh=True)
def refuse_request(unit: Unit, *, actor: Actor, request: str) -> None:
    """A director refuses; nothing happens."""
    require(actor, Permission.CONFIRM_ACCOUNT_ACT)
    row = _request(unit, request)
    row.refused_at = unit.now
    unit.note("refused_request", "two_person_request", row.id, kind=row.kind)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _give_role(unit: Unit, row: TwoPersonRequest) -> None:
    """Somebody with an account gets the role at once; anybody else an invitation to it. Nobody confirms one for themselves."""
    asked = row.details
    place = granting.Place(Role(asked["role"]))
    person = by_email(unit.session, asked["email"])
    refuse_own(unit.actor, asked["email"], asked["name"])
    if person is not None:
        refuse_own(unit.actor, person.email, person.name, person.id)
    first, last = _day(asked["valid_from"]), _day(asked["valid_until"])
    if person is None or person.confirmed_at is None:
        letter = Letter(asked["email"], asked["name"], asked["language"], valid_from=first, valid_until=last)
        issue(unit, letter, place=place)
        return
    granting.add(unit, person, place, valid_from=first, valid_until=last)
    tell(unit, person, "role_granted", role=str(place.role))


def _erase(unit: Unit, row: TwoPersonRequest) -> None:
    person = session_row(unit.session, row.person_id or 0)
    if person is None:
        raise NotFound()
    personal.erase(unit, person)


def _reset(unit: Unit, row: TwoPersonRequest) -> None:
    person = session_row(unit.session, row.person_id or 0)
    if person is None:
        raise NotFound()
    second_factor.remove(unit, person)
    unit.note("reset_second_factor", "person", person.id)
    granting.end_everything(unit, person)
    tell(unit, person, "second_factor_changed", change="reset")


@command()
def reset_second_factor(unit: Unit, *, actor: Actor, person: str) -> None:
    """At the console only, where nobody is left who could ask or confirm: take a second factor away."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = by_reference(unit.session, person)
    second_factor.remove(unit, row)
    unit.note("reset_second_factor", "person", row.id, how="console")
    granting.end_everything(unit, row)
    tell(unit, row, "second_factor_changed", change="reset")
