"""The door of the embargoed facts looks at the viewer itself, whatever page stands before it, and loads no more than may be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Forbidden, NotFound, SignInNeeded
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Outcome, Role, StaffConflict
from gnlc_apply.permissions import ANONYMOUS, Actor, Granted
from gnlc_apply.queries.embargoed import (
    assignments,
    call_record,
    cohorts,
    decisions,
    dry_run,
    feedback,
    progress,
    ranking,
    roster,
)
from gnlc_apply.services import cohort as services
from gnlc_apply.services import decision, recommendation
from tests.city import add_person
from tests.jury_world import Jury


class Decided(Jury):
    """A jury that has met, decisions approved, a cohort begun, and people who must know nothing of it."""

    def __init__(self) -> None:
        super().__init__()
        readers = self.standard_jury()
        self.assign_all()
        self.freeze()
        self.review_all(readers)
        self.actors = dict(zip(self.jurors, readers, strict=True))
        files = list(self.files.values())
        recommendation.confirm(
            actor=readers[0],
            call=self.call,
            recommendations=dict.fromkeys(files, (True, "")),
            present=["Amina Chair"],
            recusals={},
            words="All were discussed.",
            held_on=clock.today(),
        )
        decision.prepare(actor=self.officer, outcomes=dict.fromkeys(files, Outcome.APPROVED), reasons={})
        decision.approve(actor=self.director, references=files)
        self.cohort = services.create(actor=self.officer, call=self.call, title="New members")
        self.head = roster.call_head(self.officer, clock.now(), self.call)
        self.outsiders = {
            "nobody": ANONYMOUS,
            "city": add_person("city@kisumu.example", "City"),
            "commission": add_person("natcom@ken.example", "Natcom", (Role.COMMISSION, "KEN")),
            "juror": readers[1],
            "administrator": add_person("administrator@network.example", "Ada", (Role.ADMINISTRATOR, None)),
        }
        db.release()

    def tie(self, who: Actor, place: str) -> None:
        """Somebody of the secretariat has a tie to a file."""
        with db.writing() as session:
            number = session.scalars(select(Application.id).where(Application.reference == self.files[place])).one()
            row = {"person_id": who.person_id, "application_id": number, "reason": "x", "recorded_at": clock.now()}
            session.execute(insert(StaffConflict), [row])


OUTSIDERS = ("nobody", "city", "commission", "juror", "administrator")
Door = Callable[[Actor, Decided], Any]
DOORS: dict[str, Door] = {
    "decisions": lambda who, world: decisions.board(who, world.call, clock.now()),
    "chosen decisions": lambda who, world: decisions.chosen(who, world.call, list(world.files.values()), clock.now()),
    "feedback": lambda who, world: feedback.board(who, world.call, clock.now()),
    "feedback of one file": lambda who, world: feedback.page(who, world.files["Kisumu"], clock.now()),
    "ranking": lambda who, world: ranking.ranking(who, clock.now(), world.call),
    "whole call": lambda who, world: call_record.call_record(who, clock.now(), world.call),
    "applications of a whole call": lambda who, world: list(
        call_record.applications(who, clock.now(), call_record.CallRecord(world.call_id, world.call, {}, {}, {}))
    ),
    "roster": lambda who, world: roster.call_head(who, clock.now(), world.call),
    "jurors": lambda who, world: roster.jurors(who, clock.now(), world.head),
    "conflicts": lambda who, world: roster.conflicts_of(who, clock.now(), world.head, world.jurors["Amina Chair"]),
    "readers": lambda who, world: assignments.overview(who, clock.now(), world.head),
    "cohort": lambda who, world: cohorts.page(who, world.cohort, clock.now()),
    "dry run": lambda who, world: dry_run.dry_run(who, world.cohort, clock.now()),
    "letters' progress": lambda who, world: progress.progress(who, world.cohort, clock.now()),
}


@pytest.fixture
def world(database: config.Settings) -> Decided:
    return Decided()


def test_no_door_opens_for_an_outsider(world: Decided) -> None:
    for name, door in DOORS.items():
        for outsider in OUTSIDERS:
            with pytest.raises((Forbidden, NotFound, SignInNeeded)):
                door(world.outsiders[outsider], world)
        if name != "letters' progress":
            # The door exists: it opens for those who may know.
            assert door(world.officer, world) is not None
    db.release()


def test_of_a_file_with_a_tie_only_the_name_is_loaded(world: Decided) -> None:
    before = {line.reference: line for line in decisions.board(world.officer, world.call, clock.now()).lines}
    assert before[world.files["Kisumu"]].outcome is Outcome.APPROVED
    world.tie(world.officer, "Kisumu")
    lines = {line.reference: line for line in decisions.board(world.officer, world.call, clock.now()).lines}
    tied, free = lines[world.files["Kisumu"]], lines[world.files["Cusco"]]
    assert (tied.place, tied.outcome, tied.average, tied.readers, tied.prepared_by) == ("Kisumu", None, None, 0, "")
    assert free == before[world.files["Cusco"]]
    files = {row.reference: row for row in assignments.overview(world.officer, clock.now(), world.head).files}
    assert [len(files[world.files[place]].readers) for place in ("Kisumu", "Cusco")] == [0, 2]
    db.release()


def test_the_chair_of_another_call_finds_no_ranking(world: Decided) -> None:
    chair = world.outsiders["juror"]
    elsewhere = add_person("chair@elsewhere.example", "Chair")
    stranger = Actor(**{**vars(elsewhere), "grants": tuple(_chair_of(world.call_id + 1))})
    own = Actor(**{**vars(chair), "grants": tuple(_chair_of(world.call_id))})
    assert ranking.ranking(own, clock.now(), world.call).is_chair
    with pytest.raises(NotFound):
        ranking.ranking(stranger, clock.now(), world.call)
    db.release()


def _chair_of(call_id: int) -> list[Granted]:
    return [Granted(role, call_id=call_id) for role in (Role.JUROR, Role.CHAIR)]
