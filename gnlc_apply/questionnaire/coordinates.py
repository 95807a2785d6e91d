"""Latitude and longitude as people write them: decimal numbers, or degrees, minutes and seconds."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum

from gnlc_apply.core.figures import plain, western_digits

# Five decimals are about one metre; a city hall needs no more.
_STEP = Decimal("0.00001")
_SIGNS = str.maketrans(
    {
        "\u2212": "-", "\u2013": "-", "\u066b": ".", "\u060c": ",", "\u00ba": "°", "\u02da": "°",
        "\u2032": "'", "\u2019": "'", "\u02b9": "'", "\u2033": '"', "\u201d": '"', "\u02ba": '"',
    }
)  # fmt: skip
_DECIMAL = re.compile(r"(?P<sign>[+-]?)(?P<degrees>\d{1,3}(?:[.,]\d+)?)°?")
_SEXAGESIMAL = re.compile(
    r"(?P<sign>[+-]?)(?P<degrees>\d{1,3})(?:°\s*|\s+)(?P<minutes>\d{1,2}(?:[.,]\d+)?)"
    r"(?:(?:'\s*|\s+)(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)(?:\"|'')?)?)?"
)


class Axis(Enum):
    """Which of the two numbers: the letters that may stand beside it, and how far it goes."""

    LATITUDE = ("N", "S", 90)
    LONGITUDE = ("E", "W", 180)


class NotACoordinate(ValueError):
    """The text is no latitude or longitude."""


def parse_coordinate(text: str, axis: Axis) -> str:
    """The coordinate in decimal degrees with at most five decimals, such as ``"-4.4214"``. Raises NotACoordinate.

    Understood: ``36.7213``, ``36,7213``, ``-4.4214°``, ``4° 25′ 17″ W``, ``W 4 25 17``. A letter and a minus sign
    together are refused, since nobody can say what is meant.
    """
    body, letter = _without_letter(western_digits(text.strip()).translate(_SIGNS), axis)
    match = _DECIMAL.fullmatch(body) or _SEXAGESIMAL.fullmatch(body)
    if match is None or (letter and match["sign"]):
        raise NotACoordinate
    degrees = sum((_part(match, name) for name in ("degrees", "minutes", "seconds")), Decimal(0))
    if degrees > axis.value[2]:
        raise NotACoordinate
    rounded = degrees.quantize(_STEP, ROUND_HALF_EVEN)
    is_negative = letter == axis.value[1] or match["sign"] == "-"
    return plain(-rounded if is_negative and rounded else rounded)


def _without_letter(text: str, axis: Axis) -> tuple[str, str]:
    upper = text.upper()
    for letter in axis.value[:2]:
        if upper.startswith(letter):
            return text[1:].strip(), letter
        if upper.endswith(letter):
            return text[:-1].strip(), letter
    return text, ""


def _part(match: re.Match[str], name: str) -> Decimal:
    """One part in degrees; minutes and seconds stay below sixty."""
    found = match.groupdict().get(name)
    if found is None:
        return Decimal(0)
    number = Decimal(found.replace(",", "."))
    if name == "degrees":
        return number
    if number >= 60:
        raise NotACoordinate
    return number / (60 if name == "minutes" else 3600)
