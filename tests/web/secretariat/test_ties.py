"""Somebody of the secretariat with a tie to a file, and the chair: what the files to take away and the jurors' pages leave out."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.services import assignment
from tests.jury_world import browser
from tests.queries.test_embargoed_doors import Decided
from tests.web.secretariat.desk import text_of


@pytest.fixture
def world(app: Flask) -> Decided:
    return Decided()


def _sheets(client: FlaskClient, world: Decided) -> list[str]:
    """The words of each sheet of the workbook."""
    answer = client.get(f"/en/secretariat/calls/{world.call}/ranking.xlsx")
    assert answer.status_code == 200
    book = zipfile.ZipFile(io.BytesIO(answer.data))
    names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
    return [book.read("xl/sharedStrings.xml").decode(), *names]


def test_the_workbook_of_the_chair_holds_no_decision(app: Flask, world: Decided) -> None:
    officer, *of_officer = _sheets(browser(app, world.officer), world)
    chair, *of_chair = _sheets(browser(app, world.actors["Amina Chair"]), world)
    assert ("Ona Officer" in officer, "Dora Director" in officer) == (True, True)
    assert ("Ona Officer" in chair, "Dora Director" in chair) == (False, False)
    assert len(of_chair) <= len(of_officer)


def test_the_workbook_leaves_out_the_decision_on_a_file_with_a_tie(app: Flask, world: Decided) -> None:
    client, kisumu = browser(app, world.officer), world.files["Kisumu"]
    assert kisumu in _sheets(client, world)[0]
    world.tie(world.officer, "Kisumu")
    words = _sheets(client, world)[0]
    assert (kisumu in words, world.files["Cusco"] in words) == (False, True)


def test_an_officer_with_a_tie_reads_no_conflict_of_a_juror_with_that_file(app: Flask, world: Decided) -> None:
    for place in ("Kisumu", "Cusco"):
        assignment.record_conflict(
            actor=world.officer,
            reference=world.files[place],
            juror=world.jurors["Diego Juror"],
            code="declared_application",
            detail=f"Taught in {place}.",
        )
    client = browser(app, world.officer)
    page = f"/en/secretariat/calls/{world.call}/jurors/{world.jurors['Diego Juror']}"
    assert "Taught in Kisumu." in text_of(client.get(page))
    world.tie(world.officer, "Kisumu")
    words = text_of(client.get(page))
    assert ("Taught in Kisumu." in words, "Taught in Cusco." in words) == (False, True)
