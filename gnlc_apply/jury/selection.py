"""The cohort by the public rule, what a public minimum would cost, and the lottery (jury-method.md §8)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from gnlc_apply.jury.readings import Floats

_NONE: Mapping[str, int] = MappingProxyType({})
_SAME = 9
"""Decimals after which two scores are equal."""


class Passed(StrEnum):
    """Why a file was passed over on the walk down the list."""

    NEVER = "never"
    COUNTRY_FULL = "country_full"
    NO_PLACE_LEFT = "no_place_left"


@dataclass(frozen=True)
class Selection:
    """``chosen``: positions, ``must`` first and then down the list; ``passed``: position and reason of all others."""

    chosen: tuple[int, ...]
    passed: dict[int, Passed]


@dataclass(frozen=True)
class Minimum:
    """A public minimum: at least ``number`` of the files at ``members`` (positions)."""

    name: str
    members: frozenset[int]
    number: int


@dataclass(frozen=True)
class Price:
    """What a minimum costs: who enters, who leaves (positions), and the sum of points lost, 0 or more."""

    entering: tuple[int, ...]
    leaving: tuple[int, ...]
    points: float


def select(
    order: Sequence[int],
    countries: Sequence[str],
    *,
    places: int | None,
    quota: int | None = None,
    must: Collection[int] = (),
    never: Collection[int] = (),
) -> Selection:
    """Walk down the list: skip who may never, skip a file whose country is full, stop at ``places``.

    ``order``: positions of the files that meet the standard, the best first; ``countries`` (I,) by position; ``must`` are
    taken first, in the order of the list (those not on it come first, by position), and count in places and quota.
    Optimal for every utility that falls with rank: sets of at most q of each country and K in all are a matroid (Edmonds
    1971). Raises ValueError for a file that must and may never be in, more ``must`` than places or than a country's quota
    allows, or a position twice in the order.
    """
    _check(order, countries, places, quota, must, never)
    rank = {file: number for number, file in enumerate(order)}
    chosen = sorted(set(must), key=lambda file: (rank.get(file, -1), file))
    taken = Counter(countries[file] for file in chosen)
    passed: dict[int, Passed] = {}
    for file in order:
        if file in must:
            continue
        if file in never:
            passed[file] = Passed.NEVER
        elif quota is not None and taken[countries[file]] >= quota:
            passed[file] = Passed.COUNTRY_FULL
        elif places is not None and len(chosen) >= places:
            passed[file] = Passed.NO_PLACE_LEFT
        else:
            chosen.append(file)
            taken[countries[file]] += 1
    return Selection(tuple(chosen), passed)


def _check(
    order: Sequence[int],
    countries: Sequence[str],
    places: int | None,
    quota: int | None,
    must: Collection[int],
    never: Collection[int],
) -> None:
    if len(set(order)) != len(order):
        raise ValueError("a file stands in the order twice")
    if set(must) & set(never):
        raise ValueError("a file cannot be both: must and never")
    if places is not None and len(set(must)) > places:
        raise ValueError("there are more files that must be in than places")
    crowd = max(Counter(countries[file] for file in set(must)).values(), default=0)
    if quota is not None and crowd > quota:
        raise ValueError("files of one country that must be in exceed its quota")


def price(
    scores: Floats,
    countries: Sequence[str],
    minima: Sequence[Minimum],
    *,
    places: int | None,
    quota: int | None = None,
    extra: Mapping[str, int] = _NONE,
) -> Price | None:
    """What public minima would cost, exactly: the best sum of ``scores`` (I,) in points with them against without.

    At most ``places`` files (None: any number), at most ``quota`` of a country, with ``extra`` for single ones. A file with
    positive points fills a place if it can; one with negative points, below a threshold, enters for a minimum only. None where no cohort meets the minima. For information only: applied if adopted before the scores are opened,
    or as an open decision. Equal scores: the lower position is preferred.
    """
    limits = {country: quota + extra.get(country, 0) for country in set(countries)} if quota is not None else {}
    before = _best(scores, countries, (), places, limits)
    after = _best(scores, countries, minima, places, limits)
    if before is None or after is None:
        return None
    lost = round(float(scores[sorted(before)].sum() - scores[sorted(after)].sum()), _SAME)
    return Price(tuple(sorted(after - before)), tuple(sorted(before - after)), max(lost, 0.0))


def _best(
    scores: Floats,
    countries: Sequence[str],
    minima: Sequence[Minimum],
    places: int | None,
    limits: Mapping[str, int],
) -> set[int] | None:
    count = scores.size
    rows, low, high = [np.ones(count)], [0.0], [float(count if places is None else places)]
    names = np.array(countries)
    for country in sorted(limits):
        rows.append((names == country).astype(np.float64))
        low.append(0.0)
        high.append(float(limits[country]))
    for minimum in minima:
        rows.append(np.isin(np.arange(count), list(minimum.members)).astype(np.float64))
        low.append(float(minimum.number))
        high.append(np.inf)
    # A nudge far below any difference of points prefers the lower position.
    value = scores - 1e-7 * np.arange(count) / max(count, 1)
    found = milp(
        -value,
        constraints=LinearConstraint(np.array(rows), np.array(low), np.array(high)),
        integrality=np.ones(count, dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    return set(np.flatnonzero(found.x > 0.5).tolist()) if found.success else None


def lottery(seed: str, names: Iterable[str]) -> list[str]:
    """The order of names that a jury could not separate: by SHA-256 of ``seed|name``, the lowest first.

    ``seed``: a public number that is fixed before it is drawn, such as a national lottery of a named day (RFC 3797), so
    that everybody can repeat it.
    """
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}|{name}".encode()).hexdigest())
