"""More places for one country: asked for by one person, confirmed by another."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import Call, CallState, QuotaException, State
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command


def _pending(unit: Unit, call: Call, country: str) -> QuotaException | None:
    return unit.session.scalar(
        select(QuotaException).where(
            QuotaException.call_id == call.id,
            QuotaException.country == country,
            QuotaException.confirmed_at.is_(None),
        )
    )


def _check(unit: Unit, country: str, extra: int, reason: str) -> None:
    problems = {}
    if unit.session.get(State, country) is None:
        problems["country"] = Text("Choose the country.")
    if extra < 1:
        problems["extra"] = Text("Enter how many more places the country gets.")
    if not reason.strip():
        problems["reason"] = Text("Give a reason.")
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


@command()
def ask_for_exception(unit: Unit, *, actor: Actor, call: str, country: str, extra: int, reason: str) -> None:
    """Ask for more places for a country. They exist once a second person has confirmed."""
    require(actor, Permission.RUN_CALL)
    row = find(unit, call)
    if row.state is CallState.CONCLUDED:
        raise Conflict(Text("This call is concluded."))
    _check(unit, country, extra, reason)
    if _pending(unit, row, country) is not None:
        raise Conflict(Text("An exception for this country waits for its second person already."))
    unit.session.add(
        QuotaException(
            call_id=row.id,
            country=country,
            extra=extra,
            reason=reason.strip(),
            asked_by_id=actor.person_id,
            asked_at=unit.now,
        )
    )
    unit.note("asked_for_exception", "call", row.id, country=country, extra=extra, reason=reason.strip())


def _required(unit: Unit, call: Call, country: str) -> QuotaException:
    found = _pending(unit, call, country)
    if found is None:
        raise NotFound()
    return found


@command()
def confirm_exception(unit: Unit, *, actor: Actor, call: str, country: str) -> None:
    """Confirm the exception that somebody else asked for. Raises Conflict for the person who asked."""
    require(actor, Permission.RUN_CALL)
    row = find(unit, call)
    exception = _required(unit, row, country)
    if exception.asked_by_id == actor.person_id:
        raise Conflict(Text("A second person must confirm this."))
    exception.confirmed_by_id, exception.confirmed_at = actor.person_id, unit.now
    unit.note("confirmed_exception", "call", row.id, country=country, extra=exception.extra)


@command()
def drop_exception(unit: Unit, *, actor: Actor, call: str, country: str) -> None:
    """Drop an exception that was asked for and not confirmed."""
    require(actor, Permission.RUN_CALL)
    row = find(unit, call)
    exception = _required(unit, row, country)
    unit.note("dropped_exception", "call", row.id, country=country, extra=exception.extra)
    unit.session.delete(exception)
