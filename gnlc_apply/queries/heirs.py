"""Who could act for a city once the accounts of all who did are closed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from gnlc_apply.models import Answer, Application, ApplicationMember, MemberRole, Person

# Whom the application itself names: its functional address, and its focal point.
_NAMED = (("people.office_email", "people.office_name"), ("people.focal_email", "people.focal_name"))
_ACTING = (MemberRole.OWNER, MemberRole.EDITOR)


@dataclass(frozen=True)
class Heir:
    """An address of the city; ``is_viewer``: of a colleague who can only read so far."""

    email: str
    name: str
    is_viewer: bool

    @property
    def label(self) -> str:
        """Name and address; the address alone where it has no name."""
        return self.email if self.name == self.email else f"{self.name}, {self.email}"


def has_nobody(session: Session, application_id: int) -> bool:
    """Whether nobody with an open account owns the application or could take it over."""
    return session.scalar(_acting().where(ApplicationMember.application_id == application_id).limit(1)) is None


def nobody_acts() -> ColumnElement[bool]:
    """The same as a condition on the applications of a statement."""
    return ~_acting().where(ApplicationMember.application_id == Application.id).exists()


def _acting() -> Select[int]:
    return (
        select(ApplicationMember.id)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(
            ApplicationMember.removed_at.is_(None),
            ApplicationMember.role.in_(_ACTING),
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
    )


def of_application(session: Session, application_id: int) -> list[Heir]:
    """Its viewers with an open account, then the addresses that the application names.

    No closed account is among them, and nobody whom the city has removed.
    """
    viewers = session.execute(
        select(Person.email, Person.name)
        .join(ApplicationMember, ApplicationMember.person_id == Person.id)
        .where(
            ApplicationMember.application_id == application_id,
            ApplicationMember.removed_at.is_(None),
            ApplicationMember.role == MemberRole.VIEWER,
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(ApplicationMember.id)
    )
    found = {row.email: Heir(row.email, row.name, is_viewer=True) for row in viewers}
    keys = [key for pair in _NAMED for key in pair]
    answers = select(Answer.key, Answer.value).where(Answer.application_id == application_id, Answer.key.in_(keys))
    said = {row.key: str(row.value or "").strip() for row in session.execute(answers)}
    for email_key, name_key in _NAMED:
        email = said.get(email_key, "").casefold()
        if email and not _is_out(session, application_id, email):
            found.setdefault(email, Heir(email, said.get(name_key, "") or email, is_viewer=False))
    return list(found.values())


def _is_out(session: Session, application_id: int, email: str) -> bool:
    removed = select(ApplicationMember.id).where(
        ApplicationMember.application_id == application_id,
        ApplicationMember.person_id == Person.id,
        ApplicationMember.removed_at.is_not(None),
    )
    out = select(Person.id).where(Person.email == email, or_(Person.deactivated_at.is_not(None), removed.exists()))
    return session.scalar(out) is not None
