"""The Commission's pages: whose they are, the quota as a counter, the order, and every act on a page of its own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.core import clock
from gnlc_apply.models import CommissionRank, FileOpened
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement
from tests.city import COMMISSIONS
from tests.desk import Desk, answer, change_after_endorsement, count, join_city, places, sign, state, words
from tests.services.test_consortium import AKYAZI, BOZOVA, WHOLE, Consortium
from tests.signing_in import csrf_of, post, sign_in
from tests.web.commission.moving import order_on
from tests.web.secretariat.desk import text_of
from tests.web.statements import counted

DESK = "/en/commission/TUR"


def file_path(reference: str, act: str = "") -> str:
    return f"/en/commission/files/{reference}{act}"


@pytest.fixture
def world(app: Flask) -> Desk:
    return Desk(3)


@pytest.fixture
def desk(world: Desk, client: FlaskClient) -> FlaskClient:
    sign_in(client, "natcom@country.example")
    return client


def test_index_leads_to_the_only_country(desk: FlaskClient) -> None:
    got = desk.get("/en/commission")
    assert (got.status_code, got.headers["Location"]) == (303, DESK)


def test_the_desk_shows_files_days_and_places(desk: FlaskClient, world: Desk) -> None:
    page = desk.get(DESK)
    assert page.status_code == 200
    for place in ("Şanlıurfa", "Bursa", "Konya"):
        assert place in page.text
    assert "0 of 3 places used" in page.text
    assert "91 days" in page.text
    assert "Dora Deputy" in page.text
    world.endorse()
    assert "1 of 3 places used" in desk.get(DESK).text


def test_drafts_stay_with_the_city(desk: FlaskClient, world: Desk) -> None:
    draft = world.begin("Edirne")
    assert "Edirne" not in desk.get(DESK).text
    assert desk.get(file_path(draft)).status_code == 404
    applications.withdraw(actor=world.owner, reference=draft, reason="It was begun twice.")
    for act in ("", "/ask", "/endorse"):
        assert desk.get(file_path(draft, act)).status_code == 404


@pytest.mark.parametrize("who", ["owner@city.example", "natcom@other.example", "officer@network.example"])
def test_the_desk_is_the_countrys_own(world: Desk, client: FlaskClient, who: str) -> None:
    sign_in(client, who)
    unknown = client.get("/en/commission/XXX")
    for path in (DESK, file_path(world.file), file_path(world.file, "/endorse"), file_path(world.file, "/versions/1")):
        got = client.get(path)
        assert got.status_code == 404
        assert len(got.text) == len(unknown.text)
    got = client.post(f"{DESK}/{world.call}/rank", data={"move": f"up:{world.file}"})
    assert got.status_code in (400, 404)
    assert count(CommissionRank) == 0


def test_moving_rows_works_without_script(desk: FlaskClient, world: Desk) -> None:
    assert order_on(desk.get(DESK).text) == ["Bursa", "Konya", "Şanlıurfa"]
    got = post(desk, f"{DESK}/{world.call}/rank", DESK, move=f"up:{world.file}")
    assert got.status_code == 303
    assert order_on(desk.get(DESK).text) == ["Bursa", "Şanlıurfa", "Konya"]
    post(desk, f"{DESK}/{world.call}/rank", DESK, move=f"down:{world.files[1]}")
    assert order_on(desk.get(DESK).text) == ["Şanlıurfa", "Bursa", "Konya"]
    assert count(CommissionRank) == 3


def test_after_the_deadline_rows_stay(desk: FlaskClient, world: Desk) -> None:
    assert 'name="move"' in desk.get(DESK).text
    with clock.at(COMMISSIONS + timedelta(days=1)):
        sign_in(desk, "natcom@country.example")
        page = desk.get(DESK).text
        assert 'name="move"' not in page
        assert "The time to answer ended" in page


def test_opening_a_file_is_recorded_once_and_shows_the_version(desk: FlaskClient, world: Desk) -> None:
    page = desk.get(file_path(world.file))
    assert page.status_code == 200
    assert count(FileOpened) == 1
    assert "The application, version 1" in page.text
    assert "Motivation and context" in page.text
    desk.get(file_path(world.file))
    assert count(FileOpened) == 1


def test_contacts_of_the_city_are_not_shown(desk: FlaskClient, world: Desk) -> None:
    page = desk.get(file_path(world.file)).text
    assert "owner@city.example" not in page
    assert "focal" not in page.casefold()


def test_edits_after_taking_back_stay_with_the_city(desk: FlaskClient, world: Desk) -> None:
    applications.take_back(actor=world.owner, reference=world.file)
    answer(world, world.file, "vision.vision", "Not submitted yet")
    page = desk.get(file_path(world.file))
    assert page.status_code == 200
    assert "Not submitted yet" not in page.text


def test_endorsing_asks_who_acts_and_takes_a_place(desk: FlaskClient, world: Desk) -> None:
    path = file_path(world.file, "/endorse")
    empty = post(desk, path, name="", function="")
    assert empty.status_code == 422
    assert empty.text.count("Enter your name.") == 2
    assert "<title>Error:" in empty.text
    assert places() == []
    done = post(desk, path, name="Nora Natcom", function="Secretary-General")
    assert (done.status_code, done.headers["Location"]) == (303, file_path(world.file))
    assert (state(world.file), places()) == ("endorsed", [1])
    page = desk.get(file_path(world.file)).text
    assert "Endorsed by the National Commission" in page
    assert "Nora Natcom" in page


def test_the_same_form_endorses_once(desk: FlaskClient, world: Desk) -> None:
    path = file_path(world.file, "/endorse")
    page = desk.get(path)
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page.text)
    assert key
    seen = re.search(r'name="seen" type="hidden" value="([^"]+)"', page.text)
    assert seen
    fields = {"csrf_token": csrf_of(page), "idempotency_key": key[1], "name": "Nora", "function": "Secretary"}
    fields["seen"] = seen[1]
    first, second = desk.post(path, data=fields), desk.post(path, data=fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(words(world.file)) == 1


def test_the_counter_cannot_be_passed(app: Flask, client: FlaskClient) -> None:
    world = Desk(2, quota=1)
    sign_in(client, "natcom@country.example")
    path = file_path(world.files[1], "/endorse")
    token = csrf_of(client.get(path))
    world.endorse(world.files[0])
    got = client.post(path, data={"csrf_token": token, "name": "Nora", "function": "Secretary"})
    assert got.status_code == 409
    assert "All places of this country in this call are taken." in got.text
    assert '<form method="post" novalidate>' not in client.get(path).text
    assert "1 of 1 places used" in client.get(path).text
    assert (state(world.files[1]), places()) == ("submitted", [1])


def test_declining_tells_the_city_why(desk: FlaskClient, world: Desk) -> None:
    path = file_path(world.file, "/decline")
    assert post(desk, path, name="Nora", function="Secretary", reason="").status_code == 422
    assert post(desk, path, name="Nora", function="Secretary", reason="Not this time").status_code == 303
    assert state(world.file) == "not_endorsed"
    assert "Not this time" in desk.get(file_path(world.file)).text


def test_revoking_frees_the_place(desk: FlaskClient, world: Desk) -> None:
    world.endorse()
    got = post(desk, file_path(world.file, "/revoke"), name="Nora", function="Secretary", reason="Merged")
    assert got.status_code == 303
    assert (state(world.file), places()) == ("submitted", [])


def test_asking_leaves_the_file_where_it_is(desk: FlaskClient, world: Desk) -> None:
    got = post(desk, file_path(world.file, "/ask"), message="Who pays?", due_at="2027-03-20")
    assert got.status_code == 303
    page = desk.get(file_path(world.file)).text
    assert "Who pays?" in page
    assert "Asked by the National Commission" in page
    assert state(world.file) == "submitted"


def test_returning_needs_questions_words_and_a_date(desk: FlaskClient, world: Desk) -> None:
    path = file_path(world.file, "/return")
    page = desk.get(path).text
    assert 'value="vision.vision"' in page
    assert 'value="people.focal_email"' not in page
    got = post(desk, path, message="Say more", due_at="2027-03-20")
    assert got.status_code == 422
    assert "Choose the questions that the city may change." in got.text
    got = post(desk, path, message="Say more", due_at="2027-06-20", keys="vision.vision")
    assert got.status_code == 422
    assert "before your own deadline" in got.text
    got = post(desk, path, message="Say more", due_at="2027-03-20", keys="vision.vision")
    assert got.status_code == 303
    assert state(world.file) == "returned"


def test_an_official_of_the_city_may_look_and_not_act(desk: FlaskClient, world: Desk) -> None:
    join_city(world.commission, world.file)
    page = desk.get(file_path(world.file))
    assert page.status_code == 200
    assert "Nothing: the file is not with the National Commission, or it is of your own city." in page.text
    for act in ("/endorse", "/decline", "/ask", "/return"):
        assert desk.get(file_path(world.file, act)).status_code == 403
    assert count(FileOpened) == 0
    assert "Your own city" in desk.get(DESK).text


def test_changes_after_the_endorsement_are_shown_and_objected_to(desk: FlaskClient, world: Desk) -> None:
    change_after_endorsement(world)
    page = desk.get(file_path(world.file)).text
    assert "The city changed its application after you endorsed it" in page
    assert desk.get(file_path(world.file, "/versions/1")).status_code == 200
    change = desk.get(file_path(world.file, "/object")).text
    assert "Another vision altogether" in change
    got = post(desk, file_path(world.file, "/object"), name="Nora", function="Secretary", reason="Not agreed")
    assert got.status_code == 303
    assert (state(world.file), places()) == ("submitted", [])


def test_an_objection_needs_a_change_and_a_reason_in_time(app: Flask, desk: FlaskClient, world: Desk) -> None:
    world.endorse()
    said = {"name": "Nora", "function": "Secretary", "reason": "Not agreed"}
    assert post(desk, file_path(world.file, "/object"), file_path(world.file, "/ask"), **said).status_code in (403, 409)
    assert (state(world.file), places()) == ("endorsed", [1])
    applications.take_back(actor=world.owner, reference=world.file)
    answer(world, world.file, "vision.vision", "Another vision altogether")
    applications.resubmit(actor=world.owner, reference=world.file)
    assert post(desk, file_path(world.file, "/object"), **{**said, "reason": " "}).status_code == 422
    assert (state(world.file), places()) == ("endorsed", [1])
    with clock.at(clock.now() + timedelta(days=9)):
        late = app.test_client()
        sign_in(late, "natcom@country.example")
        assert post(late, file_path(world.file, "/object"), file_path(world.file, "/ask"), **said).status_code in (
            403,
            409,
        )
    assert (state(world.file), places()) == ("endorsed", [1])
    assert post(desk, file_path(world.file, "/object"), **said).status_code == 303


def test_the_desk_takes_the_same_statements_for_many_files(app: Flask, client: FlaskClient) -> None:
    world = Desk(1)
    sign_in(client, "natcom@country.example")
    client.get(DESK)
    with counted() as few:
        client.get(DESK)
    for place in ("Bursa", "Konya", "İzmir", "Trabzon"):
        world.submitted(place)
    with counted() as many:
        client.get(DESK)
    assert len(few) == len(many)


def test_everything_reads_from_right_to_left_too(desk: FlaskClient, world: Desk) -> None:
    sign(world.file)
    endorsement.record_opening(actor=world.commission, reference=world.file)
    for path in (DESK, file_path(world.file), file_path(world.file, "/endorse")):
        page = desk.get(path.replace("/en/", "/ar/"))
        assert page.status_code == 200
        assert 'dir="rtl"' in page.text


def test_a_version_that_came_meanwhile_is_shown_before_it_is_endorsed(desk: FlaskClient, world: Desk) -> None:
    """The refusal says what changed, keeps what was typed, and the same page endorses what it now shows."""
    path, who = file_path(world.file, "/endorse"), {"name": "Nora Natcom", "function": "Secretary-General"}
    opened = desk.get(path)
    seen = re.search(r'name="seen" type="hidden" value="([^"]+)"', opened.text)
    assert seen
    applications.take_back(actor=world.owner, reference=world.file)
    answer(world, world.file, "vision.vision", "Another vision altogether")
    applications.resubmit(actor=world.owner, reference=world.file)
    refused = desk.post(path, data={"csrf_token": csrf_of(opened), "seen": seen[1], **who})
    assert (refused.status_code, state(world.file)) == (409, "submitted")
    assert "What has changed since you opened this page" in refused.text
    assert "Another vision altogether" in refused.text
    assert "Nora Natcom" in refused.text
    now = re.search(r'name="seen" type="hidden" value="([^"]+)"', refused.text)
    assert now
    assert now[1] != seen[1]
    fields = {"csrf_token": csrf_of(refused), "seen": now[1], **who}
    assert (desk.post(path, data=fields).status_code, state(world.file)) == (303, "endorsed")


def test_the_commission_reads_for_whom_nobody_has_signed_yet(app: Flask, client: FlaskClient) -> None:
    consortium = Consortium()
    consortium.upload(AKYAZI)
    consortium.submit()
    sign_in(client, "natcom@country.example")
    page = text_of(client.get(file_path(consortium.file)))
    assert "1 of 3 signatures" in page
    assert "Nobody has signed yet for: Two Rivers , Bozova" in page
    consortium.upload(BOZOVA)
    consortium.upload(WHOLE)
    assert "Nobody has signed yet for:" not in client.get(file_path(consortium.file)).text
