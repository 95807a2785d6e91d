"""A call's smallest population, as a city meets it: before any account, and at the field when it checks its answers."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import city
from tests.signing_in import sign_in


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


BASE = "ask=1&country=TUR&member=no&head=yes"


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        ("9.999", "You cannot apply because this call asks for at least 10,000 inhabitants, and your city has 9,999."),
        ("10 000", "Your city can apply"),
        ("", "Where no figure of the city itself exists, you can go on"),
        ("many", "Enter the figure in digits, such as 1,420,000"),
    ],
)
def test_it_is_asked_before_any_account(app: Flask, client: FlaskClient, population: str, expected: str) -> None:
    city.City(smallest_population=10000)
    assert "How many inhabitants does your city have?" in words(client.get("/en/apply").text)
    assert expected in words(client.get("/en/apply", query_string=f"{BASE}&population={population}").text)


def test_a_call_for_cities_of_any_size_is_left(app: Flask, client: FlaskClient) -> None:
    world = city.City(smallest_population=10000)
    other = city.open_call(world.officer, title="Call for all")
    page = words(client.get("/en/apply", query_string=f"{BASE}&population=9999").text)
    assert ("Call for all" in page, "Call for applications 2027" in page) == (True, False)
    assert other in client.get("/en/apply", query_string=f"{BASE}&population=9999").text


def test_nobody_is_asked_where_no_call_asks(app: Flask, client: FlaskClient) -> None:
    city.City()
    assert "inhabitants" not in words(client.get("/en/apply").text)


def test_it_is_said_at_its_field_when_answers_are_checked(app: Flask, client: FlaskClient) -> None:
    world = city.City(smallest_population=10000)
    reference = world.begin()
    city.fill(world.owner, reference, city__population={"value": "9999", "year": 2024, "basis": "city"})
    sign_in(client, "owner@city.example")
    check = client.get(f"/en/applications/{reference}/check").text
    said = "The city must have at least 10,000 inhabitants to apply in this call."
    assert words(check).count(said) == 1
    section = words(client.get(f"/en/applications/{reference}/sections/city?back=check").text)
    assert section.count(said) >= 1
