"""Help with the names of places: suggestions, and coordinates only where a name is unmistakable."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from gnlc_apply.models.reference_data.countries import iso3_codes
from gnlc_apply.queries.gazetteer import Place, locate, suggest


def names(places: list[Place]) -> list[str]:
    return [place.name for place in places]


@pytest.mark.parametrize(
    ("iso3", "typed", "first"),
    [
        ("POL", "łódź", "Łódź"),
        ("POL", "lodz", "Łódź"),
        ("TUR", "IZM", "İzmir"),
        ("BRA", "sao pau", "São Paulo"),
        ("MAR", "Fez", "Fes"),
        ("CHN", "南京", "Nanjing"),
        ("EGY", "الإسكندرية", "Alexandria"),
        ("KOR", "화성", "Hwaseong-si"),
        ("CHN", "xi'an", "Xi’an"),
    ],
)
def test_the_place_meant_comes_first(iso3: str, typed: str, first: str) -> None:
    assert names(suggest(iso3, typed, limit=3))[0] == first


def test_an_equal_name_stands_before_a_larger_place_that_only_begins_so() -> None:
    found = suggest("MEX", "La Paz")
    assert found[0].name == "La Paz"
    assert len({place.name for place in found}) > 1


def test_suggestions_keep_to_their_number_and_country() -> None:
    found = suggest("MEX", "san", limit=5)
    assert [place.iso3 for place in found] == ["MEX"] * 5


@pytest.mark.parametrize(("iso3", "typed"), [("MEX", ""), ("MEX", " -’"), ("XXX", "Paris"), ("DEU", "Qqqq")])
def test_nothing_fits_nothing(iso3: str, typed: str) -> None:
    assert suggest(iso3, typed) == []


def test_a_unique_name_is_located() -> None:
    place = locate("SVK", "bratislava")
    assert place is not None
    assert (round(place.latitude, 1), round(place.longitude, 1), place.iso3) == (48.1, 17.1, "SVK")


@pytest.mark.parametrize(
    ("iso3", "name"),
    [("CHN", "Suzhou"), ("KEN", "Kuno Consortium"), ("CMR", "Bikok"), ("SVK", "Brat"), ("SVK", ""), ("XXX", "Paris")],
)
def test_two_bearers_of_a_name_or_none_give_no_place(iso3: str, name: str) -> None:
    assert locate(iso3, name) is None


def test_two_places_really_bear_the_name_of_suzhou() -> None:
    assert names(suggest("CHN", "Suzhou", limit=2)) == ["Suzhou", "Suzhou"]


def test_every_coordinate_of_every_known_country_is_on_earth() -> None:
    places = [place for iso3 in iso3_codes() for place in suggest(iso3, "a", limit=100_000)]
    assert len(places) > 4_000
    assert [p for p in places if not (-90 <= p.latitude <= 90 and -180 <= p.longitude <= 180)] == []


def test_209_of_the_266_cities_of_the_lists_bear_a_unique_name() -> None:
    folder = files("gnlc_apply.scenarios") / "data"
    listed = [
        row
        for name in ("members_before_2022", "cohort_2022", "cohort_2024")
        for row in csv.DictReader((folder / f"{name}.csv").read_text("utf-8").splitlines())
    ]
    located = [row for row in listed if locate(row["iso3166_alpha3"], row["city"])]
    assert (len(located), len(listed)) == (209, 266)
