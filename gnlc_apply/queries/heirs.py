"""Who could act for a city once the accounts of all who did are closed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.models import Answer, ApplicationMember, MemberRole, Person

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
    acting = (
        select(ApplicationMember.id)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(
            ApplicationMember.application_id == application_id,
            ApplicationMember.removed_at.is_(None),
            ApplicationMember.role.in_(_ACTING),
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
    )
    return session.scalar(acting.limit(1)) is None


def of_application(session: Session, application_id: int) -> list[Heir]:
    """Its viewers with an open account, then the addresses that the application names; no closed account among them."""
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
        if email and not _is_closed(session, email):
            found.setdefault(email, Heir(email, said.get(name_key, "") or email, is_viewer=False))
    return list(found.values())


def _is_closed(session: Session, email: str) -> bool:
    closed = select(Person.id).where(Person.email == email, Person.deactivated_at.is_not(None))
    return session.scalar(closed) is not None
