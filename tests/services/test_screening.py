"""The check: what must be fulfilled, ten days for one reply, reversals, late letters, cities, spelling, conflicts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    City,
    Membership,
    PublishedSpelling,
    RegistryAct,
    ScreeningCheck,
    Signature,
    StaffConflict,
    State,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, screening
from tests.city import COMMISSIONS, row
from tests.desk import WHO, Desk, count, mailed, places, sign, state, words
from tests.jury_world import Jury, add_file

DAY = timedelta(days=1)
LETTER = {"name": "Nora Natcom", "function": "Secretary-General", "note": "By post on 3 June, kept in folder 7"}


def finding() -> ScreeningCheck:
    with db.reading() as session:
        return session.scalars(select(ScreeningCheck).order_by(ScreeningCheck.id.desc()).limit(1)).one()


def ineligible(world: Desk) -> None:
    world.endorse()
    screening.find_ineligible(actor=world.officer, reference=world.file, reason="The city is a province")


def new_member(country: str = "TUR", name: str = "Şanlıurfa") -> str:
    with db.writing() as session:
        city = City(reference=f"CITY-{name}", country=country, name=name, folded_name="sanliurfa")
        session.add(city)
        session.flush()
        session.add(Membership(city_id=city.id, known_by=date(2020, 1, 1)))
    return f"CITY-{name}"


def test_eligible_needs_signature_city_and_endorsement(database: config.Settings) -> None:
    world = Desk()

    def find() -> None:
        screening.find_eligible(actor=world.officer, reference=world.file)

    with pytest.raises(Conflict):
        find()
    world.endorse()
    with pytest.raises(Conflict, match="signature for the city"):
        find()
    sign(world.file)
    with pytest.raises(Conflict, match="confirm which city"):
        find()
    screening.confirm_city(actor=world.officer, reference=world.file, city=None)
    find()
    assert state(world.file) == "eligible"
    assert (finding().outcome.value, finding().checked_by_id) == ("eligible", world.officer.person_id)
    assert [m.recipient for m in mailed("found_eligible")] == ["owner@city.example"]


def test_a_voided_signature_does_not_count(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    sign(world.file)
    screening.confirm_city(actor=world.officer, reference=world.file, city=None)
    with db.writing() as session:
        session.execute(update(Signature).values(voided_at=clock.now()))
    with pytest.raises(Conflict, match="signature for the city"):
        screening.find_eligible(actor=world.officer, reference=world.file)


def test_a_state_that_left_stops_the_file_at_the_check(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    sign(world.file)
    screening.confirm_city(actor=world.officer, reference=world.file, city=None)
    with db.writing() as session:
        session.execute(update(State).where(State.iso3 == "TUR").values(member_until=date(2027, 2, 1)))
    with pytest.raises(Conflict, match="Member States"):
        screening.find_eligible(actor=world.officer, reference=world.file)


def test_a_member_city_is_not_eligible(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    sign(world.file)
    screening.confirm_city(actor=world.officer, reference=world.file, city=new_member())
    with pytest.raises(Conflict, match="already a member"):
        screening.find_eligible(actor=world.officer, reference=world.file)


def test_only_the_secretariat_checks(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    for somebody in (world.commission, world.owner, world.stranger):
        with pytest.raises(NotFound):
            screening.find_eligible(actor=somebody, reference=world.file)
        with pytest.raises(NotFound):
            screening.declare_staff_conflict(actor=somebody, reference=world.file, reason="x")


def test_ineligible_gives_ten_days_then_frees_the_place(database: config.Settings) -> None:
    world = Desk()
    ineligible(world)
    assert (state(world.file), places()) == ("ineligible", [1])
    assert finding().reply_due_at == clock.now() + 10 * DAY
    with clock.at(clock.now() + 10 * DAY):
        assert screening.make_final(actor=SYSTEM, call=world.call) == []
        with pytest.raises(Conflict, match="may reply"):
            screening.confirm_ineligible(actor=world.officer, reference=world.file)
    with clock.at(clock.now() + 10 * DAY + timedelta(minutes=2, seconds=1)):
        assert screening.make_final(actor=SYSTEM, call=world.call) == [world.file]
        assert screening.make_final(actor=SYSTEM, call=world.call) == []
    assert (state(world.file), places()) == ("ineligible", [])
    assert {m.recipient for m in mailed("found_ineligible_finally")} == {
        "owner@city.example",
        "natcom@country.example",
        "deputy@country.example",
        "office@network.example",
    }


def test_a_reply_waits_for_an_officer(database: config.Settings) -> None:
    world = Desk()
    ineligible(world)
    applications.reply_to_ineligibility(actor=world.owner, reference=world.file, reply="We are a city of our own")
    with clock.at(clock.now() + 11 * DAY):
        assert screening.make_final(actor=SYSTEM, call=world.call) == []
    screening.confirm_ineligible(actor=world.second, reference=world.file)
    assert (finding().final_at, places()) == (clock.now(), [])
    with pytest.raises(Conflict):
        screening.confirm_ineligible(actor=world.second, reference=world.file)


def test_ineligible_needs_a_reason(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    with pytest.raises(Invalid) as refusal:
        screening.find_ineligible(actor=world.officer, reference=world.file, reason="")
    assert list(refusal.value.fields) == ["reason"]


def test_reversing_keeps_the_place_while_it_is_held(database: config.Settings) -> None:
    world = Desk(2, quota=1)
    ineligible(world)
    screening.reverse(actor=world.second, reference=world.file, reason="We misread the law")
    assert (state(world.file), places()) == ("endorsed", [1])
    assert (finding().reversed_at, finding().reversal_reason) == (clock.now(), "We misread the law")


def test_reversing_a_final_finding_needs_a_free_place(database: config.Settings) -> None:
    world = Desk(2, quota=1)
    ineligible(world)
    applications.reply_to_ineligibility(actor=world.owner, reference=world.file, reply="No")
    screening.confirm_ineligible(actor=world.officer, reference=world.file)
    world.endorse(world.files[1])
    with pytest.raises(Conflict, match="All places"):
        screening.reverse(actor=world.officer, reference=world.file, reason="After all")
    endorsement.revoke(actor=world.commission, reference=world.files[1], reason="Second thoughts", **WHO)
    screening.reverse(actor=world.officer, reference=world.file, reason="After all")
    assert (state(world.file), places()) == ("endorsed", [1])


def test_not_endorsed_goes_back_to_the_commission(database: config.Settings) -> None:
    world = Desk()
    endorsement.decline(actor=world.commission, reference=world.file, reason="By mistake", **WHO)
    screening.reverse(actor=world.officer, reference=world.file, reason="The Commission asked for it")
    assert state(world.file) == "submitted"
    assert words(world.file)[0].revocation_reason == "The Commission asked for it"
    assert world.endorse() == 1


def test_reopening_after_the_deadline_needs_a_new_one(database: config.Settings) -> None:
    world = Desk()
    with clock.at(COMMISSIONS + DAY):
        endorsement.leave_unanswered(actor=SYSTEM, call=world.call)
        with pytest.raises(Invalid) as refusal:
            screening.reverse(actor=world.officer, reference=world.file, reason="Post was late")
        assert list(refusal.value.fields) == ["until_at"]
        until = COMMISSIONS + 8 * DAY
        screening.reverse(actor=world.officer, reference=world.file, reason="Post was late", until_at=until)
        assert endorsement.leave_unanswered(actor=SYSTEM, call=world.call) == []
        assert world.endorse() == 1


def test_a_late_letter_endorses(database: config.Settings) -> None:
    world = Desk()
    with clock.at(COMMISSIONS + DAY):
        endorsement.leave_unanswered(actor=SYSTEM, call=world.call)
        assert screening.record_late_letter(actor=world.officer, reference=world.file, **LETTER) == 1
    (said,) = words(world.file)
    assert (said.is_late_letter, said.letter_note, said.name) == (True, LETTER["note"], "Nora Natcom")
    assert (state(world.file), places()) == ("endorsed", [1])


def test_a_late_letter_comes_only_after_silence_and_says_who(database: config.Settings) -> None:
    world = Desk()
    with pytest.raises(Conflict):
        screening.record_late_letter(actor=world.officer, reference=world.file, **LETTER)
    with pytest.raises(Invalid) as refusal:
        screening.record_late_letter(actor=world.officer, reference=world.file, name="", function="", note="")
    assert sorted(refusal.value.fields) == ["function", "name", "note"]


def test_returned_by_the_secretariat_goes_back_to_where_it_was(database: config.Settings) -> None:
    world = Desk()
    world.eligible()
    screening.return_questions(
        actor=world.officer,
        reference=world.file,
        keys=["vision.vision", "practices"],
        message="Which plan?",
        due_at=clock.now() + 5 * DAY,
    )
    assert state(world.file) == "returned"
    assert mailed("returned")[0].values["message"] == "Which plan?"
    with clock.at(clock.now() + 6 * DAY):
        applications.let_last_versions_stand(actor=SYSTEM, call=world.call)
    assert state(world.file) == "eligible"


def test_a_question_of_the_secretariat(database: config.Settings) -> None:
    world = Desk()
    screening.ask(actor=world.officer, reference=world.file, message="Is this a typo?", due_at=clock.now() + DAY)
    assert [m.values["message"] for m in mailed("secretariat_question")] == ["Is this a typo?"]
    applications.withdraw(actor=world.owner, reference=world.file, reason="x")
    with pytest.raises(Conflict):
        screening.ask(actor=world.officer, reference=world.file, message="Why?", due_at=clock.now() + DAY)


@pytest.mark.postgres
def test_one_live_application_for_one_city(database: config.Settings) -> None:
    world = Desk(2)
    city = screening.confirm_city(actor=world.officer, reference=world.files[0], city=None)
    with pytest.raises(Conflict, match="Another application of this city"):
        screening.confirm_city(actor=world.officer, reference=world.files[1], city=city)
    assert row(world.files[1]).city_id is None


def test_a_new_city_carries_what_the_application_says(database: config.Settings) -> None:
    world = Desk()
    reference = screening.confirm_city(actor=world.officer, reference=world.file, city=None, name="Sanliurfa")
    with db.reading() as session:
        city = session.scalars(select(City)).one()
        act = session.scalars(select(RegistryAct)).one()
    assert (city.reference, city.name, city.folded_name, city.country) == (reference, "Sanliurfa", "sanliurfa", "TUR")
    assert city.population is not None
    assert (act.kind, act.source) == ("city_added", f"application {world.file}")
    assert count(Membership) == 0


def test_a_city_of_another_country_is_refused(database: config.Settings) -> None:
    world = Desk()
    for wrong in (new_member("CMR", "Douala"), "CITY-NONE"):
        with pytest.raises(Invalid) as refusal:
            screening.confirm_city(actor=world.officer, reference=world.file, city=wrong)
        assert list(refusal.value.fields) == ["city"]


def test_spelling_lives_beside_the_signed_text(database: config.Settings) -> None:
    world = Desk()
    sign(world.file)
    before = row(world.file).version_id

    def correct(key: str, value: str) -> None:
        screening.correct_spelling(actor=world.officer, reference=world.file, key=key, value=value)

    correct("city.name_latin", "Şanlıurfa")
    correct("city.name_latin", "Sanliurfa")
    with db.reading() as session:
        assert [(s.key, s.value) for s in session.scalars(select(PublishedSpelling))] == [
            ("city.name_latin", "Sanliurfa")
        ]
    for key in ("vision.vision", "no.such"):
        with pytest.raises(Invalid):
            correct(key, "Better words")
    correct("city.name_latin", " ")
    assert count(PublishedSpelling) == 0
    assert row(world.file).version_id == before
    with db.reading() as session:
        assert session.scalars(select(Signature.voided_at)).all() == [None]


def test_a_conflicted_officer_acts_no_more(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    screening.declare_staff_conflict(actor=world.officer, reference=world.file, reason="My home town")
    screening.declare_staff_conflict(actor=world.officer, reference=world.file, reason="Again")
    assert count(StaffConflict) == 1
    acts: list[Callable[[], object]] = [
        lambda: screening.find_ineligible(actor=world.officer, reference=world.file, reason="x"),
        lambda: screening.confirm_city(actor=world.officer, reference=world.file, city=None),
        lambda: screening.correct_spelling(actor=world.officer, reference=world.file, key="city.name_latin", value="x"),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    screening.find_ineligible(actor=world.second, reference=world.file, reason="x")
    assert state(world.file) == "ineligible"


def test_the_clocks_acts_are_the_clocks(database: config.Settings) -> None:
    world = Desk()
    with pytest.raises(Forbidden):
        screening.make_final(actor=world.officer, call=world.call)


@pytest.mark.postgres
def test_the_state_and_its_columns_hold_together(database: config.Settings) -> None:
    world = Desk()
    with pytest.raises(IntegrityError, match="returned_remembers"), db.writing() as session:
        session.execute(update(Application).values(state="returned"))
    assert state(world.file) == "submitted"


def test_the_jurys_start_on_one_file_leaves_the_others_checks_alone(database: config.Settings) -> None:
    world = Jury()
    world.standard_jury()
    world.assign_all()
    given = world.files["Kisumu"]
    with pytest.raises(Conflict):
        screening.find_ineligible(actor=world.officer, reference=given, reason="Too late")
    with pytest.raises(Conflict):
        screening.confirm_city(actor=world.officer, reference=given, city=None)
    late = add_file(world.call_id, "KEN", "Nakuru", "nakuru")
    screening.confirm_city(actor=world.officer, reference=late, city=None)
    screening.find_ineligible(actor=world.officer, reference=late, reason="A county")
    assert (state(given), state(late)) == ("in_review", "ineligible")
    with db.writing() as session:
        session.execute(update(Application).where(Application.reference == given).values(state="eligible"))
    with pytest.raises(Conflict, match="on this file"):
        screening.find_ineligible(actor=world.officer, reference=given, reason="Too late")
