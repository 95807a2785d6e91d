"""The public standard of a call, which a recommendation starts from: by plain or by adjusted averages."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gnlc_apply.jury.averages import FileAverage

DECIMALS = 9
"""Averages are compared after rounding to this many places: equal on paper is equal here."""


class Method(StrEnum):
    """What the standard of a call is applied to; a setting of the call, with its version."""

    PLAIN = "plain-1"
    """Plain averages, without the quota, as the first calls were judged."""
    ADJUSTED = "adjusted-1"
    """Adjusted averages within the quota of each country; plain ones where the jury cannot be compared."""


class Basis(StrEnum):
    """What the outcomes that stand there start from."""

    PLAIN = "plain"
    ADJUSTED = "adjusted"
    NOT_COMPARABLE = "not_comparable"
    """Plain averages, because strict jurors cannot be told from weak files."""
    AWAITED = "awaited"
    """Adjusted averages of these scores are not there yet."""


class Shortfall(StrEnum):
    """Why a file does not meet the standard."""

    NO_READING = "no_reading"
    BELOW_THRESHOLD = "below_threshold"
    CRITERION_BELOW_MINIMUM = "criterion_below_minimum"
    COUNTRY_FULL = "country_full"
    NO_PLACE_LEFT = "no_place_left"
    AWAITED = "awaited"


@dataclass(frozen=True)
class Standard:
    """The public rule of a call: average at least ``threshold``, no criterion's plain average below ``minimum``.

    Points on the 0 to 5 scale. ``places``: at most so many files, None for as many as meet the standard; ``quota``: at most
    so many of one country, with ``extra`` for single countries, None for any number.
    """

    threshold: float = 3.0
    minimum: float = 2.0
    places: int | None = None
    quota: int | None = None
    extra: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What the standard says of one file.

    ``is_tied``: equal to others at the last place, in all or (``is_tied_in_country``) of its country: a person decides.
    """

    file_id: str
    is_recommended: bool
    is_tied: bool
    shortfalls: tuple[Shortfall, ...]
    weak_criteria: tuple[str, ...] = ()
    is_tied_in_country: bool = False


def apply_standard(
    averages: Mapping[str, FileAverage],
    standard: Standard,
    *,
    adjusted: Mapping[str, float] | None = None,
    countries: Mapping[str, str] | None = None,
) -> dict[str, Outcome]:
    """What the public standard says of each file, by file id.

    ``adjusted``: averages (0 to 5) to use in place of the plain ones, for every file with a complete reading, where the
    call adjusts for strict and generous jurors; the minimum per criterion always looks at plain averages. A criterion that
    no reader scored is not below the minimum. ``countries`` by file id is needed with a quota. Files that meet the standard
    are taken from the highest average down; one whose country is full is passed over, and at ``places`` the walk ends.
    Equal averages that do not all fit are left undecided (``is_tied``, not recommended), never broken here. Raises KeyError
    for a file missing in ``adjusted`` or ``countries``.
    """
    levels = {
        file_id: _level(average, adjusted) for file_id, average in averages.items() if average.average is not None
    }
    outcomes = {file_id: _judge(average, standard, levels.get(file_id)) for file_id, average in averages.items()}
    if standard.places is None and standard.quota is None:
        return outcomes
    by_level: defaultdict[float, list[str]] = defaultdict(list)
    for file_id, outcome in outcomes.items():
        if outcome.is_recommended:
            by_level[levels[file_id]].append(file_id)
    room = _Room(standard, countries or {})
    for level in sorted(by_level, reverse=True):
        outcomes.update(room.take(outcomes[file_id] for file_id in by_level[level]))
    return outcomes


def awaited(averages: Mapping[str, FileAverage], standard: Standard) -> dict[str, Outcome]:
    """What can be said while the adjusted averages are not there: who has no reading or a weak criterion. Nobody is recommended."""
    outcomes = {file_id: _judge(average, standard, math.inf) for file_id, average in averages.items()}
    return {
        file_id: replace(one, is_recommended=False, shortfalls=(Shortfall.AWAITED,)) if one.is_recommended else one
        for file_id, one in outcomes.items()
    }


class _Room:
    """The places that are left, in all and of each country, while files are taken from the highest average down."""

    def __init__(self, standard: Standard, countries: Mapping[str, str]) -> None:
        self._standard, self._countries = standard, countries
        self._left = math.inf if standard.places is None else standard.places
        self._taken: Counter[str] = Counter()

    def take(self, equals: Iterable[Outcome]) -> dict[str, Outcome]:
        """The outcomes of files with the same average, which all meet the standard."""
        found: dict[str, Outcome] = {}
        fitting: list[Outcome] = []
        wanted = 0.0
        for country, group in self._by_country(equals).items():
            left = self._left_in(country)
            wanted += min(left, len(group))
            if len(group) <= left:
                fitting += group
            else:
                found |= {one.file_id: _turned(one, Shortfall.COUNTRY_FULL, is_tied=left > 0) for one in group}
            self._taken[country] += len(group)
        if wanted > self._left:
            is_tied = self._left > 0
            over = [*fitting, *(one for one in found.values() if one.is_tied)]
            found |= {one.file_id: _turned(one, Shortfall.NO_PLACE_LEFT, is_tied=is_tied) for one in over}
        self._left = max(self._left - wanted, 0)
        return found

    def _by_country(self, equals: Iterable[Outcome]) -> dict[str, list[Outcome]]:
        found: defaultdict[str, list[Outcome]] = defaultdict(list)
        for one in equals:
            found["" if self._standard.quota is None else self._countries[one.file_id]].append(one)
        return found

    def _left_in(self, country: str) -> float:
        if self._standard.quota is None:
            return math.inf
        return max(self._standard.quota + self._standard.extra.get(country, 0) - self._taken[country], 0)


def _turned(one: Outcome, shortfall: Shortfall, *, is_tied: bool) -> Outcome:
    """The outcome of a file that meets the standard and has no place, or no place of its own."""
    is_of_country = is_tied and shortfall is Shortfall.COUNTRY_FULL
    shortfalls = () if is_tied else (shortfall,)
    return Outcome(one.file_id, False, is_tied, shortfalls, is_tied_in_country=is_of_country)


def _level(average: FileAverage, adjusted: Mapping[str, float] | None) -> float:
    value = average.average if adjusted is None else adjusted[average.file_id]
    return -math.inf if value is None else round(value, DECIMALS)


def _judge(average: FileAverage, standard: Standard, level: float | None) -> Outcome:
    if level is None or average.average is None:
        return Outcome(average.file_id, False, False, (Shortfall.NO_READING,))
    weak = _weak(average, standard.minimum)
    shortfalls = []
    if level < standard.threshold:
        shortfalls.append(Shortfall.BELOW_THRESHOLD)
    if weak:
        shortfalls.append(Shortfall.CRITERION_BELOW_MINIMUM)
    return Outcome(average.file_id, not shortfalls, False, tuple(shortfalls), weak)


def _weak(average: FileAverage, minimum: float) -> tuple[str, ...]:
    """The criteria whose plain average is below the minimum."""
    return tuple(
        criterion
        for criterion, value in average.criteria.items()
        if value is not None and round(value, DECIMALS) < minimum
    )
