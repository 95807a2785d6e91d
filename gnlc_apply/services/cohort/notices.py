"""What the secretariat is told about its own acts on a cohort. None of it names a city's outcome."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Cohort, Grant, Person, Role
from gnlc_apply.services.command import Unit

SECRETARIAT = (Role.OFFICER, Role.DIRECTOR)


def tell(unit: Unit, kind: str, cohort: Cohort, *, key: str | None = None, **values: Any) -> None:
    """Queue a notice to every officer and director. ``key`` makes it unique for ever instead of per act."""
    today = unit.now.date()
    people = unit.session.execute(
        select(Person.id, Person.email, Person.name, Person.language)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.role.in_(SECRETARIAT),
            Grant.revoked_at.is_(None),
            Grant.valid_from.is_(None) | (Grant.valid_from <= today),
            Grant.valid_until.is_(None) | (Grant.valid_until >= today),
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
        .distinct()
        .order_by(Person.id)
    )
    shared = {
        "reference": cohort.reference,
        "place": cohort.title,
        "announce_at": cohort.announce_at.isoformat() if cohort.announce_at else "",
        "time_zone": cohort.time_zone,
        "actor": unit.actor.name,
        **values,
    }
    for person in people:
        # Without cohort_id: a message that carries it waits until the cohort is announced.
        unit.send(
            Message(
                kind=kind,
                recipient=person.email,
                person_id=person.id,
                language=person.language,
                key=f"{key}:{person.id}" if key else None,
                values={**shared, "name": person.name},
            )
        )
