"""Invitations: a personal link that makes an account, or adds a role or a place in an application to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update

from gnlc_apply.core.errors import Conflict, NotFound, SignInNeeded, TooMany
from gnlc_apply.core.passwords import hash_password
from gnlc_apply.core.sealing import hashed, new_token
from gnlc_apply.core.text import Text
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import ApplicationMember, Invitation, MemberRole, Person, Role
from gnlc_apply.permissions import Actor, Permission, can, require, require_seen
from gnlc_apply.queries import account as accounts
from gnlc_apply.services.account import granting
from gnlc_apply.services.account.people import SECRETARIAT, by_email, check_password, named, normal_email, refuse_own
from gnlc_apply.services.account.privacy import note_acceptance
from gnlc_apply.services.case import load_facts
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.ties import keep_apart

GOOD_FOR = timedelta(days=14)
PURPOSE = "invitation"
# More colleagues than a city has; fewer than would make our mail a nuisance to strangers.
COLLEAGUES_A_DAY = 30


@dataclass(frozen=True)
class Letter:
    """Who is invited, in which language, and which kind of mail says so."""

    email: str
    name: str
    language: str = "en"
    kind: str = "invitation"
    period: timedelta = GOOD_FOR
    valid_from: date | None = None
    valid_until: date | None = None


def issue(
    unit: Unit,
    letter: Letter,
    *,
    place: granting.Place | None = None,
    application: tuple[int, MemberRole] | None = None,
    **values: Any,
) -> str:
    """Inner act: write an invitation to a role or into an application and queue its mail; the link's secret.

    An older open invitation to the same is void. ``values`` go to the mail.
    """
    same = (
        Invitation.role == place.role if place is not None else Invitation.application_id == (application or (0,))[0],
        Invitation.call_id.is_not_distinct_from(place.call_id if place else None),
        Invitation.country.is_not_distinct_from(place.country if place else None),
    )
    unit.session.execute(
        update(Invitation)
        .where(
            Invitation.email == letter.email, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), *same
        )
        .values(revoked_at=unit.now)
    )
    if place is not None:
        _name_anew(unit, letter)
    token = new_token()
    row = Invitation(
        email=letter.email,
        name=letter.name,
        language=letter.language,
        role=place.role if place else None,
        call_id=place.call_id if place else None,
        country=place.country if place else None,
        application_id=application[0] if application else None,
        application_role=application[1].value if application else None,
        valid_from=letter.valid_from,
        valid_until=letter.valid_until,
        token_hash=hashed(token, PURPOSE),
        invited_by_id=unit.actor.person_id,
        invited_at=unit.now,
        expires_at=unit.now + letter.period,
    )
    unit.session.add(row)
    unit.session.flush()
    unit.note("invited", "invitation", row.id, role=row.role or row.application_role)
    shown = {"name": letter.name, "inviter": unit.actor.name, "role": str(row.role or row.application_role)}
    unit.send(
        Message(
            kind=letter.kind,
            recipient=letter.email,
            language=letter.language,
            application_id=row.application_id,
            values={**shown, "expires_at": row.expires_at.isoformat(), **values, "secret_token": token},
        )
    )
    return token


def _name_anew(unit: Unit, letter: Letter) -> None:
    """An account that nobody has confirmed bears whatever name a stranger typed: from now on it bears the invited one."""
    person = by_email(unit.session, letter.email)
    if person is not None and person.confirmed_at is None:
        person.name, person.language = letter.name, letter.language


def _require_inviter(actor: Actor, role: Role) -> None:
    if role in SECRETARIAT and actor.kind != "system":
        raise Conflict(Text("A role in the secretariat takes a director's confirmation."))
    if not can(actor, Permission.MANAGE_ACCOUNTS):
        require(actor, Permission.RUN_CALL)


@command(is_fresh=True)
def invite(
    unit: Unit,
    *,
    actor: Actor,
    email: str,
    name: str,
    role: Role | str,
    country: str | None = None,
    call_reference: str | None = None,
    language: str = "en",
) -> str:
    """Invite somebody to a role (Commission, jury); the link's secret. Administrators and the secretariat may.

    Raises Conflict for a secretariat role (see ``ask_for_role``) and for what looks like a second account of the
    inviter's own, Invalid for a bad address, country or call.
    """
    _require_inviter(actor, Role(role))
    place, address = granting.place_of(unit.session, Role(role), country, call_reference), normal_email(email)
    invited = by_email(unit.session, address)
    refuse_own(actor, address, name)
    if invited is not None:
        refuse_own(actor, invited.email, invited.name, invited.id)
    return issue(unit, Letter(address, named(name), language), place=place)


def _refuse_a_flood(unit: Unit) -> None:
    """Whoever may invite whom they like must not write to half the world in our name."""
    since = unit.now - timedelta(days=1)
    sent = select(func.count()).where(
        Invitation.invited_by_id == unit.actor.person_id,
        Invitation.application_id.is_not(None),
        Invitation.invited_at > since,
    )
    if (unit.session.scalar(sent) or 0) >= COLLEAGUES_A_DAY:
        raise TooMany(Text("You have invited many people today. Invite the others tomorrow."))


@command()
def invite_colleague(
    unit: Unit, *, actor: Actor, reference: str, email: str, name: str, member_role: MemberRole | str
) -> str:
    """The owner of a city's application invites a colleague as owner's help: editor or viewer; the link's secret.

    Raises TooMany after the thirtieth of a day.
    """
    file, facts = load_facts(unit, reference)
    require_seen(actor, Permission.READ_AS_CITY, facts)
    require(actor, Permission.OWN_AS_CITY, facts)
    if MemberRole(member_role) is MemberRole.OWNER:
        raise Conflict(Text("An application has one owner. Hand it over instead."))
    address = normal_email(email)
    person = by_email(unit.session, address)
    if person is not None and person.id in facts.members:
        raise Conflict(Text("This person is in the application already."))
    _refuse_a_flood(unit)
    letter = Letter(address, named(name), actor.language, kind="invitation_colleague")
    return issue(unit, letter, application=(file.id, MemberRole(member_role)), place_name=file.place_name)


@command()
def revoke_invitation(unit: Unit, *, actor: Actor, invitation_id: int) -> None:
    """Make an open invitation's link worthless; administrators may."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    row = unit.session.get(Invitation, invitation_id)
    if row is None or row.application_id is not None:
        raise NotFound()
    if row.accepted_at is not None or row.revoked_at is not None:
        raise Conflict(Text("This invitation is not open any more."))
    row.revoked_at = unit.now
    unit.note("revoked_invitation", "invitation", row.id)


def _prepare(*, actor: Actor, token: str, password: str | None = None, **_: Any) -> dict[str, Any]:
    seen = accounts.invitation(token)
    if seen is None or seen.state != "open" or seen.has_account or not password:
        return {"password_hash": None}
    check_password(password, (seen.name, seen.email))
    return {"password_hash": hash_password(password)}


def _open(unit: Unit, token: str) -> Invitation:
    row = unit.session.scalar(
        select(Invitation).where(Invitation.token_hash == hashed(token, PURPOSE)).with_for_update()
    )
    if row is None:
        raise NotFound()
    if row.accepted_at is not None:
        raise Conflict(Text("This invitation was accepted already. Sign in instead."))
    if row.revoked_at is not None:
        raise Conflict(Text("This invitation was taken back. Ask the person who invited you."))
    if row.expires_at <= unit.now:
        raise Conflict(Text("The time of this invitation is over. Ask for a new one."))
    return row


def _invitee(unit: Unit, row: Invitation, name: str, password_hash: str | None) -> Person:
    """The person of the invited address, made or confirmed now. The link proves the address; it never signs others in."""
    person = by_email(unit.session, row.email)
    if person is not None and person.confirmed_at is not None:
        if unit.actor.person_id is None:
            raise SignInNeeded()
        if unit.actor.person_id != person.id:
            raise Conflict(Text("This invitation is for another address. Sign out and follow the link again."))
        return person
    if password_hash is None and row.role is not Role.COMMISSION:
        check_password("", (), "password")
    if person is None:
        person = Person(email=row.email, name=named(name), language=row.language, created_at=unit.now)
        unit.session.add(person)
    person.name, person.password_hash, person.confirmed_at = named(name), password_hash, unit.now
    unit.session.flush()
    unit.note("confirmed", "person", person.id)
    return person


def _join(unit: Unit, row: Invitation, person: Person) -> None:
    is_there = unit.session.scalar(
        select(ApplicationMember.id).where(
            ApplicationMember.application_id == row.application_id,
            ApplicationMember.person_id == person.id,
            ApplicationMember.removed_at.is_(None),
        )
    )
    if is_there is None:
        member = ApplicationMember(application_id=row.application_id, person_id=person.id, added_at=unit.now)
        member.role, member.added_by_id = MemberRole(row.application_role or "viewer"), row.invited_by_id
        unit.session.add(member)
        unit.note("joined", "application", row.application_id, person=person.id, role=row.application_role)
        keep_apart(unit, person.id)


def _dates(row: Invitation) -> dict[str, date | None]:
    return {"valid_from": row.valid_from, "valid_until": row.valid_until}


@command(_prepare)
def accept_invitation(
    unit: Unit,
    *,
    actor: Actor,
    token: str,
    name: str = "",
    password: str | None = None,
    password_hash: str | None = None,
) -> int:
    """Accept an invitation by its link's secret; the person's number. Role and address are the invitation's own.

    A new person gives a name and a password (a Commission may do without); somebody with an account must be signed in
    with the invited address (SignInNeeded, Conflict). Raises NotFound for an unknown link, Conflict for a closed one.
    """
    row = _open(unit, token)
    person = _invitee(unit, row, name or row.name, password_hash)
    row.accepted_at, row.accepted_by_id = unit.now, person.id
    note_acceptance(unit, person)
    if row.role is not None:
        granting.add(unit, person, granting.Place(row.role, row.call_id, row.country), **_dates(row))
    else:
        _join(unit, row, person)
    unit.note("accepted_invitation", "invitation", row.id, person=person.id)
    return person.id
