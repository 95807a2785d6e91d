"""The officer's pages of a calibration round: set up, files, the next step, the talk, the report."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import CalibrationFile, CalibrationRound, CalibrationState, Grant, Notice, Role
from gnlc_apply.scenarios import invented_files
from tests.calibration_world import WORDS, Calibration
from tests.jury_world import Jury, browser
from tests.web.secretariat.desk import post, text_of


def path(world: Jury, act: str = "") -> str:
    return f"/en/secretariat/calls/{world.call}/calibration{act}"


def found() -> CalibrationRound:
    with db.reading() as session:
        return session.scalars(select(CalibrationRound)).one()


@pytest.fixture
def world(app: Flask) -> Calibration:
    return Calibration(is_scored_twice=True)


@pytest.fixture
def officer(app: Flask, world: Calibration) -> FlaskClient:
    return browser(app, world.officer)


def test_an_officer_sets_a_round_up_with_a_text_and_a_pdf(app: Flask) -> None:
    jury = Jury()
    jury.standard_jury()
    client = browser(app, jury.officer)
    assert "No round is set up" in text_of(client.get(path(jury)))
    talk = {"talk_at": "2027-04-10T15:00", "time_zone": "Europe/Berlin", "link": "https://talk.example/"}
    assert post(client, path(jury, "/plan"), talk).status_code == 303
    assert "10 April 2027, 15:00 (GMT+02:00)" in text_of(client.get(path(jury)))
    given = {"title": "Practice file 1", "words": WORDS}
    answer = post(client, path(jury, "/files/add"), given)
    assert answer.status_code == 422
    assert "confirm that it names nobody" in text_of(answer)
    assert post(client, path(jury, "/files/add"), {**given, "is_anonymous": "y"}).status_code == 303
    pdf = (io.BytesIO(invented_files.pdf(["A plan"])), "city.pdf")
    sent = {"title": "Practice file 2", "words": "", "is_anonymous": "y", "file": pdf}
    assert post(client, path(jury, "/files/add"), sent).status_code == 303
    assert "Open the round" in text_of(client.get(path(jury)))
    with db.reading() as session:
        first, second = session.scalars(select(CalibrationFile.reference).order_by(CalibrationFile.position))
    assert WORDS.splitlines()[0] in text_of(client.get(path(jury, f"/files/{first}")))
    served = client.get(path(jury, f"/files/{second}/pdf"))
    assert served.headers["Content-Disposition"] == f"attachment; filename={second}.pdf"
    assert served.data.startswith(b"%PDF-")
    served.close()


def test_the_round_goes_on_step_by_step_and_says_what_stands_in_the_way(
    world: Calibration, officer: FlaskClient
) -> None:
    assert post(officer, path(world, "/go-on"), {"step": "open"}, page=path(world)).status_code == 303
    assert "End the scoring Not possible yet. At least two jurors must have scored" in text_of(officer.get(path(world)))
    assert post(officer, path(world, "/go-on"), {"step": "end_scoring"}, page=path(world)).status_code == 409
    world.everybody_scores(2, 3, 3, 4)
    assert post(officer, path(world, "/go-on"), {"step": "end_scoring"}, page=path(world)).status_code == 303
    assert "Open the second scoring Not possible yet. Record the talk first." in text_of(officer.get(path(world)))
    there = [world.jurors["Amina Chair"], world.jurors["Basel Juror"]]
    record = {"held_on": clock.today().isoformat(), "present": there, "notes": "A 3 names a budget."}
    assert post(officer, path(world, "/talk"), record).status_code == 303
    assert "A 3 names a budget." in text_of(officer.get(path(world)))
    # What has been held is not asked for again: only whether there is a second scoring.
    hidden = re.findall(
        r'type="hidden" name="(talk_at|time_zone|link)" value="([^"]*)"', officer.get(path(world, "/plan")).text
    )
    for chosen in ({}, {"is_scored_twice": "y"}):
        assert post(officer, path(world, "/plan"), dict(hidden) | chosen).status_code == 303
        assert found().is_scored_twice is bool(chosen)
    for step in ("open_second", "close"):
        assert post(officer, path(world, "/go-on"), {"step": step}, page=path(world)).status_code == 303
    assert found().state is CalibrationState.CLOSED
    for step, status in (("open", 409), ("no such step", 422)):
        assert (
            post(
                officer, path(world, "/go-on"), {"step": step}, page=f"/en/secretariat/calls/{world.call}/jurors/invite"
            ).status_code
            == status
        )


def test_the_report_names_what_differs_most_and_who_is_strict(world: Calibration, officer: FlaskClient) -> None:
    world.open_round()
    for number, juror in enumerate(world.people):
        world.score(juror, 0, 1 if number == 0 else 3, inclusion=5 if number == 3 else 0)
        world.score(juror, 1, 1 if number == 0 else 3)
    words = text_of(officer.get(path(world, "/report")))
    first = words.partition("where the values lie furthest apart")[2].partition("Spread, in points")[2]
    assert first.index("Inclusion") < first.index("Practice file 1") < first.index("0, 0, 0, 5")
    strictest = words.partition("Each juror beside the others")[2]
    assert strictest.index("Amina Chair") < strictest.index("clearly stricter than the others")
    assert strictest.index("clearly stricter") < strictest.index("Basel Juror")
    with db.reading() as session:
        kept = session.execute(select(Notice.kind, Notice.person_id).where(Notice.kind == "looked_at_calibration"))
        assert [tuple(row) for row in kept] == [("looked_at_calibration", world.officer.person_id)]


def test_an_officer_who_sits_in_the_jury_sees_scores_once_the_own_are_in(app: Flask, world: Calibration) -> None:
    with db.writing() as session:
        row = {"person_id": world.people[1].person_id, "role": Role.OFFICER, "granted_at": clock.now()}
        session.execute(insert(Grant), [row])
    world.open_round()
    for number in (0, 1):
        world.score(world.people[0], number, 5)
    both = browser(app, world.people[1])
    assert "Amina Chair" not in text_of(both.get(path(world, "/report")))
    assert "Juror" not in text_of(both.get(path(world, "/report"))).partition("Nothing is open to you yet")[2]
    for number in (0, 1):
        world.score(world.people[1], number, 1)
    assert "Amina Chair" in text_of(both.get(path(world, "/report")))
