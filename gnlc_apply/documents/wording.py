"""One document's language: sentences, dates and figures as its readers write them, people's text made safe to print."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_decimal, format_percent

from gnlc_apply.core.text import Text, Translate

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
# Marks of direction that a person may need inside a name; all other marks of control are dropped from typed text.
_KEPT_CONTROLS = frozenset("\n\t\u200b\u200c\u200d\u200e\u200f\u061c\u2060\u00ad")
# Plain "en" is American in CLDR; the organisation writes dates the British way.
_REGIONAL = {"en": "en_GB", "en_XA": "en_GB"}


@lru_cache
def _locale(language: str) -> Locale:
    tag = language.replace("-", "_")
    return Locale.parse(_REGIONAL.get(tag, tag))


@lru_cache(maxsize=4096, typed=True)
def _figure(number: int | float, language: str) -> str:
    return format_decimal(number, locale=_locale(language))


@dataclass(frozen=True)
class Wording:
    """The language of a document and the translations into it."""

    language: str
    translate: Translate

    @property
    def locale(self) -> Locale:
        """The CLDR locale that shapes dates and figures."""
        return _locale(self.language)

    def text(self, text: Text) -> str:
        """The sentence in this language, its dates and figures written as this language does."""
        return text.render(self.translate, self._shape)

    def date(self, day: date) -> str:
        """A calendar date, long form."""
        return format_date(day, "long", locale=self.locale)

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """A moment to the second in a time zone that is named. Raises ValueError for a moment without its own zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        there = moment.astimezone(zone)
        return self.text(
            Text(
                "%(date)s, %(time)s (%(zone)s)",
                date=there.date(),
                time=format_time(there, "medium", tzinfo=zone, locale=self.locale),
                zone=get_timezone_name(there, locale=self.locale),
            )
        )

    def number(self, number: int | float) -> str:
        """A figure with this language's separators."""
        return _figure(number, self.language)

    def two_places(self, number: float | None) -> str:
        """A score, an average or a difference of them, so that they line up; a dash where there is none."""
        # What rounds to nothing has no sign.
        return "–" if number is None else format_decimal(round(number, 2) + 0.0, "0.00", locale=self.locale)

    def share(self, part: float) -> str:
        """A part of 1 in whole percent."""
        return format_percent(part, locale=self.locale)

    def _shape(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float, date)):
            return str(value)
        return self.date(value) if isinstance(value, date) else self.number(value)


def clean(text: str) -> str:
    """Typed text without control characters and overrides of direction, NFC, lines parted by line feeds."""
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(_printable(sign) for sign in unified)


def _printable(sign: str) -> str:
    if sign in "\r\u0085\u2028\u2029":
        return "\n"
    if sign in _KEPT_CONTROLS:
        return sign
    category = unicodedata.category(sign)
    if category == "Cs":
        return "\ufffd"
    return "" if category in ("Cc", "Cf") or "\ufff9" <= sign <= "\ufffb" else sign


def isolated(text: str) -> str:
    """A name or other short text, so that its direction does not disturb the line it stands in."""
    line = " ".join(clean(text).split())
    return f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}" if line else ""


def direction(text: str) -> str:
    """`rtl` or `ltr` by the first letter that has a direction; empty where none has (then the page's holds)."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return ""


def prose(text: str) -> dict[str, Any]:
    """Typed text as paragraphs of its own direction, the form in which the templates take it."""
    cleaned = clean(text)
    lines = [" ".join(line.split()) for line in cleaned.split("\n")]
    return {"direction": direction(cleaned), "paragraphs": [line for line in lines if line]}


def frame(wording: Wording, title: str, running: str) -> dict[str, Any]:
    """What every template of the house takes: title, running head, foot, the sentence about signs that cannot be shown."""
    return {
        "title": title,
        "running": running,
        "product": wording.text(Text("UNESCO Global Network of Learning Cities")),
        "page": wording.text(Text("Page %(page)s of %(pages)s", page="{page}", pages="{pages}")),
        "replaced_note": wording.text(
            Text(
                "Some signs of this document are not in the fonts of this installation and are printed as %(sign)s. "
                "The text kept by the system is complete.",
                sign="\ufffd",
            )
        ),
    }
