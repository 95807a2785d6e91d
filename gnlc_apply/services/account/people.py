"""What all verbs of accounts need: the person behind an address, the roles that run, the words that make bad passwords."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.core.passwords import problem
from gnlc_apply.core.text import Text
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Grant, Person, Role
from gnlc_apply.permissions import Actor
from gnlc_apply.services.command import Unit

SECRETARIAT = (Role.OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR)


def normal_email(typed: str) -> str:
    """The address as it is stored. Raises Invalid at the field ``email``."""
    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized.casefold()
    except EmailNotValidError as error:
        words = Text("Enter an email address in the right form, like name@example.org.")
        raise Invalid(words, {"email": words}) from error


def named(typed: str, field: str = "name") -> str:
    """A person's name, tidied. Raises Invalid when it is empty or too long."""
    name = " ".join(typed.split())
    if not name or len(name) > 200:
        words = Text("Enter a name of at most 200 characters.")
        raise Invalid(words, {field: words})
    return name


def refuse_own(actor: Actor, email: str, name: str, person_id: int | None = None) -> None:
    """Raise Conflict where a role would go to whoever gives it: their account, or what looks like their second one.

    Nobody can be kept from having two mailboxes; who has the name, or the address but for what follows a plus, is left
    to somebody else, who looks at it as the second person.
    """
    if actor.kind == "system":
        return
    is_own = person_id is not None and person_id == actor.person_id
    if is_own or _mailbox(email) == _mailbox(actor.email):
        words = Text("Somebody else must do this for your own account.")
        raise Conflict(words, {"email": words})
    if fold(name) and sorted(fold(name).split()) == sorted(fold(actor.name).split()):
        words = Text("This is your own name. If it is somebody else, ask a colleague to do this.")
        raise Conflict(words, {"name": words})


def _mailbox(email: str) -> tuple[str, str]:
    """Where mail to an address arrives with most providers: whatever follows a plus is the reader's own label."""
    local, _, domain = email.casefold().rpartition("@")
    return local.partition("+")[0], domain


def check_password(password: str, own: Iterable[str], field: str = "password") -> None:
    """Raise Invalid at the field unless this may become somebody's password."""
    found = problem(password, own)
    if found is not None:
        raise Invalid(found, {field: found})


def by_email(session: Session, email: str) -> Person | None:
    """The person with this address, locked for this unit; None when there is none or the account was erased."""
    return session.scalar(
        select(Person).where(Person.email == email, Person.erased_at.is_(None)).with_for_update(of=Person)
    )


def by_reference(session: Session, reference: str) -> Person:
    """The person with this reference, locked for this unit. Raises NotFound."""
    row = session.scalar(
        select(Person).where(Person.reference == reference, Person.erased_at.is_(None)).with_for_update(of=Person)
    )
    if row is None:
        raise NotFound()
    return row


def myself(unit: Unit) -> Person:
    """The actor's own row, locked for this unit. Raises NotFound for anybody but a person with an open account."""
    row = session_row(unit.session, unit.actor.person_id or 0)
    if row is None or row.deactivated_at is not None:
        raise NotFound()
    return row


def session_row(session: Session, person_id: int) -> Person | None:
    """A person by number, locked for this unit."""
    return session.scalar(select(Person).where(Person.id == person_id, Person.erased_at.is_(None)).with_for_update())


def roles_now(session: Session, person_id: int, today: date) -> set[Role]:
    """The roles that run for a person today."""
    return set(
        session.scalars(
            select(Grant.role).where(
                Grant.person_id == person_id,
                Grant.revoked_at.is_(None),
                or_(Grant.valid_from.is_(None), Grant.valid_from <= today),
                or_(Grant.valid_until.is_(None), Grant.valid_until >= today),
            )
        )
    )


def holders(session: Session, role: Role, today: date, *, is_for_good: bool = False) -> list[Person]:
    """Everybody with an open account who holds a role today; ``is_for_good``: without a last day."""
    until = Grant.valid_until.is_(None)
    return list(
        session.scalars(
            select(Person)
            .join(Grant, Grant.person_id == Person.id)
            .where(
                Grant.role == role,
                Grant.revoked_at.is_(None),
                or_(Grant.valid_from.is_(None), Grant.valid_from <= today),
                until if is_for_good else or_(until, Grant.valid_until >= today),
                Person.deactivated_at.is_(None),
                Person.erased_at.is_(None),
            )
            .distinct()
        )
    )


def tell(unit: Unit, person: Person, kind: str, **values: object) -> None:
    """Queue a message about the account to its own address."""
    unit.send(
        Message(
            kind=kind,
            recipient=person.email,
            person_id=person.id,
            language=person.language,
            values={"name": person.name, **values},
        )
    )
