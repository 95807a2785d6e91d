"""The page of further readers: each close file with its two, confirmed as seen, hidden where a conflict is."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import insert, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Assignment, StaffConflict
from tests.jury_world import browser
from tests.services.test_extra_readers import Close, readers
from tests.web.secretariat.desk import post, text_of


@pytest.fixture
def close(app: Flask) -> Close:
    return Close()


def _path(close: Close) -> str:
    return f"/en/secretariat/calls/{close.call}/extra-readers"


def test_from_the_ranking_to_two_more_readers(app: Flask, close: Close) -> None:
    officer, path = browser(app, close.officer), _path(close)
    assert f'href="{path}"' in officer.get(f"/en/secretariat/calls/{close.call}/ranking").text
    first = text_of(officer.get(path))
    assert ("Évry" in first, "Kisumu" in first, "not proposed yet" in first) == (True, False, True)
    assert post(officer, f"{path}/propose", {}, page=path).headers["Location"].endswith(path)
    shown = officer.get(path)
    words = text_of(shown)
    assert "Chitra Juror" in words.split("Further readers, with their match")[1].split("How much each juror reads")[0]
    seed = re.search(r'name="seed" value="(\d+)"', shown.text)
    assert seed
    # The proposal for the whole call is another: neither stands on the other's page.
    assert "No proposal waits" in text_of(officer.get(path.replace("extra-readers", "assignments/proposal")))
    assert post(officer, path, {"seed": "1"}).status_code == 409
    assert post(officer, path, {"seed": seed[1]}).status_code == 303
    assert readers()[close.files["Évry"]] == 5
    assert browser(app, close.readers["A"]).get(path).status_code == 404


def test_who_has_a_tie_sees_neither_the_share_nor_the_readers(app: Flask, close: Close) -> None:
    path = _path(close)
    director = browser(app, close.director)
    post(director, f"{path}/propose", {}, page=path)
    share = r"\d+(?:\.\d)?%"
    assert re.search(rf"Évry France 3 {share} Chitra Juror", text_of(director.get(path)))
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == close.files["Évry"])).one()
        row = {"person_id": close.officer.person_id, "application_id": number, "reason": "x"}
        session.execute(insert(StaffConflict), [row | {"recorded_at": clock.now()}])
    seen = text_of(browser(app, close.officer).get(path))
    assert "Évry France 0 – Hidden from you" in seen
    with db.reading() as session:
        assert len(session.scalars(select(Assignment)).all()) == 12
