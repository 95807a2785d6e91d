"""Today: what waits, and each call's card."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Call, Minutes, StaffConflict
from gnlc_apply.services import call as calls
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision
from tests.desk import Desk
from tests.services.cohort import ground
from tests.signing_in import sign_in
from tests.web.secretariat.desk import signed_in


def test_today_shows_what_waits_and_the_calls_card(app: Flask, client: FlaskClient) -> None:
    world = Desk(2)
    world.endorse()
    calls.ask_for_exception(actor=world.second, call=world.call, country="TUR", extra=1, reason="A merger")
    sign_in(client, "officer@network.example")
    page = client.get("/en/secretariat").text
    assert "Files to be checked" in page
    assert f"/en/secretariat/calls/{world.call}/applications?state=endorsed" in page
    assert "Exceptions of the quota to confirm" in page
    assert "Cities apply, and may take back and correct." in page
    assert "Deadline of the National Commissions" in page


def test_of_several_calls_each_task_says_whose_it_is(app: Flask, client: FlaskClient) -> None:
    world = Desk(1)
    world.endorse()
    sign_in(client, "officer@network.example")
    assert "task-list__hint" not in client.get("/en/secretariat").text
    ground.call("CALL-OTHER")
    hint = re.search(
        r'state=endorsed">Files to be checked</a>\s*<div class="govuk-task-list__hint">([^<]+)<',
        client.get("/en/secretariat").text,
    )
    assert hint is not None
    with db.reading() as session:
        assert hint[1] == session.scalars(select(Call.title).where(Call.reference == world.call)).one()


def test_who_asked_is_not_asked_to_confirm(app: Flask, client: FlaskClient) -> None:
    world = Desk(0)
    calls.ask_for_exception(actor=world.officer, call=world.call, country="TUR", extra=1, reason="A merger")
    sign_in(client, "officer@network.example")
    page = client.get("/en/secretariat").text
    assert "Exceptions of the quota to confirm" not in page
    assert "Nothing waits for you here" in page


def test_today_is_the_secretariats(app: Flask, client: FlaskClient) -> None:
    Desk(0)
    assert client.get("/en/secretariat").status_code == 303
    for who in ("owner@city.example", "natcom@country.example"):
        browser = app.test_client()
        sign_in(browser, who)
        assert browser.get("/en/secretariat").status_code == 404


def waiting(app: Flask, person: int) -> tuple[list[str], str]:
    """What waits for this person: each task with its number and its page. And the words on how far the call is."""
    page = signed_in(app, person).get("/en/secretariat").text
    tasks = re.findall(
        r'task-list__link" href="/en/secretariat/([^"]+)">([^<]+)</a>\s*</div>\s*<div[^>]*>[^>]*>(\d+)<', page
    )
    standing = page[page.index("Open now") :]
    return [f"{words} {number}: {address.replace('&amp;', '&')}" for address, words, number in tasks], standing


def test_the_way_from_the_recommendation_to_the_announcement_waits_for_the_right_person(app: Flask) -> None:
    world = ground.build()
    officer, second, director = (world.people[who] for who in ("officer", "second_officer", "director"))
    decisions = f"calls/{ground.CALL}/decisions?show="
    assert [words for words in waiting(app, director)[0] if "decision" in words] == []
    with db.writing() as session:
        call = session.scalars(select(Call.id)).one()
        minutes = {
            "call_id": call,
            "present": [],
            "recusals": [],
            "frozen": {},
            "sha256": "x",
            "confirmed_at": clock.now(),
        }
        session.execute(insert(Minutes), [minutes])
    tasks, standing = waiting(app, officer)
    assert tasks == [f"Files without a proposed decision 6: {decisions}undecided"]
    assert "its recommendation is confirmed" in standing
    assert "Decisions approved: 0 of 6" in standing
    with db.writing() as session:
        file = session.scalars(select(Application.id).where(Application.reference == world.files[0])).one()
        tie = {"application_id": file, "person_id": officer, "reason": "x", "recorded_at": clock.now()}
        session.execute(insert(StaffConflict), [tie])
    # One's own tie is left out, and no number of others changes.
    assert waiting(app, officer)[0] == [f"Files without a proposed decision 5: {decisions}undecided"]
    assert waiting(app, second)[0] == [f"Files without a proposed decision 6: {decisions}undecided"]
    decision.prepare(actor=world.actor("second_officer"), outcomes=ground.outcomes(world), reasons={})
    # What is proposed waits for a director; for nobody who proposed it.
    assert waiting(app, second)[0] == []
    assert waiting(app, director)[0] == [f"Proposed decisions to approve 6: {decisions}proposed"]
    decision.approve(actor=world.director, references=world.files)
    assert waiting(app, second)[0] == [f"Cohorts to begin 1: calls/{ground.CALL}/cohort"]
    reference = cohorts.create(
        actor=world.officer, call=ground.CALL, title="Learning Cities", announce_at=ground.INSTANT
    )
    assert waiting(app, second)[0] == [f"Lists to lock 1: cohorts/{reference}"]
    cohorts.lock(actor=world.actor("second_officer"), cohort=reference)
    tasks, standing = waiting(app, director)
    assert tasks == [f"Announcements to arm 1: cohorts/{reference}"]
    assert waiting(app, officer)[0] == []
    assert "Its announcement is not armed yet" in standing
    assert "Announcement:" in standing
    # From the announcement until the call is concluded no file is with the jury.
    with db.writing() as session:
        session.execute(update(Application).values(state="not_admitted"))
    standing = waiting(app, officer)[1]
    assert ("the results are announced" in standing, "has not begun" in standing) == (True, False)
