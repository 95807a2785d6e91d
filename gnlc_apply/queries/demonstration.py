"""The invented people of a demonstration, and what their telephones show."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select, true

from gnlc_apply import config
from gnlc_apply.core import clock, totp
from gnlc_apply.core.sealing import unseal
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationMember, Call, Grant, Person
from gnlc_apply.queries.accounts import like, running


@dataclass(frozen=True)
class DemoPerson:
    """One of a demonstration's people in one role."""

    name: str
    email: str
    place: str
    country: str | None


@dataclass(frozen=True)
class Telephone:
    """What an invented person's authenticator app shows now."""

    name: str
    email: str
    code: str


def people_by_role(search: str = "") -> dict[str, list[DemoPerson]]:
    """Everybody of a demonstration by role, in two statements; the city's people last."""
    order = ("director", "officer", "administrator", "chair", "juror", "commission", "city")
    groups: dict[str, list[DemoPerson]] = {role: [] for role in order}
    alive = (Person.deactivated_at.is_(None), Person.erased_at.is_(None), Person.confirmed_at.is_not(None))
    found = or_(like(Person.name, search), like(Person.email, search)) if search else true()
    held = (
        select(Person.name, Person.email, Grant.role, Call.title, Grant.country)
        .join(Grant, Grant.person_id == Person.id)
        .outerjoin(Call, Call.id == Grant.call_id)
        .where(*alive, found, running(clock.today()))
        .order_by(Grant.country, Call.id.desc(), Person.name)
    )
    for row in db.reader.execute(held):
        groups[row.role.value].append(DemoPerson(row.name, row.email, row.title or "", row.country))
    members = (
        select(Person.name, Person.email, Application.place_name, Application.reference, Application.country)
        .join(ApplicationMember, ApplicationMember.person_id == Person.id)
        .join(Application, Application.id == ApplicationMember.application_id)
        .where(*alive, found, ApplicationMember.removed_at.is_(None))
        .order_by(Application.id.desc(), Person.name)
    )
    for name, email, place, reference, country in db.reader.execute(members):
        groups["city"].append(DemoPerson(name, email, f"{place} ({reference})", country))
    return {role: people for role, people in groups.items() if people}


def telephones() -> list[Telephone]:
    """In a demonstration only: what each invented person's app shows at this moment."""
    rows = db.reader.execute(
        select(Person.name, Person.email, Person.totp_secret)
        .where(Person.totp_confirmed_at.is_not(None), Person.deactivated_at.is_(None), Person.erased_at.is_(None))
        .order_by(Person.name)
    )
    key, step = config.current().secret_key, totp.step_at(clock.now())
    return [Telephone(r.name, r.email, totp.code_at(unseal(key, "totp", r.totp_secret.decode()), step)) for r in rows]
