"""Reminders of the dates of single files: each once, to whom it concerns, and none that has lost its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Forbidden
from gnlc_apply.extensions import db
from gnlc_apply.models import MessageState, OutboxMessage
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import calibration, endorsement, endorsement_times, outbox, screening, signature
from gnlc_apply.services import call as calls
from gnlc_apply.services.file_reminders import remind_of_dates
from gnlc_apply.services.reminder_reasons import REASONS
from tests.calibration_world import Calibration
from tests.city import COMMISSIONS, DEADLINE
from tests.desk import WHO, Desk, mailed, sign
from tests.services.test_objections import submit

DAY = timedelta(days=1)


class Waiting(Desk):
    """Somebody has something left to do: a draft, or a question."""

    draft = ""
    asked = ""


Story = Callable[[Any], None]


def told(world: Desk, kind: str, moments: Sequence[datetime]) -> list[tuple[datetime, int]]:
    """When this reminder was queued, asking twice at each moment, and the days it names."""
    found: list[tuple[datetime, int]] = []
    for moment in moments:
        with clock.at(moment):
            before = len(mailed(kind))
            for _twice in range(2):
                remind_of_dates(actor=SYSTEM, call=world.call)
            found += [(moment, message.values["days"]) for message in mailed(kind)[before:]]
    return found


def days_before(due: datetime, *days: float) -> list[datetime]:
    return [due - timedelta(days=number) for number in days]


def test_a_file_taken_back_is_reminded_of_before_the_cities_deadline(database: config.Settings) -> None:
    world = Desk(grace_minutes=60)
    applications.take_back(actor=world.owner, reference=world.file)
    eight, seven, six, two, one, over = days_before(DEADLINE, 8, 7, 6, 2, 1, -0.01)
    assert told(world, "return_reminder", (eight, seven, six, two, one, over)) == [(seven, 7), (two, 2)]
    assert {message.recipient for message in mailed("return_reminder")} == {"owner@city.example"}
    assert {message.values["deadline_at"] for message in mailed("return_reminder")} == {DEADLINE.isoformat()}


def test_a_return_is_reminded_of_before_its_own_date(database: config.Settings) -> None:
    world = Desk()
    due = clock.now() + 10 * DAY
    returned: dict[str, Any] = {"keys": ["vision.vision"], "message": "Say more", "due_at": due}
    screening.return_questions(actor=world.officer, reference=world.file, **returned)
    seven, two = days_before(due, 7, 2)
    assert told(world, "return_reminder", (seven, two)) == [(seven, 7), (two, 2)]


def test_nobody_is_reminded_at_once_of_a_date_that_is_near(database: config.Settings) -> None:
    world = Desk()
    due = clock.now() + 5 * DAY
    returned: dict[str, Any] = {"keys": ["vision.vision"], "message": "Say more", "due_at": due}
    screening.return_questions(actor=world.officer, reference=world.file, **returned)
    now, two = clock.now() + timedelta(minutes=1), due - 2 * DAY
    assert told(world, "return_reminder", (now, two)) == [(two, 2)]


def test_a_question_is_reminded_of_until_it_is_answered(database: config.Settings) -> None:
    world = Desk()
    due = clock.now() + 9 * DAY
    asked = screening.ask(actor=world.officer, reference=world.file, message="Is this a typo?", due_at=due)
    seven, two = days_before(due, 7, 2)
    assert told(world, "question_reminder", (seven,)) == [(seven, 7)]
    applications.answer_request(actor=world.owner, request=asked, answer="Yes")
    assert told(world, "question_reminder", (two,)) == []


def test_the_reply_to_a_finding_is_reminded_of_until_it_is_given(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    due = screening.find_ineligible(actor=world.officer, reference=world.file, reason="A province")
    seven, two = days_before(due, 7, 2)
    assert told(world, "reply_reminder", (seven,)) == [(seven, 7)]
    applications.reply_to_ineligibility(actor=world.owner, reference=world.file, reply="It is a city")
    assert told(world, "reply_reminder", (two,)) == []


def test_an_objection_is_reminded_of_with_two_working_days_left(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    submit(world, "Another vision altogether")
    (change,) = mailed("change_after_endorsement")[:1]
    due = datetime.fromisoformat(change.values["due_at"])
    # Monday to Monday: two working days before it is Thursday.
    assert (clock.now().weekday(), due.weekday()) == (0, 0)
    thursday = clock.now() + 3 * DAY
    moments = (thursday - timedelta(minutes=1), thursday, thursday + DAY, due + timedelta(minutes=1))
    to = {"natcom@country.example", "deputy@country.example"}
    assert told(world, "objection_reminder", moments) == [(thursday, 4)] * len(to)
    assert {message.recipient for message in mailed("objection_reminder")} == to


def test_only_the_clock_reminds(database: config.Settings) -> None:
    world = Desk()
    with pytest.raises(Forbidden):
        remind_of_dates(actor=world.officer, call=world.call)


def _draft(world: Waiting) -> None:
    world.draft = world.filled("Bursa")
    with clock.at(DEADLINE - DAY):
        calls.remind_cities(actor=SYSTEM, call=world.call)


def _taken_back(world: Desk) -> None:
    applications.take_back(actor=world.owner, reference=world.file)
    _reminded(world, DEADLINE - DAY)


def _question(world: Waiting) -> None:
    world.asked = screening.ask(
        actor=world.officer, reference=world.file, message="A typo?", due_at=clock.now() + 9 * DAY
    )
    _reminded(world, clock.now() + 8 * DAY)


def _finding(world: Desk) -> None:
    world.endorse()
    screening.find_ineligible(actor=world.officer, reference=world.file, reason="A province")
    _reminded(world, clock.now() + 9 * DAY)


def _change(world: Desk) -> None:
    world.endorse()
    submit(world, "Another vision altogether")
    _reminded(world, clock.now() + 4 * DAY)


def _unsigned(world: Desk) -> None:
    with clock.at(COMMISSIONS - DAY):
        signature.remind_signatories(actor=SYSTEM, call=world.call)


def _unanswered(world: Desk) -> None:
    with clock.at(COMMISSIONS - DAY):
        endorsement_times.remind(actor=SYSTEM, call=world.call)


def _reminded(world: Desk, moment: datetime) -> None:
    with clock.at(moment):
        remind_of_dates(actor=SYSTEM, call=world.call)


def endorse(world: Desk) -> None:
    world.endorse()


def _object(world: Desk) -> None:
    endorsement.object_to_change(actor=world.commission, reference=world.file, reason="Not agreed", **WHO)


def _calibration(world: Calibration) -> None:
    world.open_round()
    for number in (0, 1):
        for juror in world.people[1:]:
            world.score(juror, number)
    with clock.at(clock.now() + 19 * DAY):
        calibration.remind_scorers(actor=SYSTEM, call=world.call)


def _score_the_rest(world: Calibration) -> None:
    world.score(world.people[0], 0)
    calibration.recognise(actor=world.people[0], call=world.call, file=world.texts[1])


# What brings a reminder about, and what takes its reason away.
GONE: dict[str, tuple[Story, Story]] = {
    "draft_reminder": (_draft, lambda w: applications.submit(actor=w.owner, reference=w.draft)),
    "return_reminder": (_taken_back, lambda w: applications.resubmit(actor=w.owner, reference=w.file)),
    "question_reminder": (
        _question,
        lambda w: applications.answer_request(actor=w.owner, request=w.asked, answer="Yes"),
    ),
    "reply_reminder": (
        _finding,
        lambda w: applications.reply_to_ineligibility(actor=w.owner, reference=w.file, reply="It is a city"),
    ),
    "objection_reminder": (_change, _object),
    "signatures_outstanding": (_unsigned, lambda w: sign(w.file)),
    "endorsement_reminder": (_unanswered, endorse),
    "calibration_reminder": (_calibration, _score_the_rest),
}
# In which world, where not in the usual one.
WORLDS: dict[str, Callable[[], Any]] = {"calibration_reminder": Calibration}


def leave(kind: str, moment: datetime) -> list[str]:
    """What becomes of the messages of a kind when the worker comes round."""
    with db.writing() as session:
        for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind != kind)):
            row.state = MessageState.HELD
        for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)):
            row.not_before = row.next_attempt_at = clock.now()
    while outbox.claim(moment) is not None:
        pass
    return sorted({f"{message.state}: {message.last_error}" for message in mailed(kind)})


def test_each_reminder_of_a_file_is_asked_once_more() -> None:
    assert GONE.keys() == REASONS.keys()


@pytest.mark.parametrize("kind", GONE)
def test_a_reminder_that_has_lost_its_reason_does_not_leave(database: config.Settings, kind: str) -> None:
    world = WORLDS.get(kind, Waiting)()
    brings, takes = GONE[kind]
    brings(world)
    assert len(mailed(kind)) >= 1
    takes(world)
    assert leave(kind, clock.now()) == ["discarded: there is nothing left to remind of"]


@pytest.mark.parametrize("kind", GONE)
def test_a_reminder_leaves_while_it_has_its_reason_and_not_after_the_date(database: config.Settings, kind: str) -> None:
    world = WORLDS.get(kind, Waiting)()
    GONE[kind][0](world)
    until = datetime.fromisoformat(mailed(kind)[0].values["deadline_at"])
    assert leave(kind, until) == ["sending: "]
    with db.writing() as session:
        for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)):
            row.state, row.lease_until, row.attempts = MessageState.QUEUED, None, 0
    assert leave(kind, until + timedelta(seconds=1)) == ["discarded: there is nothing left to remind of"]


@pytest.mark.parametrize("odd", [{"deadline_at": None}, {"deadline_at": "soon"}, {"about": "x"}])
def test_a_reminder_that_does_not_say_what_it_is_about_stops_nothing(
    database: config.Settings, odd: dict[str, object]
) -> None:
    GONE["reply_reminder"][0](Waiting())
    with db.writing() as session:
        for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "reply_reminder")):
            row.values = row.values | odd
    assert leave("reply_reminder", clock.now()) == ["sending: "]
