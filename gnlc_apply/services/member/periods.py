"""Memberships as periods of a city: begun, ended, and made to fit where two lists name the same city."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, update

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import City, EndReason, Membership
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.among import among
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.inserting import insert_rows
from gnlc_apply.services.member.acts import Act, record


@dataclass
class _Period:
    """A period that is in the registry already."""

    id: int
    city_id: int
    start: date
    is_exact: bool
    until: date | None
    source: str

    def holds(self, day: date) -> bool:
        """Whether the day lies within the period; the day on which it ended does not."""
        return self.start <= day and (self.until is None or day < self.until)


@dataclass
class _Plan:
    """What beginning memberships on one day will write."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    endings: list[dict[str, Any]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    returning: set[int] = field(default_factory=set)


def begin_membership(unit: Unit, *, city_id: int, on: date, cohort_id: int | None, source: str) -> bool:
    """Begin one membership on that day; whether the city is returning. Part of a command (see begin_memberships)."""
    return city_id in begin_memberships(unit, {city_id: source}, on=on, cohort_id=cohort_id)


def begin_memberships(
    unit: Unit, sources: Mapping[int, str], *, on: date, cohort_id: int | None = None, is_exact: bool = True
) -> frozenset[int]:
    """Begin memberships of many cities (their inner numbers, each with its source) in few statements; who is returning.

    Part of a command. ``is_exact``: admitted on that day; else "known by" that day, and a city that is a member already
    simply stays one. A city whose earlier period still runs had left at an unknown date: the earlier period ends "on or
    before" the day, with the later list as source, and the city is returning. Raises Conflict for a city that began on
    that very day already.
    """
    known = _periods(unit, tuple(sources))
    plan = _Plan()
    for city_id, source in sources.items():
        _plan_one(plan, known.get(city_id, []), city_id, source, on, cohort_id, is_exact)
    if plan.endings:
        unit.session.execute(update(Membership), plan.endings)
    insert_rows(unit.session, Membership, plan.rows)
    ids = _ids(unit, [row["city_id"] for row in plan.rows], on)
    began = (Act(r["city_id"], "membership_began", on, r["source"], ids[r["city_id"]]) for r in plan.rows)
    record(unit, (*plan.acts, *began))
    return frozenset(plan.returning)


def _periods(unit: Unit, city_ids: Sequence[int]) -> dict[int, list[_Period]]:
    found: dict[int, list[_Period]] = {}
    m = Membership
    wanted = select(m.id, m.city_id, m.from_on, m.known_by, m.until_on, m.source).where(among(m.city_id, city_ids))
    for row in unit.session.execute(wanted.with_for_update()):
        start = row.from_on or row.known_by
        period = _Period(row.id, row.city_id, start, row.from_on is not None, row.until_on, row.source)
        found.setdefault(row.city_id, []).append(period)
    return found


def _plan_one(
    plan: _Plan, periods: Iterable[_Period], city_id: int, source: str, on: date, cohort_id: int | None, is_exact: bool
) -> None:
    ordered = sorted(periods, key=lambda period: period.start)
    around = next((period for period in ordered if period.holds(on)), None)
    if around is not None and not is_exact:
        return
    if any(period.start == on and period.is_exact for period in ordered):
        raise Conflict(Text("A city of this list was admitted on that day already."))
    if around is not None:
        _supersede(plan, around, on, source)
    if any(period.start <= on for period in ordered):
        plan.returning.add(city_id)
    later = next((period for period in ordered if period.start > on), None)
    row: dict[str, Any] = {
        "city_id": city_id,
        "from_on": on if is_exact else None,
        "known_by": None if is_exact else on,
        "cohort_id": cohort_id,
        "source": source,
    }
    row |= _ended(later.start, later.source) if later else {"until_on": None, "end_reason": None}
    plan.rows.append({"is_until_approximate": False, "end_source": "", **row})


def _ended(on: date, source: str) -> dict[str, Any]:
    """An end that is known only from a later list: on or before it, the day itself unknown."""
    return {
        "until_on": on,
        "is_until_approximate": True,
        "end_reason": EndReason.SUPERSEDED,
        "end_source": source,
    }


def _supersede(plan: _Plan, period: _Period, on: date, source: str) -> None:
    plan.endings.append({"id": period.id, **_ended(on, source)})
    plan.acts.append(Act(period.city_id, "membership_ended", on, source, period.id))


def _ids(unit: Unit, city_ids: Sequence[int], on: date) -> dict[int, int]:
    """The inner numbers of the periods that begin on that day, by city."""
    begun = (Membership.from_on == on) | (Membership.known_by == on)
    wanted = select(Membership.city_id, Membership.id).where(among(Membership.city_id, city_ids), begun)
    return {row.city_id: row.id for row in unit.session.execute(wanted.order_by(Membership.id))}


@command()
def end_membership(
    unit: Unit,
    *,
    actor: Actor,
    city: str,
    on: date,
    reason: EndReason,
    source: str,
    is_approximate: bool = False,
) -> None:
    """End the running membership of a city (its reference) on that day; nothing ends by itself.

    ``is_approximate``: on or before that day, the day itself unknown. Raises NotFound, Conflict (no member), Invalid.
    """
    require(actor, Permission.KEEP_REGISTRY)
    if not source.strip():
        words = Text("Say who says so: a letter, a decision, an address on the web.")
        raise Invalid(words, {"source": words})
    city_id = unit.session.scalar(select(City.id).where(City.reference == city))
    if city_id is None:
        raise NotFound()
    running = next((p for p in _periods(unit, (city_id,)).get(city_id, []) if p.until is None), None)
    if running is None:
        raise Conflict(Text("This city is not a member."))
    if on < running.start:
        words = Text("The membership cannot end before it began (%(day)s).", day=running.start)
        raise Invalid(words, {"on": words})
    values = {"until_on": on, "is_until_approximate": is_approximate, "end_reason": reason, "end_source": source}
    unit.session.execute(update(Membership).where(Membership.id == running.id).values(**values))
    record(unit, [Act(city_id, "membership_ended", on, source, running.id)])
    unit.note("ended_membership", "city", city_id, on=on, reason=reason.value, source=source)


@command()
def note_later_list(
    unit: Unit, *, actor: Actor, cities: Sequence[str], listed_on: date, source: str
) -> tuple[str, ...]:
    """A later list of new members names these cities (references): so those who are members now had left by then.

    Their running period gets the end "on or before the later list, date unknown" and they may apply again; counted until
    that day. The references whose period was ended.
    """
    require(actor, Permission.KEEP_REGISTRY)
    references = dict(unit.session.execute(select(City.id, City.reference).where(City.reference.in_(cities))).all())
    plan = _Plan()
    for periods in _periods(unit, tuple(references)).values():
        for period in periods:
            if period.until is None and period.start <= listed_on:
                _supersede(plan, period, listed_on, source)
    if plan.endings:
        unit.session.execute(update(Membership), plan.endings)
    record(unit, plan.acts)
    ended = tuple(sorted(references[act.city_id] for act in plan.acts))
    if ended:
        unit.note("noted_later_list", "registry", None, listed_on=listed_on, cities=ended, source=source)
    return ended
