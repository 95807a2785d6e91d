"""Reminders of signatures that are still missing: to whoever holds a link, and to the city that waits for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from gnlc_apply.models import Application, ApplicationState, Call, CallState, SignatureRequest
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries import signature_count
from gnlc_apply.services import case as cases
from gnlc_apply.services.application.content import parties_of, standing
from gnlc_apply.services.application.voiding import is_of, live_signatures, running_links
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.call.reminders import DAYS_BEFORE, days_left, stage, take_key, was_sent
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import announce
from gnlc_apply.services.signature.ground import write_to

# Of a draft its city is reminded anyway; a file that is with the secretariat for good needs none any more.
WAITING = (ApplicationState.SUBMITTED, ApplicationState.ENDORSED, ApplicationState.RETURNED)


@command()
def remind_signatories(unit: Unit, *, actor: Actor, call: str) -> list[str]:
    """Remind those whose signature is outstanding, and their cities, at 14, 7 and 2 days; the references reminded now."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    row = find(unit, call)
    if row.state is not CallState.OPEN or unit.now < row.commission_deadline_at - timedelta(days=max(DAYS_BEFORE)):
        return []
    files = unit.session.scalars(
        select(Application)
        .where(Application.call_id == row.id, Application.state.in_(WAITING))
        .order_by(Application.id)
    ).all()
    # Most have signed: whose text stands still is not read for it, the text of one that was returned is.
    counts = signature_count.of_applications(unit.session, [file.id for file in files])
    signed = {number for number, count in counts.items() if count.is_complete}
    unsigned = [file for file in files if file.id not in signed or file.state is ApplicationState.RETURNED]
    return [file.reference for file in unsigned if _remind(unit, row, file)]


def _remind(unit: Unit, call: Call, file: Application) -> bool:
    """Write to the city and to the holders of running links, if a reminder is due and somebody has not signed."""
    deadline = cases.deadlines(unit.session, call, file, file.country)[1]
    days = stage(deadline, unit.now)
    key = f"signatures:{file.reference}:{deadline.date().isoformat()}:{days}"
    if days is None or was_sent(unit, key):
        return False
    text = standing(unit.session, file)
    named = parties_of(text, file.place_name)
    missing = named.keys() - {signature.constituent for signature in live_signatures(unit, file.id)}
    if not missing or not take_key(unit, key):
        return False
    values: dict[str, Any] = {
        "deadline_at": deadline.isoformat(),
        "time_zone": call.time_zone,
        "days": days_left(deadline, unit.now),
    }
    announce(unit, "signatures_outstanding", file, missing=[named[number] for number in sorted(missing)], **values)
    asked = [one for one in running_links(unit, file.id) if one.constituent in missing and is_of(one, text)]
    for request in asked:
        if _is_due(request, deadline, days, unit.now):
            write_to(unit, file, request, "signature_reminder", {**values, "sent_at": request.sent_at.isoformat()})
    unit.note("reminded_of_signatures", "application", file.id, days=days, missing=sorted(missing))
    return True


def _is_due(request: SignatureRequest, deadline: datetime, days: int, now: datetime) -> bool:
    """Whoever was asked after the day of the reminder, or whose link has ended, is not reminded."""
    return request.sent_at < deadline - timedelta(days=days) and now <= request.expires_at
