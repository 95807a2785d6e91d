"""How a jury scored its calibration files: per criterion, per juror under letters, and each juror beside the others, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from gnlc_apply.core.text import Text
from gnlc_apply.jury.calibration import FAR, Calibration, Flag, calibrate
from gnlc_apply.models import CalibrationFile
from gnlc_apply.queries.embargoed.calibration_rows import Scored
from gnlc_apply.questionnaire import Guide

# Points below which a juror stands with the others.
NEAR = 0.25

FLAGS: Mapping[Flag, Text] = {
    Flag.SEVERE: Text("clearly stricter than the others"),
    Flag.LENIENT: Text("clearly more generous than the others"),
    Flag.INCONSISTENT: Text("stricter with one file, more generous with another"),
    Flag.DIFFERENT_ORDER: Text("puts the files in another order"),
}


@dataclass(frozen=True)
class Strip:
    """The values that were given for one criterion of a file, lowest first; ``own``: the viewer's, None without one."""

    code: str
    title: str
    values: tuple[int, ...]
    own: int | None

    @property
    def mean(self) -> float:
        """Their plain average."""
        return fmean(self.values)

    @property
    def spread(self) -> float:
        """How far they lie apart: the standard deviation, in points."""
        return pstdev(self.values)


@dataclass(frozen=True)
class Total:
    """A juror's weighted total of a file, under the letter."""

    letter: str
    total: float
    is_own: bool


@dataclass(frozen=True)
class FileComparison:
    """How one file was scored. ``totals`` by letter, ``strips`` in the order of the guide."""

    reference: str
    number: int
    title: str
    totals: tuple[Total, ...]
    strips: tuple[Strip, ...]
    recognised: int

    @property
    def mean(self) -> float | None:
        """The average of the totals."""
        return fmean(one.total for one in self.totals) if self.totals else None

    @property
    def values(self) -> tuple[float, ...]:
        """The totals, lowest first."""
        return tuple(sorted(one.total for one in self.totals))

    @property
    def own(self) -> float | None:
        """The viewer's own total."""
        return next((one.total for one in self.totals if one.is_own), None)


@dataclass(frozen=True)
class Apart:
    """Where the jury differs: one criterion of one file."""

    number: int
    title: str
    strip: Strip


def compare(
    files: Sequence[CalibrationFile], scored: Sequence[Scored], guide: Guide, turn: int, own_id: int | None = None
) -> tuple[FileComparison, ...]:
    """Every file with what was submitted for it in this scoring; ``own_id``: the juror who looks, if one does."""
    found = []
    for number, file in enumerate(files, start=1):
        of_file = [one for one in scored if one.file_id == file.id]
        submitted = [one for one in of_file if one.turn == turn and one.is_submitted]
        totals = (Total(one.letter, one.total or 0.0, one.juror_id == own_id) for one in submitted)
        found.append(
            FileComparison(
                reference=file.reference,
                number=number,
                title=file.title,
                totals=tuple(sorted(totals, key=lambda one: (len(one.letter), one.letter))),
                strips=tuple(_strips(submitted, guide, own_id)),
                recognised=sum(one.is_in and not one.is_submitted and one.turn <= turn for one in of_file),
            )
        )
    return tuple(found)


def _strips(submitted: Sequence[Scored], guide: Guide, own_id: int | None) -> list[Strip]:
    found = []
    for criterion in guide.criteria:
        values = {
            one.juror_id: score.value
            for one in submitted
            if (score := one.scores.get(criterion.code)) is not None and score.value is not None
        }
        if values:
            own = values.get(own_id) if own_id is not None else None
            found.append(Strip(criterion.code, criterion.title, tuple(sorted(values.values())), own))
    return found


def furthest_apart(files: Sequence[FileComparison]) -> list[Apart]:
    """What to talk about first: where the values lie furthest apart. Where all agree there is nothing to talk about."""
    found = [Apart(file.number, file.title, strip) for file in files for strip in file.strips if strip.spread > 0]
    return sorted(found, key=lambda one: (-one.strip.spread, one.number))


def standings(files: Sequence[CalibrationFile], scored: Sequence[Scored], turn: int) -> dict[int, Calibration]:
    """By juror, for those who submitted every file: beside the others who did. Empty while there are fewer than two."""
    totals: dict[int, dict[int, float]] = {}
    for one in scored:
        if one.turn == turn and one.is_submitted and one.total is not None:
            totals.setdefault(one.juror_id, {})[one.file_id] = one.total
    whole = {juror: own for juror, own in sorted(totals.items()) if len(own) == len(files)}
    if len(whole) < 2 or not files:
        return {}
    found = calibrate([[own[file.id] for file in files] for own in whole.values()])
    return dict(zip(whole, found, strict=True))


def in_words(found: Calibration) -> Text:
    """A juror's own comparison, said to that juror."""
    gap, is_strict = abs(found.severity), found.severity > 0
    if gap < NEAR:
        return Text("You score about as strictly as the others.")
    if gap <= FAR:
        return (
            Text("You are a little stricter than the others.")
            if is_strict
            else Text("You are a little more generous than the others.")
        )
    return (
        Text("You are clearly stricter than the others.")
        if is_strict
        else Text("You are clearly more generous than the others.")
    )
