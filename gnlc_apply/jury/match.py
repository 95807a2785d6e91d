"""How well a juror fits a file: the published formula, and who may not read what."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gnlc_apply.jury.panel import File, Juror, Pair

TOPIC_WEIGHT = 0.6
LANGUAGE_WEIGHT = 0.2
CONTEXT_WEIGHT = 0.2


@dataclass(frozen=True)
class Match:
    """The parts of one match, each in 0..1; ``total`` is 0.6 topic + 0.2 language + 0.2 context."""

    topic: float
    language: float
    context: float

    @property
    def total(self) -> float:
        """The match m_ij in 0..1 (jury-method.md §2)."""
        return TOPIC_WEIGHT * self.topic + LANGUAGE_WEIGHT * self.language + CONTEXT_WEIGHT * self.context


class Obstacle(StrEnum):
    """Why a juror cannot read a file; the first that applies, in this order, is the one that is counted."""

    CONFLICT = "conflict"
    LANGUAGE = "language"
    UNAVAILABLE = "unavailable"


def cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """Cosine of two vectors of weights >= 0 by topic, in 0..1; 0 when one of them says nothing."""
    norm = math.sqrt(math.fsum(w * w for w in left.values()) * math.fsum(w * w for w in right.values()))
    if norm == 0:
        return 0.0
    return min(1.0, math.fsum(weight * right.get(topic, 0.0) for topic, weight in left.items()) / norm)


def match(juror: Juror, file: File) -> Match:
    """The match of one juror and one file.

    Topic: cosine of their topic weights. Language: 1 if the file's language is one in which the juror works at native or
    full level. Context: 1 if the juror knows the file's type of place. Jurors do not bid (Jecmen et al. 2020: bidding is
    the door for manipulation).
    """
    fluent = juror.languages if juror.working_languages is None else juror.working_languages
    return Match(
        topic=cosine(file.topics, juror.topics),
        language=float(file.language in fluent),
        context=float(file.context is not None and file.context in juror.contexts),
    )


def obstacle(juror: Juror, file: File, blocked: frozenset[Pair]) -> Obstacle | None:
    """Why this juror may not be given this file, or None. Nothing but these three is hard (jury-method.md §2)."""
    if (juror.id, file.id) in blocked or file.country in juror.country_codes:
        return Obstacle.CONFLICT
    if file.language not in juror.languages:
        return Obstacle.LANGUAGE
    return None if juror.is_available else Obstacle.UNAVAILABLE
