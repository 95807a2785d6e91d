"""The public pages of calls: readable without an account, alike from the jury's start to the announcement."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, Cohort, CohortState
from gnlc_apply.questionnaire import default_form, default_guide
from tests.registry_lists import counted, create_call, officer, open_call

PARTS = ("", "/questions", "/guide", "/blank-form", "/blank-form.pdf")


@pytest.fixture
def call(app: Flask) -> str:
    """The reference of an opened call."""
    return open_call(officer(), title="Call of <2027>", contact_email="uil@example.org")


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize("part", PARTS)
def test_everything_can_be_read_without_an_account(call: str, client: FlaskClient, part: str) -> None:
    answer = client.get(f"/en/calls/{call}{part}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    again = client.get(f"/en/calls/{call}{part}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    with counted() as statements:
        client.get(f"/en/calls/{call}{part}")
    assert len(statements) <= 3


@pytest.mark.parametrize("part", PARTS)
def test_a_call_in_preparation_is_not_there(app: Flask, client: FlaskClient, part: str) -> None:
    hidden = create_call(officer(), title="Secret plans")
    assert client.get(f"/en/calls/{hidden}{part}").status_code == 404
    assert "Secret plans" not in client.get("/en/calls/").text
    assert "Secret plans" not in client.get("/en/").text
    assert hidden not in client.get("/sitemap.xml").text


def test_the_start_page_says_the_deadline_in_its_zone_and_in_utc(call: str, client: FlaskClient) -> None:
    start = words(client.get("/en/").text)
    assert "Cities apply by: 31 May 2027, 23:59 in the last time zone on earth; that is 1 June 2027, 11:59 UTC" in start
    html = client.get("/en/").text
    for part in ("", "/questions", "/blank-form.pdf"):
        assert f'href="/en/calls/{call}{part}"' in html
    assert 'href="/en/apply' in html
    assert "<2027>" not in html


def test_another_zone_is_named(app: Flask, client: FlaskClient) -> None:
    reference = open_call(officer(), time_zone="Europe/Berlin")
    page = words(client.get(f"/en/calls/{reference}").text)
    assert "1 June 2027, 13:59 Central European Summer Time; that is 1 June 2027, 11:59 UTC" in page


def test_without_an_open_call_the_start_page_says_what_was_and_what_comes(call: str, client: FlaskClient) -> None:
    with clock.at(datetime(2027, 8, 1, tzinfo=UTC)):
        start = words(client.get("/en/").text)
    assert "No call is open now. The last one closed on 31 May 2027, 23:59." in start
    assert "Its results are promised for 1 December 2027." in start
    assert "Check whether your city can apply" not in start


def test_a_new_installation_says_that_nothing_is_open(app: Flask, client: FlaskClient) -> None:
    start = words(client.get("/en/").text)
    assert "No call is open now. Calls have opened every second year." in start
    assert "No call has been opened yet" in words(client.get("/en/calls/").text)


def test_every_question_of_the_form_stands_on_the_page(call: str, client: FlaskClient) -> None:
    page = words(client.get(f"/en/calls/{call}/questions").text)
    blank = words(client.get(f"/en/calls/{call}/blank-form").text)
    for question in default_form().questions:
        assert " ".join(question.label.split()) in page
        assert " ".join(question.label.split()) in blank
    assert "up to 150 words" in page
    assert "The jury reads this for:" in page


def test_every_value_of_the_scoring_guide_is_described(call: str, client: FlaskClient) -> None:
    page = words(client.get(f"/en/calls/{call}/guide").text)
    for criterion in default_guide().criteria:
        assert all(" ".join(value.split()) in page for value in criterion.values)
    assert page.count("What a 3 looks like") == len(default_guide().criteria)


def test_the_blank_form_is_a_pdf_in_the_reader_s_language(call: str, client: FlaskClient) -> None:
    for language in ("en", "ar"):
        answer = client.get(f"/{language}/calls/{call}/blank-form.pdf")
        assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
        assert f'filename="{call}-form-{language}.pdf"' in answer.headers["Content-Disposition"]


def test_from_the_jury_s_start_to_the_announcement_every_byte_is_alike(call: str, client: FlaskClient) -> None:
    """Whether the list is being prepared, locked or armed cannot be read from any public answer."""
    paths = (
        "/en/",
        "/en/calls/",
        f"/en/calls/{call}",
        "/en/cohorts/",
        "/sitemap.xml",
        "/registry.json",
        "/cohorts/C-1.json",
    )

    def everything() -> list[bytes]:
        with clock.at(datetime(2027, 8, 1, tzinfo=UTC)):
            answers = [client.get(path) for path in paths]
        return [answer.data + str(answer.headers.get("ETag")).encode() for answer in answers]

    before = everything()
    with db.writing() as session:
        call_id = session.scalars(select(Call.id).where(Call.reference == call)).one()
        row = {"call_id": call_id, "reference": "C-1", "title": "Secret", "created_at": clock.now(), "stand_by_ids": []}
        session.execute(insert(Cohort), [{**row, "figures": {}}])
    assert everything() == before
    with db.writing() as session:
        cohort = session.scalars(select(Cohort)).one()
        cohort.state, cohort.lock_hash, cohort.locked_at = CohortState.ARMED, "x" * 64, clock.now()
        cohort.armed_at = clock.now()
    assert everything() == before
    with db.writing() as session:
        cohort = session.scalars(select(Cohort)).one()
        cohort.state, cohort.announced_at = CohortState.ANNOUNCED, datetime(2027, 7, 31, tzinfo=UTC)
    assert everything() != before
