"""What a juror who has submitted sees of others: submitted reviews that count, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Assignment, Call, Juror
from gnlc_apply.permissions import Actor
from gnlc_apply.queries.embargoed import reading, readings
from gnlc_apply.services import assignment, review
from tests.jury_world import Jury, scores


@pytest.fixture
def jury(database: config.Settings) -> Jury:
    """Basel and Chitra read Cusco; Basel has submitted."""
    world = Jury()
    for name, country in (("Basel Juror", "JOR"), ("Chitra Juror", "IND")):
        who = world.add_juror(name, country)
        assignment.assign(actor=world.officer, reference=world.files["Cusco"], juror=world.jurors[name])
        world.people = {**getattr(world, "people", {}), name: who}  # type: ignore[attr-defined]
    world.freeze()
    world.review(_who(world, "Basel Juror"), world.files["Cusco"], 3)
    return world


def _who(world: Jury, name: str) -> Actor:
    found: Actor = world.people[name]  # type: ignore[attr-defined]
    return found


def _seen_by_basel(world: Jury) -> list[float | None]:
    found = reading.others(_who(world, "Basel Juror"), clock.now(), world.files["Cusco"])
    db.release()
    return [other.total for other in found]


def _counted(world: Jury) -> int:
    with db.reading() as session:
        return len(readings.count(session, session.get_one(Call, world.call_id)).readings)


def test_a_colleagues_draft_is_shown_to_nobody_and_counts_for_nothing(jury: Jury) -> None:
    chitra, file = _who(jury, "Chitra Juror"), jury.files["Cusco"]
    review.declare(actor=chitra, reference=file, has_conflict=False)
    revision = review.save(actor=chitra, reference=file, scores=scores(5), paragraph="Half a thought", revision=0)
    assert (_seen_by_basel(jury), _counted(jury)) == ([], 1)
    review.submit(actor=chitra, reference=file, scores=scores(5), paragraph="A thought", revision=revision)
    assert (_seen_by_basel(jury), _counted(jury)) == ([5.0], 2)


def test_a_reading_that_ended_is_shown_to_nobody_and_counts_for_nothing(jury: Jury) -> None:
    jury.review(_who(jury, "Chitra Juror"), jury.files["Cusco"], 1)
    assert (_seen_by_basel(jury), _counted(jury)) == ([1.0], 2)
    with db.reading() as session:
        query = select(Assignment.reference).join(Juror, Juror.id == Assignment.juror_id)
        running = session.scalars(query.where(Juror.reference == jury.jurors["Chitra Juror"])).one()
    assignment.unassign(actor=jury.officer, assignment=running, reason="A tie came up.")
    assert (_seen_by_basel(jury), _counted(jury)) == ([], 1)
