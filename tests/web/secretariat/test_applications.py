"""The list with its filters in the address, and a file's page with everything but what the jury and directors hold."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Person
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, screening
from tests.desk import Desk, answer, change_after_endorsement, sign
from tests.signing_in import post, sign_in
from tests.web.statements import counted


@pytest.fixture
def world(app: Flask) -> Desk:
    return Desk(3)


@pytest.fixture
def officer(world: Desk, client: FlaskClient) -> FlaskClient:
    sign_in(client, "officer@network.example")
    return client


def listed(world: Desk, query: str = "") -> str:
    return f"/en/secretariat/calls/{world.call}/applications{query}"


def file_path(reference: str, act: str = "") -> str:
    return f"/en/secretariat/applications/{reference}{act}"


def names(page: str) -> list[str]:
    body = page.split("<tbody", 1)[1] if "<tbody" in page else ""
    return re.findall(r'<th class="govuk-table__header" scope="row">.*?<bdi>([^<]+)</bdi>', body, flags=re.DOTALL)


def test_the_list_shows_all_by_city(officer: FlaskClient, world: Desk) -> None:
    world.begin("Edirne")
    page = officer.get(listed(world)).text
    assert names(page) == ["Bursa", "Edirne", "Konya", "Şanlıurfa"]
    assert "4 applications" in page
    assert "gn-table--sticky" in page


def test_filters_and_sorting_live_in_the_address(officer: FlaskClient, world: Desk) -> None:
    world.endorse(world.files[1])
    assert names(officer.get(listed(world, "?state=endorsed")).text) == ["Bursa"]
    assert names(officer.get(listed(world, "?query=sanl")).text) == ["Şanlıurfa"]
    assert names(officer.get(listed(world, f"?query={world.files[2].lower()}")).text) == ["Konya"]
    assert names(officer.get(listed(world, "?sort=-city")).text) == ["Şanlıurfa", "Konya", "Bursa"]
    page = officer.get(listed(world, "?query=nowhere")).text
    assert "No application fits" in page
    page = officer.get(listed(world, "?sort=-city&state=submitted")).text
    assert "state=submitted" in page
    assert 'aria-sort="descending"' in page


@pytest.mark.parametrize("query", ["?state=nonsense", "?sort=password", "?page=-1", "?page=x", "?page=99999999999"])
def test_nonsense_in_the_address_is_left_out(officer: FlaskClient, world: Desk, query: str) -> None:
    assert len(names(officer.get(listed(world, query)).text)) == 3


def test_a_long_list_has_pages_and_the_same_statements(officer: FlaskClient, world: Desk) -> None:
    officer.get(listed(world))
    with counted() as few:
        officer.get(listed(world))
    for number in range(50):
        world.begin(f"Town {number:02}")
    with counted() as many:
        page = officer.get(listed(world)).text
    assert len(few) == len(many)
    assert len(names(page)) == 50
    assert names(officer.get(listed(world, "?page=2")).text) == ["Town 47", "Town 48", "Town 49"]


def test_drafts_are_names_only(officer: FlaskClient, world: Desk) -> None:
    draft = world.begin("Edirne")
    assert f'href="{file_path(draft)}"' not in officer.get(listed(world)).text
    assert officer.get(file_path(draft)).status_code == 404


def test_letting_somebody_in_is_offered_where_nobody_acts(officer: FlaskClient, world: Desk) -> None:
    draft = world.begin("Edirne")
    assert file_path(draft, "/let-in") not in officer.get(listed(world)).text
    with db.writing() as session:
        session.get_one(Person, world.owner.person_id).deactivated_at = clock.now()
    assert officer.get(listed(world)).text.count("/let-in") == 1
    assert file_path(draft, "/let-in") in officer.get(listed(world)).text


def test_a_conflicted_officer_sees_the_name_only(officer: FlaskClient, world: Desk) -> None:
    world.endorse()
    assert post(officer, file_path(world.file, "/conflict"), reason="").status_code == 422
    assert post(officer, file_path(world.file, "/conflict"), reason="My home town").status_code == 303
    page = officer.get(listed(world, "?query=sanl")).text
    assert names(page) == ["Şanlıurfa"]
    assert "Somebody else acts on this file" in page
    row = page.split("<tbody", 1)[1]
    assert "Endorsed" not in row
    for act in ("", "/eligible", "/ineligible", "/city", "/versions/1"):
        assert officer.get(file_path(world.file, act)).status_code == 404


def test_the_file_tells_its_story(officer: FlaskClient, world: Desk) -> None:
    endorsement.record_opening(actor=world.commission, reference=world.file)
    change_after_endorsement(world)
    sign(world.file)
    due = clock.now() + timedelta(days=5)
    screening.ask(actor=world.second, reference=world.file, message="Which plan?", due_at=due)
    page = officer.get(file_path(world.file)).text
    for words in (
        "Another vision altogether",
        "What changed since version 1",
        "Nora Natcom, Secretary-General",
        "Ayşe Yılmaz",
        "owner@city.example",
        "Which plan?",
        "Submitted the application",
        "Took the application back to correct it",
        "Endorsed the application",
        "Asked the city a question",
        "Changed after the endorsement",
    ):
        assert words in page, words
    assert officer.get(file_path(world.file, "/versions/1")).status_code == 200
    assert officer.get(file_path(world.file, "/versions/9")).status_code == 404


def test_what_the_city_edits_in_a_returned_file_is_not_read_yet(officer: FlaskClient, world: Desk) -> None:
    applications.take_back(actor=world.owner, reference=world.file)
    answer(world, world.file, "vision.vision", "Half a thought")
    page = officer.get(file_path(world.file))
    assert page.status_code == 200
    assert "Half a thought" not in page.text


def test_files_are_the_secretariats(app: Flask, world: Desk) -> None:
    for who in ("owner@city.example", "natcom@country.example"):
        browser = app.test_client()
        sign_in(browser, who)
        for address in (listed(world), file_path(world.file), file_path(world.file, "/conflict")):
            assert browser.get(address).status_code == 404


def test_other_directions_and_the_pseudo_language(officer: FlaskClient, world: Desk) -> None:
    for language in ("ar", "en-XA"):
        for address in (listed(world), file_path(world.file)):
            assert officer.get(address.replace("/en/", f"/{language}/")).status_code == 200
