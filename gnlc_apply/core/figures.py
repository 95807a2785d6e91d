"""Figures as people type them in any country, and how they are shown back.

Understood: 1420000, 1,420,000, 1.420.000, 1 420 000 (any space), 1'420'000, 14,20,000, ١٬٤٢٠٬٠٠٠, and 12.5, 12,5, ١٢٫٥
where decimals are allowed.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum

from babel.numbers import format_decimal

MOST_DIGITS = 15

_GROUPING = re.compile("[\\s\u00a0\u2007\u2009\u202f'\u2019\u066c]+")
_DECIMAL_MARK = "\u066b"
_MARKS = str.maketrans({"\u060c": ",", "\uff0c": ",", "\uff0e": ".", "\u00b7": "."})
_WESTERN = re.compile(r"[1-9]\d{0,2}([.,'])\d{3}(?:\1\d{3})*")
_INDIAN = re.compile(r"[1-9]\d?([,'])(?:\d{2}\1)*\d{3}")
_PLAIN = re.compile(r"\d+")


class Trouble(StrEnum):
    """Why a figure was not understood."""

    NOT_DIGITS = "not_digits"
    AMBIGUOUS = "ambiguous"
    NOT_WHOLE = "not_whole"
    TOO_PRECISE = "too_precise"
    TOO_LARGE = "too_large"


class NotAFigure(ValueError):
    """The text cannot be read as one number only; ``trouble`` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def parse_figure(text: str, decimals: int = 0) -> Decimal:
    """The number somebody meant, never negative. Raises NotAFigure.

    ``decimals`` is the most places after the decimal mark, at most two: then a full stop or comma that is followed by
    exactly three digits always separates thousands ("1.420" is one thousand four hundred and twenty), except after a
    leading zero; a mark followed by one or two digits is the decimal mark; where both marks occur, the last one is, but
    not before three digits: "1.420,000" could mean a thousand or a million and is refused as ambiguous. Spaces and
    apostrophes only ever separate thousands; the Arabic marks ٬ and ٫ mean what they mean.
    """
    whole, fraction = _divide(_GROUPING.sub("'", western_digits(text.strip()).translate(_MARKS)))
    places = len(fraction.rstrip("0"))
    if len(whole) > MOST_DIGITS:
        raise NotAFigure(Trouble.TOO_LARGE)
    if places and decimals == 0:
        raise NotAFigure(Trouble.NOT_WHOLE)
    if places > decimals:
        raise NotAFigure(Trouble.TOO_PRECISE)
    return Decimal(f"{whole}.{fraction}" if places else whole)


def plain(figure: Decimal) -> str:
    """The figure as it is stored: digits, a full stop, no grouping, no trailing zeros (``"1420000"``, ``"12.5"``)."""
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_figure(figure: Decimal | int, locale: str) -> str:
    """The figure with the grouping and decimal marks of a language, e.g. ``1 420 000`` in French."""
    return str(format_decimal(figure, locale=locale, decimal_quantization=False))


def western_digits(text: str) -> str:
    """The text with decimal digits of every script written as 0 to 9."""
    return "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text)


def _divide(text: str) -> tuple[str, str]:
    """Whole part and fraction as digits, by the rules told at ``parse_figure``."""
    if (grouped := _whole(text)) is not None:
        return grouped, ""
    mark = text.rfind(_DECIMAL_MARK)
    if mark < 0:
        mark = max(text.rfind("."), text.rfind(","))
    fraction, whole = text[mark + 1 :], _whole(text[:mark]) if mark > 0 else None
    if whole is None or text[mark] in text[:mark] or not _PLAIN.fullmatch(fraction):
        raise NotAFigure(Trouble.NOT_DIGITS)
    if len(fraction) == 3 and whole != "0" and text[mark] != _DECIMAL_MARK:
        raise NotAFigure(Trouble.AMBIGUOUS)
    return whole, fraction


def _whole(text: str) -> str | None:
    """The digits of a whole number, grouped or not; None when it is none."""
    if _PLAIN.fullmatch(text):
        return text.lstrip("0") or "0"
    if _WESTERN.fullmatch(text) or _INDIAN.fullmatch(text):
        return re.sub(r"\D", "", text)
    return None
