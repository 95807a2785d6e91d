"""One line of the report: what is required, what was reached, and whether that is enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """A figure and what it must be. ``reached`` is None for what could not be measured; ``later`` says why it need not be."""

    name: str
    words: str
    required: float
    reached: float | None
    unit: str = "×"
    is_at_least: bool = False
    later: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether what was reached is enough."""
        if self.reached is None:
            return False
        return self.reached >= self.required if self.is_at_least else self.reached <= self.required

    def as_json(self) -> dict[str, Any]:
        """The row for a program; more figures stand beside the four that every row has."""
        plain = {"name": self.name, "required": self.required, "reached": self.reached, "holds": self.holds}
        return {
            **plain,
            "unit": self.unit,
            "at_least": self.is_at_least,
            "later": self.later,
            "what": self.words,
            **self.more,
        }

    def as_line(self) -> str:
        """The row for a person."""
        if self.later:
            return f"{self.name:<24} later: {self.later}"
        reached = "not measured" if self.reached is None else f"{self.reached:,.2f} {self.unit}"
        sign, verdict = "≥" if self.is_at_least else "≤", "yes" if self.holds else "NO"
        more = "  ".join(f"{key} {value}" for key, value in self.more.items())
        return f"{self.name:<24} {sign} {self.required:>8,.2f} {reached:>16}  {verdict:<4} {more}"


def table(rows: list[Row]) -> str:
    """All rows, one below the other."""
    head = f"{'row':<24} {'required':>10} {'reached':>16}  holds"
    return "\n".join([head, *(row.as_line() for row in rows)])
