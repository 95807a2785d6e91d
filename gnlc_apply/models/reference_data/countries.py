"""Codes, names and capitals of the states that are or were in UNESCO, as Member States or Associate Members."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from babel import Locale, UnknownLocaleError

from gnlc_apply.core.folding import fold

# Where CLDR's everyday name is not the one the organisation uses for its own member.
_OWN_NAMES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("PSE", "en"): "Palestine",
        ("PSE", "fr"): "Palestine",
        ("PSE", "es"): "Palestina",
        ("PSE", "pt"): "Palestina",
        ("PSE", "ar"): "فلسطين",
        ("PSE", "ru"): "Палестина",
        ("PSE", "zh"): "巴勒斯坦",
        ("MMR", "en"): "Myanmar",
    }
)


@cache
def _table() -> Mapping[str, tuple[str, frozenset[str]]]:
    """ISO alpha-3 code → (alpha-2 code, folded names of its capitals)."""
    text = (files("gnlc_apply.models.reference_data") / "capitals.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["iso3"]: (row["iso2"], frozenset(fold(name) for name in row["capitals"].split("|") if name))
            for row in csv.DictReader(text.splitlines())
        }
    )


@cache
def _by_iso2() -> Mapping[str, str]:
    return MappingProxyType({iso2: iso3 for iso3, (iso2, _) in _table().items()})


def iso3_codes() -> tuple[str, ...]:
    """The ISO 3166-1 alpha-3 codes of all states known here, sorted."""
    return tuple(sorted(_table()))


def iso2_of(iso3: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a state, None for a code that is not known here."""
    row = _table().get(iso3)
    return row[0] if row else None


def iso3_of(iso2: str) -> str | None:
    """The ISO 3166-1 alpha-3 code of a state, None for a code that is not known here."""
    return _by_iso2().get(iso2)


def country_name(iso3: str, locale: str) -> str:
    """The state's name of today in a language (`fr`, `zh_Hans`, `pt-BR`); the code itself where no name is known.

    Names are those of CLDR (as shipped with Babel), save a few the organisation uses otherwise. What was published on a
    day is kept with the cohort and never made anew from here.
    """
    parsed = _parsed(locale)
    own = _OWN_NAMES.get((iso3, parsed.language))
    return own or parsed.territories.get(iso2_of(iso3) or "") or iso3


@cache
def _parsed(locale: str) -> Locale:
    """The locale, or that of its language alone where CLDR does not know the whole (the pseudo-language ``en-XA``)."""
    tag = locale.replace("-", "_")
    try:
        return Locale.parse(tag)
    except UnknownLocaleError:
        return Locale.parse(tag.split("_")[0])


def is_capital(iso3: str, city: str) -> bool:
    """Whether the city bears the name of a capital of its state, in any usual Latin spelling.

    States with several capitals (South Africa, Bolivia, Sri Lanka, Malaysia) have them all; a commune or borough within a
    capital (Yaoundé 1er) is not the capital. Where the question itself is contested the table is empty, so nothing is
    counted unasked.
    """
    row = _table().get(iso3)
    return row is not None and fold(city) in row[1]
