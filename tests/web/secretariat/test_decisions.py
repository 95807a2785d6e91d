"""The pages of decisions: every city is named before anything happens, and a conflict hides a file."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Decision, Notice, Outcome, StaffConflict
from gnlc_apply.services import decision
from tests.services.cohort import ground
from tests.web.secretariat.desk import post, signed_in, text_of

BOARD = f"/en/secretariat/calls/{ground.CALL}/decisions"


def _outcomes() -> dict[str, tuple[Outcome, bool, str]]:
    with db.reading() as session:
        rows = session.execute(
            select(Application.reference, Decision.outcome, Decision.approved_at, Decision.departure_reason).join(
                Application, Application.id == Decision.application_id
            )
        )
        return {row[0]: (row[1], row[2] is not None, row[3]) for row in rows}


def test_from_proposal_to_approval_by_two_persons(app: Flask) -> None:
    world = ground.build()
    officer, director = (signed_in(app, world.people[who]) for who in ("officer", "director"))
    assert "Approve proposals" not in text_of(officer.get(BOARD))
    chosen = {"is_everything": "y", "stage": ""}
    named = post(officer, f"{BOARD}/propose", chosen, page=BOARD)
    assert named.status_code == 200
    words = text_of(named)
    assert "Propose decisions on 6 files" in words
    for name, _country, is_recommended in ground.FILES:
        assert f"{name} , " in words
        assert is_recommended in (True, False)
    assert words.count("To be admitted") == 4
    assert words.count("Not to be admitted") == 2
    assert _outcomes() == {}
    confirmed = {"references": world.files, "wanted": "recommended", "step": "confirmed"}
    done = post(officer, f"{BOARD}/propose", confirmed, page=BOARD)
    assert (done.status_code, done.location) == (303, BOARD)
    assert officer.get(f"{BOARD}/approve").status_code == 404
    named = post(director, f"{BOARD}/approve", {"references": world.files}, page=BOARD)
    assert "Approve 6 decisions" in text_of(named)
    assert not any(is_approved for _o, is_approved, _r in _outcomes().values())
    done = post(director, f"{BOARD}/approve", {"references": world.files, "step": "confirmed"}, page=BOARD)
    assert done.status_code == 303
    assert all(is_approved for _o, is_approved, _r in _outcomes().values())
    assert "Approved by Director" in text_of(director.get(f"{BOARD}?show=approved"))
    assert "Nothing here" in text_of(director.get(f"{BOARD}?show=proposed"))


def test_departing_asks_for_the_reason_at_its_city(app: Flask) -> None:
    world = ground.build()
    officer = signed_in(app, world.people["officer"])
    one = world.files[0]
    fields = {"references": [one, world.files[1]], "wanted": "not_approved", "step": "confirmed"}
    refused = post(officer, f"{BOARD}/propose", {**fields, f"reason-{world.files[1]}": "The mayor left"}, page=BOARD)
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert f'id="reason-{one}-error"' in body
    assert f'id="reason-{world.files[1]}-error"' not in body
    assert "The mayor left" in body
    assert _outcomes() == {}
    reasons = {f"reason-{one}": "Withdrawn support", f"reason-{world.files[1]}": "The mayor left"}
    assert post(officer, f"{BOARD}/propose", {**fields, **reasons}, page=BOARD).status_code == 303
    assert _outcomes()[one] == (Outcome.NOT_APPROVED, False, "Withdrawn support")
    assert "not as recommended" in text_of(officer.get(f"{BOARD}?show=departing"))


def test_one_person_does_not_do_both(app: Flask) -> None:
    world = ground.build()
    director = signed_in(app, world.people["director"])
    fields = {"references": world.files[:1], "step": "confirmed"}
    assert post(director, f"{BOARD}/propose", {**fields, "wanted": "recommended"}, page=BOARD).status_code == 303
    refused = post(director, f"{BOARD}/approve", fields, page=BOARD)
    assert refused.status_code == 403
    assert "somebody else must approve" in text_of(refused)


def test_undo_is_free_until_the_lock(app: Flask) -> None:
    world = ground.build()
    ground.decided(world)
    officer = signed_in(app, world.people["officer"])
    fields = {"references": world.files[:1], "step": "confirmed"}
    assert "one step back" in text_of(post(officer, f"{BOARD}/undo", {"references": world.files[:1]}, page=BOARD))
    assert post(officer, f"{BOARD}/undo", fields, page=BOARD).status_code == 303
    assert _outcomes()[world.files[0]][1] is False


def test_a_conflict_shows_the_name_and_nothing_else(app: Flask) -> None:
    world = ground.build()
    decision.prepare(actor=world.actor("second_officer"), outcomes=ground.outcomes(world), reasons={})
    with db.writing() as session:
        row = {"person_id": world.people["officer"], "application_id": 1, "recorded_at": ground.INSTANT}
        session.execute(insert(StaffConflict), [row])
    officer = signed_in(app, world.people["officer"])
    page = officer.get(BOARD).get_data(as_text=True)
    assert f'value="{world.files[0]}"' not in page
    assert f'value="{world.files[1]}"' in page
    words = text_of(officer.get(BOARD))
    assert words.count("To be admitted") == 3
    assert "a conflict of interest is recorded" in words
    undone = post(officer, f"{BOARD}/undo", {"references": world.files[:1], "step": "confirmed"}, page=BOARD)
    assert undone.status_code == 422
    assert world.files[0] in _outcomes()


@pytest.mark.parametrize("who", ["city1", "commission_NLD"])
def test_outsiders_find_nothing(app: Flask, who: str) -> None:
    world = ground.build()
    outsider = signed_in(app, world.people[who])
    for path in (BOARD, f"{BOARD}/propose", f"{BOARD}/approve", f"{BOARD}/undo", "/en/secretariat/cohorts"):
        assert outsider.get(path).status_code == 404


def test_an_unknown_call_is_not_there_and_a_look_is_kept(app: Flask) -> None:
    world = ground.build()
    officer = signed_in(app, world.people["officer"])
    assert officer.get("/en/secretariat/calls/CALL-1900/decisions").status_code == 404
    officer.get(BOARD)
    with db.reading() as session:
        looks = session.scalars(select(Notice).where(Notice.kind == "looked_at_decisions")).all()
    assert [(look.person_id, look.note) for look in looks] == [(world.people["officer"], ground.CALL)]


def test_the_page_takes_the_same_number_of_statements_for_few_and_many(app: Flask) -> None:
    world = ground.build(ground.FILES[:1])
    officer = signed_in(app, world.people["officer"])
    officer.get(BOARD)
    few = _statements(officer)
    with db.reading() as session:
        call_id = session.scalars(select(Application.call_id)).one()
    for number in range(30, 60):
        ground.file(world, call_id, number, f"City {number}", "BEL", ground.city(f"City {number}", "BEL"))
    assert _statements(officer) == few


def _statements(browser: FlaskClient) -> int:
    counted: list[str] = []

    def count(*args: Any) -> None:
        counted.append(args[2])

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert browser.get(BOARD).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)
