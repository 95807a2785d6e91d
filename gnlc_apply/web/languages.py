"""The language stands first in the address; this chooses it, names it, and writes texts, dates and numbers in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from flask import g, has_request_context, request
from werkzeug.routing import BaseConverter, Map, ValidationError

from gnlc_apply import config
from gnlc_apply.core.catalogues import CLOSE, OPEN, PSEUDO, pseudo, translations
from gnlc_apply.core.moments import written
from gnlc_apply.core.text import Text
from gnlc_apply.models.reference_data.countries import country_name

# Plain "en" is American in CLDR; the organisation writes dates the British way.
_REGIONAL = {"en": "en-GB", PSEUDO: "en-GB"}


class LanguageConverter(BaseConverter):
    """Only languages that this installation offers."""

    regex = r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?"
    part_isolating = True

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **kwargs)

    def to_python(self, value: str) -> str:
        """The code, if it is offered."""
        if value not in config.current().languages:
            raise ValidationError()
        return value


@lru_cache
def locale_of(code: str) -> Locale:
    """Babel's locale of a language code."""
    return Locale.parse(_REGIONAL.get(code, code), sep="-")


@lru_cache
def direction_of(code: str) -> str:
    """Which way a language runs: ``rtl`` or ``ltr``."""
    return "rtl" if locale_of(code).text_direction == "rtl" else "ltr"


@lru_cache
def name_of(code: str) -> str:
    """What speakers of a language call it."""
    return pseudo("Pseudo") if code == PSEUDO else (Locale.parse(code, sep="-").display_name or code)


def code() -> str:
    """The language of this request."""
    if has_request_context():
        chosen: str = g.get("language") or "en"
        return chosen
    return "en"


def preferred() -> str:
    """The language to answer in where the address names no page: its first part, else what the browser likes best."""
    offered = config.current().languages
    first = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
    if first in offered:
        return first
    for wished in request.accept_languages.values():
        for known in offered:
            # "ar-EG" is content with "ar", and "zh" with "zh-Hans".
            if known != PSEUDO and known.split("-")[0].lower() == wished.split("-")[0].lower():
                return known
    return offered[0]


def select_locale() -> str:
    """For Flask-Babel: the locale identifier of this request."""
    return str(locale_of(code()))


def translate(value: Any) -> str:
    """A Text (or anything else) in the language of this request."""
    if isinstance(value, Text):
        return value.render(translations(code()).gettext, shape)
    return shape(value)


def shape(value: object) -> str:
    """A value as this language writes it."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return number(value)
    return str(value)


def zone() -> ZoneInfo:
    """The zone in which this request's times are shown: the call's, else UTC."""
    name = g.get("time_zone", "UTC") if has_request_context() else "UTC"
    return ZoneInfo(name)


def _made(words: str) -> str:
    """What CLDR wrote rather than a person; in the pseudo-language in brackets, as every translated string is."""
    return f"{OPEN}{words}{CLOSE}" if code() == PSEUDO else words


def moment(value: datetime, zone_name: str | None = None) -> str:
    """Date and time with its zone, to the minute: seconds stand in documents and letters, on a page they are noise."""
    return _made(_moment(value.replace(second=0), zone_name or zone().key, code()))


def day(value: date) -> str:
    """A day, written out."""
    return _made(_day(value, code()))


def number(value: float) -> str:
    """A number with this language's separators."""
    return _number(value, code())


# What CLDR makes of a value takes longer than all the rest of a table's cell, and the same few come again and again.
@lru_cache(maxsize=4096)
def _moment(value: datetime, zone_name: str, language: str) -> str:
    return written(value, zone_name, locale_of(language))


@lru_cache(maxsize=4096)
def _country(iso3: str, language: str) -> str:
    return country_name(iso3, str(locale_of(language)))


@lru_cache(maxsize=4096)
def _day(value: date, language: str) -> str:
    return dates.format_date(value, "long", locale=locale_of(language))


@lru_cache(maxsize=4096, typed=True)
def _number(value: float, language: str) -> str:
    return numbers.format_decimal(value, locale=locale_of(language))


def percent(value: float) -> str:
    """A share between 0 and 1."""
    return numbers.format_percent(value, locale=locale_of(code()))


def country(iso3: str) -> str:
    """The name of a country in this language."""
    return _made(_country(iso3, code()))


def countries(codes: Iterable[str]) -> dict[str, str]:
    """The names of these countries in this language, for what is written out after the request."""
    return {iso3: country(iso3) for iso3 in codes}
