"""Which permissions without an object each role holds: written by hand, so that a change of the policy is seen here."""

from __future__ import annotations

import pytest

from gnlc_apply.models import Role
from gnlc_apply.permissions import ANONYMOUS, SYSTEM, Actor, Granted, Permission, can
from gnlc_apply.queries.access import SEES

EVERYBODY = {"USE_ACCOUNT", "BEGIN_APPLICATION"}
SECRETARIAT = {
    "SEE_SECRETARIAT",
    "RUN_CALL",
    "SEE_RANKING",
    "EXPORT_CALL",
    "PREPARE_COHORT",
    "APPROVE_COHORT_CHANGE",
    "KEEP_REGISTRY",
    "SEE_MAIL",
}
HOLDS: dict[str, set[str]] = {
    "nobody": set(),
    "city": EVERYBODY,
    "commission": {*EVERYBODY, "SEE_COMMISSION_DESK"},
    "juror": {*EVERYBODY, "SEE_JURY_HOME"},
    "chair": {*EVERYBODY, "SEE_JURY_HOME", "SEE_RANKING"},
    "officer": EVERYBODY | SECRETARIAT,
    "director": EVERYBODY | SECRETARIAT | {"ARM_COHORT", "ANNOUNCE_COHORT", "CONFIRM_ACCOUNT_ACT", "RELEASE_HOLD"},
    "administrator": {*EVERYBODY, "MANAGE_ACCOUNTS", "RELEASE_HOLD"},
    "system": {"ANNOUNCE_COHORT", "KEEP_REGISTRY", "MANAGE_ACCOUNTS", "ACT_FOR_SYSTEM"},
}
GRANTS = {
    "commission": Granted(Role.COMMISSION, country="KEN"),
    "juror": Granted(Role.JUROR, call_id=1),
    "chair": Granted(Role.CHAIR, call_id=1),
    "officer": Granted(Role.OFFICER),
    "director": Granted(Role.DIRECTOR),
    "administrator": Granted(Role.ADMINISTRATOR),
}


def _actor(who: str) -> Actor:
    if who in ("nobody", "system"):
        return SYSTEM if who == "system" else ANONYMOUS
    grants = (GRANTS[who],) if who in GRANTS else ()
    return Actor(kind="person", person_id=7, grants=grants)


@pytest.mark.parametrize("who", HOLDS)
def test_a_role_holds_this_and_nothing_else(who: str) -> None:
    actor = _actor(who)
    plain = [permission for permission in Permission if permission not in SEES]
    assert {permission.name for permission in plain if can(actor, permission)} == HOLDS[who]


def test_every_role_is_in_the_table() -> None:
    assert {grant.role for grant in GRANTS.values()} == set(Role)
