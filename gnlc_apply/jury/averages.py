"""Plain averages of the readers: of a file, and of each criterion."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter, mul, truediv
from typing import NamedTuple

from gnlc_apply.jury.totals import HIGHEST_SCORE, LOWEST_SCORE, weighted_total


@dataclass(frozen=True)
class Reading:
    """One juror's scores (0..5, None for "not applicable") by criterion for one file."""

    juror_id: str
    file_id: str
    scores: Mapping[str, float | None]


class FileAverage(NamedTuple):
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


def file_averages(readings: Iterable[Reading], weights: Mapping[str, float]) -> dict[str, FileAverage]:
    """Plain averages by file id, for every file with a reading (jury-method.md §1; the raw mean of §4).

    ``weights`` by criterion > 0. Incomplete readings (less than 60 % of the weight scored) are counted but not used, in
    the totals and in the criteria alike. Raises ValueError for two readings of one file by one juror and whatever
    ``weighted_total`` refuses.
    """
    by_file = _by_file(readings)
    alike: defaultdict[int, dict[str, list[Reading]]] = defaultdict(dict)
    for file_id, group in by_file.items():
        if _is_whole(group, len(weights)):
            alike[len(group)][file_id] = group
    found: dict[str, FileAverage] = {}
    for readers, groups in alike.items():
        found.update(_averages_of_whole(groups, readers, weights))
    return {file_id: found.get(file_id) or _average(file_id, group, weights) for file_id, group in by_file.items()}


def _by_file(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    """Readings by file, sorted by file. Raises ValueError for two readings of one file by one juror."""
    by_file: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_file[reading.file_id].append(reading)
    for file_id, group in by_file.items():
        if len({reading.juror_id for reading in group}) < len(group):
            raise ValueError(f"two readings of {file_id} by one juror")
    return dict(sorted(by_file.items()))


def _is_whole(group: Collection[Reading], criteria: int) -> bool:
    """Whether every reading of a file has a score for every criterion, as nearly all have."""
    for reading in group:
        scores = reading.scores
        if len(scores) != criteria or None in scores.values():
            return False
    return True


def _averages_of_whole(
    groups: Mapping[str, Sequence[Reading]], readers: int, weights: Mapping[str, float]
) -> dict[str, FileAverage]:
    """The same figures as ``_average`` gives, to the last bit, for files with so many whole readings each, column by column.

    Nothing for any of them when a score or a weight is not what it should be: then ``_average`` says what is wrong.
    """
    columns = _columns([reading.scores for group in groups.values() for reading in group], weights)
    if columns is None:
        return {}
    weighted = [map(mul, column, repeat(weight)) for weight, column in zip(weights.values(), columns, strict=True)]
    whole = math.fsum(weights.values())
    totals = list(map(truediv, map(math.fsum, zip(*weighted, strict=True)), repeat(whole)))
    means = zip(*(_means(column, readers) for column in columns), strict=True)
    criteria = (dict(zip(weights, row, strict=True)) for row in means)
    lowest, highest = map(min, _chunks(totals, readers)), map(max, _chunks(totals, readers))
    counts = repeat(readers), repeat(0)
    found = map(FileAverage, groups, _means(totals, readers), criteria, lowest, highest, *counts)
    return dict(zip(groups, found, strict=True))


def _chunks(column: Sequence[float], size: int) -> Iterator[tuple[float, ...]]:
    return zip(*[iter(column)] * size, strict=True)


def _means(column: Sequence[float], size: int) -> Iterator[float]:
    return map(truediv, map(math.fsum, _chunks(column, size)), repeat(size))


def _columns(rows: Sequence[Mapping[str, float | None]], weights: Mapping[str, float]) -> list[list[float]] | None:
    """The scores of each criterion one below the other; None where one is unknown or outside the scale, or a weight is not
    positive."""
    try:
        columns = [list(map(itemgetter(criterion), rows)) for criterion in weights]
    except KeyError:
        return None
    values = set[float]().union(*columns)
    is_sound = all(LOWEST_SCORE <= value <= HIGHEST_SCORE for value in values)
    return columns if is_sound and all(weight > 0 for weight in weights.values()) else None


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
