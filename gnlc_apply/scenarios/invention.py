"""What people, texts and scores look like when nobody real may stand in for them: invented, and marked as invented.

Everything follows from a seed: the same seed gives the same names, texts and scores. Addresses end in ``.example``, a
name that is reserved for this (RFC 2606), so that no message could ever reach anybody.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from gnlc_apply.core.folding import fold
from gnlc_apply.core.words import count_words
from gnlc_apply.questionnaire import Guide

MARK = "(invented)"


@cache
def bank() -> dict[str, Any]:
    """The words that inventions are made of."""
    text = (files("gnlc_apply.scenarios") / "data" / "invented.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def rng(*seed: object) -> random.Random:
    """Chance that repeats itself for the same seed."""
    return random.Random(":".join(map(str, seed)))  # noqa: S311 (nothing secret is made of it)


def person(*seed: object) -> str:
    """A person's name, marked as invented."""
    chance = rng("person", *seed)
    return f"{chance.choice(bank()['given'])} {chance.choice(bank()['family'])} {MARK}"


def slug(*parts: str) -> str:
    """A label for an address: letters and digits only, e.g. ``bikok-cmr``."""
    plain = re.sub(r"[^a-z0-9]+", "-", " ".join(fold(part.replace(MARK, "")) for part in parts)).strip("-")
    return plain[:50].strip("-") or "place"


def text(key: str, place: str, limit: int, *seed: object) -> str:
    """An answer in words: some of the bank's sentences, the mark at the end, never more than ``limit`` words."""
    pool: list[str] = bank()["texts"].get(key) or bank()["texts"]["motivation.context"]
    return _fitting(rng("text", key, *seed), [sentence.format(place=place) for sentence in pool], limit)


def _fitting(chance: random.Random, pool: list[str], limit: int) -> str:
    """Between two sentences and all, in another order each time, as far as they fit."""
    marker = str(bank()["marker"])
    chosen: list[str] = []
    for sentence in chance.sample(pool, k=chance.randint(min(2, len(pool)), len(pool))):
        if count_words(" ".join([*chosen, sentence, marker])) <= limit:
            chosen.append(sentence)
    return " ".join([*chosen, marker])


def practices(count: int, *seed: object) -> list[list[str]]:
    """Good practices, each as title, what is done, what changed, for whom, with whom."""
    chosen: list[list[str]] = rng("practices", *seed).sample(bank()["practices"], k=count)
    return chosen


def total_range(is_good: bool) -> tuple[int, int]:
    """The values that readers give to a file that is wanted above the standard of 3, or below it."""
    return (3, 5) if is_good else (1, 3)


def scores(
    guide: Guide, quality: float, severity: float, is_good: bool, *seed: object
) -> dict[str, tuple[int | None, str]]:
    """One reader's values with reasons: the file's quality, less the reader's severity, and some noise.

    ``quality`` on the scale of 0 to 5, ``severity`` in points (strict: above 0). Values stay in ``total_range``.
    """
    chance = rng("scores", *seed)
    low, high = total_range(is_good)
    given: dict[str, tuple[int | None, str]] = {}
    for criterion in guide.criteria:
        value = round(quality - severity + chance.gauss(0, 0.6))
        value = max(low, min(high, value))
        given[criterion.code] = (value, _reason(guide, value, chance))
    return given


def _reason(guide: Guide, value: int, chance: random.Random) -> str:
    kind = "low" if value <= 1 else "high" if value >= guide.highest else "middle"
    if kind == "middle" and not guide.needs_reason(value) and chance.random() < 0.7:
        return ""
    reasons: Mapping[str, list[str]] = bank()["reasons"]
    return f"{chance.choice(reasons[kind])} {bank()['marker']}"


def paragraph(*seed: object) -> str:
    """One reader's paragraph on a file."""
    return f"{rng('paragraph', *seed).choice(bank()['paragraphs'])} {bank()['marker']}"
