"""The time to object runs while the changed text is at hand: it lapses, and begins anew, as the city goes back and forth."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, AuditEntry, Objection
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, screening, working_days
from tests.city import DEADLINE, row
from tests.desk import WHO, Desk, answer, mailed, sign, state

pytestmark = pytest.mark.postgres

DAY = timedelta(days=1)
ANOTHER = "Another vision altogether"


def submit(world: Desk, words: str) -> None:
    """The city takes its text up, writes this vision and submits again."""
    applications.take_back(actor=world.owner, reference=world.file)
    answer(world, world.file, "vision.vision", words)
    applications.resubmit(actor=world.owner, reference=world.file)


def endorsed() -> tuple[Desk, str]:
    """An endorsed file, and the vision that was endorsed."""
    world = Desk()
    world.endorse()
    with db.reading() as session:
        known = select(Answer.value).where(Answer.key == "vision.vision", Answer.application_id == row(world.file).id)
        return world, str(session.scalars(known).one())


def times() -> list[tuple[datetime, bool, bool]]:
    """Of each change that the Commission was told of: until when, whether it lapsed, whether it was objected to."""
    with db.reading() as session:
        found = session.scalars(select(Objection).order_by(Objection.id)).all()
    return [(o.due_at, o.lapsed_at is not None, o.objected_at is not None) for o in found]


def acts(name: str) -> int:
    with db.reading() as session:
        return len(session.scalars(select(AuditEntry).where(AuditEntry.act == name)).all())


def object_now(world: Desk) -> None:
    endorsement.object_to_change(actor=world.commission, reference=world.file, reason="Not agreed", **WHO)


def in_five_days() -> datetime:
    return working_days.after(clock.now(), 5)


def test_back_at_the_endorsed_text_there_is_nothing_to_object_to(database: config.Settings) -> None:
    world, before = endorsed()
    submit(world, ANOTHER)
    assert times() == [(in_five_days(), False, False)]
    due = in_five_days()
    with clock.at(clock.now() + DAY):
        submit(world, before)
        assert times() == [(due, True, False)]
        with pytest.raises(Conflict, match="no change"):
            object_now(world)
    assert acts("objection_lapsed") == 1
    told = mailed("change_taken_back")
    assert {m.recipient for m in told} == {"natcom@country.example", "deputy@country.example"}
    assert state(world.file) == "endorsed"
    sign(world.file)
    screening.confirm_city(actor=world.officer, reference=world.file, city=None)
    screening.find_eligible(actor=world.officer, reference=world.file)
    assert state(world.file) == "eligible"


def test_changed_again_it_begins_anew_with_five_working_days(database: config.Settings) -> None:
    world, before = endorsed()
    submit(world, ANOTHER)
    with clock.at(clock.now() + DAY):
        submit(world, before)
    with clock.at(clock.now() + 3 * DAY):
        submit(world, ANOTHER)
        assert times() == [(in_five_days(), False, False)]
        due = in_five_days()
    assert len(mailed("change_after_endorsement")) == 4
    with clock.at(due):
        object_now(world)
    assert times() == [(due, False, True)]
    assert state(world.file) == "submitted"


def test_another_change_replaces_the_one_before(database: config.Settings) -> None:
    world, _before = endorsed()
    submit(world, ANOTHER)
    first = in_five_days()
    with clock.at(clock.now() + 2 * DAY):
        submit(world, "A third vision")
        second = in_five_days()
        assert times() == [(first, True, False), (second, False, False)]
        assert mailed("change_taken_back") == []
    with clock.at(first + DAY):
        object_now(world)
    assert times() == [(first, True, False), (second, False, True)]


def test_a_change_whose_time_ran_out_is_accepted_for_good(database: config.Settings) -> None:
    """The Commission had five working days with this text at hand: it is not asked again."""
    world, before = endorsed()
    submit(world, ANOTHER)
    due = in_five_days()
    with clock.at(due + DAY):
        submit(world, before)
        assert mailed("change_taken_back") == []
        submit(world, ANOTHER)
        with pytest.raises(Conflict, match="no change"):
            object_now(world)
    assert times() == [(due, False, False)]
    assert len(mailed("change_after_endorsement")) == 2


def test_while_the_city_has_its_text_no_time_runs(database: config.Settings) -> None:
    """Submitted again as it was, the change gets its five days: they had run out while nobody could object."""
    world, _before = endorsed()
    submit(world, ANOTHER)
    with clock.at(clock.now() + DAY):
        applications.take_back(actor=world.owner, reference=world.file)
        with pytest.raises(Conflict):
            object_now(world)
    with clock.at(clock.now() + 30 * DAY):
        applications.resubmit(actor=world.owner, reference=world.file)
        assert times() == [(in_five_days(), False, False)]
        object_now(world)
    assert state(world.file) == "submitted"


def test_a_return_by_the_secretariat_stops_the_time_alike(database: config.Settings) -> None:
    world, _before = endorsed()
    submit(world, ANOTHER)
    until = clock.now() + 3 * DAY
    values: dict[str, Any] = {"keys": ["vision.vision"], "message": "Say more", "due_at": until}
    screening.return_questions(actor=world.officer, reference=world.file, **values)
    assert [is_lapsed for _due, is_lapsed, _objected in times()] == [True]
    with clock.at(until + DAY):
        applications.let_last_versions_stand(actor=SYSTEM, call=world.call)
        assert state(world.file) == "endorsed"
        assert times() == [(in_five_days(), False, False)]
        object_now(world)
    assert state(world.file) == "submitted"


def test_a_draft_that_nobody_submits_leaves_the_endorsed_text_alone(database: config.Settings) -> None:
    world, _before = endorsed()
    applications.take_back(actor=world.owner, reference=world.file)
    with clock.at(DEADLINE + DAY):
        applications.let_last_versions_stand(actor=SYSTEM, call=world.call)
    assert (state(world.file), times()) == ("endorsed", [])
    assert mailed("change_taken_back") == []


def test_going_back_is_said_once(database: config.Settings) -> None:
    world, before = endorsed()
    submit(world, ANOTHER)
    submit(world, before)
    applications.take_back(actor=world.owner, reference=world.file)
    applications.resubmit(actor=world.owner, reference=world.file)
    assert len(mailed("change_taken_back")) == 2
    with clock.at(clock.now() + DAY):
        submit(world, ANOTHER)
        submit(world, before)
    assert len(mailed("change_taken_back")) == 4


def test_a_new_endorsement_begins_with_a_clean_sheet(database: config.Settings) -> None:
    world, before = endorsed()
    submit(world, ANOTHER)
    object_now(world)
    world.endorse()
    with pytest.raises(Conflict, match="no change"):
        object_now(world)
    submit(world, before)
    assert [objected for _due, _lapsed, objected in times()] == [True, False]
    object_now(world)
