"""What time does to a Commission's files: reminders to the next contact in line, and silence at the end."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Application, ApplicationState, Call, Grant, Person, Role
from gnlc_apply.permissions import Actor, Permission, require, runs_on
from gnlc_apply.services import case as cases
from gnlc_apply.services.call.finding import find as find_call
from gnlc_apply.services.call.reminders import DAYS_BEFORE, days_left, stage, take_key
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import move
from gnlc_apply.workflow.application import APPLICATION


def _waiting(unit: Unit, call: Call) -> list[Application]:
    """The files that are before their Commission."""
    return list(
        unit.session.scalars(
            select(Application)
            .where(Application.call_id == call.id, Application.state == ApplicationState.SUBMITTED)
            .order_by(Application.country, Application.id)
            .with_for_update()
        )
    )


@command()
def leave_unanswered(unit: Unit, *, actor: Actor, call: str) -> list[str]:
    """Record that the Commissions whose time is over did not answer; the references of those files."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find_call(unit, call)
    left = []
    for file in _waiting(unit, row):
        if cases.settled(unit) <= cases.deadlines(unit.session, row, file, file.country)[1]:
            continue
        case = cases.case_of(unit, file)
        case.now = cases.settled(unit)
        move(unit, APPLICATION, "leave_unanswered", case)
        left.append(file.reference)
    return left


def contacts(unit: Unit, country: str) -> list[Person]:
    """The contacts at a country's Commission, in the order in which they were added: the first one first."""
    return list(
        unit.session.scalars(
            select(Person)
            .join(Grant, Grant.person_id == Person.id)
            .where(
                Grant.role == Role.COMMISSION,
                Grant.country == country,
                runs_on(unit.now.date()),
                Person.deactivated_at.is_(None),
                Person.erased_at.is_(None),
            )
            .order_by(Grant.granted_at, Grant.id)
        )
    )


def _remind_country(unit: Unit, call: Call, country: str, deadline: datetime, files: list[Application]) -> bool:
    """Write to the next contact in line, if a reminder is due that was not sent."""
    days = stage(deadline, unit.now)
    people = contacts(unit, country)
    key = f"endorsement:{call.reference}:{country}:{deadline.isoformat()}:{days}"
    if days is None or not people or not take_key(unit, key):
        return False
    person = people[min(DAYS_BEFORE.index(days), len(people) - 1)]
    unit.send(
        Message(
            kind="endorsement_reminder",
            recipient=person.email,
            person_id=person.id,
            language=person.language,
            key=f"reminder:{key}",
            values={
                "name": person.name,
                "country": country,
                "call": call.title,
                "call_reference": call.reference,
                "places": [file.place_name for file in files],
                "number": len(files),
                "days": days_left(deadline, unit.now),
                "deadline_at": deadline.isoformat(),
                "time_zone": call.time_zone,
            },
        )
    )
    unit.note("reminded_commission", "call", call.id, country=country, days=days, person=person.id)
    return True


@command()
def remind(unit: Unit, *, actor: Actor, call: str) -> list[str]:
    """Remind the Commissions that have files unanswered, at 14, 7 and 2 days; the countries reminded now.

    Each time the next contact in line is written to, so that one absent person does not cost a city its place.
    """
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find_call(unit, call)
    waiting: dict[tuple[str, datetime], list[Application]] = defaultdict(list)
    for file in _waiting(unit, row):
        waiting[file.country, cases.deadlines(unit.session, row, file, file.country)[1]].append(file)
    return [
        country
        for (country, deadline), files in waiting.items()
        if _remind_country(unit, row, country, deadline, files)
    ]
