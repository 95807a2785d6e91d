"""Who may do what, in one table.

The policy says *who*; the workflow says *when*. Rules compose: ``member & ~conflicted`` keeps both faces together.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import ColumnElement, Integer, bindparam

from gnlc_apply.core.errors import Forbidden, NotFound, SignInNeeded
from gnlc_apply.core.text import Text
from gnlc_apply.models import Role
from gnlc_apply.permissions.actor import Actor, Granted
from gnlc_apply.permissions.rules import (
    Rule,
    administrator,
    assigned,
    chair_of,
    city,
    city_editor,
    city_owner,
    commission_of,
    director,
    holds,
    jury_conflict,
    reader,
    secretariat,
    signed_in,
    staff_conflict,
    stand_by,
    submitted,
    system,
)


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
    EXPORT_CALL = "export_call"
    PREPARE_COHORT = "prepare_cohort"
    APPROVE_COHORT_CHANGE = "approve_cohort_change"
    ARM_COHORT = "arm_cohort"
    ANNOUNCE_COHORT = "announce_cohort"
    KEEP_REGISTRY = "keep_registry"
    SEE_MAIL = "see_mail"
    MANAGE_ACCOUNTS = "manage_accounts"
    CONFIRM_ACCOUNT_ACT = "confirm_account_act"
    RELEASE_HOLD = "release_hold"
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
    HELP_CITY = "help_city"
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
    # Whole calls leave the house with the secretariat only: a chair has the ranking, an administrator no files.
    Permission.EXPORT_CALL: secretariat,
    Permission.PREPARE_COHORT: secretariat,
    Permission.APPROVE_COHORT_CHANGE: secretariat,
    Permission.ARM_COHORT: director,
    Permission.ANNOUNCE_COHORT: director | system | (secretariat & stand_by),
    Permission.KEEP_REGISTRY: secretariat | system,
    Permission.SEE_MAIL: secretariat,
    Permission.MANAGE_ACCOUNTS: administrator | system,
    Permission.CONFIRM_ACCOUNT_ACT: director,
    Permission.RELEASE_HOLD: director | administrator,
    Permission.ACT_FOR_SYSTEM: system,
    Permission.READ_AS_CITY: city,
    Permission.EDIT_AS_CITY: city_editor,
    Permission.OWN_AS_CITY: city_owner,
    Permission.READ_AS_COMMISSION: commission_of & submitted,
    Permission.ACT_AS_COMMISSION: commission_of & submitted & ~city,
    Permission.LIST_AS_SECRETARIAT: secretariat,
    Permission.READ_AS_SECRETARIAT: _reading_secretariat,
    Permission.CHECK_APPLICATION: _reading_secretariat,
    # Drafts too, of which the secretariat knows the name: an exception from a rule, somebody let in where nobody is left.
    Permission.HELP_CITY: secretariat & ~staff_conflict,
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


def step_to_show(actor: Actor) -> str:
    """What somebody has to do to show once more who they are: sign in, show or set up the app, or type the password."""
    if actor.kind == "anonymous":
        return "sign_in"
    if actor.has_second_factor:
        return "second_factor"
    return "set_up_second_factor" if actor.holds(*NEEDS_SECOND_FACTOR) else "confirm"


def require_fresh(actor: Actor, now: datetime) -> None:
    """Raise SignInNeeded unless the second factor was shown within the last five minutes; the system has none to show."""
    if actor.kind != "system" and not actor.is_fresh(now):
        raise SignInNeeded(step_to_show(actor))


def require_seen(actor: Actor, permission: Permission, facts: object | None) -> None:
    """Raise NotFound unless the actor may see the object: the same answer as if there were none."""
    if facts is None or not can(actor, permission, facts):
        raise NotFound()


def visible_to(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The same rule as a WHERE clause over ``Application``."""
    if actor.person_id is _VIEWER:
        return POLICY[permission].where(actor)
    return _clause(permission, actor.kind, actor.person_id, actor.grants)


_Asked = ParamSpec("_Asked")
_Kept = TypeVar("_Kept")
_forgetting: list[Callable[[], None]] = []


def kept_per_person(built: Callable[_Asked, _Kept]) -> Callable[_Asked, _Kept]:
    """Keep what was put together from this table for one person in these roles, until ``forget_clauses``: of the few."""
    kept = lru_cache(maxsize=1024)(built)
    _forgetting.append(kept.cache_clear)
    return kept  # type: ignore[return-value]  # lru_cache takes whatever can be hashed


# Who looks, in a statement that is put together once for everybody in the same roles.
_VIEWER: Any = bindparam("viewer", type_=Integer)


def kept_per_roles(built: Callable[Concatenate[Actor, _Asked], _Kept]) -> Callable[Concatenate[Actor, _Asked], _Kept]:
    """Keep what was put together from this table for everybody who holds these roles, until ``forget_clauses``.

    The person is the statement's parameter ``viewer``: a call has many officials and jurors, and one statement for all of
    them is enough. Nothing of who asks may come into it but the roles.
    """

    @lru_cache(maxsize=512)
    def kept(kind: str, grants: tuple[Granted, ...], *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Kept:
        return built(Actor(kind=kind, person_id=_VIEWER, grants=grants), *args, **kwargs)

    @wraps(built)
    def found(viewer: Actor, /, *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Kept:
        return kept(viewer.kind, viewer.grants, *args, **kwargs)  # type: ignore[arg-type]  # whatever can be hashed

    _forgetting.append(kept.cache_clear)
    return found


@kept_per_person
def _clause(
    permission: Permission, kind: str, person_id: int | None, grants: tuple[Granted, ...]
) -> ColumnElement[bool]:
    """The clause for one person in these roles, kept: putting it together takes longer than the database needs for it."""
    return POLICY[permission].where(Actor(kind=kind, person_id=person_id, grants=grants))


def forget_clauses() -> None:
    """Put every clause and every statement made of one together anew: for whoever changes the table, as tests do."""
    for forget in _forgetting:
        forget()
