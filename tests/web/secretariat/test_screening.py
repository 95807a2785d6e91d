"""The check on its pages: buttons from the workflow, words at their fields, and what each act leads to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, City
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, screening
from tests.city import COMMISSIONS, fill, row
from tests.desk import Desk, places, sign, state, words
from tests.signing_in import post, sign_in


@pytest.fixture
def world(app: Flask) -> Desk:
    return Desk(2)


@pytest.fixture
def officer(world: Desk, client: FlaskClient) -> FlaskClient:
    sign_in(client, "officer@network.example")
    return client


def path(world: Desk, act: str = "") -> str:
    return f"/en/secretariat/applications/{world.file}{act}"


def test_the_file_offers_what_the_workflow_allows(officer: FlaskClient, world: Desk) -> None:
    page = officer.get(path(world)).text
    assert path(world, "/return") in page
    assert path(world, "/eligible") not in page
    world.endorse()
    page = officer.get(path(world)).text
    for act in ("/return", "/eligible", "/ineligible"):
        assert path(world, act) in page
    assert path(world, "/late-letter") not in page


def test_eligible_step_by_step(officer: FlaskClient, world: Desk) -> None:
    world.endorse()
    page = officer.get(path(world, "/eligible")).text
    assert "The signature for the city is still missing" in page
    assert "Confirm the city" in page
    assert post(officer, path(world, "/eligible"), path(world, "/ask")).status_code == 409
    sign(world.file)
    page = officer.get(path(world, "/city")).text
    assert "A new city" in page
    assert post(officer, path(world, "/city"), city="new", name="Sanliurfa").status_code == 303
    assert post(officer, path(world, "/eligible")).status_code == 303
    assert state(world.file) == "eligible"


def test_equal_names_warn_and_never_merge(officer: FlaskClient, world: Desk) -> None:
    with db.writing() as session:
        for number in (1, 2):
            session.add(City(reference=f"CITY-{number}", country="TUR", name="Şanlıurfa", folded_name="sanliurfa"))
        session.add(City(reference="CITY-3", country="CMR", name="Şanlıurfa", folded_name="sanliurfa"))
    page = officer.get(path(world, "/city")).text
    assert "2 cities of this country bear this name. Look twice: names repeat." in page
    assert "CITY-3" not in page
    assert row(world.file).city_id is None
    got = post(officer, path(world, "/city"), name="x")
    assert got.status_code == 422
    assert post(officer, path(world, "/city"), city="CITY-3").status_code == 422
    assert post(officer, path(world, "/city"), city="CITY-2").status_code == 303
    with db.reading() as session:
        assert session.get_one(City, row(world.file).city_id).reference == "CITY-2"
        assert len(session.scalars(select(City)).all()) == 3


def test_ineligible_reply_and_final(officer: FlaskClient, world: Desk) -> None:
    world.endorse()
    assert post(officer, path(world, "/ineligible"), reason=" ").status_code == 422
    assert post(officer, path(world, "/ineligible"), reason="A province").status_code == 303
    got = post(officer, path(world, "/final"))
    assert got.status_code == 409
    assert "The city may reply until" in got.text
    applications.reply_to_ineligibility(actor=world.owner, reference=world.file, reply="We are a city")
    page = officer.get(path(world)).text
    assert "We are a city" in page
    assert "Make the finding final" in page
    assert post(officer, path(world, "/final")).status_code == 303
    assert places() == []


def test_reversing_on_its_page(officer: FlaskClient, world: Desk) -> None:
    world.endorse()
    screening.find_ineligible(actor=world.second, reference=world.file, reason="A province")
    assert post(officer, path(world, "/reverse"), reason="We misread the law").status_code == 303
    assert (state(world.file), places()) == ("endorsed", [1])
    assert "We misread the law" in officer.get(path(world)).text


def test_after_silence_a_new_date_or_a_late_letter(app: Flask, world: Desk) -> None:
    with clock.at(COMMISSIONS + timedelta(days=1)):
        endorsement.leave_unanswered(actor=SYSTEM, call=world.call)
        officer = app.test_client()
        sign_in(officer, "officer@network.example")
        assert 'name="until_at"' in officer.get(path(world, "/reverse")).text
        got = post(officer, path(world, "/reverse"), reason="Post", until_at="")
        assert got.status_code == 422
        assert 'href="#until_at"' in got.text
        assert post(officer, path(world, "/reverse"), reason="Post", until_at="2027-06-10T12:00").status_code == 303
        assert state(world.file) == "submitted"
        other = path(world, "/late-letter").replace(world.file, world.files[1])
        assert post(officer, other, name="Nora", function="Secretary", note="").status_code == 422
        assert post(officer, other, name="Nora", function="Secretary", note="By post").status_code == 303
        assert words(world.files[1])[0].is_late_letter is True


def test_returning_opens_people_too(officer: FlaskClient, world: Desk) -> None:
    page = officer.get(path(world, "/return")).text
    assert 'value="people.focal_email"' in page
    fields: dict[str, Any] = {
        "message": "Please correct",
        "due_at": "2027-03-20",
        "keys": ["people.focal_email", "practices"],
    }
    assert post(officer, path(world, "/return"), **fields).status_code == 303
    assert state(world.file) == "returned"
    page = officer.get(path(world)).text
    assert "Returned to the city by the secretariat" in page
    assert "Please correct" in page


def test_a_date_that_has_passed_is_refused_at_its_field(officer: FlaskClient, world: Desk) -> None:
    got = post(officer, path(world, "/ask"), message="Why?", due_at="2027-02-01")
    assert got.status_code == 422
    assert '<a href="#due_at">Choose a date that lies ahead.</a>' in got.text
    assert "Why?" in got.text


def test_spelling_for_publication(officer: FlaskClient, world: Desk) -> None:
    page = officer.get(path(world, "/spelling")).text
    assert 'value="city.name_latin"' in page
    assert 'value="vision.vision"' not in page
    assert post(officer, path(world, "/spelling"), key="vision.vision", value="x").status_code == 422
    assert post(officer, path(world, "/spelling"), key="city.name_latin", value="Sanliurfa").status_code == 303
    assert "Spelled differently where it is published" in officer.get(path(world)).text


def test_the_check_is_the_secretariats(app: Flask, world: Desk) -> None:
    acts = (
        "/eligible",
        "/ineligible",
        "/final",
        "/reverse",
        "/ask",
        "/return",
        "/city",
        "/letter",
        "/late-letter",
        "/spelling",
    )
    for who in ("owner@city.example", "natcom@country.example"):
        browser = app.test_client()
        sign_in(browser, who)
        assert {browser.get(path(world, act)).status_code for act in acts} == {404}


def _add_city(reference: str, name: str) -> None:
    row = {"reference": reference, "country": "TUR", "name": name, "folded_name": fold(name), "search_text": fold(name)}
    with db.writing() as session:
        session.execute(insert(City), [row])


def test_a_city_whose_name_only_looks_the_same_is_shown(officer: FlaskClient, world: Desk) -> None:
    _add_city("CITY-OTHER", "Bursa")
    assert "looks like the name" not in officer.get(path(world, "/city")).text
    # The second letter is Cyrillic.
    _add_city("CITY-FALSE", f"Ş\u0430{row(world.file).place_name[2:]}")
    shown = officer.get(path(world, "/city")).text
    assert shown.count("looks like the name that was typed") == 1
    assert "letters of several scripts" not in shown


def test_a_typed_name_of_several_scripts_is_shown(officer: FlaskClient, world: Desk) -> None:
    with db.writing() as session:
        session.execute(update(Application).values(place_name=f"Ş\u0430{row(world.file).place_name[2:]}"))
    assert "letters of several scripts" in officer.get(path(world, "/city")).text


def test_an_exception_is_recorded_for_a_draft_too(app: Flask, client: FlaskClient) -> None:
    world = Desk(cities=1, smallest_population=10000)
    draft = world.begin("Bodrum")
    sign_in(client, "officer@network.example")
    listed = client.get(f"/en/secretariat/calls/{world.call}/applications").text
    address = f"/en/secretariat/applications/{draft}/exception"
    assert (address in listed, path(world, "/exception") in listed) == (True, False)
    assert path(world, "/exception") in client.get(path(world)).text
    assert "at least 10,000 inhabitants" in client.get(address).text
    assert post(client, address, reason="").status_code == 422
    assert post(client, address, reason="An island").status_code == 303
    assert row(draft).override_reason == "An island"
    assert "Allowed to apply as an exception: An island" in client.get(address).text


def test_the_check_says_what_a_city_lacks_in_size(app: Flask, client: FlaskClient) -> None:
    world = Desk(cities=0, smallest_population=10000)
    world.file = world.begin()
    fill(world.owner, world.file, city__population={"value": "9999", "year": 2024, "basis": "region"})
    applications.submit(actor=world.owner, reference=world.file)
    world.endorse()
    sign_in(client, "officer@network.example")
    page = client.get(path(world, "/eligible")).text
    assert "The city gives no figure of its own: look at whether it has as many inhabitants" in page
    assert "The city is not smaller than the call asks for" not in page
