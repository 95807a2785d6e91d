"""Arming and announcing: never before the instant, once, all or nothing, and what it changes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, func, insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, Refusal, SignInNeeded
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    AuditEntry,
    Call,
    CallState,
    City,
    CohortCity,
    CohortState,
    Decision,
    Gate,
    LetterKind,
    Membership,
    Outcome,
)
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries.figures import ReleaseFigures
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision, ledger
from gnlc_apply.services.cohort import tick
from gnlc_apply.services.cohort.arming import WINDOW
from tests.services.cohort import ground

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("database")]
TITLE = "Learning Cities 2027"
SECOND = timedelta(seconds=1)
MOST_STATEMENTS = 45


def _locked(world: ground.World) -> str:
    reference = ground.decided(world)
    cohorts.lock(actor=world.officer, cohort=reference)
    return reference


def _nothing_has_happened(world: ground.World) -> None:
    assert set(ground.states_of(world)) <= {"in_review", "withdrawn"}
    with db.reading() as session:
        for table in (Membership, CohortCity):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert session.scalar(select(Call.state)) is CallState.OPEN
    assert [m.key for m in ground.mails() if m.key.startswith("announce:")] == []


def test_arming_takes_another_director_fresh_with_the_title_typed() -> None:
    world = ground.build()
    reference = _locked(world)
    with pytest.raises(Forbidden):
        cohorts.arm(actor=world.officer, cohort=reference, typed_title=TITLE)
    with pytest.raises(Invalid) as refused:
        cohorts.arm(actor=world.director, cohort=reference, typed_title="learning cities 2027")
    assert set(refused.value.fields) == {"typed_title"}
    stale = world.director
    with clock.at(ground.NOW + timedelta(minutes=6)), pytest.raises(SignInNeeded):
        cohorts.arm(actor=stale, cohort=reference, typed_title=TITLE)
    with pytest.raises(Invalid):
        cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE, stand_by=[world.people["city1"]])
    three = [world.people[who] for who in ("officer", "second_officer", "director")]
    with pytest.raises(Invalid):
        cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE, stand_by=three)
    assert ground.cohort_row(reference).state is CohortState.LOCKED
    cohorts.arm(actor=world.director, cohort=reference, typed_title=f" {TITLE} ")
    row = ground.cohort_row(reference)
    assert row.state is CohortState.ARMED
    assert row.arming_lapses_at == ground.INSTANT + WINDOW


def test_whoever_locked_does_not_arm() -> None:
    world = ground.build()
    reference = ground.decided(world)
    cohorts.lock(actor=world.director, cohort=reference)
    with pytest.raises(Conflict):
        cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE)
    cohorts.arm(actor=world.actor("second_director"), cohort=reference, typed_title=TITLE)


def test_nothing_is_armed_more_than_72_hours_ahead() -> None:
    world = ground.build()
    reference = _locked(world)
    early = ground.INSTANT - timedelta(hours=72) - SECOND
    with clock.at(early), pytest.raises(Conflict):
        cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE)
    with clock.at(early + SECOND):
        cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE)


@pytest.mark.parametrize("who", ["director", "second_director", "system"])
def test_never_before_the_instant(who: str) -> None:
    world = ground.build()
    reference = ground.armed(world)
    with clock.at(ground.INSTANT - SECOND):
        actor = SYSTEM if who == "system" else world.actor(who)
        with pytest.raises(Conflict):
            cohorts.announce(actor=actor, cohort=reference)
        assert tick.due(actor=SYSTEM) == []
    _nothing_has_happened(world)


def test_only_an_armed_list_is_announced() -> None:
    world = ground.build()
    reference = _locked(world)
    with clock.at(ground.INSTANT + SECOND):
        with pytest.raises(Conflict):
            cohorts.announce(actor=world.director, cohort=reference)
        assert tick.due(actor=SYSTEM) == []
    _nothing_has_happened(world)


def test_the_announcement_does_it_all_at_once() -> None:
    world = ground.build()
    with db.writing() as session:
        row = {
            "city_id": world.cities["Gent"],
            "known_by": ground.INSTANT.date().replace(year=2019),
            "until_on": ground.INSTANT.date().replace(year=2023),
            "end_reason": "left",
        }
        session.execute(insert(Membership), [row])
    reference = ground.armed(world)
    cohorts.correct_spelling(actor=world.officer, cohort=reference, application=world.files[1], name="Utrecht (city)")
    with clock.at(ground.INSTANT):
        assert tick.due(actor=SYSTEM) == [reference]
        assert tick.due(actor=SYSTEM) == []
    assert ground.states_of(world) == ["admitted"] * 4 + ["not_admitted"] * 2
    row_ = ground.cohort_row(reference)
    assert (row_.state, row_.announced_at, row_.announced_by_id) == (CohortState.ANNOUNCED, ground.INSTANT, None)
    figures = ReleaseFigures.thawed(row_.figures)
    assert (figures.new_members, figures.countries, figures.total_members) == (4, 3, 4)
    assert figures.returning_members == ("Gent (BEL)",)
    assert figures.first_time_countries == ("NLD", "SEN")
    assert figures.capitals == ("Dakar (SEN)",)
    assert figures.regions["Europe and North America"] == 3
    assert (figures.citizens, figures.citizens_known_for) == (1000 + 2000 + 3000 + 4000, 4)
    with db.reading() as session:
        cities = session.scalars(select(CohortCity).order_by(CohortCity.id)).all()
        assert [(c.name, c.country_name, c.is_returning) for c in cities] == [
            ("Gent", "Belgium", True),
            ("Eindhoven", "Netherlands", False),
            ("Utrecht (city)", "Netherlands", False),
            ("Dakar", "Senegal", False),
        ]
        assert session.scalar(select(City.name).where(City.id == world.cities["Utrecht"])) == "Utrecht (city)"
        begun = session.scalars(select(Membership).where(Membership.from_on.is_not(None))).all()
        assert {m.city_id for m in begun} == {world.cities[n] for n in ("Gent", "Eindhoven", "Utrecht", "Dakar")}
        assert {m.cohort_id for m in begun} == {row_.id}
        assert session.scalar(select(Call.state)) is CallState.CONCLUDED
        assert set(session.scalars(select(Gate.name))) == {"lock", "announce"}
        assert ledger.verify(session).first_broken is None


def test_letters_have_one_key_each_and_frozen_texts() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with clock.at(ground.INSTANT):
        cohorts.announce(actor=world.actor("third_director"), cohort=reference)
    letters = [m for m in ground.mails() if m.kind.startswith("letter_")]
    assert len(letters) == 6 + 5
    assert len({m.key for m in letters}) == 11
    first = next(m for m in letters if m.recipient == "city1@example.org")
    assert first.key == f"announce:{reference}:{world.files[0]}:letter_admitted:city1@example.org"
    assert first.cohort_id == ground.cohort_row(reference).id
    assert "Eindhoven has been admitted" in first.values["body"]
    assert "one of the 4 cities that become members today" in first.values["body"]
    assert "{" not in "".join(m.values["body"] + m.values["subject"] for m in letters)
    no = next(m for m in letters if m.recipient == "city5@example.org")
    assert no.kind == "letter_not_admitted"
    assert no.values["subject"] == first.values["subject"]
    commission = next(m for m in letters if m.recipient == "commission_nld@example.org")
    assert "– Eindhoven (GNLC-2027-0001)\n– Utrecht (GNLC-2027-0002)" in commission.values["body"]
    assert all(m.not_before >= ground.INSTANT for m in letters)
    assert len(ground.mails("announced")) == 5


def test_a_letter_is_written_in_the_readers_language_where_there_is_one() -> None:
    world = ground.World()
    ground.states()
    ground.staff(world)
    call_id = ground.call()
    ground.file(world, call_id, 1, "Gent", "BEL", ground.city("Gent", "BEL"), languages=("fr", "ar"))
    decision.prepare(actor=world.officer, outcomes={world.files[0]: Outcome.APPROVED}, reasons={})
    decision.approve(actor=world.director, references=world.files)
    reference = cohorts.create(actor=world.officer, call=ground.CALL, title=TITLE, announce_at=ground.INSTANT)
    for kind in (LetterKind.ADMITTED, LetterKind.NOT_ADMITTED):
        cohorts.edit_letter(
            actor=world.officer, cohort=reference, kind=kind, language="fr", subject="Objet", body="{city}, le {date}"
        )
    cohorts.lock(actor=world.officer, cohort=reference)
    cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE)
    with clock.at(ground.INSTANT):
        cohorts.announce(actor=world.director, cohort=reference)
    french, other = sorted(ground.mails("letter_admitted"), key=lambda m: m.language, reverse=True)
    assert (french.language, french.values["body"]) == ("fr", "Gent, le 2 mars 2027")
    assert other.language == "en"


def test_the_second_reads_who_was_first_and_when() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with clock.at(ground.INSTANT + SECOND):
        cohorts.announce(actor=world.director, cohort=reference)
        with pytest.raises(Conflict) as refused:
            cohorts.announce(actor=world.actor("second_director"), cohort=reference)
        with pytest.raises(Conflict):
            cohorts.announce(actor=SYSTEM, cohort=reference)
    assert refused.value.message.values == {"name": "Director", "moment": ground.INSTANT + SECOND}


def test_a_stand_by_officer_announces_and_holds_another_does_not() -> None:
    world = ground.build()
    reference = ground.armed(world, stand_by=["officer"])
    with clock.at(ground.INSTANT):
        with pytest.raises(Forbidden):
            cohorts.announce(actor=world.actor("second_officer"), cohort=reference)
        with pytest.raises(Forbidden):
            cohorts.hold(actor=world.actor("second_officer"), cohort=reference)
        cohorts.hold(actor=world.officer, cohort=reference)
        cohorts.hold(actor=world.officer, cohort=reference)
        assert len(ground.mails("held")) == 5
        with pytest.raises(Conflict):
            cohorts.announce(actor=world.director, cohort=reference)
        assert tick.due(actor=SYSTEM) == []
        cohorts.release_hold(actor=world.director, cohort=reference)
        cohorts.announce(actor=world.officer, cohort=reference)
    assert ground.cohort_row(reference).announced_by_id == world.people["officer"]


def test_an_arming_lapses_and_can_be_made_again() -> None:
    world = ground.build()
    reference = ground.armed(world)
    late = ground.INSTANT + WINDOW + SECOND
    with clock.at(late):
        with pytest.raises(Conflict):
            cohorts.announce(actor=world.director, cohort=reference)
        assert tick.due(actor=SYSTEM) == []
        row = ground.cohort_row(reference)
        assert (row.state, row.armed_by_id) == (CohortState.LOCKED, None)
        cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE)
        assert ground.cohort_row(reference).arming_lapses_at == late + WINDOW
        assert tick.due(actor=SYSTEM) == [reference]


def test_a_held_announcement_lapses_too() -> None:
    world = ground.build()
    reference = ground.armed(world)
    cohorts.hold(actor=world.director, cohort=reference)
    with clock.at(ground.INSTANT + WINDOW + SECOND):
        assert tick.due(actor=SYSTEM) == []
    assert ground.cohort_row(reference).state is CohortState.LOCKED


def test_disarming_leaves_the_list_locked() -> None:
    world = ground.build()
    reference = ground.armed(world)
    cohorts.disarm(actor=world.actor("second_officer"), cohort=reference)
    row = ground.cohort_row(reference)
    assert (row.state, row.armed_at, row.stand_by_ids) == (CohortState.LOCKED, None, [])
    with clock.at(ground.INSTANT):
        assert tick.due(actor=SYSTEM) == []
    _nothing_has_happened(world)


def test_what_slipped_past_the_lock_stops_the_announcement() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with db.writing() as session:
        session.execute(update(Decision).where(Decision.application_id == 1).values(outcome=Outcome.NOT_APPROVED))
    with clock.at(ground.INSTANT):
        with pytest.raises(Conflict) as refused:
            cohorts.announce(actor=world.director, cohort=reference)
        assert "no longer match" in str(refused.value.message)
        assert tick.due(actor=SYSTEM) == []
        assert tick.due(actor=SYSTEM) == []
        assert len(ground.mails("announcement_blocked")) == 5
    _nothing_has_happened(world)


def test_a_withdrawal_stops_it_until_two_have_acted() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with clock.at(ground.INSTANT - timedelta(minutes=5)), db.writing() as session:
        session.execute(
            update(Application)
            .where(Application.reference == world.files[0])
            .values(state="withdrawn", withdrawn_at=clock.now())
        )
    with clock.at(ground.INSTANT):
        assert tick.due(actor=SYSTEM) == []
        _nothing_has_happened(world)
        gone = {"cohort": reference, "kind": "withdrawal", "application": world.files[0]}
        cohorts.ask_for_change(actor=world.officer, reason="They withdrew", **gone)
        cohorts.confirm_change(actor=world.director, **gone)
        assert tick.due(actor=SYSTEM) == [reference]
    assert ground.states_of(world) == ["withdrawn"] + ["admitted"] * 3 + ["not_admitted"] * 2
    assert "city1@example.org" not in {m.recipient for m in ground.mails() if m.kind.startswith("letter_")}


def test_a_clock_that_jumped_announces_nothing() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with db.writing() as session:
        last = session.scalar(select(func.max(AuditEntry.sequence)))
        session.execute(
            update(AuditEntry).where(AuditEntry.sequence == last).values(at=ground.INSTANT + timedelta(seconds=61))
        )
    with clock.at(ground.INSTANT):
        with pytest.raises(Conflict) as refused:
            cohorts.announce(actor=world.director, cohort=reference)
        assert "clock" in str(refused.value.message)
    with clock.at(ground.INSTANT + SECOND):
        cohorts.announce(actor=world.director, cohort=reference)


def _race(acts: list[tuple[Actor, str]]) -> list[str]:
    """Everybody at the same moment; what each of them got."""
    gate = threading.Barrier(len(acts))
    got: list[str] = []

    def press(actor: Actor, reference: str) -> None:
        gate.wait()
        try:
            cohorts.announce(actor=actor, cohort=reference)
            got.append("announced")
        except Refusal as refusal:
            got.append(str(refusal.message.msgid))

    threads = [threading.Thread(target=press, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(got)


def test_two_directors_and_the_worker_at_once() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with clock.at(ground.INSTANT):
        actors = [world.director, world.actor("second_director"), SYSTEM]
        got = _race([(actor, reference) for actor in actors])
    assert got[-1] == "announced"
    assert got.count("announced") == 1
    assert all(words.startswith("Already announced by") for words in got[:-1])
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(CohortCity)) == 4
        assert session.scalar(select(func.count()).where(AuditEntry.act == "announce")) == 1
    assert len([m for m in ground.mails() if m.kind.startswith("letter_")]) == 11


@pytest.mark.parametrize("size", [3, 15])
def test_many_cities_take_no_more_statements_than_few(size: int) -> None:
    files = tuple((f"City {n}", ("NLD", "BEL", "SEN", "VNM", "BRA")[n % 5], True) for n in range(size))
    assert _statements_of_an_announcement(files) <= MOST_STATEMENTS


def _statements_of_an_announcement(files: tuple[tuple[str, str, bool], ...]) -> int:
    world = ground.build(files)
    reference = ground.decided(world, files)
    cohorts.lock(actor=world.officer, cohort=reference)
    cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE)
    actor = world.director
    counted = 0

    def count(*_args: object) -> None:
        nonlocal counted
        counted += 1

    with clock.at(ground.INSTANT):
        event.listen(db.engine, "before_cursor_execute", count)
        try:
            cohorts.announce(actor=actor, cohort=reference)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
    return counted
