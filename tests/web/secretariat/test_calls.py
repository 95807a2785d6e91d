"""Calls on their pages: created, previewed, opened by typing the title, extended, frozen, exceptions by two."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Call, Extension, QuotaException
from gnlc_apply.queries import call as queries
from tests.city import DEADLINE
from tests.desk import Desk, mailed
from tests.signing_in import post, sign_in

NEW = "/en/secretariat/calls/new"
TYPED: dict[str, Any] = {
    "title": "Call 2028",
    "year": "2028",
    "time_zone": "Etc/GMT+12",
    "opens_at": "2027-06-01T09:00",
    "deadline_at": "2027-09-30T23:59",
    "grace_minutes": "15",
    "commission_deadline_at": "2027-10-31T23:59",
    "results_promised_on": "2028-05-01",
    "languages": ["en", "fr"],
    "quota": "3",
    "smallest_population": "",
    "form_version": "gnlc-form-1",
    "signature_may_follow": "y",
    "contact_email": "office@network.example",
    "guide_version": "gnlc-guide-1",
    "readers_per_file": "3",
    "standard": "3.0",
    "criterion_minimum": "2.0",
    "places": "",
    "jury_method": "adjusted-1",
}


@pytest.fixture
def world(app: Flask) -> Desk:
    return Desk(1)


@pytest.fixture
def officer(world: Desk, client: FlaskClient) -> FlaskClient:
    sign_in(client, "officer@network.example")
    return client


def path(world: Desk, act: str = "") -> str:
    return f"/en/secretariat/calls/{world.call}{act}"


def created(officer: FlaskClient, **changes: Any) -> str:
    got = post(officer, NEW, **{**TYPED, **changes})
    assert got.status_code == 303, got.text
    return str(got.headers["Location"])


def call_of(location: str) -> Call:
    with db.reading() as session:
        return session.scalars(select(Call).where(Call.reference == location.rsplit("/", 1)[1])).one()


def test_a_new_form_begins_with_something_usable(officer: FlaskClient) -> None:
    page = officer.get(NEW).text
    assert "Until the day has ended everywhere on earth (UTC−12)" in page
    assert re.search(r'id="deadline_at" name="deadline_at" type="datetime-local" value="2027-\d\d-\d\dT23:59"', page)


def test_times_are_read_by_the_calls_clock(officer: FlaskClient) -> None:
    call = call_of(created(officer))
    assert call.deadline_at.isoformat() == "2027-10-01T11:59:00+00:00"
    assert (call.languages, call.grace_minutes, call.signature_may_follow) == (["en", "fr"], 15, True)
    assert call.state.value == "preparing"


def test_the_calls_page_names_zone_and_utc(officer: FlaskClient) -> None:
    location = created(officer)
    page = officer.get(location).text
    assert "until the day has ended everywhere on earth" in page
    assert "30 September 2027, 23:59 (GMT-12:00)" in page
    assert "1 October 2027, 11:59 (UTC)" in page
    assert "Nothing is open yet. Only the secretariat sees this call." in page


def test_what_cannot_be_is_said_at_its_field(officer: FlaskClient) -> None:
    got = post(officer, NEW, **{**TYPED, "deadline_at": "2027-05-01T10:00", "title": ""})
    assert got.status_code == 422
    assert 'href="#title"' in got.text
    got = post(officer, NEW, **{**TYPED, "deadline_at": "2027-05-01T10:00"})
    assert got.status_code == 422
    assert '<a href="#deadline_at">The deadline of the cities must come after the opening.</a>' in got.text
    assert 'value="Call 2028"' in got.text


def test_settings_change_before_opening(officer: FlaskClient) -> None:
    location = created(officer)
    got = post(officer, f"{location}/settings", **{**TYPED, "quota": "5"})
    assert got.status_code == 303
    assert call_of(location).quota == 5
    assert 'value="2027-09-30T23:59"' in officer.get(f"{location}/settings").text


def test_after_opening_only_the_rest_can_be_typed(officer: FlaskClient, world: Desk) -> None:
    page = officer.get(path(world, "/settings")).text
    assert 'name="quota"' not in page
    assert 'name="standard"' in page
    fields: dict[str, Any] = {**TYPED, "quota": "9", "standard": "3.5", "results_promised_on": "2027-12-01"}
    assert post(officer, path(world, "/settings"), **fields).status_code == 303
    found = queries.page(world.call).settings
    db.release()
    assert (found.quota, found.standard, found.results_promised_on.isoformat()) == (3, 3.5, "2027-12-01")


def test_preview_shows_every_question_and_the_guide(officer: FlaskClient, world: Desk) -> None:
    page = officer.get(path(world, "/preview")).text
    for words in ("Motivation and context", "Name of the city in Latin script", "What each value looks like", "25%"):
        assert words in page


def test_opening_takes_the_typed_title(officer: FlaskClient) -> None:
    location = created(officer)
    gate = f"{location}/open"
    assert "Nobody has the role of director." in officer.get(gate).text
    got = post(officer, gate, typed_title="Call 2027")
    assert got.status_code == 422
    assert "This is not the title of the call." in got.text
    assert call_of(location).state.value == "preparing"
    assert post(officer, gate, typed_title=" Call  2028 ").status_code == 303
    assert call_of(location).state.value == "open"
    assert "Nobody has the role of director." in officer.get(location).text
    assert post(officer, gate, typed_title="Call 2028").status_code == 409


def test_extending_for_a_city_tells_it(officer: FlaskClient, world: Desk) -> None:
    got = post(
        officer,
        path(world, "/extend"),
        deadline="cities",
        scope="city",
        application=world.file,
        country="",
        until_at="2027-05-05T12:00",
        reason="A flood",
    )
    assert got.status_code == 303
    with db.reading() as session:
        (extension,) = session.scalars(select(Extension)).all()
    assert extension.until_at.isoformat() == "2027-05-06T00:00:00+00:00"
    page = officer.get(path(world)).text
    assert "A flood" in page
    assert "Extended deadline" in page
    assert mailed("deadline_extended")[0].recipient == "owner@city.example"


def test_less_time_is_no_extension(officer: FlaskClient, world: Desk) -> None:
    fields: dict[str, Any] = {"deadline": "cities", "scope": "all", "until_at": "2027-04-01T12:00", "reason": "x"}
    got = post(officer, path(world, "/extend"), **fields)
    assert got.status_code == 422
    assert "An extension gives more time" in got.text
    assert DEADLINE.isoformat()[:4] in got.text


def test_freezing_takes_the_typed_title(officer: FlaskClient, world: Desk) -> None:
    page = officer.get(path(world, "/freeze")).text
    assert "No juror has been invited." in page
    assert "Files that have not been checked: 1" in page
    assert post(officer, path(world, "/freeze"), typed_title="Call for applications 2027").status_code == 303
    assert 'name="standard"' not in officer.get(path(world, "/settings")).text


def test_exceptions_need_somebody_else(app: Flask, officer: FlaskClient, world: Desk) -> None:
    places = path(world, "/places")
    assert post(officer, places, country="TUR", extra="2", reason="A merger").status_code == 303
    page = officer.get(places).text
    assert "You asked for this: somebody else confirms." in page
    assert f"{places}/TUR/confirm" not in page
    post(officer, f"{places}/TUR/confirm", places)
    assert _confirmed() == [None]
    other = app.test_client()
    sign_in(other, "second@network.example")
    assert post(other, f"{places}/TUR/confirm", places).status_code == 303
    assert _confirmed() == [world.second.person_id]


def _confirmed() -> list[int | None]:
    with db.reading() as session:
        return list(session.scalars(select(QuotaException.confirmed_by_id)))


def test_calls_are_the_secretariats(app: Flask, world: Desk) -> None:
    for who in ("owner@city.example", "natcom@country.example"):
        browser = app.test_client()
        sign_in(browser, who)
        for act in ("", "/settings", "/preview", "/open", "/extend", "/places", "/freeze", "/applications"):
            assert browser.get(path(world, act)).status_code == 404
        assert browser.get("/en/secretariat/calls").status_code == 404


def test_an_unknown_call_is_not_found(officer: FlaskClient) -> None:
    for act in ("", "/settings", "/preview", "/open", "/extend", "/places", "/freeze", "/applications"):
        assert officer.get(f"/en/secretariat/calls/CALL-2027-00000{act}").status_code == 404


def test_the_list_of_calls(officer: FlaskClient, world: Desk) -> None:
    created(officer)
    page = officer.get("/en/secretariat/calls").text
    assert page.index("Call 2028") < page.index("Call for applications 2027")


def test_looking_first_shows_whom_an_extension_touches(officer: FlaskClient, world: Desk) -> None:
    fields: dict[str, Any] = {"deadline": "cities", "scope": "country", "country": "TUR", "look": "yes"}
    got = post(officer, path(world, "/extend"), **fields, until_at="2027-05-05T12:00", reason="A flood")
    assert got.status_code == 200
    assert "1 city, 1 official, 2 contacts at National Commissions" in got.text
    assert "A flood" in got.text
    with db.reading() as session:
        assert session.scalars(select(Extension)).all() == []
    assert mailed("deadline_extended") == []


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Etc/GMT+12", "2027-10-01T11:59:00+00:00"),
        ("Pacific/Kiritimati", "2027-09-30T09:59:00+00:00"),
        ("Pacific/Chatham", "2027-09-30T10:14:00+00:00"),
        ("Pacific/Apia", "2027-09-30T10:59:00+00:00"),
        ("Asia/Kolkata", "2027-09-30T18:29:00+00:00"),
        ("Europe/Paris", "2027-09-30T21:59:00+00:00"),
    ],
)
def test_a_deadline_is_typed_by_any_clock_and_shown_by_it_and_in_utc(officer: FlaskClient, zone: str, utc: str) -> None:
    location = created(officer, time_zone=zone)
    assert call_of(location).deadline_at.isoformat() == utc
    page = officer.get(location).text
    assert "30 September 2027, 23:59 (" in page
    moment = datetime.fromisoformat(utc)
    assert f"{moment.day} {moment:%B %Y, %H:%M} (UTC)" in page
    assert 'value="2027-09-30T23:59"' in officer.get(f"{location}/settings").text


@pytest.mark.parametrize("typed", ["9999-12-31T23:59", "1970-01-01T00:00", "0001-01-01T00:00"])
def test_a_year_that_cannot_be_is_said_at_its_field(officer: FlaskClient, typed: str) -> None:
    got = post(officer, NEW, **{**TYPED, "commission_deadline_at": typed})
    assert got.status_code == 422
    assert '<a href="#commission_deadline_at">Enter a year between 2000 and 2199.</a>' in got.text
    assert 'value="Call 2028"' in got.text


def test_a_time_that_the_clocks_leave_out_is_said_at_its_field(officer: FlaskClient) -> None:
    got = post(officer, NEW, **{**TYPED, "time_zone": "Europe/Paris", "deadline_at": "2028-03-26T02:30"})
    assert got.status_code == 422
    assert '<a href="#deadline_at">The clocks of Europe/Paris are put forward' in got.text
    assert 'value="2028-03-26T02:30"' in got.text
