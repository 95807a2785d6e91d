"""What is unfinished at a gate of a call, and whom an extension touches: asked by pages and by commands alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    ApplicationState,
    Call,
    Deadline,
    ExtensionScope,
    Grant,
    Person,
    Role,
    State,
    StateStatus,
)
from gnlc_apply.permissions import runs_on
from gnlc_apply.queries.embargoed.roster import is_there_a_juror

_STILL_WRITING = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.ENDORSED,
    ApplicationState.RETURNED,
)
_BEFORE_THE_CHECK = (ApplicationState.SUBMITTED, ApplicationState.ENDORSED, ApplicationState.RETURNED)


@dataclass(frozen=True)
class Contact:
    """Somebody whom an extension touches, and because of which file or country."""

    person_id: int
    email: str
    name: str
    language: str
    country: str
    application_id: int | None = None
    reference: str = ""
    place_name: str = ""


@dataclass(frozen=True)
class Touched:
    """Whom an extension would touch, counted, with the places by name."""

    cities: int
    officials: int
    contacts: int
    places: tuple[str, ...]


def touched(
    session: Session,
    call_id: int,
    deadline: Deadline,
    scope: ExtensionScope,
    country: str | None,
    application: str | None,
) -> Touched:
    """Whom an extension would touch; ``application`` is a reference."""
    file = session.scalar(select(Application.id).where(Application.reference == (application or "")))
    reach = (call_id, scope, country, file)
    officials = cities_touched(session, *reach) if deadline is Deadline.CITIES else []
    places = dict.fromkeys(contact.place_name for contact in officials)
    return Touched(
        cities=len({contact.application_id for contact in officials}),
        officials=len({contact.person_id for contact in officials}),
        contacts=len({contact.person_id for contact in commissions_touched(session, *reach)}),
        places=tuple(places)[:50],
    )


def _open_account() -> tuple[ColumnElement[bool], ...]:
    return (Person.deactivated_at.is_(None), Person.erased_at.is_(None))


def _holders(session: Session, role: Role, call_id: int | None = None) -> int:
    query = select(func.count(Grant.id)).where(Grant.role == role, Grant.revoked_at.is_(None))
    if call_id is not None:
        query = query.where(Grant.call_id == call_id)
    return session.scalar(query) or 0


def unfinished_to_open(session: Session, call: Call) -> list[Text]:
    """What is unfinished when a call opens: nothing here forbids it, but whoever opens should know."""
    found = []
    if not call.contact_email:
        found.append(Text("No address for questions about this call is set."))
    if not _holders(session, Role.DIRECTOR):
        found.append(Text("Nobody has the role of director."))
    reached = select(Grant.country).where(Grant.role == Role.COMMISSION, Grant.revoked_at.is_(None))
    missing = session.scalar(
        select(func.count(State.iso3)).where(State.status == StateStatus.MEMBER, State.iso3.not_in(reached))
    )
    if missing:
        found.append(Text("Member States without a contact at their National Commission: %(number)s", number=missing))
    return found


def unfinished_to_freeze(session: Session, call: Call, now: datetime) -> list[Text]:
    """What is unfinished when guide, standard and places are frozen."""
    found = []
    if now <= call.deadline_at:
        found.append(Text("Cities may still apply until %(moment)s.", moment=call.deadline_at))
    waiting = session.scalar(
        select(func.count(Application.id)).where(
            Application.call_id == call.id, Application.state.in_(_BEFORE_THE_CHECK)
        )
    )
    if waiting:
        found.append(Text("Files that have not been checked: %(number)s", number=waiting))
    if not is_there_a_juror(session, call.id):
        found.append(Text("No juror has been invited."))
    if not _holders(session, Role.CHAIR, call.id):
        found.append(Text("The jury has no chair."))
    return found


def _in_reach(scope: ExtensionScope, country: str | None, application_id: int | None) -> list[ColumnElement[bool]]:
    if scope is ExtensionScope.COUNTRY:
        return [Application.country == country]
    if scope is ExtensionScope.CITY:
        return [Application.id == application_id]
    return []


def cities_touched(
    session: Session, call_id: int, scope: ExtensionScope, country: str | None, application_id: int | None
) -> list[Contact]:
    """The officials of the files that an extension of the cities' deadline reaches and that can still be changed."""
    rows = session.execute(
        select(
            Person.id.label("person_id"),
            Person.email,
            Person.name,
            Person.language,
            Application.country,
            Application.id.label("application_id"),
            Application.reference,
            Application.place_name,
        )
        .join(ApplicationMember, ApplicationMember.person_id == Person.id)
        .join(Application, Application.id == ApplicationMember.application_id)
        .where(
            Application.call_id == call_id,
            Application.state.in_(_STILL_WRITING),
            ApplicationMember.removed_at.is_(None),
            *_open_account(),
            *_in_reach(scope, country, application_id),
        )
        .order_by(Application.id, Person.id)
    )
    return [Contact(**row._mapping) for row in rows]


def commissions_touched(
    session: Session, call_id: int, scope: ExtensionScope, country: str | None, application_id: int | None
) -> list[Contact]:
    """The contacts at the National Commissions of the countries that an extension reaches."""
    countries = select(Application.country).where(
        Application.call_id == call_id,
        Application.state != ApplicationState.DRAFT,
        *_in_reach(scope, country, application_id),
    )
    reached = Grant.country == country if scope is ExtensionScope.COUNTRY else Grant.country.in_(countries)
    if scope is ExtensionScope.ALL:
        reached = Grant.country.is_not(None)
    rows = session.execute(
        select(Person.id.label("person_id"), Person.email, Person.name, Person.language, Grant.country)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.role == Role.COMMISSION, runs_on(clock.today()), reached, *_open_account())
        .order_by(Grant.country, Person.id)
    )
    return [Contact(**row._mapping) for row in rows]
