"""The chair's page: begun from the standard, departures with a note, minutes, and what opens afterwards."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Minutes, Recommendation
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import figures
from tests.jury_world import Jury, browser, change_scores
from tests.web.secretariat.desk import post, text_of


@pytest.fixture
def jury(app: Flask) -> Jury:
    world = Jury()
    jurors = world.standard_jury()
    world.chair = jurors[0]  # type: ignore[attr-defined]
    world.assign_all()
    world.freeze()
    for juror in jurors:
        for reference in world.files_of(juror):
            world.review(juror, reference, 4 if reference == world.files["Kisumu"] else 2)
    return world


def ballot(jury: Jury, **yes: str) -> dict[str, str]:
    fields = {"held_on": "2027-07-01", "present": "Amina Chair\nBasel Juror", "recusals": "", "words": "By video."}
    for place, reference in jury.files.items():
        fields[f"is-{reference}"] = "recommended" if place == "Kisumu" or place in yes else "not_recommended"
        fields[f"note-{reference}"] = yes.get(place, "")
    return fields


def path(jury: Jury) -> str:
    return f"/en/jury/calls/{jury.call}/recommendation"


def test_the_page_begins_with_the_standard(app: Flask, jury: Jury) -> None:
    client = browser(app, jury.chair)  # type: ignore[attr-defined]
    page = client.get(path(jury))
    assert page.text.count('<option value="recommended" selected>') == 1
    assert page.text.count('<option value="not_recommended" selected>') == 3
    assert "Amina Chair" in page.text
    assert "below the standard" in text_of(page)


def test_the_chair_confirms_with_a_departure(app: Flask, jury: Jury) -> None:
    client = browser(app, jury.chair)  # type: ignore[attr-defined]
    answer = post(client, path(jury), ballot(jury, Cusco=" "))
    assert answer.status_code == 422
    assert f'href="#note-{jury.files["Cusco"]}"' in answer.text
    answer = post(client, path(jury), ballot(jury, Cusco="Strong practices") | {"recusals": "nonsense"})
    assert answer.status_code == 422
    answer = post(
        client, path(jury), ballot(jury, Cusco="Strong practices") | {"recusals": f"{jury.files['Évry']}: Diego; Ana"}
    )
    assert answer.status_code == 303
    with db.reading() as session:
        assert sum(session.scalars(select(Recommendation.is_recommended))) == 2
        minutes = session.scalars(select(Minutes)).one()
    assert [entry["juror"] for entry in minutes.recusals] == ["Diego", "Ana"]
    shown = text_of(client.get(f"/en/secretariat/calls/{jury.call}/ranking"))
    assert "Strong practices" in shown
    assert minutes.sha256 in shown


def test_nobody_else_has_the_page(app: Flask, jury: Jury) -> None:
    for person in (jury.officer, jury.director):
        assert browser(app, person).get(path(jury)).status_code == 404
    juror = jury.add_juror("Elena Juror", "MEX")
    assert browser(app, juror).get(path(jury)).status_code == 404


def test_the_page_waits_for_the_adjusted_averages_and_keeps_what_was_typed(app: Flask) -> None:
    world = Jury(readers=3, jury_method="adjusted-1")
    jurors = world.standard_jury()
    world.assign_all()
    world.freeze()
    world.review_all(jurors, 4)
    client, ranking = browser(app, jurors[0]), f"/en/secretariat/calls/{world.call}/ranking"
    page = client.get(path(world))
    assert "The standard waits for the adjusted averages" in text_of(page)
    assert "<textarea" not in page.text
    assert "/recommendation" not in client.get(ranking).text
    figures.refresh(actor=SYSTEM, call=world.call)
    page = client.get(path(world))
    assert page.text.count('<option value="recommended" selected>') == 4
    assert "an adjusted average of at least 3" in text_of(page)
    assert "Places of a country: 3." in text_of(client.get(ranking))
    # Scores change while the chair writes: the figures are of others now.
    hidden = re.findall(r'name="(csrf_token|idempotency_key|seen)"(?: type="hidden")? value="([^"]*)"', page.text)
    typed = ballot(world) | {f"is-{reference}": "recommended" for reference in world.files.values()} | dict(hidden)
    change_scores(5)
    refused = client.post(path(world), data=typed)
    assert refused.status_code == 409
    assert "The adjusted averages of these scores are not there yet." in text_of(refused)
    assert "By video." in refused.text
    figures.refresh(actor=SYSTEM, call=world.call)
    assert post(client, path(world), {k: v for k, v in typed.items() if k not in dict(hidden)}).status_code == 303
