"""Plain averages of the readers, and the public standard that a recommendation follows when nothing is adjusted."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gnlc_apply.jury.totals import weighted_total

DECIMALS = 9
"""Averages are compared after rounding to this many places: equal on paper is equal here."""


@dataclass(frozen=True)
class Reading:
    """One juror's scores (0..5, None for "not applicable") by criterion for one file."""

    juror_id: str
    file_id: str
    scores: Mapping[str, float | None]


@dataclass(frozen=True)
class FileAverage:
    """One file as its readers see it, on the 0 to 5 scale.

    ``average``: plain mean of the totals of complete readings; ``criteria``: plain mean per criterion over the same
    readings (None where no reader scored it); ``lowest`` and ``highest``: of the totals. All None without a complete
    reading. ``readers``: complete readings; ``incomplete``: readings that were not used.
    """

    file_id: str
    average: float | None
    criteria: Mapping[str, float | None]
    lowest: float | None
    highest: float | None
    readers: int
    incomplete: int

    @property
    def spread(self) -> float | None:
        """Highest less lowest total, in points; None without a complete reading."""
        return None if self.highest is None or self.lowest is None else self.highest - self.lowest


class Shortfall(StrEnum):
    """Why a file does not meet the standard."""

    NO_READING = "no_reading"
    BELOW_THRESHOLD = "below_threshold"
    CRITERION_BELOW_MINIMUM = "criterion_below_minimum"
    NO_PLACE_LEFT = "no_place_left"


@dataclass(frozen=True)
class Standard:
    """The public rule of a call: average at least ``threshold``, no criterion's plain average below ``minimum``.

    Points on the 0 to 5 scale. ``places``: at most so many files, None for as many as meet the standard.
    """

    threshold: float = 3.0
    minimum: float = 2.0
    places: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What the standard says of one file. ``is_tied``: equal to others at the last place, so that a person must decide."""

    file_id: str
    is_recommended: bool
    is_tied: bool
    shortfalls: tuple[Shortfall, ...]
    weak_criteria: tuple[str, ...] = ()


def file_averages(readings: Iterable[Reading], weights: Mapping[str, float]) -> dict[str, FileAverage]:
    """Plain averages by file id, for every file with a reading (jury-method.md §1; the raw mean of §4).

    ``weights`` by criterion > 0. Incomplete readings (less than 60 % of the weight scored) are counted but not used, in
    the totals and in the criteria alike. Raises ValueError for two readings of one file by one juror and whatever
    ``weighted_total`` refuses.
    """
    by_file: dict[str, dict[str, Reading]] = {}
    for reading in readings:
        readers = by_file.setdefault(reading.file_id, {})
        if reading.juror_id in readers:
            raise ValueError(f"two readings of {reading.file_id} by {reading.juror_id}")
        readers[reading.juror_id] = reading
    return {file_id: _average(file_id, readers.values(), weights) for file_id, readers in sorted(by_file.items())}


def _average(file_id: str, readings: Collection[Reading], weights: Mapping[str, float]) -> FileAverage:
    totals, used = [], []
    for reading in readings:
        total = weighted_total(reading.scores, weights)
        if total.is_complete and total.value is not None:
            totals.append(total.value)
            used.append(reading)
    return FileAverage(
        file_id=file_id,
        average=_mean(totals),
        criteria={criterion: _mean(_scored(used, criterion)) for criterion in weights},
        lowest=min(totals, default=None),
        highest=max(totals, default=None),
        readers=len(totals),
        incomplete=len(readings) - len(totals),
    )


def _scored(readings: Collection[Reading], criterion: str) -> list[float]:
    return [score for reading in readings if (score := reading.scores.get(criterion)) is not None]


def _mean(values: Collection[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def apply_standard(
    averages: Mapping[str, FileAverage], standard: Standard, *, adjusted: Mapping[str, float] | None = None
) -> dict[str, Outcome]:
    """What the public standard says of each file, by file id.

    ``adjusted``: averages (0 to 5) to use in place of the plain ones, for every file, where the call adjusts for strict
    and generous jurors; the minimum per criterion always looks at plain averages. A criterion that no reader scored is
    not below the minimum. With ``places``, files that meet the standard are taken from the highest average down; equal
    averages that do not all fit are left undecided (``is_tied``, not recommended), never broken here. Raises KeyError
    for a file missing in ``adjusted``.
    """
    outcomes = {file_id: _judge(average, standard, adjusted) for file_id, average in averages.items()}
    if standard.places is None:
        return outcomes
    levels: dict[float, list[str]] = {}
    for file_id, outcome in outcomes.items():
        if outcome.is_recommended:
            levels.setdefault(_level(averages[file_id], adjusted), []).append(file_id)
    left = standard.places
    for level in sorted(levels, reverse=True):
        fits, is_tied = len(levels[level]) <= left, 0 < left < len(levels[level])
        for file_id in () if fits else levels[level]:
            outcomes[file_id] = Outcome(file_id, False, is_tied, () if is_tied else (Shortfall.NO_PLACE_LEFT,))
        left = left - len(levels[level]) if fits else 0
    return outcomes


def _level(average: FileAverage, adjusted: Mapping[str, float] | None) -> float:
    value = average.average if adjusted is None else adjusted[average.file_id]
    return -math.inf if value is None else round(value, DECIMALS)


def _judge(average: FileAverage, standard: Standard, adjusted: Mapping[str, float] | None) -> Outcome:
    if average.average is None:
        return Outcome(average.file_id, False, False, (Shortfall.NO_READING,))
    weak = tuple(
        criterion
        for criterion, value in average.criteria.items()
        if value is not None and round(value, DECIMALS) < standard.minimum
    )
    shortfalls = []
    if _level(average, adjusted) < standard.threshold:
        shortfalls.append(Shortfall.BELOW_THRESHOLD)
    if weak:
        shortfalls.append(Shortfall.CRITERION_BELOW_MINIMUM)
    return Outcome(average.file_id, not shortfalls, False, tuple(shortfalls), weak)
