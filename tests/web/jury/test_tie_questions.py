"""The question on a tie on its pages: at the gate beside the general one, and on the juror's page for the secretariat."""

from __future__ import annotations

import pytest
from flask import Flask

from gnlc_apply.models import TieAnswer
from tests.jury_world import browser
from tests.services.test_tie_questions import FAMILY, Named
from tests.web.secretariat.desk import post, text_of

ASKED = "Somebody named in the application has the same family name: juror"


@pytest.fixture
def jury(app: Flask) -> Named:
    return Named()


def test_the_gate_asks_and_keeps_the_file_closed_until_the_secretariat_decides(app: Flask, jury: Named) -> None:
    juror, officer = browser(app, jury.basel), browser(app, jury.officer)
    gate, field = f"/en/jury/files/{jury.edirne}", f"question-{FAMILY}"
    assert ASKED in text_of(juror.get(gate))
    answer = post(juror, gate, {"answer": "no"})
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    assert post(juror, gate, {"answer": "no", field: "secretariat"}).headers["Location"].endswith("/jury")
    assert "stays closed until they have decided" in text_of(juror.get(gate))
    page = f"/en/secretariat/calls/{jury.call}/jurors/{jury.jurors['Basel Juror']}"
    overview = text_of(officer.get(f"/en/secretariat/calls/{jury.call}/assignments"))
    assert "tie: decide" in overview
    shown = text_of(officer.get(page))
    assert (ASKED in shown, "left to the secretariat" in shown) == (True, True)
    fields = {"file": jury.edirne, "code": FAMILY, "has_tie": "no"}
    assert post(officer, f"{page}/ties", fields | {"has_tie": "x"}, page=page).status_code == 422
    assert post(officer, f"{page}/ties", fields, page=page).status_code == 303
    assert post(juror, gate, {"answer": "no"}).headers["Location"].endswith(f"{jury.edirne}/read")
    assert jury.declare() is TieAnswer.NO_TIE


def test_the_profile_takes_organisations_and_names_line_by_line(app: Flask, jury: Named) -> None:
    juror, path = browser(app, jury.basel), f"/en/jury/calls/{jury.call}/profile"
    fields = {"residence": "JOR", "languages": "en", "organisations": "Open House\n\nA Second One", "related_names": ""}
    assert post(juror, path, fields).status_code == 303
    assert "Open House\nA Second One" in juror.get(path).text.replace("\r", "")
    answer = post(juror, path, fields | {"related_names": "\n".join(f"Ana {n}" for n in range(31))})
    assert (answer.status_code, 'href="#related_names"' in answer.text) == (422, True)
