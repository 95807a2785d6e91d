"""Plain averages of the readers: of a file, and of each criterion."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from operator import itemgetter, truediv
from typing import NamedTuple, cast

from gnlc_apply.jury.lanes import weighted_sums
from gnlc_apply.jury.totals import HIGHEST_SCORE, LOWEST_SCORE, weighted_total

_SCALE = bytes(range(int(LOWEST_SCORE), int(HIGHEST_SCORE) + 1))
_MOST = 10_000
"""Of all weights together: above it a table of what each sum comes to would be longer than the work it saves."""


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
    reading. ``readers``: complete readings; ``incomplete``: readings that were not used. ``totals``: of complete readings,
    the lowest first.
    """

    file_id: str
    average: float | None
    criteria: Mapping[str, float | None]
    lowest: float | None
    highest: float | None
    readers: int
    incomplete: int
    totals: tuple[float, ...] = ()

    @property
    def spread(self) -> float | None:
        """Highest less lowest total, in points; None without a complete reading."""
        return None if self.highest is None or self.lowest is None else self.highest - self.lowest


# The fields in their order, without a call for each.
_as_average = cast(Callable[[Iterable[object]], FileAverage], partial(tuple.__new__, FileAverage))


def file_averages(readings: Iterable[Reading], weights: Mapping[str, float]) -> dict[str, FileAverage]:
    """Plain averages by file id, for every file with a reading (jury-method.md §1; the raw mean of §4).

    ``weights`` by criterion > 0. Incomplete readings (less than 60 % of the weight scored) are counted but not used, in
    the totals and in the criteria alike. Raises ValueError for two readings of one file by one juror and whatever
    ``weighted_total`` refuses.
    """
    by_file = _by_file(readings)
    alike: defaultdict[int, dict[str, list[Reading]]] = defaultdict(dict)
    for file_id, group in by_file.items():
        alike[len(group)][file_id] = group
    found: dict[str, FileAverage] = {}
    for readers, groups in alike.items():
        # Nearly always every reading has a score for every criterion; else those of which that is so go together.
        found |= _averages_of_whole(groups, readers, weights) or _averages_of_whole(
            {file_id: group for file_id, group in groups.items() if _is_whole(group, len(weights))}, readers, weights
        )
    return {file_id: found.get(file_id) or _average(file_id, group, weights) for file_id, group in by_file.items()}


def _by_file(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    """Readings by file, sorted by file. Raises ValueError for two readings of one file by one juror."""
    by_file: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_file[reading.file_id].append(reading)
    for file_id, group in by_file.items():
        if len({reading.juror_id for reading in group}) < len(group):
            raise ValueError(f"two readings of {file_id} by one juror")
    return {file_id: by_file[file_id] for file_id in sorted(by_file)}


def _is_whole(group: Collection[Reading], criteria: int) -> bool:
    """Whether every reading of a file has a score for every criterion."""
    for reading in group:
        scores = reading.scores
        if len(scores) != criteria or None in scores.values():
            return False
    return True


def _averages_of_whole(
    groups: Mapping[str, Sequence[Reading]], readers: int, weights: Mapping[str, float]
) -> dict[str, FileAverage]:
    """The same figures as ``_average`` gives, to the last bit, for files with so many whole readings each, all at once.

    Nothing for any of them where a score or a weight is no whole number or not what it should be: ``_average`` knows what
    to say of it.
    """
    parts = _whole_numbers(weights)
    columns = _columns([reading.scores for group in groups.values() for reading in group], weights)
    if not columns or not parts or max(sum(parts), readers) > _MOST:
        return {}
    # There are few different sums: what each comes to is divided once.
    as_total = [value / sum(parts) for value in range(int(HIGHEST_SCORE) * sum(parts) + 1)]
    as_mean = [value / readers for value in range(int(HIGHEST_SCORE) * readers + 1)]
    of_readers = map(as_total.__getitem__, weighted_sums(columns, parts))
    totals = list(map(tuple, map(sorted, zip(*[of_readers] * readers, strict=True))))
    sums = (weighted_sums([column[turn::readers] for turn in range(readers)], [1] * readers) for column in columns)
    means = zip(*(map(as_mean.__getitem__, column) for column in sums), strict=True)
    criteria = (dict(zip(weights, row, strict=True)) for row in means)
    averages = map(truediv, map(math.fsum, totals), repeat(readers))
    ends = map(itemgetter(0), totals), map(itemgetter(-1), totals)
    rows = zip(groups, averages, criteria, *ends, repeat(readers), repeat(0), totals)
    return dict(zip(groups, map(_as_average, rows), strict=True))


def _columns(rows: Sequence[Mapping[str, float | None]], weights: Mapping[str, float]) -> list[bytes] | None:
    """The scores of each criterion one after the other; None where one is missing, no whole number or outside the scale."""
    if set(map(len, rows)) != {len(weights)}:
        return None
    try:
        columns = [bytes(map(itemgetter(criterion), rows)) for criterion in weights]
    except (KeyError, TypeError, ValueError):
        return None
    return None if any(column.translate(None, _SCALE) for column in columns) else columns


def _whole_numbers(weights: Mapping[str, float]) -> list[int] | None:
    """The weights; None where one is no whole number above 0."""
    is_sound = all(weight > 0 and weight % 1 == 0 for weight in weights.values())
    return list(map(int, weights.values())) if is_sound else None


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
        totals=tuple(sorted(totals)),
    )


def _scored(readings: Collection[Reading], criterion: str) -> list[float]:
    return [score for reading in readings if (score := reading.scores.get(criterion)) is not None]


def _mean(values: Collection[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
