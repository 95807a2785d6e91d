"""The scoring guide: criteria with weights, what each value looks like, when a reason is needed, what is read for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class InvalidGuide(ValueError):
    """The data do not describe a guide that could be scored with."""


class UnknownCriterion(LookupError):
    """A code that leads to no criterion of this guide."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion. ``values`` runs from the lowest to the highest score; ``reads`` holds question and group keys.

    ``titles``: its name in the other languages that letters to cities are written in, part of the version like everything else.
    """

    code: str
    title: str
    question: str
    weight: int
    lowest: int
    values: tuple[str, ...]
    reads: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def scores(self) -> tuple[int, ...]:
        """The scores that can be given, lowest first."""
        return tuple(range(self.lowest, self.lowest + len(self.values)))

    def looks_like(self, score: int) -> str:
        """What this score looks like, in words. Raises ValueError for a score outside the scale."""
        if score not in self.scores:
            message = f"{score} is not on the scale of {self.code}"
            raise ValueError(message)
        return self.values[score - self.lowest]


@dataclass(frozen=True, slots=True)
class Guide:
    """A version of the scoring guide. Weights are percent and make 100 together."""

    version: str
    title: str
    intro: str
    lowest: int
    highest: int
    reasons_for: tuple[int, ...]
    is_summary_required: bool
    summary_label: str
    summary_help: str
    criteria: tuple[Criterion, ...]

    def criterion(self, code: str) -> Criterion:
        """The criterion with this code. Raises UnknownCriterion."""
        for criterion in self.criteria:
            if criterion.code == code:
                return criterion
        raise UnknownCriterion(code)

    def questions_of(self, code: str) -> tuple[str, ...]:
        """The keys of the questions and groups a criterion reads, for ``Form.read_by``."""
        return self.criterion(code).reads

    def needs_reason(self, score: int) -> bool:
        """Whether this score must be explained in words."""
        return score in self.reasons_for

    @property
    def weights(self) -> dict[str, int]:
        """Weight in percent by criterion code."""
        return {criterion.code: criterion.weight for criterion in self.criteria}


def load_guide(plain: Mapping[str, Any]) -> Guide:
    """The guide these data describe. Raises InvalidGuide when weights do not make 100 or a value has no words."""
    lowest, highest = plain["lowest"], plain["highest"]
    guide = Guide(
        version=plain["version"],
        title=plain["title"],
        intro=plain["intro"],
        lowest=lowest,
        highest=highest,
        reasons_for=tuple(plain["reasons_for"]),
        is_summary_required=plain["summary"]["required"],
        summary_label=plain["summary"]["label"],
        summary_help=plain["summary"]["help"],
        criteria=tuple(_criterion(criterion, lowest, highest) for criterion in plain["criteria"]),
    )
    if sum(criterion.weight for criterion in guide.criteria) != 100:
        message = "the weights do not make 100"
        raise InvalidGuide(message)
    if len(guide.weights) != len(guide.criteria):
        message = "a criterion stands in the guide twice"
        raise InvalidGuide(message)
    return guide


def _criterion(plain: Mapping[str, Any], lowest: int, highest: int) -> Criterion:
    expected = [str(score) for score in range(lowest, highest + 1)]
    if list(plain["values"]) != expected or not all(plain["values"].values()):
        message = f"{plain['code']}: each value from {lowest} to {highest} needs its words"
        raise InvalidGuide(message)
    return Criterion(
        code=plain["code"],
        title=plain["title"],
        question=plain["question"],
        weight=plain["weight"],
        lowest=lowest,
        values=tuple(plain["values"].values()),
        reads=tuple(plain["reads"]),
        titles=dict(plain.get("titles", {})),
    )
