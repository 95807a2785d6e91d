"""The readings of a call as arrays, with what stands behind their positions: what all figures of a jury start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gnlc_apply.jury.averages import FileAverage, Reading, file_averages
from gnlc_apply.jury.certainty import Bools, Rule, admitted
from gnlc_apply.jury.given import Given
from gnlc_apply.jury.readings import Floats, scores_of
from gnlc_apply.jury.totals import weighted_total

DECIMALS = 6


class Jury:
    """The arrays of those readings that count, with what stands behind their positions.

    ``own``: of the files that are ranked; ``scores``: the same, and behind them those of the calibration files, as far as
    their jurors have read something of the call. The model sees all; whatever is said of a file or counted sees the own.
    """

    def __init__(self, given: Given) -> None:
        everything = (*given.readings, *given.beside)
        totals = {(r.file, r.juror): weighted_total(r.scores, given.weights) for r in everything}
        self.read = [r for r in given.readings if totals[r.file, r.juror].is_complete]
        has_reading = {r.file for r in self.read}, {r.juror for r in self.read}
        self.files = [file for file in given.files if file.id in has_reading[0]]
        self.jurors = [juror for juror in given.jurors if juror.id in has_reading[1]]
        file_of = {file.id: position for position, file in enumerate(self.files)}
        juror_of = {juror.id: position for position, juror in enumerate(self.jurors)}
        self.read.sort(key=lambda r: (file_of[r.file], juror_of[r.juror]))
        beside = [r for r in given.beside if totals[r.file, r.juror].is_complete and r.juror in juror_of]
        self.calibration_files = sorted({r.file for r in beside})
        file_of |= {file: len(self.files) + number for number, file in enumerate(self.calibration_files)}
        rows = [
            (file_of[r.file], juror_of[r.juror], totals[r.file, r.juror].value or 0.0) for r in (*self.read, *beside)
        ]
        self.own, self.scores = scores_of(rows[: len(self.read)]), scores_of(rows)
        plain = file_averages([Reading(r.juror, r.file, r.scores) for r in self.read], given.weights)
        self.countries = [file.country for file in self.files]
        self.eligible: Bools = np.array([_reaches(plain[f.id], given.minimum) for f in self.files], dtype=np.bool_)
        self.rule = Rule(given.threshold, given.places, given.quota, given.extra)

    def admit(self, values: Floats) -> Bools:
        """Whom the public rule admits, by points (I,) or draws of them (M, I); what comes behind is of calibration files."""
        rows = np.atleast_2d(values)[:, : len(self.files)]
        found = admitted(rows, self.rule, countries=self.countries, eligible=self.eligible)
        return found[0] if values.ndim == 1 else found

    def ids(self, positions: Sequence[int]) -> list[str]:
        """The files at these positions, by id."""
        return [self.files[position].id for position in positions]


def _reaches(average: FileAverage, minimum: float) -> bool:
    return not any(value is not None and round(value, 9) < minimum for value in average.criteria.values())


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Figures as they are kept: to six decimals."""
    return {name: rounded(value) if isinstance(value, float) else value for name, value in values.items()}


def rounded(value: float) -> float:
    """A figure as it is kept: to six decimals."""
    return round(float(value), DECIMALS)
