"""The calibration round: files, scoring alone, the talk, scoring once more, closing."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    CalibrationFile,
    CalibrationReading,
    CalibrationRound,
    CalibrationScore,
    CalibrationSeat,
    CalibrationState,
    Juror,
    Minutes,
    OutboxMessage,
    ReviewState,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.scenarios import invented_files
from gnlc_apply.services import assignment, calibration, upkeep
from gnlc_apply.services.calibration import Plan
from tests.calibration_world import WORDS, Calibration, plan
from tests.jury_world import Jury, scores

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.postgres]


def found() -> CalibrationRound:
    with db.reading() as session:
        return session.scalars(select(CalibrationRound)).one()


def written_to(kind: str) -> list[str]:
    with db.reading() as session:
        query = select(OutboxMessage.recipient).where(OutboxMessage.kind == kind).order_by(OutboxMessage.recipient)
        return list(session.scalars(query))


def test_a_round_goes_from_files_to_scores_to_talk_to_the_end() -> None:
    world = Calibration(is_scored_twice=True)
    world.open_round()
    everybody = ["aminachair@aminachair.example", "baseljuror@baseljuror.example"]
    everybody += ["chitrajuror@chitrajuror.example", "diegojuror@diegojuror.example"]
    assert written_to("calibration_opened") == everybody
    assert world.score(world.people[0], 0, 4) == 4.0
    world.score(world.people[0], 1)
    for juror in world.people[1:]:
        for number in (0, 1):
            world.score(juror, number, 2)
    world.talk()
    assert written_to("calibration_scored") == everybody
    calibration.open_second(actor=world.officer, call=world.call)
    assert written_to("calibration_second") == everybody
    world.score(world.people[0], 0, 3)
    world.close()
    row = found()
    assert (row.state, row.notes, row.talk_held_on) == (CalibrationState.CLOSED, "A 3 names a budget.", clock.today())
    with db.reading() as session:
        query = select(CalibrationReading.turn, func.count()).group_by(CalibrationReading.turn)
        assert dict(session.execute(query).all()) == {1: 8, 2: 1}
        assert session.scalar(select(func.count(CalibrationScore.id))) == 9 * 7
        letters = session.scalars(select(CalibrationSeat.pseudonym)).all()
        assert (len(letters), len(set(letters))) == (4, 4)
        assert session.scalars(select(CalibrationSeat.was_present)).all() == [True] * 4


def test_what_was_submitted_stays_and_a_draft_may_change() -> None:
    world = Calibration()
    world.open_round()
    given: dict[str, Any] = {"actor": world.people[0], "call": world.call, "file": world.texts[0], "paragraph": ""}
    assert calibration.save(**given, scores={"inclusion": (2, "")}, revision=0) == 1
    with pytest.raises(Conflict, match="another window"):
        calibration.save(**given, scores={}, revision=0)
    with pytest.raises(Invalid, match="one of the values"):
        calibration.save(**given, scores={"inclusion": (6, "")}, revision=1)
    with pytest.raises(Invalid, match="not complete"):
        calibration.submit(**given, scores={"inclusion": (2, "")}, revision=1)
    world.score(world.people[0], 0, revision=1)
    with pytest.raises(Conflict, match="cannot be changed"):
        world.score(world.people[0], 0, revision=2)


def test_who_recognises_the_city_gives_no_scores_in_either_scoring() -> None:
    world = Calibration(is_scored_twice=True)
    world.open_round()
    calibration.recognise(actor=world.people[0], call=world.call, file=world.texts[0])
    with pytest.raises(Conflict, match="recognised"):
        world.score(world.people[0], 0)
    for juror in world.people[1:]:
        for number in (0, 1):
            world.score(juror, number)
    world.talk()
    calibration.open_second(actor=world.officer, call=world.call)
    with pytest.raises(Conflict, match="recognised"):
        world.score(world.people[0], 0)
    with db.reading() as session:
        states = session.scalars(select(CalibrationReading.state).order_by(CalibrationReading.id)).all()
    assert states[0] is ReviewState.ABSTAINED


STEPS: dict[str, Callable[[Calibration], object]] = {
    "open": lambda world: calibration.open_round(actor=world.officer, call=world.call),
    "end": lambda world: calibration.end_scoring(actor=world.officer, call=world.call),
    "second": lambda world: calibration.open_second(actor=world.officer, call=world.call),
    "close": lambda world: calibration.close(actor=world.officer, call=world.call),
    "score": lambda world: world.score(world.people[0], 0),
    "talk": lambda world: world.record(),
    "add": lambda world: calibration.add_file(actor=world.officer, call=world.call, title="One more", words=WORDS),
    "remove": lambda world: calibration.remove_file(actor=world.officer, call=world.call, file=world.texts[0]),
    "up": lambda world: calibration.move_up(actor=world.officer, call=world.call, file=world.texts[1]),
    "plan": lambda world: calibration.change(actor=world.officer, call=world.call, plan=plan(days=21)),
}


def _to(world: Calibration, state: CalibrationState) -> None:
    order = list(CalibrationState)
    if order.index(state) >= 1:
        world.open_round()
    if order.index(state) >= 2:
        world.everybody_scores()
        world.talk()
    if state is CalibrationState.SECOND:
        calibration.open_second(actor=world.officer, call=world.call)
    if state is CalibrationState.CLOSED:
        world.close()


MOVES = ("end", "second", "open", "close")


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        (CalibrationState.PREPARING, "open add remove up plan"),
        (CalibrationState.SCORING, "close score plan"),
        (CalibrationState.TALK, "second close talk"),
        (CalibrationState.SECOND, "close score talk"),
        (CalibrationState.CLOSED, ""),
    ],
)
def test_what_may_happen_when(state: CalibrationState, possible: str) -> None:
    world = Calibration(is_scored_twice=True, files=3)
    _to(world, state)
    for name in sorted(STEPS, key=lambda name: (name in MOVES, name in possible.split())):
        if name in possible.split():
            STEPS[name](world)
            # One step further the round is another one.
            if name in MOVES:
                break
        else:
            # Jurors learn nothing of a round that is in preparation.
            with pytest.raises(NotFound if name == "score" and state is CalibrationState.PREPARING else Conflict):
                STEPS[name](world)


def test_a_round_needs_two_files_two_jurors_and_comes_before_the_reading() -> None:
    world = Calibration(files=1)
    with pytest.raises(Conflict, match="2 to 5"):
        world.open_round()
    calibration.add_file(actor=world.officer, call=world.call, title="Second", words=WORDS)
    for name in ("Basel Juror", "Chitra Juror", "Diego Juror"):
        assignment.end_juror(actor=world.officer, juror=world.jurors[name], reason="Ill.")
    with pytest.raises(Conflict, match="two jurors"):
        world.open_round()


def test_it_is_too_late_once_a_review_is_submitted() -> None:
    world = Calibration()
    world.assign_all()
    world.freeze()
    world.review(world.people[0], world.files_of(world.people[0])[0])
    with pytest.raises(Conflict, match="too late"):
        world.open_round()


def test_two_jurors_must_have_scored_everything_before_there_is_something_to_compare() -> None:
    world = Calibration()
    world.open_round()
    for number in (0, 1):
        world.score(world.people[0], number)
    world.score(world.people[1], 0)
    with pytest.raises(Conflict, match="nothing to compare"):
        calibration.end_scoring(actor=world.officer, call=world.call)
    world.score(world.people[1], 1)
    calibration.end_scoring(actor=world.officer, call=world.call)
    assert found().state is CalibrationState.TALK


def test_files_are_texts_or_cleaned_pdfs_in_an_order() -> None:
    world = Calibration(files=1)
    given: dict[str, Any] = {"actor": world.officer, "call": world.call}
    pdf = invented_files.pdf(["A plan"])
    second = calibration.add_file(**given, title="As a PDF", stream=io.BytesIO(pdf), name="city of x.pdf")
    calibration.move_up(**given, file=second)
    calibration.move_up(**given, file=second)
    with db.reading() as session:
        rows = session.scalars(select(CalibrationFile).order_by(CalibrationFile.position)).all()
    assert [(row.title, row.words, row.pages) for row in rows] == [
        ("As a PDF", "", 1),
        ("Practice file 1", WORDS, None),
    ]
    with clock.at(clock.now() + timedelta(days=3)):
        assert upkeep.sweep_files() == 0
        calibration.remove_file(**given, file=second)
        assert upkeep.sweep_files() == 2
    wrongs: tuple[tuple[dict[str, Any], str], ...] = (
        ({"title": "", "words": WORDS}, "title"),
        ({"title": "None"}, "either a text or a PDF"),
        ({"title": "Both", "words": WORDS, "stream": io.BytesIO(pdf), "name": "a.pdf"}, "either a text or a PDF"),
        ({"title": "Picture", "stream": io.BytesIO(invented_files.png()), "name": "a.png"}, "PDF"),
    )
    for wrong, words in wrongs:
        with pytest.raises(Invalid, match=words):
            calibration.add_file(**given, **wrong)


def test_another_date_is_told_once_the_jury_knows_of_the_round() -> None:
    world = Calibration()
    calibration.change(actor=world.officer, call=world.call, plan=plan(days=30))
    assert written_to("calibration_moved") == []
    world.open_round()
    calibration.change(actor=world.officer, call=world.call, plan=plan(days=30, is_scored_twice=True))
    assert written_to("calibration_moved") == []
    calibration.change(actor=world.officer, call=world.call, plan=plan(days=31))
    assert len(written_to("calibration_moved")) == 4


@pytest.mark.parametrize(("changes", "field"), [({"days": 0}, "talk_at"), ({"link": "javascript:x"}, "link")])
def test_a_talk_lies_ahead_and_its_link_leads_to_a_page(changes: dict[str, Any], field: str) -> None:
    world = Jury()
    with pytest.raises(Invalid) as refused:
        calibration.begin(actor=world.officer, call=world.call, plan=plan(**changes))
    assert set(refused.value.fields) == {field}


def test_who_has_not_scored_is_reminded_twice() -> None:
    world = Calibration()
    world.open_round()
    for number in (0, 1):
        world.score(world.people[0], number)
    calibration.recognise(actor=world.people[1], call=world.call, file=world.texts[0])
    world.score(world.people[1], 1)
    for days, reminded in ((10, 0), (14, 2), (15, 0), (19, 2), (21, 0)):
        with clock.at(clock.now() + timedelta(days=days)):
            assert calibration.remind_scorers(actor=SYSTEM, call=world.call) == reminded, days
    assert written_to("calibration_reminder") == sorted(
        ["chitrajuror@chitrajuror.example"] * 2 + ["diegojuror@diegojuror.example"] * 2
    )


def test_nobody_is_reminded_at_once_or_once_the_jury_has_finished() -> None:
    world = Calibration()
    calibration.change(actor=world.officer, call=world.call, plan=plan(days=5))
    world.open_round()
    assert calibration.remind_scorers(actor=SYSTEM, call=world.call) == 0
    with clock.at(clock.now() + timedelta(days=3)):
        with db.writing() as session:
            row = session.scalars(select(CalibrationRound)).one()
            empty: dict[str, Any] = {"present": [], "recusals": [], "frozen": {}, "sha256": "0" * 64}
            session.add(Minutes(call_id=row.call_id, confirmed_at=clock.now(), **empty))
        assert calibration.remind_scorers(actor=SYSTEM, call=world.call) == 0


def test_the_day_of_the_talk_is_that_of_its_own_zone() -> None:
    world = Calibration()
    calibration.change(actor=world.officer, call=world.call, plan=plan(time_zone="Asia/Tokyo"))
    world.open_round()
    world.everybody_scores()
    calibration.end_scoring(actor=world.officer, call=world.call)
    record: dict[str, Any] = {"actor": world.officer, "call": world.call, "present": list(world.jurors.values())}
    # Half past eight in the morning of the second of May in Tokyo.
    with clock.at(datetime(2027, 5, 1, 23, 30, tzinfo=UTC)):
        with pytest.raises(Invalid, match="still to come"):
            calibration.record_talk(**record, held_on=date(2027, 5, 3))
        calibration.record_talk(**record, held_on=date(2027, 5, 2))
    assert found().talk_held_on == date(2027, 5, 2)


def test_a_second_scoring_is_decided_at_the_talk_and_after_it() -> None:
    world = Calibration()
    world.open_round()
    world.everybody_scores()
    calibration.end_scoring(actor=world.officer, call=world.call)
    row = found()
    planned: dict[str, Any] = {"talk_at": row.talk_at, "time_zone": row.time_zone, "link": row.link}
    with clock.at(row.talk_at + timedelta(hours=1)):
        given: dict[str, Any] = {"actor": world.officer, "call": world.call}
        calibration.change(**given, plan=Plan(**planned, is_scored_twice=True))
        world.record()
        calibration.change(**given, plan=Plan(**planned, is_scored_twice=False))
        calibration.change(**given, plan=Plan(**planned, is_scored_twice=True))
        with pytest.raises(Conflict, match="has been held"):
            calibration.change(**given, plan=plan(is_scored_twice=True))
        calibration.open_second(**given)
        with pytest.raises(Conflict, match="too far"):
            calibration.change(**given, plan=Plan(**planned, is_scored_twice=False))
    assert written_to("calibration_moved") == []


def test_a_corrected_record_keeps_who_has_left_the_jury_since() -> None:
    world = Calibration()
    world.open_round()
    world.everybody_scores()
    world.talk()
    assignment.end_juror(actor=world.officer, juror=world.jurors.pop("Basel Juror"), reason="Ill.")
    staying = [world.jurors["Amina Chair"], world.jurors["Diego Juror"]]
    today = clock.today()
    calibration.record_talk(actor=world.officer, call=world.call, held_on=today, present=staying)
    with db.reading() as session:
        there = select(CalibrationSeat.was_present).join(Juror, Juror.id == CalibrationSeat.juror_id)
        # Amina, Basel, Chitra, Diego.
        assert session.scalars(there.order_by(Juror.id)).all() == [True, True, False, True]


def test_only_the_secretariat_runs_it_and_only_the_jury_of_the_call_scores() -> None:
    world = Calibration()
    with pytest.raises(NotFound):
        world.score(world.people[0], 0)
    for step in ("open", "end", "second", "close", "talk", "add", "remove", "up", "plan"):
        officer, world.officer = world.officer, world.people[0]
        with pytest.raises(Forbidden):
            STEPS[step](world)
        world.officer = officer
    world.open_round()
    with pytest.raises(Forbidden):
        world.score(world.officer, 0)
    assignment.end_juror(actor=world.officer, juror=world.jurors["Basel Juror"], reason="Ill.")
    with pytest.raises(NotFound):
        world.score(world.people[1], 0)
    assert world.score(world.people[2], 0) == scores()["inclusion"][0]
