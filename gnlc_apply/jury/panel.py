"""What an assignment starts from: the files to read, the jurors who read, and the published rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

METHOD_VERSION = "assignment-2"

Pair = tuple[str, str]
"""(juror id, file id), in this order everywhere in this room."""


@dataclass(frozen=True)
class File:
    """One application to be read.

    ``topics`` are weights >= 0 by topic code, ``language`` and ``country`` codes as the caller writes them, ``context`` the
    type of place (megacity, town, rural) or None if it is not known.
    """

    id: str
    country: str
    region: str
    language: str
    topics: Mapping[str, float] = field(default_factory=dict)
    context: str | None = None


@dataclass(frozen=True)
class Juror:
    """One person who may read.

    ``country_codes``: the country of residence first, then nationalities and the employer's; a file of any of them is
    blocked. ``languages``: read well enough for a file. ``working_languages``: at native or full level (None: all of
    ``languages``). ``capacity``: files that this juror agreed to read; None means an ordinary share.
    """

    id: str
    country_codes: tuple[str, ...]
    region: str
    languages: frozenset[str]
    topics: Mapping[str, float] = field(default_factory=dict)
    contexts: frozenset[str] = frozenset()
    capacity: int | None = None
    is_available: bool = True
    working_languages: frozenset[str] | None = None

    @property
    def home_country(self) -> str:
        """The country this juror counts for when readers of one file are spread over countries."""
        return self.country_codes[0] if self.country_codes else ""


@dataclass(frozen=True)
class Penalties:
    """What one unit of each shortfall costs, in units of match (a perfect reader is worth 1). Published."""

    missing_reader: float = 50.0
    extra_of_group: float = 3.0
    load_over: float = 1.0
    load_under: float = 1.0
    no_specialist: float = 1.0
    load_worst: float = 1.0
    """Once for the whole jury: for each reading after the first by which the juror farthest from the band lies outside it."""


@dataclass(frozen=True)
class Rules:
    """The published numbers of the method (jury-method.md §2); stored with each proposal through ``method_version``."""

    readers: int = 4
    region_cap: int = 2
    country_cap: int = 1
    specialist_match: float = 0.6
    noise: float = 0.10
    penalties: Penalties = Penalties()
    anchors: int = 0
    efficiency_goal: float = 0.80
    retries: int = 6
    seconds_per_solve: float = 60.0


def check_panel(files: Collection[File], jurors: Collection[Juror], rules: Rules) -> None:
    """Raise ValueError for a panel no method can work on: an id twice, no reader asked for, a negative weight or capacity."""
    for noun, ids in (("file", [f.id for f in files]), ("juror", [j.id for j in jurors])):
        if len(set(ids)) != len(ids):
            raise ValueError(f"a {noun} id occurs twice")
    if rules.readers < 1 or rules.anchors < 0 or rules.retries < 0:
        raise ValueError("readers must be at least 1, anchors and retries at least 0")
    if any(
        weight < 0 for topics in [*(f.topics for f in files), *(j.topics for j in jurors)] for weight in topics.values()
    ):
        raise ValueError("a topic weight is negative")
    if any(j.capacity is not None and j.capacity < 0 for j in jurors):
        raise ValueError("a capacity is negative")
