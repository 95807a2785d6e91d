"""What a transition is. Declared once; buttons, the truth table and docs/workflow.md come from the declaration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission

Guard = Callable[[Any], Text | None]


@dataclass(frozen=True)
class Transition:
    """One way from some states to another: who (permission), when (guards), and what must be said (mails).

    ``target`` is a state, or None where the row remembers it (a return goes back to the state it left).
    A guard takes the case and returns None, or the words that say why not.
    """

    name: str
    label: Text
    sources: tuple[str, ...]
    target: str | None
    permission: Permission
    guards: tuple[Guard, ...] = ()
    mails: tuple[str, ...] = ()
    needs_reason: bool = False


@dataclass(frozen=True)
class Life:
    """All transitions of one noun. ``labels`` gives each state its two names: (secretariat, everybody else)."""

    noun: str
    labels: dict[str, tuple[Text, Text]]
    transitions: tuple[Transition, ...]

    def __getitem__(self, name: str) -> Transition:
        for transition in self.transitions:
            if transition.name == name:
                return transition
        raise KeyError(name)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """Every transition that may start from this state."""
        return tuple(t for t in self.transitions if state in t.sources)
