"""The smallest population a call may ask for: one rule for the first questions, the check of the answers, and the officer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from gnlc_apply.core.text import Text
from gnlc_apply.questionnaire.answers import figure_of

# The question of the form whose answer the rule reads.
POPULATION = "city.population"


class Size(StrEnum):
    """How the population that an application states compares with what the call asks for."""

    FITS = "fits"
    TOO_SMALL = "too_small"
    NOT_KNOWN = "not_known"


def binding(smallest: int | None, exception: str) -> int | None:
    """The smallest population that binds a file; none once the secretariat has recorded an exception for it."""
    return None if exception else smallest


def size(answers: Mapping[str, object], smallest: int | None) -> Size:
    """Only a figure of the city itself can be too small; of a region's figure, or of none, somebody has to judge."""
    if smallest is None:
        return Size.FITS
    figure = answers.get(POPULATION)
    value = figure_of(figure) if isinstance(figure, Mapping) and figure.get("basis") == "city" else None
    if value is None:
        return Size.NOT_KNOWN
    return Size.TOO_SMALL if is_below(value, smallest) else Size.FITS


def is_below(population: Decimal | int | None, smallest: int | None) -> bool:
    """Whether a city's own figure is below what a call asks for."""
    return population is not None and smallest is not None and population < smallest


def too_small(smallest: int) -> Text:
    """Why a city of fewer inhabitants cannot go on."""
    return Text("The city must have at least %(smallest)s inhabitants to apply in this call.", smallest=smallest)
