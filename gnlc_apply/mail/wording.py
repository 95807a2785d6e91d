"""A message's language: dates, figures and names as its readers write them, and people's text kept in its direction."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel import Locale, dates, numbers

from gnlc_apply import config
from gnlc_apply.core.catalogues import PSEUDO
from gnlc_apply.core.moments import written
from gnlc_apply.documents.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE, clean
from gnlc_apply.models.reference_data.countries import country_name

_REGIONAL = {"en": "en-GB", PSEUDO: "en-GB"}
_DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}


class Isolated(str):
    """Somebody's text. Used as itself it is plain; printed, each line is isolated where directions would mix."""

    __slots__ = ("_printed",)
    _printed: str

    def __new__(cls, text: str, base: str) -> Isolated:
        """The cleaned text for a message that runs in the direction ``base``."""
        made = super().__new__(cls, clean(text))
        made._printed = "\n".join(_isolated_line(line, base) for line in str.__str__(made).split("\n"))
        return made

    def __str__(self) -> str:
        return self._printed

    @property
    def plain(self) -> str:
        """The text without isolates, for addresses."""
        return str.__str__(self)


def _isolated_line(line: str, base: str) -> str:
    kinds = {_DIRECTIONS.get(unicodedata.bidirectional(sign)) for sign in line} - {None}
    if not line.strip() or (kinds <= {base} and (base == "ltr" or not any(sign.isdigit() for sign in line))):
        return line
    return f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}"


def plain(value: object) -> str:
    """A value without isolates."""
    return value.plain if isinstance(value, Isolated) else str(value)


@dataclass(frozen=True)
class MailLanguage:
    """What a message's templates may ask of its language."""

    code: str

    @property
    def locale(self) -> Locale:
        """The CLDR locale that shapes dates and figures."""
        return Locale.parse(_REGIONAL.get(self.code, self.code), sep="-")

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``."""
        return "rtl" if self.locale.text_direction == "rtl" else "ltr"

    def moment(self, value: object, zone: object = "UTC") -> str:
        """Date and time with the zone named; takes a moment or its ISO form."""
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(plain(value))
        return written(moment, plain(zone), self.locale)

    def day(self, value: object) -> str:
        """A day, written out; takes a day or the ISO form of a day or moment."""
        day = value if isinstance(value, date) else datetime.fromisoformat(plain(value))
        return dates.format_date(day, "long", locale=self.locale)

    def number(self, value: float) -> str:
        """A figure with this language's separators."""
        return numbers.format_decimal(value, locale=self.locale)

    def country(self, iso3: object) -> str:
        """The name of a country."""
        return country_name(plain(iso3), str(self.locale))

    def shaped(self, value: Any) -> Any:
        """A value from the outbox as templates get it: texts isolated, lists and numbers as they are."""
        if isinstance(value, str):
            return Isolated(value, self.direction)
        if isinstance(value, list):
            return [self.shaped(item) for item in value]
        if isinstance(value, dict):
            return {name: self.shaped(item) for name, item in value.items()}
        return value


def offered(code: str) -> str:
    """The language to write in: the wished one where the installation offers it, else its first."""
    languages = config.current().languages
    return code if code in languages else languages[0]
