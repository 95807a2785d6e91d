"""The pages of a cohort: texts, letters with a true preview, dry run, lock, arm, now and hold, progress."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, CohortState, Notice, OutboxMessage, StaffConflict
from gnlc_apply.services import cohort as cohorts
from tests.services.cohort import ground
from tests.web.secretariat.desk import post, signed_in, text_of

TITLE = "Learning Cities 2027"


def _at(reference: str, rest: str = "") -> str:
    return f"/en/secretariat/cohorts/{reference}{rest}"


def _texts(**changed: str) -> dict[str, str]:
    return {"title": TITLE, "time_zone": "Europe/Berlin", "announce_at": "2027-03-02T10:00", **changed}


def test_a_cohort_is_begun_and_written(app: Flask) -> None:
    world = ground.build()
    officer = signed_in(app, world.people["officer"])
    assert "Begin" in text_of(officer.get("/en/secretariat/cohorts"))
    assert post(officer, f"/en/secretariat/calls/{ground.CALL}/cohort", {"title": ""}).status_code == 422
    begun = post(officer, f"/en/secretariat/calls/{ground.CALL}/cohort", {"title": TITLE})
    reference = begun.location.rsplit("/", 1)[1]
    assert "has no decision" in text_of(officer.get(begun.location))
    wrong = post(officer, _at(reference, "/texts"), _texts(event_link="javascript:alert(1)"))
    assert wrong.status_code == 422
    refused = post(officer, _at(reference, "/texts"), _texts(declared_citizens="500 million"))
    assert refused.status_code == 422
    assert "where the declared figure comes from" in text_of(refused)
    saved = post(officer, _at(reference, "/texts"), _texts(strapline="Together", lead="<script>x</script>"))
    assert saved.status_code == 303
    assert ground.cohort_row(reference).announce_at == ground.INSTANT
    page = officer.get(_at(reference, "/texts")).get_data(as_text=True)
    assert 'value="2027-03-02T10:00"' in page
    assert "<script>x" not in officer.get(_at(reference, "/release")).get_data(as_text=True)


def test_a_letter_is_previewed_with_real_values_and_saved(app: Flask) -> None:
    world = ground.build()
    reference = ground.decided(world)
    officer = signed_in(app, world.people["officer"])
    path = _at(reference, "/letters/admitted/en")
    assert "Eindhoven has been admitted" in text_of(officer.get(path))
    typed = {"subject": "S {city}", "body": "{{7*7}} {city} %s {0.__class__}", "about": world.files[2]}
    shown = post(officer, path, {**typed, "step": "preview"})
    assert shown.status_code == 200
    assert "{{7*7}} Gent %s {0.__class__}" in text_of(shown)
    assert "S Gent" in text_of(shown)
    assert "has been admitted" in text_of(officer.get(path))
    refused = post(officer, path, {"subject": "S", "body": "Dear {naem}"})
    assert refused.status_code == 422
    assert 'id="body-error"' in refused.get_data(as_text=True)
    assert "These placeholders do not exist: {naem}." in text_of(refused)
    assert post(officer, path, typed).status_code == 303
    assert "{{7*7}} {city}" in text_of(officer.get(path))
    assert "Belgium" in text_of(officer.get(_at(reference, "/letters/commission/en?about=BEL")))
    assert officer.get(_at(reference, "/letters/admitted/xx")).status_code == 404
    assert officer.get(_at(reference, "/letters/strange/en")).status_code == 404


def test_the_dry_run_says_exactly_what_the_announcement_then_does(app: Flask) -> None:
    world = ground.build()
    reference = ground.armed(world)
    officer = signed_in(app, world.people["officer"])
    words = text_of(officer.get(_at(reference, "/dry-run")))
    assert "6 applications leave the jury" in words
    assert words.count("Becomes a member") == 4
    assert "These go to 11 people in one language." in words
    assert "Members in total 0 4" in words
    listed = [m for m in ground.mails() if m.kind.startswith("letter_")]
    assert listed == []
    with clock.at(ground.INSTANT):
        cohorts.announce(actor=world.director, cohort=reference)
    for letter in (m for m in ground.mails() if m.kind.startswith("letter_")):
        assert letter.recipient in words
    with db.reading() as session:
        assert session.scalars(select(Notice.kind).where(Notice.kind == "looked_at_dry_run")).all()


def test_lock_and_arm_by_two_persons(app: Flask) -> None:
    world = ground.build()
    reference = ground.decided(world)
    officer, director = (signed_in(app, world.people[who]) for who in ("officer", "director"))
    words = text_of(officer.get(_at(reference, "/lock")))
    assert "Nothing is unfinished." in words
    assert "The list: 6 files, 4 to be admitted" in words
    assert post(officer, _at(reference, "/lock"), {}).status_code == 303
    assert post(officer, _at(reference, "/lock"), {}).status_code == 409
    assert officer.get(_at(reference, "/arm")).status_code == 404
    wrong = post(director, _at(reference, "/arm"), {"typed_title": "Learning cities"})
    assert wrong.status_code == 422
    assert 'id="typed_title-error"' in wrong.get_data(as_text=True)
    fields = {"typed_title": TITLE, "stand_by": [str(world.people["officer"])]}
    assert post(director, _at(reference, "/arm"), fields).status_code == 303
    assert ground.cohort_row(reference).state is CohortState.ARMED
    assert "Standing by: Officer" in text_of(director.get(_at(reference)))


def test_arming_asks_for_a_fresh_second_factor(app: Flask) -> None:
    world = ground.build()
    reference = ground.decided(world)
    cohorts.lock(actor=world.officer, cohort=reference)
    director = signed_in(app, world.people["director"])
    with clock.at(ground.NOW + timedelta(minutes=6)):
        assert "/second-factor" in director.get(_at(reference, "/arm")).location


def test_now_appears_with_the_instant_and_hold_stops_it(app: Flask) -> None:
    world = ground.build()
    reference = ground.armed(world, stand_by=["officer"])
    page = _at(reference, "/now")
    officer = signed_in(app, world.people["officer"])
    words = text_of(officer.get(page))
    assert "Announce now" not in words
    assert "Hold" in words
    early = post(officer, f"{page}/announce", {}, page=page)
    assert early.status_code == 409
    assert "The instant of the announcement has not come." in text_of(early)
    with clock.at(ground.INSTANT):
        officer, other, director = (
            signed_in(app, world.people[who]) for who in ("officer", "second_officer", "director")
        )
        assert "Announce now" in text_of(officer.get(page))
        assert "Only directors and the persons who stand by" in text_of(other.get(page))
        assert post(other, f"{page}/announce", {}, page=_at(reference, "/spelling")).status_code == 403
        assert post(officer, f"{page}/hold", {}, page=page).status_code == 303
        assert "Announce now" not in text_of(director.get(page))
        held = post(director, f"{page}/announce", {}, page=page)
        assert held.status_code == 409
        assert "Somebody holds the announcement." in text_of(held)
        assert post(director, f"{page}/release", {}, page=page).status_code == 303
        assert post(officer, f"{page}/announce", {}, page=page).status_code == 303
        late = post(director, f"{page}/announce", {}, page=_at(reference, "/spelling"))
        assert late.status_code == 409
        assert "Already announced by Officer at" in text_of(late)
        assert "Announced" in text_of(director.get(page))


def test_the_public_page_opens_with_the_announcement(app: Flask, client: FlaskClient) -> None:
    world = ground.build()
    reference = ground.armed(world)
    path = f"/en/cohorts/{reference}"
    assert client.get(path).status_code == 404
    assert client.get(f"/cohorts/{reference}.json").status_code == 404
    with clock.at(ground.INSTANT):
        cohorts.announce(actor=world.director, cohort=reference)
        words = text_of(client.get(path))
        assert "UNESCO Global Network of Learning Cities: 4 new members from 3 countries" in words
        assert words.index("Africa (1)") < words.index("Europe and North America (3)")
        assert "Populations known for 4 of 4 members." in words
        found = client.get(f"/cohorts/{reference}.json").get_json()
    assert [city["name"] for city in found["cities"]] == ["Dakar", "Gent", "Eindhoven", "Utrecht"]
    assert found["figures"]["new_members"] == 4


def test_progress_lists_who_did_not_get_it(app: Flask) -> None:
    world = ground.build()
    reference = ground.armed(world)
    assert signed_in(app, world.people["officer"]).get(_at(reference, "/progress")).status_code == 404
    with clock.at(ground.INSTANT):
        cohorts.announce(actor=world.director, cohort=reference)
        with db.writing() as session:
            mine = OutboxMessage.kind.like("letter_%")
            session.execute(update(OutboxMessage).where(mine).values(state="sent", sent_at=ground.INSTANT))
            one = (OutboxMessage.recipient == "city1@example.org") & mine
            session.execute(
                update(OutboxMessage).where(one).values(state="dead", sent_at=None, last_error="550 no such box")
            )
        words = text_of(signed_in(app, world.people["officer"]).get(_at(reference, "/progress")))
    assert "Letters handed over: 10 of 11" in words
    assert "city1@example.org" in words
    assert "550 no such box" in words
    assert "city2@example.org" not in words


def test_a_conflict_hides_the_outcome_everywhere(app: Flask) -> None:
    world = ground.build()
    reference = ground.decided(world)
    with db.writing() as session:
        row = {"person_id": world.people["second_officer"], "application_id": 4, "recorded_at": ground.INSTANT}
        session.execute(insert(StaffConflict), [row])
    officer = signed_in(app, world.people["second_officer"])
    dry_run, lock = (text_of(officer.get(_at(reference, page))) for page in ("/dry-run", "/lock"))
    assert "Dakar" in dry_run
    assert dry_run.count("Becomes a member") == 3
    assert "city4@example.org" not in dry_run
    assert "commission_sen@example.org" not in dry_run
    assert lock.count("To be admitted") == 3
    release = text_of(officer.get(_at(reference, "/release")))
    assert "Dakar" not in release
    assert "left out" in release
    assert "Dakar" in text_of(signed_in(app, world.people["officer"]).get(_at(reference, "/release")))


def test_changes_to_a_locked_list_on_the_page(app: Flask) -> None:
    world = ground.build()
    reference = ground.armed(world)
    officer, director = (signed_in(app, world.people[who]) for who in ("officer", "director"))
    one = world.files[0]
    fields = {"application": one, "kind": "not_approve", "reason": "The mayor resigned"}
    assert post(officer, _at(reference, "/change"), {**fields, "reason": ""}).status_code == 422
    assert post(officer, _at(reference, "/change"), fields).status_code == 303
    assert "A second person must confirm what you asked for." in text_of(officer.get(_at(reference)))
    own = post(officer, _at(reference, f"/changes/not_approve/{one}/confirm"), {}, page=_at(reference))
    assert own.status_code in (404, 409)
    done = post(director, _at(reference, f"/changes/not_approve/{one}/confirm"), {}, page=_at(reference))
    assert done.status_code == 303
    assert ground.cohort_row(reference).state is CohortState.LOCKED
    assert post(officer, _at(reference, "/unlock"), {"reason": "Once more"}).status_code == 303
    assert "Confirm: unlock the list" in text_of(director.get(_at(reference)))
    assert post(director, _at(reference, "/changes/unlock/drop"), {}, page=_at(reference)).status_code == 303
    assert post(officer, _at(reference, "/unlock"), {"reason": "Once more"}).status_code == 303
    assert post(director, _at(reference, "/unlock/confirm"), {}, page=_at(reference)).status_code == 303
    assert ground.cohort_row(reference).state is CohortState.PREPARING


def test_spelling_disarm_and_the_warning_of_a_withdrawal(app: Flask) -> None:
    world = ground.build()
    reference = ground.armed(world)
    officer = signed_in(app, world.people["officer"])
    fields = {"application": world.files[0], "name": "Eindhoven (Brainport)"}
    assert post(officer, _at(reference, "/spelling"), fields).status_code == 303
    assert "Eindhoven (Brainport)" in text_of(officer.get(_at(reference, "/release")))
    assert post(officer, _at(reference, "/disarm"), {}, page=_at(reference)).status_code == 303
    refused = post(officer, _at(reference, "/disarm"), {}, page=_at(reference, "/spelling"))
    assert refused.status_code == 409
    with db.writing() as session:
        session.execute(
            update(Application)
            .where(Application.reference == world.files[1])
            .values(state="withdrawn", withdrawn_at=clock.now())
        )
    assert f"Utrecht ({world.files[1]}) has withdrawn since the list was locked" in text_of(officer.get(_at(reference)))


@pytest.mark.parametrize("rest", ["", "/texts", "/dry-run", "/release", "/lock", "/now", "/letters/admitted/en"])
@pytest.mark.parametrize("who", ["city1", "commission_NLD"])
def test_outsiders_get_the_same_answer_as_for_a_cohort_that_is_none(app: Flask, who: str, rest: str) -> None:
    world = ground.build()
    reference = ground.armed(world)
    outsider = signed_in(app, world.people[who])
    real, none = outsider.get(_at(reference, rest)), outsider.get(_at("COHORT-2027-00000", rest))
    assert (real.status_code, none.status_code) == (404, 404)
    assert real.data == none.data


def test_a_text_is_corrected_after_the_lock_and_confirmed(app: Flask) -> None:
    """A slip found after the arming: one corrects it, the director reads what it was and is, and confirms."""
    world = ground.build()
    officer, director = (signed_in(app, world.people[who]) for who in ("officer", "director"))
    reference = ground.armed(world)
    letter, confirm = _at(reference, "/letters/commission/en"), _at(reference, "/texts/confirm")
    assert "No text waits" in text_of(director.get(confirm))
    fields = {"subject": "New members", "body": "Dear {name}, the list is public.", "step": "save"}
    refused = post(officer, letter, fields)
    assert refused.status_code == 422
    assert "say why this text is corrected" in text_of(refused)
    assert "the list is public" in text_of(refused)
    assert post(officer, letter, {**fields, "reason": "A slip of the pen"}).status_code == 303
    for path in ("", "/now", "/dry-run"):
        assert "A text was corrected after the arming." in text_of(director.get(_at(reference, path)))
    shown = text_of(director.get(confirm))
    assert "the list is public" in shown
    assert "A slip of the pen" in shown
    assert officer.get(confirm).status_code == 404
    stale = post(director, confirm, {"texts_seen": "0" * 64})
    assert stale.status_code == 409
    assert "since you opened this page" in text_of(stale)
    assert post(director, confirm, {}).status_code == 303
    assert "A text was corrected after the arming." not in text_of(director.get(_at(reference)))
    assert "Texts corrected since the lock (" in text_of(director.get(_at(reference)))


def test_the_arming_shows_what_was_corrected_and_arms_that(app: Flask) -> None:
    world = ground.build()
    director = signed_in(app, world.people["director"])
    reference = ground.decided(world)
    cohorts.lock(actor=world.officer, cohort=reference)
    values = cohorts.CohortValues(title=TITLE, announce_at=ground.INSTANT, quotation="Cities learn")
    cohorts.change(actor=world.officer, cohort=reference, values=values, reason="A slip of the pen")
    assert "Cities learn" in text_of(director.get(_at(reference, "/arm")))
    stale = post(director, _at(reference, "/arm"), {"typed_title": TITLE, "texts_seen": "0" * 64})
    assert stale.status_code == 409
    assert post(director, _at(reference, "/arm"), {"typed_title": TITLE}).status_code == 303
