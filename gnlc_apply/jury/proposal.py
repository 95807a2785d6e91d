"""What an assignment ends in: who reads what, why, in which order, and every wish that could not be met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gnlc_apply.core.text import Text
from gnlc_apply.jury.match import Match
from gnlc_apply.jury.panel import Pair


class SlackKind(StrEnum):
    """The elastic rules, each of which may give way at its published price."""

    MISSING_READER = "missing_reader"
    SAME_REGION = "same_region"
    SAME_COUNTRY = "same_country"
    LOAD_OVER = "load_over"
    LOAD_UNDER = "load_under"
    NO_SPECIALIST = "no_specialist"


@dataclass(frozen=True)
class Slack:
    """One rule that gave way: by ``amount`` whole readings, at a file, a juror, or a group of readers of a file."""

    kind: SlackKind
    amount: int
    file_id: str | None = None
    juror_id: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class Shortage:
    """A file with fewer readers than wanted, and where the other jurors are: each is counted under one cause."""

    file_id: str
    found: int
    wanted: int
    conflicted: int
    other_language: int
    unavailable: int
    not_used: int

    @property
    def sentence(self) -> Text:
        """The shortage in words for the secretariat. Labels and numbers, so that no language needs a plural form."""
        return Text(
            "Readers found: %(found)s of %(wanted)s. Jurors with a conflict: %(conflicted)s. "
            "Jurors who do not read the language of the file: %(language)s. Jurors not available: %(unavailable)s.",
            found=self.found,
            wanted=self.wanted,
            conflicted=self.conflicted,
            language=self.other_language,
            unavailable=self.unavailable,
        )


@dataclass(frozen=True)
class Proposal:
    """One proposed assignment. Nothing is assigned until a person confirms it.

    ``pairs`` (juror, file), sorted. ``reasons``: the match of each pair. ``loads``: readings by juror, every juror listed.
    ``efficiency``: A-efficiency in 0..1 with the anchors counted, ``efficiency_alone`` without them; ``components``: parts
    into which jury and files fall without anchors (1 is linked). ``orders``: the files of each juror in the order of
    reading. ``attempts``: solutions tried. ``is_proven``: the solver proved its optimum (False: it ran out of time).
    """

    pairs: tuple[Pair, ...]
    reasons: Mapping[Pair, Match]
    shortages: tuple[Shortage, ...]
    loads: Mapping[str, int]
    efficiency: float
    efficiency_alone: float
    components: int
    seed: str
    orders: Mapping[str, tuple[str, ...]]
    method_version: str
    slacks: tuple[Slack, ...]
    attempts: int
    anchors: int
    is_proven: bool

    @property
    def is_linked(self) -> bool:
        """Whether strict and generous jurors can be told apart: one component, or anchors that everybody reads."""
        return self.components == 1 or (self.anchors > 0 and self.components > 0)
