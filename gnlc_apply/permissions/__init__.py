"""Who may do what: actors, rules with two faces, and the one table."""

from gnlc_apply.permissions.actor import (
    ANONYMOUS,
    CITY_ONLY,
    FRESH,
    SYSTEM,
    Actor,
    ApplicationFacts,
    CohortFacts,
    Granted,
)
from gnlc_apply.permissions.policy import (
    NEEDS_SECOND_FACTOR,
    POLICY,
    Permission,
    can,
    forget_clauses,
    kept_per_person,
    kept_per_roles,
    require,
    require_fresh,
    require_seen,
    step_to_show,
    visible_to,
)
from gnlc_apply.permissions.rules import Rule, runs_on

__all__ = [
    "ANONYMOUS",
    "CITY_ONLY",
    "FRESH",
    "NEEDS_SECOND_FACTOR",
    "POLICY",
    "SYSTEM",
    "Actor",
    "ApplicationFacts",
    "CohortFacts",
    "Granted",
    "Permission",
    "Rule",
    "can",
    "forget_clauses",
    "kept_per_person",
    "kept_per_roles",
    "require",
    "require_fresh",
    "require_seen",
    "runs_on",
    "step_to_show",
    "visible_to",
]
