"""The totals of a jury as arrays, and whether they can be compared at all (jury-method.md §4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gnlc_apply.jury.design import count_components

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST_READINGS = 4
"""Below this the mean of the noise variance, Q / (n - 3), does not exist."""


class Obstacle(StrEnum):
    """Why jurors of a jury cannot be compared, so that only plain averages may be shown."""

    TOO_FEW_READINGS = "too_few_readings"
    ONE_JUROR = "one_juror"
    NOT_LINKED = "not_linked"


class NotComparable(ValueError):
    """The strictness of these jurors cannot be told from the quality of their files. ``obstacle``: why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(f"these readings cannot be compared: {obstacle}")
        self.obstacle = obstacle


@dataclass(frozen=True)
class Scores:
    """n readings of I files by J jurors.

    ``files`` and ``jurors`` (n,): positions 0..I-1 and 0..J-1; ``totals`` (n,): points, usually 0 to 5. Raises ValueError
    for arrays of unequal length, a position out of range, a file or juror without reading, a pair that occurs twice, or
    a total that is not a finite number.
    """

    files: Ints
    jurors: Ints
    totals: Floats
    file_count: int
    juror_count: int

    def __post_init__(self) -> None:
        if not self.files.shape == self.jurors.shape == self.totals.shape == (self.totals.size,):
            raise ValueError("files, jurors and totals must be as many")
        for positions, count, words in (
            (self.files, self.file_count, "file"),
            (self.jurors, self.juror_count, "juror"),
        ):
            if not np.array_equal(np.unique(positions), np.arange(count)):
                raise ValueError(f"every {words} from 0 to {count - 1} needs a reading, and no other")
        if np.unique(self.files * self.juror_count + self.jurors).size != self.totals.size:
            raise ValueError("a juror has two readings of one file")
        if not np.isfinite(self.totals).all():
            raise ValueError("a total is not a finite number")

    @property
    def incidence(self) -> Floats:
        """Who reads what: N (I, J) of 0 and 1."""
        matrix = np.zeros((self.file_count, self.juror_count))
        matrix[self.files, self.jurors] = 1.0
        return matrix

    @property
    def readers(self) -> Ints:
        """n_i (I,): how many readings a file has."""
        return np.bincount(self.files, minlength=self.file_count)

    @property
    def loads(self) -> Ints:
        """n_j (J,): how many readings a juror has done."""
        return np.bincount(self.jurors, minlength=self.juror_count)

    def per_file(self, values: Floats) -> Floats:
        """The plain mean (I,) over the readers of each file of one value (n,) for each reading."""
        return np.bincount(self.files, values, self.file_count) / self.readers

    @property
    def raw(self) -> Floats:
        """Plain average (I,) of the readers of each file."""
        return self.per_file(self.totals)


def scores_of(readings: Iterable[tuple[int, int, float]]) -> Scores:
    """The arrays of (file position, juror position, total) triples; refuses what ``Scores`` refuses."""
    rows: Sequence[tuple[int, int, float]] = list(readings)
    files = np.array([file for file, _, _ in rows], dtype=np.int64)
    jurors = np.array([juror for _, juror, _ in rows], dtype=np.int64)
    totals = np.array([total for _, _, total in rows], dtype=np.float64)
    return Scores(files, jurors, totals, int(files.max(initial=-1)) + 1, int(jurors.max(initial=-1)) + 1)


def without_juror(scores: Scores, juror: int) -> tuple[Scores, Ints, Ints]:
    """The readings of all the others, with the old positions of the files (I',) and jurors (J',) that are left."""
    keep = scores.jurors != juror
    files, file_positions = np.unique(scores.files[keep], return_inverse=True)
    jurors, juror_positions = np.unique(scores.jurors[keep], return_inverse=True)
    left = Scores(
        file_positions.astype(np.int64), juror_positions.astype(np.int64), scores.totals[keep], files.size, jurors.size
    )
    return left, files, jurors


def obstacle(scores: Scores) -> Obstacle | None:
    """Why these jurors cannot be compared; None where they can: at least two, linked by files that they share."""
    if scores.juror_count == 1:
        return Obstacle.ONE_JUROR
    if scores.totals.size < FEWEST_READINGS:
        return Obstacle.TOO_FEW_READINGS
    return Obstacle.NOT_LINKED if count_components(scores.incidence) != 1 else None
