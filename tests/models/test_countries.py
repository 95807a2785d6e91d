"""Codes, names and capitals of states."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from babel import Locale
from babel.core import get_global

from gnlc_apply.models.reference_data.countries import country_name, is_capital, iso2_of, iso3_codes, iso3_of


def test_every_state_of_the_list_is_known_and_no_other() -> None:
    states = csv.DictReader((files("gnlc_apply.scenarios") / "data" / "states.csv").read_text("utf-8").splitlines())
    assert tuple(sorted(row["iso3166_alpha3"] for row in states)) == iso3_codes()


def test_codes_are_those_of_cldr() -> None:
    aliases = get_global("territory_aliases")
    assert {code: [iso2_of(code)] for code in iso3_codes()} == {code: aliases[code] for code in iso3_codes()}


def test_codes_go_there_and_back() -> None:
    assert [iso3_of(iso2_of(code) or "") for code in iso3_codes()] == list(iso3_codes())


def test_unknown_codes_are_none() -> None:
    assert (iso2_of("XXX"), iso3_of("XX")) == (None, None)


@pytest.mark.parametrize("locale", ["en", "fr", "es", "ar", "ru", "zh_Hans"])
def test_every_state_has_a_name_in_every_language_of_the_pages(locale: str) -> None:
    named = Locale.parse(locale).territories
    assert [code for code in iso3_codes() if country_name(code, locale) == code or iso2_of(code) not in named] == []


@pytest.mark.parametrize(
    ("iso3", "locale", "name"),
    [
        ("DEU", "fr", "Allemagne"),
        ("SVK", "ar", "سلوفاكيا"),
        ("CHN", "zh_Hans", "中国"),
        ("CHN", "zh-Hans", "中国"),
        ("PSE", "en", "Palestine"),
        ("XXX", "en", "XXX"),
    ],
)
def test_country_names(iso3: str, locale: str, name: str) -> None:
    assert country_name(iso3, locale) == name


@pytest.mark.parametrize(
    ("iso3", "city", "expected"),
    [
        ("SEN", "Dakar", True),
        ("OMN", "Muscat", True),
        ("THA", "Bangkok", True),
        ("SVK", "Bratislava", True),
        ("GAB", "LIBREVILLE", True),
        ("COL", "Bogota", True),
        ("BOL", "La Paz", True),
        ("BOL", "Sucre", True),
        ("ZAF", "Cape Town", True),
        ("ZAF", "Durban", False),
        ("MEX", "La Paz", False),
        ("CMR", "Yaoundé 1er", False),
        ("VNM", "Ho Chi Minh City", False),
        ("TKL", "", False),
        ("XXX", "Dakar", False),
    ],
)
def test_capitals(iso3: str, city: str, expected: bool) -> None:
    assert is_capital(iso3, city) is expected


def test_capitals_of_the_cohort_of_2024() -> None:
    cities = csv.DictReader(
        (files("gnlc_apply.scenarios") / "data" / "cohort_2024.csv").read_text("utf-8").splitlines()
    )
    found = {row["city"] for row in cities if is_capital(row["iso3166_alpha3"], row["city"])}
    assert found == {"Dakar", "Muscat", "Bangkok", "Bratislava"}
