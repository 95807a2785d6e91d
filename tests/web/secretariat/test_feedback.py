"""The pages of feedback: all drafts at a press, a refusal at its place with the text kept, a preview; then the city's page."""

from __future__ import annotations

import html
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import LetterKind, Notice, Person
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import feedback
from tests.city import actor_of
from tests.feedback_world import Told
from tests.jury_world import browser
from tests.web.secretariat.desk import post, text_of


def test_from_all_drafts_to_what_the_city_reads(app: Flask) -> None:
    world = Told()
    officer = browser(app, world.officer)
    board = f"/en/secretariat/calls/{world.call}/feedback"
    page = f"/en/secretariat/applications/{world.files['Nakuru']}/feedback"
    assert "Feedback to cities" in text_of(officer.get(f"/en/secretariat/calls/{world.call}/decisions"))
    assert text_of(officer.get(board)).count("Missing") == 3
    assert "Nothing yet." in text_of(officer.get(page))
    done = post(officer, f"{board}/draft", {}, page=board)
    assert (done.status_code, done.location) == (303, board)
    assert "2 drafts are made. Read them." in text_of(officer.get(board))
    with db.reading() as session:
        assert session.scalars(select(Notice).where(Notice.kind == "looked_at_feedback")).first() is not None
    shown = text_of(officer.get(page))
    assert "Inclusion below them 0.30" in shown
    assert "We invite you to apply again." in shown

    told = "Basel Juror likes the plan."
    refused = post(officer, page, {"body": told, "revision": "1", "step": "save"})
    assert refused.status_code == 422
    assert 'id="body-error"' in refused.text
    assert "The text names a juror: Basel Juror." in text_of(refused)
    assert told in html.unescape(refused.text)
    warned = post(officer, page, {"body": told, "revision": "1", "step": "preview"})
    assert (warned.status_code, "The text names a juror: Basel Juror." in text_of(warned)) == (200, True)
    assert told not in text_of(officer.get(page))

    words = "The plan is clear.\n\nWork with schools would tell most."
    saved = post(officer, page, {"body": words, "revision": "1", "step": "save"})
    assert (saved.status_code, saved.location) == (303, page)
    assert "Edited" in text_of(officer.get(board))
    late = post(officer, page, {"body": "Mine.", "revision": "1", "step": "save"})
    assert late.status_code == 409
    assert "The text that stands now The plan is clear." in text_of(late)
    assert 'name="revision"' in late.text
    assert 'value="2"' in late.text


def test_the_city_reads_it_beside_its_letter_and_only_then(app: Flask) -> None:
    world = Told()
    words = "Work with schools would tell most."
    feedback.write(actor=world.officer, application=world.files["Nakuru"], body=words, revision=0)
    subject = "Your application to the UNESCO Global Network of Learning Cities"
    cohorts.edit_letter(
        actor=world.officer,
        cohort=world.cohort,
        kind=LetterKind.NOT_ADMITTED,
        language="en",
        subject=subject,
        body="Dear {name}: not admitted.",
    )
    with db.reading() as session:
        owner_id = session.scalars(select(Person.id).where(Person.email == "owner@nakuru.example")).one()
    owner = actor_of(owner_id)
    outcome = f"/en/applications/{world.files['Nakuru']}/outcome"
    assert browser(app, owner).get(outcome).status_code == 404
    officer = browser(app, world.officer)
    plan = text_of(officer.get(f"/en/secretariat/cohorts/{world.cohort}/dry-run"))
    assert "Cities that are not admitted and read no feedback (1)" in plan
    world.lock()
    page = f"/en/secretariat/applications/{world.files['Nakuru']}/feedback"
    asked = post(officer, page, {"body": "Another.", "revision": "1", "step": "save"})
    assert asked.status_code == 422
    assert 'id="reason-error"' in asked.text
    world.announce()
    with clock.at(clock.now() + timedelta(days=1)):
        read = browser(app, owner).get(outcome)
        assert f"What the jury's reading tells you {words}" in text_of(read)
        assert "Juror" not in text_of(read)
        shown = browser(app, world.officer).get(page)
        assert "The cities have read these texts." in text_of(shown)
        assert 'name="body"' not in shown.text
