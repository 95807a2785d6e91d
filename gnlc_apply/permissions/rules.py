"""The rules the policy is made of. Each has two faces: a check on a loaded object and a WHERE clause for lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from gnlc_apply.models import (
    Application,
    ApplicationMember,
    Assignment,
    Grant,
    Juror,
    JurorFile,
    MemberRole,
    Role,
    StaffConflict,
)
from gnlc_apply.permissions.actor import CITY_ONLY, Actor


@dataclass(frozen=True)
class Rule:
    """One rule with its two faces."""

    check: Callable[[Actor, Any], bool]
    where: Callable[[Actor], ColumnElement[bool]]

    def __and__(self, other: Rule) -> Rule:
        return Rule(lambda a, o: self.check(a, o) and other.check(a, o), lambda a: and_(self.where(a), other.where(a)))

    def __or__(self, other: Rule) -> Rule:
        return Rule(lambda a, o: self.check(a, o) or other.check(a, o), lambda a: or_(self.where(a), other.where(a)))

    def __invert__(self) -> Rule:
        return Rule(lambda a, o: not self.check(a, o), lambda a: not_(self.where(a)))


def _of_actor(test: Callable[[Actor], bool]) -> Rule:
    """A rule that looks at the actor alone."""
    return Rule(lambda a, _o: test(a), lambda a: true() if test(a) else false())


def holds(*roles: Role) -> Rule:
    """The actor holds one of these roles."""
    return _of_actor(lambda a: a.holds(*roles))


def runs_on(day: date) -> ColumnElement[bool]:
    """Over ``Grant``: not taken back, and within its dates. Whoever is written to as a holder of a role holds it that day."""
    return and_(
        Grant.revoked_at.is_(None),
        or_(Grant.valid_from.is_(None), Grant.valid_from <= day),
        or_(Grant.valid_until.is_(None), Grant.valid_until >= day),
    )


def _row_of(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is a row of other tables for the application at hand. Only the application comes from the statement
    around it: a statement that joins the same tables for itself would otherwise lend its rows to the rule.
    """
    return exists(select(1).where(*conditions).correlate(Application))


def one_of(column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """The column is one of these few; of none, never. A list in SQL would be put together anew at every run."""
    return or_(false(), *(column == value for value in sorted(values)))


def member(*roles: MemberRole) -> Rule:
    """The actor is a city official in this application, with one of these roles there."""

    def where(actor: Actor) -> ColumnElement[bool]:
        return _row_of(
            ApplicationMember.application_id == Application.id,
            ApplicationMember.person_id == actor.person_id,
            ApplicationMember.removed_at.is_(None),
            one_of(ApplicationMember.role, roles),
        )

    return Rule(lambda a, o: o.members.get(a.person_id) in roles, where)


def _reads(actor: Actor, *, is_declared_free: bool) -> ColumnElement[bool]:
    conditions = [
        Assignment.application_id == Application.id,
        Assignment.ended_at.is_(None),
        Juror.id == Assignment.juror_id,
        Juror.person_id == actor.person_id,
        Juror.ended_at.is_(None),
        one_of(Application.call_id, actor.calls_of(Role.JUROR)),
    ]
    if is_declared_free:
        conditions.append(Assignment.declared_free_at.is_not(None))
    return _row_of(*conditions)


signed_in = _of_actor(lambda a: a.kind == "person")
anyone = _of_actor(lambda a: True)
system = _of_actor(lambda a: a.kind == "system")
submitted = Rule(
    lambda _a, o: o.state not in CITY_ONLY and o.was_submitted,
    lambda _a: and_(~one_of(Application.state, CITY_ONLY), Application.submitted_at.is_not(None)),
)
commission_of = Rule(lambda a, o: o.country in a.countries, lambda a: one_of(Application.country, a.countries))
chair_of = Rule(
    lambda a, o: o.call_id in a.calls_of(Role.CHAIR), lambda a: one_of(Application.call_id, a.calls_of(Role.CHAIR))
)
assigned = Rule(
    lambda a, o: a.person_id in o.readers and o.call_id in a.calls_of(Role.JUROR),
    lambda a: _reads(a, is_declared_free=False),
)
reader = Rule(
    lambda a, o: a.person_id in o.free_readers and o.call_id in a.calls_of(Role.JUROR),
    lambda a: _reads(a, is_declared_free=True),
)
staff_conflict = Rule(
    lambda a, o: a.person_id in o.conflicted_staff or a.person_id in o.members,
    lambda a: or_(
        _row_of(StaffConflict.application_id == Application.id, StaffConflict.person_id == a.person_id),
        _row_of(
            ApplicationMember.application_id == Application.id,
            ApplicationMember.person_id == a.person_id,
            ApplicationMember.removed_at.is_(None),
        ),
    ),
)
jury_conflict = Rule(
    lambda a, o: a.person_id in o.blocked or a.person_id in o.members,
    lambda a: or_(
        _row_of(
            JurorFile.application_id == Application.id,
            JurorFile.is_blocked.is_(True),
            Juror.id == JurorFile.juror_id,
            Juror.person_id == a.person_id,
        ),
        _row_of(
            ApplicationMember.application_id == Application.id,
            ApplicationMember.person_id == a.person_id,
            ApplicationMember.removed_at.is_(None),
        ),
    ),
)
stand_by = Rule(
    lambda a, o: a.kind == "person" and a.person_id in getattr(o, "stand_by", ()),
    lambda _a: false(),
)
officer = holds(Role.OFFICER)
director = holds(Role.DIRECTOR)
secretariat = holds(Role.OFFICER, Role.DIRECTOR)
administrator = holds(Role.ADMINISTRATOR)
city = member(MemberRole.OWNER, MemberRole.EDITOR, MemberRole.VIEWER)
city_editor = member(MemberRole.OWNER, MemberRole.EDITOR)
city_owner = member(MemberRole.OWNER)
