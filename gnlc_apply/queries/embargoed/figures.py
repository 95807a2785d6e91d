"""The jury's figures as they are kept: per file, per juror, agreement and audit. Read again only when they were computed anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import FiguresStatus, JuryFigures

MOST = 4

# Where a file stands, in words and with a tone.
ZONES: Mapping[str, tuple[Text, str]] = {
    "in": (Text("clear yes"), "good"),
    "grey": (Text("to discuss"), "caution"),
    "out": (Text("clear no"), "quiet"),
}
# Why there are plain averages only.
REASONS: Mapping[str, Text] = {
    "one_juror": Text("All readings are by one juror: how strict a single reader is cannot be told from the files."),
    "too_few_readings": Text("There are too few readings yet to tell strict jurors from weak files."),
    "not_linked": Text("The jury falls into groups that share no file: jurors of different groups cannot be compared."),
    "failed": Text("The adjusted averages could not be computed. It is tried again within the hour."),
}
# What to bear in mind with every figure of a jury.
WARNINGS: Mapping[str, Text] = {
    "few_jurors": Text("Fewer than six jurors: all ranges are wide."),
    "weak_design": Text("The jury is weakly linked: strict jurors and weak files are hard to tell apart."),
    "many_extreme_scores": Text(
        "More than a quarter of the scores are the lowest or the highest of the scale: there, differences between files are "
        "hard to see. The report on the jury counts steps of the scale in place of points too."
    ),
}
_MUCH = Text(
    "Another way of counting would change more than a tenth of the cohort: look at it in the report on the jury before you "
    "confirm or decide."
)

# Above this part of the cohort, what another way of counting changes must be looked at.
MUCH = 0.10


@dataclass(frozen=True)
class FileFigures:
    """What the model says of a file, in points of 0 to 5: the adjusted average with its 90 % range, where it stands.

    ``p``: the share of repetitions of the jury in which the public rule admits it; ``zone``: ``in``, ``grey`` or ``out``;
    ``again``: 1 where two more readers would help most, then 2, …, None where they would not.
    """

    readers: int
    average: float
    fair: float
    adjusted: float
    low: float
    high: float
    p: float
    zone: str
    place: float
    place_low: int
    place_high: int
    diverges: bool
    again: int | None

    @property
    def standing(self) -> Text:
        """Clear yes, to discuss, or clear no."""
        return ZONES[self.zone][0]

    @property
    def tone(self) -> str:
        """The tone of that word."""
        return ZONES[self.zone][1]


@dataclass(frozen=True)
class JurorFigures:
    """What the model says of a juror: above 0 = strict, in points, with its 90 % range.

    ``slope``: when the others find a file one point better, this juror finds it so many points better; ``changes``: the
    files whose standing changes without this juror.
    """

    files: int
    severity: float
    low: float
    high: float
    spread: float | None
    slope: float | None
    flags: tuple[str, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """The figures of a call: by reference of the file and of the juror, and the summary of ``jury.figures.compute``."""

    status: FiguresStatus
    reason: str
    method: str
    seed: int
    draws: int
    inputs: str
    computed_at: datetime
    files: Mapping[str, FileFigures]
    jurors: Mapping[str, JurorFigures]
    summary: Mapping[str, Any]

    @property
    def is_computed(self) -> bool:
        """Whether there are figures, and not only the reason why there are none."""
        return self.status is FiguresStatus.COMPUTED

    @property
    def cautions(self) -> tuple[Text, ...]:
        """What whoever reads the ranking has to bear in mind: of the jury, and of other ways of counting."""
        found = tuple(WARNINGS[name] for name in self.summary.get("warnings", ()))
        is_much = any(way["share"] > MUCH for way in self.summary.get("ways", ()))
        return (*found, _MUCH) if is_much else found

    @property
    def why_not(self) -> Text | None:
        """Why there are plain averages only, in words."""
        return REASONS.get(self.reason)


def figures_of(session: Session, call_id: int) -> Figures | None:
    """The figures of a call as they are kept, of whatever scores; None where there never were any."""
    row = session.scalar(select(JuryFigures).where(JuryFigures.call_id == call_id))
    return None if row is None else _figures(row)


_kept: dict[tuple[Any, ...], Figures] = {}


def kept_figures(call_id: int, inputs: str, computed_at: datetime) -> Figures | None:
    """The figures of a call, read when they are new to this process; None where they were computed anew meanwhile."""
    key = (db.address, call_id, inputs, computed_at)
    if key not in _kept:
        found = figures_of(db.reader, call_id)
        if found is None or found.inputs != inputs:
            return None
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = found
    return _kept[key]


def _figures(row: JuryFigures) -> Figures:
    return Figures(
        status=row.status,
        reason=row.reason,
        method=row.method,
        seed=row.seed,
        draws=row.draws,
        inputs=row.inputs_sha256,
        computed_at=row.computed_at,
        files=_of_files(row.files),
        jurors=_of_jurors(row.jurors),
        summary=row.summary,
    )


def frozen_figures(kept: Mapping[str, Any]) -> Figures | None:
    """The figures that the minutes keep; None where none had been computed of these scores when they were confirmed."""
    if "files" not in kept:
        return None
    is_computed = bool(kept["summary"].get("comparable"))
    return Figures(
        status=FiguresStatus.COMPUTED if is_computed else FiguresStatus.NOT_COMPARABLE,
        reason="" if is_computed else str(kept["summary"].get("reason", "failed")),
        method=kept["method"],
        seed=kept["seed"],
        draws=kept["draws"],
        inputs=kept["inputs"],
        computed_at=datetime.fromisoformat(kept["computed_at"]),
        files=_of_files(kept["files"]),
        jurors=_of_jurors(kept["jurors"]),
        summary=kept["summary"],
    )


def _of_files(kept: Mapping[str, Any]) -> dict[str, FileFigures]:
    return {file: FileFigures(**values) for file, values in kept.items()}


def _of_jurors(kept: Mapping[str, Any]) -> dict[str, JurorFigures]:
    return {
        juror: JurorFigures(**{**values, "flags": tuple(values["flags"]), "changes": tuple(values["changes"])})
        for juror, values in kept.items()
    }
