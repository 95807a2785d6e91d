"""The first two gates of a call: opening it, and freezing guide, standard and places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Call, CallState, Gate, Grant, Person, Role
from gnlc_apply.permissions import Actor, Permission, require, runs_on
from gnlc_apply.queries.call_gates import unfinished_to_freeze, unfinished_to_open
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import move
from gnlc_apply.workflow.call import CALL, CallCase

OPEN, FREEZE = "open", "freeze"


def pass_gate(unit: Unit, call: Call, name: str, unfinished: list[Text]) -> None:
    """Record that a gate was passed, by whom, and what was unfinished then. A gate is passed once (unique key)."""
    kept = [{"words": text.msgid, "values": {k: _plain(v) for k, v in text.values.items()}} for text in unfinished]
    unit.session.add(
        Gate(call_id=call.id, name=name, passed_at=unit.now, actor_id=unit.actor.person_id, unfinished=kept)
    )
    unit.note("passed_gate", "call", call.id, gate=name, unfinished=[str(text) for text in unfinished])


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


@command()
def open_call(unit: Unit, *, actor: Actor, call: str) -> None:
    """Open the call: a gate. From its opening on, cities may apply; the National Commissions are told then."""
    row = find(unit, call)
    move(unit, CALL, "open", CallCase(row, unit.now))
    row.opened_at = unit.now
    pass_gate(unit, row, OPEN, unfinished_to_open(unit.session, row))
    _tell_commissions(unit, row)


def _tell_commissions(unit: Unit, call: Call) -> None:
    people = unit.session.execute(
        select(Person.id, Person.email, Person.name, Person.language, Grant.country)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.role == Role.COMMISSION,
            runs_on(unit.now.date()),
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
    ).all()
    for person in people:
        unit.send(
            Message(
                kind="call_opened",
                recipient=person.email,
                person_id=person.id,
                language=person.language,
                key=f"call_opened:{call.reference}:{person.country}:{person.email}",
                not_before=max(unit.now, call.opens_at),
                values={
                    "name": person.name,
                    "country": person.country,
                    "call": call.title,
                    "call_reference": call.reference,
                    "time_zone": call.time_zone,
                    "deadline_at": call.deadline_at.isoformat(),
                    "commission_deadline_at": call.commission_deadline_at.isoformat(),
                    "quota": call.quota,
                },
            )
        )


@command()
def freeze_guide(unit: Unit, *, actor: Actor, call: str) -> None:
    """Freeze the scoring guide, the standard and the number of places: a gate, before the first review is submitted."""
    require(actor, Permission.RUN_CALL)
    row = find(unit, call)
    if row.state is not CallState.OPEN:
        raise Conflict(Text("The guide is frozen while the call is open."))
    if row.guide_frozen_at is not None:
        raise Conflict(Text("The scoring guide is frozen already."))
    row.guide_frozen_at = unit.now
    pass_gate(unit, row, FREEZE, unfinished_to_freeze(unit.session, row, unit.now))
