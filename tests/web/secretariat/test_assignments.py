"""The assignment on its pages: proposal with reasons and shortages, confirmation of what was seen, changes by hand."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Assignment, Call, StaffConflict
from gnlc_apply.web.secretariat import assignments
from tests.jury_world import Jury, browser
from tests.web.secretariat.desk import post, text_of


@pytest.fixture
def jury(app: Flask) -> Jury:
    world = Jury()
    world.standard_jury()
    return world


@pytest.fixture
def officer(app: Flask, jury: Jury) -> FlaskClient:
    return browser(app, jury.officer)


def base(jury: Jury) -> str:
    return f"/en/secretariat/calls/{jury.call}/assignments"


def propose(jury: Jury, officer: FlaskClient) -> dict[str, str]:
    assert post(officer, f"{base(jury)}/propose", {}, page=base(jury)).status_code == 303
    seed = re.search(r'name="seed" value="(\d+)"', officer.get(f"{base(jury)}/proposal").text)
    assert seed
    return {"seed": seed[1]}


def test_a_proposal_is_seen_with_reasons_and_confirmed(jury: Jury, officer: FlaskClient) -> None:
    fields = propose(jury, officer)
    page = text_of(officer.get(f"{base(jury)}/proposal"))
    for words in ("Cusco", "Amina Chair", "works in the language", "How well the jury is linked", "A-efficiency"):
        assert words in page
    answer = post(officer, f"{base(jury)}/proposal", fields | {"reading_deadline_on": "2027-07-31"})
    assert answer.status_code == 303
    with db.reading() as session:
        assert len(session.scalars(select(Assignment)).all()) == 8
        until = session.scalars(select(Call.reading_deadline_at)).one()
    assert until is not None
    assert (until.month, until.day, until.hour) == (8, 1, 11)
    assert "to declare" in text_of(officer.get(base(jury)))


def test_a_proposal_that_was_not_seen_is_not_confirmed(jury: Jury, officer: FlaskClient) -> None:
    fields = propose(jury, officer)
    newer = propose(jury, officer)
    assert newer != fields
    answer = post(officer, f"{base(jury)}/proposal", fields)
    assert answer.status_code == 409
    assert "A newer proposal took the place of this one." in answer.text
    with db.reading() as session:
        assert session.scalars(select(Assignment)).all() == []


def test_shortages_are_named(app: Flask) -> None:
    jury = Jury()
    jury.add_juror("Keiko Juror", "JPN")
    officer = browser(app, jury.officer)
    propose(jury, officer)
    page = text_of(officer.get(f"{base(jury)}/proposal"))
    assert "Readers found: 0 of 2. Jurors with a conflict: 1." in page


def test_by_hand_a_reader_comes_and_goes(jury: Jury, officer: FlaskClient) -> None:
    file = jury.files["Cusco"]
    path = f"{base(jury)}/files/{file}"
    assert post(officer, path, {"juror": ""}).status_code == 422
    assert post(officer, path, {"juror": jury.jurors["Basel Juror"]}).status_code == 303
    answer = post(officer, path, {"juror": jury.jurors["Basel Juror"]})
    assert answer.status_code == 409
    assert "This juror already reads this file." in answer.text
    assert "readers missing: 1" in text_of(officer.get(base(jury)))
    with db.reading() as session:
        reading = session.scalars(select(Assignment.reference)).one()
    end = f"{base(jury)}/readings/{reading}/end"
    assert post(officer, end, {"reason": ""}).status_code == 422
    assert post(officer, end, {"reason": "Ill"}).status_code == 303
    assert officer.get(end).status_code == 404


def test_a_reported_conflict_is_recorded(jury: Jury, officer: FlaskClient) -> None:
    file, juror = jury.files["Cusco"], jury.jurors["Basel Juror"]
    path = f"{base(jury)}/files/{file}/conflict"
    fields = {"juror": juror, "code": "declared_application", "detail": ""}
    answer = post(officer, path, fields)
    assert answer.status_code == 422
    assert 'href="#detail"' in answer.text
    assert post(officer, path, fields | {"detail": "The press says so"}).status_code == 303
    answer = post(officer, f"{base(jury)}/files/{file}", {"juror": juror})
    assert answer.status_code == 409


def _tie(jury: Jury, place: str) -> None:
    with db.writing() as session:
        file = session.scalars(select(Application).where(Application.reference == jury.files[place])).one()
        session.add(
            StaffConflict(
                person_id=jury.officer.person_id or 0, application_id=file.id, reason="x", recorded_at=clock.now()
            )
        )


def test_an_officer_with_a_tie_sees_the_name_and_no_reader(jury: Jury, officer: FlaskClient) -> None:
    jury.assign_all()
    _tie(jury, "Cusco")
    page = text_of(officer.get(base(jury)))
    assert "Hidden from you: a conflict of interest is recorded." in page
    assert officer.get(f"{base(jury)}/files/{jury.files['Cusco']}").status_code == 404
    assert officer.get(f"{base(jury)}/files/{jury.files['Kisumu']}").status_code == 200


def _lost_reader(jury: Jury, officer: FlaskClient, place: str) -> None:
    with db.reading() as session:
        reading = session.scalars(
            select(Assignment.reference)
            .join(Application, Application.id == Assignment.application_id)
            .where(Application.reference == jury.files[place])
        ).first()
    assert post(officer, f"{base(jury)}/readings/{reading}/end", {"reason": "Ill"}).status_code == 303


def test_a_file_that_lost_a_reader_waits_on_today(jury: Jury, officer: FlaskClient) -> None:
    jury.assign_all()
    words = "Files with the jury that have too few readers"
    assert words not in officer.get("/en/secretariat").text
    _lost_reader(jury, officer, "Cusco")
    _lost_reader(jury, officer, "Kisumu")
    page = officer.get("/en/secretariat")
    assert f"{words} 2" in text_of(page)
    assert f'href="{base(jury)}"' in page.text
    _tie(jury, "Cusco")
    assert f"{words} 1" in text_of(officer.get("/en/secretariat"))


def test_a_long_list_comes_in_pages(jury: Jury, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignments, "PAGE", 3)
    first = officer.get(base(jury))
    assert "page=2" in first.text
    assert len(re.findall(r'scope="row"', first.text)) == 3
    second = officer.get(f"{base(jury)}?page=2")
    assert len(re.findall(r'scope="row"', second.text)) == 1
    assert "page=1" in second.text
    assert officer.get(f"{base(jury)}?page=99").status_code == 200
