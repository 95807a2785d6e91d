"""More time: for all, a country or a city, with a reason that those it touches read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    CallState,
    Deadline,
    Extension,
    ExtensionScope,
    State,
)
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.call_gates import cities_touched, commissions_touched
from gnlc_apply.services import case
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.link_times import lengthen_links
from gnlc_apply.services.moves import move
from gnlc_apply.workflow.application import APPLICATION


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(words, {field: words})


def _target(
    unit: Unit, call: Call, scope: ExtensionScope, country: str | None, reference: str | None
) -> tuple[str | None, Application | None]:
    """The country or the application that this scope needs. Raises Invalid where it is missing or does not fit."""
    if scope is ExtensionScope.COUNTRY:
        if not country or unit.session.get(State, country) is None:
            raise _invalid("country", Text("Choose the country."))
        return country, None
    if scope is ExtensionScope.CITY:
        if not reference:
            raise _invalid("application", Text("Choose the application."))
        row = case.find(unit.session, reference)
        if row.call_id != call.id:
            raise _invalid("application", Text("This application belongs to another call."))
        return None, row
    return None, None


def _refuse_shorter(
    unit: Unit, call: Call, deadline: Deadline, country: str | None, row: Application | None, until_at: datetime
) -> None:
    place = row.country if row else country or ""
    cities, commissions = case.deadlines(unit.session, call, row, place)
    binding = cities if deadline is Deadline.CITIES else commissions
    if until_at <= binding:
        raise _invalid("until_at", Text("An extension gives more time: they have until %(moment)s.", moment=binding))
    if until_at <= unit.now:
        raise _invalid("until_at", Text("The new deadline must lie ahead."))


@command()
def extend(
    unit: Unit,
    *,
    actor: Actor,
    call: str,
    scope: ExtensionScope,
    deadline: Deadline,
    until_at: datetime,
    reason: str,
    country: str | None = None,
    application: str | None = None,
) -> None:
    """Give more time and tell everybody whom it touches, with the reason.

    ``country`` for a country's extension, ``application`` (a reference) for a city's. Raises Invalid when the new
    moment is not later than the one that binds them now, Conflict when the call is not open.
    """
    require(actor, Permission.RUN_CALL)
    row = find(unit, call)
    if row.state is not CallState.OPEN:
        raise Conflict(Text("Deadlines are extended while the call is open; before, change its settings."))
    if not reason.strip():
        raise _invalid("reason", Text("Give a reason."))
    where, file = _target(unit, row, scope, country, application)
    _refuse_shorter(unit, row, deadline, where, file, until_at)
    extension = add(unit, row, scope, deadline, until_at, reason, where, file)
    if deadline is Deadline.CITIES:
        _revive(unit, extension)
    _tell(unit, row, extension)


def add(
    unit: Unit,
    call: Call,
    scope: ExtensionScope,
    deadline: Deadline,
    until_at: datetime,
    reason: str,
    country: str | None = None,
    application: Application | None = None,
) -> Extension:
    """Write the extension's row and its audit entry; personal links to what it reaches live as long as it."""
    extension = Extension(
        call_id=call.id,
        scope=scope,
        deadline=deadline,
        country=country,
        application_id=application.id if application else None,
        until_at=until_at,
        reason=reason.strip(),
        granted_by_id=unit.actor.person_id,
        granted_at=unit.now,
    )
    unit.session.add(extension)
    unit.session.flush()
    about = {"scope": scope.value, "deadline": deadline.value, "until_at": until_at.isoformat(), "country": country}
    unit.note("extended", "call", call.id, reason=extension.reason, **about)
    if application is not None:
        unit.note("extended", "application", application.id, reason=extension.reason, **about)
    lengthen_links(unit, until_at, *_reached(extension))
    return extension


def _reached(extension: Extension) -> list[ColumnElement[bool]]:
    """Which applications have more time by this."""
    reached = [Application.call_id == extension.call_id]
    if extension.scope is ExtensionScope.COUNTRY:
        reached.append(Application.country == extension.country)
    if extension.scope is ExtensionScope.CITY:
        reached.append(Application.id == extension.application_id)
    return reached


def _revive(unit: Unit, extension: Extension) -> None:
    """Drafts that had expired before the extension open again, with everything that was written."""
    expired = select(Application).where(*_reached(extension), Application.state == ApplicationState.EXPIRED)
    for row in unit.session.scalars(expired.order_by(Application.id).with_for_update()):
        move(unit, APPLICATION, "revive", case.case_of(unit, row))


def _tell(unit: Unit, call: Call, extension: Extension) -> None:
    """Mail the officials of the cities, and the Commissions, that this touches."""
    reach = (call.id, extension.scope, extension.country, extension.application_id)
    values = {
        "call": call.title,
        "time_zone": call.time_zone,
        "deadline": extension.deadline.value,
        "scope": extension.scope.value,
        "until_at": extension.until_at.isoformat(),
        "reason": extension.reason,
    }
    touched = cities_touched(unit.session, *reach) if extension.deadline is Deadline.CITIES else []
    for city in touched:
        unit.send(
            Message(
                kind="deadline_extended",
                recipient=city.email,
                person_id=city.person_id,
                language=city.language,
                application_id=city.application_id,
                key=f"deadline_extended:{extension.id}:{city.application_id}:{city.email}",
                values={**values, "name": city.name, "reference": city.reference, "place": city.place_name},
            )
        )
    for contact in commissions_touched(unit.session, *reach):
        about = {"name": contact.name, "country": contact.country, "call_reference": call.reference}
        unit.send(
            Message(
                kind="deadline_extended",
                recipient=contact.email,
                person_id=contact.person_id,
                language=contact.language,
                key=f"deadline_extended:{extension.id}:commission:{contact.country}:{contact.email}",
                values={**values, **about, "reference": "", "place": ""},
            )
        )
