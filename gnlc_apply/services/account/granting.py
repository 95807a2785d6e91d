"""Roles given and taken; the inner acts that several commands share, and the administrator's commands on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import Call, Grant, Person, RememberedDevice, Role, State, TokenPurpose
from gnlc_apply.permissions import Actor, Permission, require, runs_on
from gnlc_apply.services.account import tokens
from gnlc_apply.services.account.people import SECRETARIAT, by_reference, holders, refuse_own, tell
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.sessions import end_all
from gnlc_apply.services.ties import keep_apart, leave_all


@dataclass(frozen=True)
class Place:
    """A role and what it is for: a call for the jury, a country for a Commission, nothing for the secretariat."""

    role: Role
    call_id: int | None = None
    country: str | None = None


def place_of(session: Session, role: Role, country: str | None, call_reference: str | None) -> Place:
    """The role with its country or call. Raises Invalid where one is missing, unknown or too much."""
    if role is Role.COMMISSION:
        if not country or session.get(State, country) is None:
            words = Text("Choose the country of this National Commission.")
            raise Invalid(words, {"country": words})
        return Place(role, country=country)
    if role in (Role.JUROR, Role.CHAIR):
        call_id = session.scalar(select(Call.id).where(Call.reference == (call_reference or "")))
        if call_id is None:
            words = Text("Choose the call of this jury.")
            raise Invalid(words, {"call": words})
        return Place(role, call_id=call_id)
    return Place(role)


def add(
    unit: Unit, person: Person, place: Place, *, valid_from: date | None = None, valid_until: date | None = None
) -> Grant:
    """Give a role (or new dates to one that runs); the person's other sessions end, and readings that it conflicts with."""
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        words = Text("The last day must not be before the first.")
        raise Invalid(words, {"valid_until": words})
    grant = unit.session.scalar(
        select(Grant).where(
            Grant.person_id == person.id,
            Grant.role == place.role,
            Grant.call_id.is_not_distinct_from(place.call_id),
            Grant.country.is_not_distinct_from(place.country),
            Grant.revoked_at.is_(None),
        )
    )
    if grant is None:
        grant = Grant(person_id=person.id, role=place.role, call_id=place.call_id, country=place.country)
        grant.granted_at, grant.granted_by_id = unit.now, unit.actor.person_id
        unit.session.add(grant)
    grant.valid_from, grant.valid_until = valid_from, valid_until
    unit.session.flush()
    unit.note("granted", "grant", grant.id, person=person.id, role=place.role, until=valid_until)
    end_everything(unit, person)
    keep_apart(unit, person.id)
    return grant


def end_everything(unit: Unit, person: Person) -> None:
    """End a person's sessions (but the actor's own present one), remembered devices and open links."""
    keep = unit.actor.session_hash if unit.actor.person_id == person.id else ""
    end_all(unit.session, person.id, unit.now, keep=keep)
    unit.session.execute(
        update(RememberedDevice)
        .where(RememberedDevice.person_id == person.id, RememberedDevice.ended_at.is_(None))
        .values(ended_at=unit.now)
    )
    tokens.void(unit, person.id, TokenPurpose.RESET_PASSWORD, TokenPurpose.COMMISSION_CODE)


def refuse_last(unit: Unit, person: Person, *held: Grant) -> None:
    """Raise Conflict when nobody would be left with a role that the installation cannot do without.

    Where a role without a last day is taken, an acting director or administrator is no successor: the role would be empty
    once those days are over.
    """
    for grant in held:
        if grant.role not in (Role.DIRECTOR, Role.ADMINISTRATOR):
            continue
        # Two administrators who take each other's role at once wait for each other here; the second finds nobody else.
        same = select(Grant).where(Grant.role == grant.role, Grant.revoked_at.is_(None)).order_by(Grant.id)
        unit.session.scalars(same.with_for_update()).all()
        left = holders(unit.session, grant.role, unit.now.date(), is_for_good=grant.valid_until is None)
        # Somebody who has not set a password yet cannot act.
        if not any(other.id != person.id and other.password_hash for other in left):
            raise Conflict(
                Text(
                    "Nobody else holds this role without a last day. First ask for it for another person, and let a director "
                    "confirm."
                )
            )


def running_grants(unit: Unit, person: Person) -> list[Grant]:
    """The roles that somebody holds today."""
    held = select(Grant).where(Grant.person_id == person.id, runs_on(unit.now.date())).order_by(Grant.id)
    return list(unit.session.scalars(held))


def _tell_directors(unit: Unit, person: Person, roles: Iterable[Role], how: str) -> None:
    """One person alone has taken a role in the secretariat: every director learns who lost which, and by whose hand."""
    lost = [role.value for role in roles if role in SECRETARIAT]
    if not lost:
        return
    for director in holders(unit.session, Role.DIRECTOR, unit.now.date()):
        if director.id not in (unit.actor.person_id, person.id):
            tell(
                unit,
                director,
                "secretariat_role_ended",
                whose=person.name or person.email,
                roles=lost,
                how=how,
                by=unit.actor.name,
            )


@command(is_fresh=True)
def grant(
    unit: Unit,
    *,
    actor: Actor,
    person: str,
    role: Role | str,
    country: str | None = None,
    call_reference: str | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> None:
    """Give somebody with an account a role. A secretariat role takes a director's confirmation: see ``ask_for_role``.

    ``person`` is the person's reference. Raises Conflict for a secretariat role and for what looks like a second account
    of the giver's own, Invalid for a bad country or call.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    if Role(role) in SECRETARIAT and actor.kind != "system":
        raise Conflict(Text("A role in the secretariat takes a director's confirmation."))
    row = by_reference(unit.session, person)
    refuse_own(actor, row.email, row.name, row.id)
    place = place_of(unit.session, Role(role), country, call_reference)
    add(unit, row, place, valid_from=valid_from, valid_until=valid_until)
    tell(unit, row, "role_granted", role=str(place.role))


@command()
def revoke(unit: Unit, *, actor: Actor, person: str, grant_id: int) -> None:
    """Take a role back, at once; readings of a juror end with it, and directors hear of a role in the secretariat.

    Raises Conflict for the last director or administrator, and for one's own role.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    row = by_reference(unit.session, person)
    held = unit.session.get(Grant, grant_id)
    if held is None or held.person_id != row.id or held.revoked_at is not None:
        raise NotFound()
    if row.id == actor.person_id:
        raise Conflict(Text("Somebody else must do this for your own account."))
    refuse_last(unit, row, held)
    held.revoked_at = unit.now
    unit.note("revoked", "grant", held.id, person=row.id, role=held.role)
    end_everything(unit, row)
    if held.role is Role.JUROR:
        leave_all(unit, row.id, "revoked", held.call_id)
    tell(unit, row, "role_revoked", role=str(held.role))
    _tell_directors(unit, row, [held.role], "revoked")


@command(is_fresh=True)
def deactivate(unit: Unit, *, actor: Actor, person: str, reason: str = "") -> None:
    """Close an account: nobody can sign in with it any more; what the person did stays, readings that ran end.

    Raises Conflict for the last director or administrator, and for one's own account.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    row = by_reference(unit.session, person)
    if row.id == actor.person_id:
        raise Conflict(Text("Somebody else must do this for your own account."))
    if row.deactivated_at is not None:
        raise Conflict(Text("This account is closed already."))
    held = running_grants(unit, row)
    refuse_last(unit, row, *held)
    row.deactivated_at = unit.now
    unit.note("deactivated", "person", row.id, reason=reason)
    end_everything(unit, row)
    leave_all(unit, row.id, "closed")
    _tell_directors(unit, row, [grant.role for grant in held], "closed")


@command(is_fresh=True)
def reactivate(unit: Unit, *, actor: Actor, person: str) -> None:
    """Open a closed account again. Its secretariat roles are gone: they take a director's confirmation."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    row = by_reference(unit.session, person)
    if row.deactivated_at is None:
        raise Conflict(Text("This account is open already."))
    row.deactivated_at = None
    unit.session.execute(
        update(Grant)
        .where(Grant.person_id == row.id, Grant.role.in_(SECRETARIAT), Grant.revoked_at.is_(None))
        .values(revoked_at=unit.now)
    )
    unit.note("reactivated", "person", row.id)
