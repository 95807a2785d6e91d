"""Moving things: transition, audit entry and messages in one, for one thing or for many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gnlc_apply.mail.outbox import Message
from gnlc_apply.mail.recipients import recipients
from gnlc_apply.services.command import Unit
from gnlc_apply.workflow.engine import Case, Moved, perform
from gnlc_apply.workflow.transition import Life

Values = dict[str, Any]


def move(unit: Unit, life: Life, name: str, case: Case, reason: str = "", values: Values | None = None) -> Moved:
    """Perform one transition; log and mail follow from it. ``values`` go to the mails of the transition.

    Raises what ``workflow.engine.perform`` raises.
    """
    moved = perform(life, name, case, unit.actor, reason)
    unit.note(name, life.noun, case.row.id, before=moved.before, after=moved.after, reason=moved.reason)
    for kind in moved.transition.mails:
        announce(unit, kind, case.row, reason=moved.reason, **(values or {}))
    return moved


def move_many(
    unit: Unit,
    life: Life,
    name: str,
    cases: Iterable[Case],
    values: dict[int, Values] | None = None,
    messages: Mapping[int, Sequence[Message]] | None = None,
) -> None:
    """Perform one transition on many; one refusal refuses all.

    ``messages``, by the id of what moves, go out instead of the transition's own mails: letters with frozen values and
    keys that hold for ever.
    """
    for case in cases:
        if messages is None:
            move(unit, life, name, case, values=(values or {}).get(case.row.id))
            continue
        moved = perform(life, name, case, unit.actor)
        unit.note(name, life.noun, case.row.id, before=moved.before, after=moved.after, reason=moved.reason)
        unit.messages.extend(messages.get(case.row.id, ()))


def announce(
    unit: Unit, kind: str, row: Any, key_prefix: str | None = None, cohort_id: int | None = None, **values: Any
) -> None:
    """Queue the message of this kind about an application to everybody whom it concerns.

    ``key_prefix`` makes the message unique for ever (``announce:<cohort>:<application>``) rather than per act.
    """
    for recipient in recipients(unit.session, kind, row):
        unit.send(
            Message(
                kind=kind,
                recipient=recipient.email,
                person_id=recipient.person_id,
                language=recipient.language,
                application_id=row.id,
                cohort_id=cohort_id,
                key=f"{key_prefix}:{kind}:{recipient.email}" if key_prefix else None,
                values={"name": recipient.name, "reference": row.reference, "place": row.place_name, **values},
            )
        )
