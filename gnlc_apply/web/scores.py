"""Scores and averages as readers of a language write them: always with two places, so that they line up."""

from __future__ import annotations

from functools import lru_cache

from babel import numbers

from gnlc_apply.web import languages


def two_places(value: float | None) -> str:
    """A total or an average from 0 to 5; a dash where there is none."""
    if value is None:
        return "–"
    return _written(value, languages.code())


@lru_cache(maxsize=8192)
def _written(value: float, language: str) -> str:
    return numbers.format_decimal(value, "0.00", locale=languages.locale_of(language))
