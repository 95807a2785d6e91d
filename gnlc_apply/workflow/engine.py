"""The only code that writes ``.state``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Actor, can, require
from gnlc_apply.workflow.transition import Life, Transition


class Case(Protocol):
    """What guards look at. ``row`` is the thing that moves, ``facts`` what the policy asks about it."""

    row: Any
    facts: Any


@dataclass(frozen=True)
class Moved:
    """That something moved."""

    life: Life
    transition: Transition
    row: Any
    before: str
    after: str
    reason: str


def obstacle(transition: Transition, case: Case) -> Text | None:
    """The first reason why this cannot happen now, whoever asks; None when it can."""
    if str(case.row.state) not in transition.sources:
        return Text("This is not possible any more: the state has changed in the meantime.")
    for guard in transition.guards:
        words = guard(case)
        if words is not None:
            return words
    return None


def offered(life: Life, case: Case, actor: Actor) -> list[tuple[Transition, Text | None]]:
    """The transitions this actor may use from here, each with what stands in its way: what buttons are made from."""
    return [
        (transition, obstacle(transition, case))
        for transition in life.leaving(str(case.row.state))
        if can(actor, transition.permission, case.facts)
    ]


def perform(life: Life, name: str, case: Case, actor: Actor, reason: str = "") -> Moved:
    """Move the case's row, or raise.

    Raises Forbidden or SignInNeeded for the wrong person, Conflict with the words of the first guard that says no,
    Invalid when a reason is needed and missing.
    """
    transition = life[name]
    require(actor, transition.permission, case.facts)
    words = obstacle(transition, case)
    if words is not None:
        raise Conflict(words)
    if transition.needs_reason and not reason.strip():
        raise Invalid(Text("Give a reason."), {"reason": Text("Give a reason.")})
    before = str(case.row.state)
    target = transition.target or case.row.returned_from
    kind = type(case.row.state)
    case.row.state = kind(target)
    return Moved(life, transition, case.row, before, str(target), reason.strip())
