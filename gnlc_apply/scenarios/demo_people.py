"""Who is who in a demonstration, and what waits for each: the table at its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import case, func, select

from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationMember, ApplicationState, Call, CallState, Grant, Person, Role
from gnlc_apply.models.reference_data.countries import country_name
from gnlc_apply.scenarios import cast
from gnlc_apply.workflow.application import APPLICATION

_WAITS = {
    cast.ADMINISTRATOR: "accounts and roles",
    cast.DIRECTOR: "a locked list to arm, an acting director to confirm",
    cast.OFFICER: "files to check, a reply, a letter to confirm",
    cast.SECOND_OFFICER: "the same; locked the list",
}
# Cities worth a look: one for each condition of a file in the running calls.
_SHOWN = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.RETURNED,
    ApplicationState.ELIGIBLE,
    ApplicationState.INELIGIBLE,
    ApplicationState.NOT_ENDORSED,
    ApplicationState.IN_REVIEW,
    ApplicationState.ADMITTED,
)


@dataclass(frozen=True)
class Somebody:
    """One row of the table."""

    role: str
    name: str
    email: str
    waits: str


def who_is_who() -> list[Somebody]:
    """Secretariat, jury, a few Commissions and a few cities, each with what waits for them."""
    return [*_secretariat(), *_jury(), *_commissions(), *_cities()]


def _secretariat() -> Iterable[Somebody]:
    wanted = {Role.ADMINISTRATOR: "Administrator", Role.DIRECTOR: "Director", Role.OFFICER: "Officer"}
    query = (
        select(Person.name, Person.email, Grant.role)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.role.in_(wanted), Grant.revoked_at.is_(None))
        .order_by(Person.id)
    )
    for row in db.reader.execute(query):
        yield Somebody(wanted[row.role], row.name, row.email, _WAITS.get(row.email, ""))


def _jury() -> Iterable[Somebody]:
    """The chair and two jurors of the call whose jury reads: the newest call with files in review and open readings."""
    query = (
        select(Person.name, Person.email, Grant.role, Call.title)
        .join(Grant, Grant.person_id == Person.id)
        .join(Call, Call.id == Grant.call_id)
        .where(Grant.role.in_((Role.JUROR, Role.CHAIR)), Grant.revoked_at.is_(None), Call.state == CallState.OPEN)
        .where(Call.results_promised_on > func.current_date(), Call.guide_frozen_at.is_not(None))
        .order_by(Call.reading_deadline_at.desc(), Grant.role, Person.id)
    )
    seen: dict[str, int] = {}
    for row in db.reader.execute(query):
        role = "Chair" if row.role is Role.CHAIR else "Juror"
        if seen.setdefault(role, 0) < (1 if row.role is Role.CHAIR else 2):
            seen[role] += 1
            yield Somebody(
                role, row.name, row.email, f"{row.title}: {'ranking' if role == 'Chair' else 'files to read'}"
            )


def _commissions() -> Iterable[Somebody]:
    """Three Commissions with files before them; first the one whose country has most files, so that its places are taken."""
    waiting = func.sum(case((Application.state == ApplicationState.SUBMITTED, 1), else_=0))
    query = (
        select(Person.name, Person.email, Grant.country, waiting.label("files"))
        .join(Grant, Grant.person_id == Person.id)
        .join(Application, Application.country == Grant.country)
        .join(Call, Call.id == Application.call_id)
        .where(Grant.role == Role.COMMISSION, Call.state == CallState.OPEN)
        .group_by(Person.name, Person.email, Grant.country)
        .having(waiting > 0)
        .order_by(func.count(Application.id).desc(), Grant.country)
        .limit(3)
    )
    for row in db.reader.execute(query):
        yield Somebody(
            "National Commission", country_name(row.country, "en"), row.email, f"{row.files} to endorse or return"
        )


def _cities() -> Iterable[Somebody]:
    query = (
        select(Person.name, Person.email, Application.state, Application.place_name, Call.title)
        .join(ApplicationMember, ApplicationMember.person_id == Person.id)
        .join(Application, Application.id == ApplicationMember.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(ApplicationMember.removed_at.is_(None), Application.state.in_(_SHOWN))
        .order_by(Call.id.desc(), Application.id)
    )
    shown: set[ApplicationState] = set()
    for row in db.reader.execute(query):
        if row.state not in shown:
            shown.add(row.state)
            _inside, outside = APPLICATION.labels[row.state.value]
            yield Somebody("City", row.name, row.email, f"{row.place_name}: {outside}")
