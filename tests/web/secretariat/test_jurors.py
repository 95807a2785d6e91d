"""Jurors of a call as an officer sees them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Juror, OutboxMessage
from gnlc_apply.services import assignment
from tests.jury_world import Jury, browser
from tests.web.secretariat.desk import post, text_of


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury()


@pytest.fixture
def officer(app: Flask, jury: Jury) -> FlaskClient:
    return browser(app, jury.officer)


def test_an_officer_invites_a_juror(jury: Jury, officer: FlaskClient) -> None:
    path = f"/en/secretariat/calls/{jury.call}/jurors"
    assert "Nobody is invited yet" in text_of(officer.get(path))
    fields = {
        "name": "Amina Chair",
        "email": "amina@a.example",
        "residence": "SEN",
        "languages": ["en"],
        "is_chair": "y",
    }
    fields |= {"mail_language": "en", "contexts": ["town"], "capacity": "12"}
    assert post(officer, f"{path}/invite", fields).status_code == 303
    page = text_of(officer.get(path))
    for words in ("Amina Chair", "chair", "Invited", "Senegal", "English", "12"):
        assert words in page
    with db.reading() as session:
        assert session.scalars(select(OutboxMessage.kind)).all() == ["juror_invitation"]
        juror = session.scalars(select(Juror)).one()
    assert juror.reference in officer.get(path).text


def test_what_is_missing_stands_at_its_field(jury: Jury, officer: FlaskClient) -> None:
    path = f"/en/secretariat/calls/{jury.call}/jurors/invite"
    answer = post(officer, path, {"name": "", "email": "no", "residence": "", "mail_language": "en"})
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    fields = {"name": "A", "email": "a@a.example", "residence": "", "mail_language": "en"}
    answer = post(officer, path, fields)
    assert answer.status_code == 422
    assert 'href="#residence"' in answer.text
    assert 'href="#languages"' in answer.text


def test_a_jurors_page_tells_the_conflicts_in_words_and_access_can_end(jury: Jury, officer: FlaskClient) -> None:
    juror = jury.add_juror("Keiko Juror", "JPN")
    jury.add_juror("Basel Juror", "JOR")
    assignment.propose(actor=jury.officer, call=jury.call)
    path = f"/en/secretariat/calls/{jury.call}/jurors/{jury.jurors['Keiko Juror']}"
    page = text_of(officer.get(path))
    assert "The juror lives, works or has nationality in the country of the file (JPN)" in page
    assert post(officer, f"{path}/end", {"reason": ""}).status_code == 422
    assert post(officer, f"{path}/end", {"reason": "Ill"}).status_code == 303
    assert "Has left the jury" in text_of(officer.get(path))
    assert jury.files_of(juror) == []


def test_only_the_secretariat_sees_jurors(app: Flask, jury: Jury) -> None:
    juror = jury.add_juror("Basel Juror", "JOR")
    client = browser(app, juror)
    for page in ("jurors", "jurors/invite", f"jurors/{jury.jurors['Basel Juror']}", "assignments", "ranking"):
        assert client.get(f"/en/secretariat/calls/{jury.call}/{page}").status_code == 404
