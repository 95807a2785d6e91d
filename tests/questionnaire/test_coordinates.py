"""Latitude and longitude in the ways people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.questionnaire.coordinates import Axis, NotACoordinate, parse_coordinate

LATITUDE, LONGITUDE = Axis.LATITUDE, Axis.LONGITUDE


@pytest.mark.parametrize(
    ("typed", "axis", "degrees"),
    [
        ("36.7213", LATITUDE, "36.7213"),
        ("36,7213", LATITUDE, "36.7213"),
        ("٣٦٫٧٢١٣", LATITUDE, "36.7213"),
        ("-4.4214", LONGITUDE, "-4.4214"),
        ("\u22124.4214°", LONGITUDE, "-4.4214"),
        ("+4.4214", LONGITUDE, "4.4214"),
        ("4.4214 W", LONGITUDE, "-4.4214"),
        ("36.7213° n", LATITUDE, "36.7213"),
        ("S 33.9", LATITUDE, "-33.9"),
        ("36°43′17″N", LATITUDE, "36.72139"),
        ("36° 43' 17\" N", LATITUDE, "36.72139"),
        ("36º43’17” N", LATITUDE, "36.72139"),
        ("36° 43' 17'' N", LATITUDE, "36.72139"),
        ("36 43 17", LATITUDE, "36.72139"),
        ("W 4 25 17", LONGITUDE, "-4.42139"),
        ("4° 25.2' W", LONGITUDE, "-4.42"),
        ("-4° 25′ 17″", LONGITUDE, "-4.42139"),
        ("0", LATITUDE, "0"),
        ("-0.000001", LATITUDE, "0"),
        ("90", LATITUDE, "90"),
        ("180 E", LONGITUDE, "180"),
        ("36.7213456789", LATITUDE, "36.72135"),
    ],
)
def test_what_people_write(typed: str, axis: Axis, degrees: str) -> None:
    assert parse_coordinate(typed, axis) == degrees


@pytest.mark.parametrize(
    ("typed", "axis"),
    [
        ("", LATITUDE),
        ("north", LATITUDE),
        ("90.00001", LATITUDE),
        ("-180.5", LONGITUDE),
        ("36.7213, -4.4214", LATITUDE),
        ("36 W", LATITUDE),
        ("4 N", LONGITUDE),
        ("-4 W", LONGITUDE),
        ("36° 61′ N", LATITUDE),
        ("36° 43′ 60″ N", LATITUDE),
        ("4.5° 20′", LONGITUDE),
        ("1e1", LATITUDE),
        ("--5", LATITUDE),
        ("36.", LATITUDE),
        ("89° 59′ 59″ 59", LATITUDE),
        ("9" * 400, LATITUDE),
    ],
)
def test_what_could_mislead_is_refused(typed: str, axis: Axis) -> None:
    with pytest.raises(NotACoordinate):
        parse_coordinate(typed, axis)


@given(st.decimals(-180, 180, places=5))
def test_decimal_degrees_come_back(degrees: Decimal) -> None:
    kept = parse_coordinate(str(degrees), LONGITUDE)
    assert Decimal(kept) == degrees
    assert parse_coordinate(kept, LONGITUDE) == kept


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 59), st.sampled_from("NS"))
def test_degrees_minutes_and_seconds(degrees: int, minutes: int, seconds: int, letter: str) -> None:
    kept = Decimal(parse_coordinate(f"{degrees}° {minutes}′ {seconds}″ {letter}", LATITUDE))
    meant = Decimal(degrees * 3600 + minutes * 60 + seconds) / 3600
    assert abs(abs(kept) - meant) <= Decimal("0.000005")
    assert kept <= 0 if letter == "S" else kept >= 0
