"""Who may do what, in one table. Each rule has two faces: a check on a loaded object and a WHERE clause for lists.

The policy says *who*; the workflow says *when*. Rules compose: ``member & ~conflicted`` keeps both faces together.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, true

from gnlc_apply.core.errors import Forbidden, NotFound, SignInNeeded
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    Assignment,
    Juror,
    JurorFile,
    MemberRole,
    Role,
    StaffConflict,
)

FRESH = timedelta(minutes=5)
# States in which nobody but the city itself reads the text.
CITY_ONLY = ("draft", "expired")


@dataclass(frozen=True)
class Granted:
    """A role that runs now."""

    role: Role
    call_id: int | None = None
    country: str | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person, somebody with a personal link, nobody, or the system itself."""

    kind: str = "anonymous"
    person_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "en"
    grants: tuple[Granted, ...] = ()
    signed_in_at: datetime | None = None
    second_factor_at: datetime | None = None
    has_second_factor: bool = False
    session_hash: str = ""

    def holds(self, *roles: Role) -> bool:
        """Whether one of these roles runs for this actor."""
        return any(granted.role in roles for granted in self.grants)

    def calls_of(self, *roles: Role) -> tuple[int, ...]:
        """The calls for which a role runs."""
        return tuple(g.call_id for g in self.grants if g.role in roles and g.call_id is not None)

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries whose National Commission this actor is."""
        return tuple(g.country for g in self.grants if g.role is Role.COMMISSION and g.country is not None)

    @property
    def is_staff(self) -> bool:
        """Somebody of the secretariat or an administrator."""
        return self.holds(Role.OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR)

    def is_fresh(self, now: datetime) -> bool:
        """A second factor younger than five minutes (process.md section 2)."""
        return self.second_factor_at is not None and now - self.second_factor_at <= FRESH


ANONYMOUS = Actor()
SYSTEM = Actor(kind="system")


@dataclass(frozen=True)
class ApplicationFacts:
    """What the rules need to know of an application."""

    id: int
    call_id: int
    country: str
    state: str
    members: Mapping[int, MemberRole] = field(default_factory=dict)
    readers: frozenset[int] = frozenset()
    free_readers: frozenset[int] = frozenset()
    blocked: frozenset[int] = frozenset()
    conflicted_staff: frozenset[int] = frozenset()


@dataclass(frozen=True)
class CohortFacts:
    """What the rules need to know of an armed announcement: who stands by with "now" and "hold"."""

    stand_by: frozenset[int] = frozenset()


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


def member(*roles: MemberRole) -> Rule:
    """The actor is a city official in this application, with one of these roles there."""

    def where(actor: Actor) -> ColumnElement[bool]:
        return exists(
            select(1).where(
                ApplicationMember.application_id == Application.id,
                ApplicationMember.person_id == actor.person_id,
                ApplicationMember.removed_at.is_(None),
                ApplicationMember.role.in_(roles),
            )
        )

    return Rule(lambda a, o: o.members.get(a.person_id) in roles, where)


def _reads(actor: Actor, *, is_declared_free: bool) -> ColumnElement[bool]:
    conditions = [
        Assignment.application_id == Application.id,
        Assignment.ended_at.is_(None),
        Juror.id == Assignment.juror_id,
        Juror.person_id == actor.person_id,
        Juror.ended_at.is_(None),
        Application.call_id.in_(actor.calls_of(Role.JUROR)),
    ]
    if is_declared_free:
        conditions.append(Assignment.declared_free_at.is_not(None))
    return exists(select(1).where(*conditions))


signed_in = _of_actor(lambda a: a.kind == "person")
anyone = _of_actor(lambda a: True)
system = _of_actor(lambda a: a.kind == "system")
submitted = Rule(lambda _a, o: o.state not in CITY_ONLY, lambda _a: Application.state.not_in(CITY_ONLY))
commission_of = Rule(
    lambda a, o: o.country in a.countries, lambda a: Application.country.in_(a.countries) if a.countries else false()
)
chair_of = Rule(
    lambda a, o: o.call_id in a.calls_of(Role.CHAIR), lambda a: Application.call_id.in_(a.calls_of(Role.CHAIR))
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
        exists(select(1).where(StaffConflict.application_id == Application.id, StaffConflict.person_id == a.person_id)),
        exists(
            select(1).where(
                ApplicationMember.application_id == Application.id,
                ApplicationMember.person_id == a.person_id,
                ApplicationMember.removed_at.is_(None),
            )
        ),
    ),
)
jury_conflict = Rule(
    lambda a, o: a.person_id in o.blocked or a.person_id in o.members,
    lambda a: or_(
        exists(
            select(1).where(
                JurorFile.application_id == Application.id,
                JurorFile.is_blocked.is_(True),
                Juror.id == JurorFile.juror_id,
                Juror.person_id == a.person_id,
            )
        ),
        exists(
            select(1).where(
                ApplicationMember.application_id == Application.id,
                ApplicationMember.person_id == a.person_id,
                ApplicationMember.removed_at.is_(None),
            )
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


class Permission(enum.Enum):
    """Every permission there is; POLICY says whose it is."""

    # without an object
    USE_ACCOUNT = "use_account"
    BEGIN_APPLICATION = "begin_application"
    SEE_COMMISSION_DESK = "see_commission_desk"
    SEE_JURY_HOME = "see_jury_home"
    SEE_SECRETARIAT = "see_secretariat"
    RUN_CALL = "run_call"
    SEE_RANKING = "see_ranking"
    PREPARE_COHORT = "prepare_cohort"
    APPROVE_COHORT_CHANGE = "approve_cohort_change"
    ARM_COHORT = "arm_cohort"
    ANNOUNCE_COHORT = "announce_cohort"
    KEEP_REGISTRY = "keep_registry"
    SEE_MAIL = "see_mail"
    MANAGE_ACCOUNTS = "manage_accounts"
    CONFIRM_ACCOUNT_ACT = "confirm_account_act"
    ACT_FOR_SYSTEM = "act_for_system"
    # on an application
    READ_AS_CITY = "read_as_city"
    EDIT_AS_CITY = "edit_as_city"
    OWN_AS_CITY = "own_as_city"
    READ_AS_COMMISSION = "read_as_commission"
    ACT_AS_COMMISSION = "act_as_commission"
    LIST_AS_SECRETARIAT = "list_as_secretariat"
    READ_AS_SECRETARIAT = "read_as_secretariat"
    CHECK_APPLICATION = "check_application"
    PREPARE_DECISION = "prepare_decision"
    APPROVE_DECISION = "approve_decision"
    SEE_ASSIGNED = "see_assigned"
    REVIEW = "review"
    CONFIRM_RECOMMENDATION = "confirm_recommendation"


_reading_secretariat = secretariat & submitted & ~staff_conflict

POLICY: Mapping[Permission, Rule] = {
    Permission.USE_ACCOUNT: signed_in,
    Permission.BEGIN_APPLICATION: signed_in,
    Permission.SEE_COMMISSION_DESK: holds(Role.COMMISSION),
    Permission.SEE_JURY_HOME: holds(Role.JUROR, Role.CHAIR),
    Permission.SEE_SECRETARIAT: secretariat,
    Permission.RUN_CALL: secretariat,
    Permission.SEE_RANKING: holds(Role.OFFICER, Role.DIRECTOR, Role.CHAIR),
    Permission.PREPARE_COHORT: secretariat,
    Permission.APPROVE_COHORT_CHANGE: secretariat,
    Permission.ARM_COHORT: director,
    Permission.ANNOUNCE_COHORT: director | system | (secretariat & stand_by),
    Permission.KEEP_REGISTRY: secretariat | system,
    Permission.SEE_MAIL: secretariat,
    Permission.MANAGE_ACCOUNTS: administrator | system,
    Permission.CONFIRM_ACCOUNT_ACT: director,
    Permission.ACT_FOR_SYSTEM: system,
    Permission.READ_AS_CITY: city,
    Permission.EDIT_AS_CITY: city_editor,
    Permission.OWN_AS_CITY: city_owner,
    Permission.READ_AS_COMMISSION: commission_of & submitted,
    Permission.ACT_AS_COMMISSION: commission_of & submitted & ~city,
    Permission.LIST_AS_SECRETARIAT: secretariat,
    Permission.READ_AS_SECRETARIAT: _reading_secretariat,
    Permission.CHECK_APPLICATION: _reading_secretariat,
    Permission.PREPARE_DECISION: _reading_secretariat,
    Permission.APPROVE_DECISION: director & submitted & ~staff_conflict,
    Permission.SEE_ASSIGNED: assigned & ~jury_conflict,
    Permission.REVIEW: reader & ~jury_conflict,
    Permission.CONFIRM_RECOMMENDATION: chair_of & ~jury_conflict,
}

# Signed in is not enough for these roles: a second factor (or, for a Commission, the mailed code) must have been shown.
NEEDS_SECOND_FACTOR = (Role.OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR, Role.JUROR, Role.CHAIR)


def can(actor: Actor, permission: Permission, facts: object | None = None) -> bool:
    """Whether the actor has this permission (on this object)."""
    return POLICY[permission].check(actor, facts)


def require(actor: Actor, permission: Permission, facts: object | None = None) -> None:
    """Raise Forbidden unless the actor has this permission; SignInNeeded where nobody is signed in."""
    if can(actor, permission, facts):
        return
    if actor.kind == "anonymous":
        raise SignInNeeded()
    raise Forbidden(Text("You do not have permission to do this."))


def require_seen(actor: Actor, permission: Permission, facts: object | None) -> None:
    """Raise NotFound unless the actor may see the object: the same answer as if there were none."""
    if facts is None or not can(actor, permission, facts):
        raise NotFound()


def visible_to(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The same rule as a WHERE clause over ``Application``."""
    return POLICY[permission].where(actor)
