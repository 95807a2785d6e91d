"""The jury's figures: computed in a child when scores have changed, kept with what they are of, and only by the system."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Forbidden, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import AuditEntry, Call, FiguresStatus, JuryFigures
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries.embargoed import readings
from gnlc_apply.queries.embargoed.ranking import ranking
from gnlc_apply.scenarios import tick
from gnlc_apply.services import assignment, figures, jury_child, schema
from gnlc_apply.services.cohort import tick as cohorts
from tests.jury_world import Jury

pytestmark = pytest.mark.postgres

VALUES = {"Kisumu": (5, 3), "Cusco": (4, 4), "Okayama": (2, 2), "Évry": (3, 3)}


class Scored(Jury):
    """Four files, each read by three of four jurors: linked, whatever the draw."""

    def __init__(self, leave_out: int = 0) -> None:
        super().__init__(readers=3)
        self.readers = self.standard_jury()
        self.assign_all()
        self.freeze()
        self.left: list[tuple[Actor, str, int]] = []
        turns = dict.fromkeys(self.files.values(), 0)
        places = {reference: place for place, reference in self.files.items()}
        for juror in self.readers:
            for reference in self.files_of(juror):
                self.left.append((juror, reference, VALUES[places[reference]][turns[reference] % 2]))
                turns[reference] += 1
        for juror, reference, value in self.left[: len(self.left) - leave_out]:
            self.review(juror, reference, value)
        del self.left[: len(self.left) - leave_out]

    def finish(self) -> None:
        """The readings that were left out."""
        for juror, reference, value in self.left:
            self.review(juror, reference, value)


def kept() -> JuryFigures:
    with db.reading() as session:
        return session.scalars(select(JuryFigures)).one()


def test_figures_are_of_the_scores_and_computed_once(database: config.Settings) -> None:
    world = Scored()
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
    row = kept()
    assert set(row.files) == set(world.files.values())
    assert set(row.jurors) == set(world.jurors.values())
    assert (row.method, row.draws, row.reason, row.computed_at) == ("additive-grid-1", 4000, "", clock.now())
    average = {place: row.files[reference]["average"] for place, reference in world.files.items()}
    assert average == {"Kisumu": 4.333333, "Cusco": 4.0, "Okayama": 2.0, "Évry": 3.0}
    with db.reading() as session:
        call = session.scalars(select(Call)).one()
        assert row.inputs_sha256 == readings.count(session, call).inputs
        before = session.scalar(select(func.count(AuditEntry.id)))
    assert figures.refresh(actor=SYSTEM, call=world.call) is None
    assert figures.compute(actor=SYSTEM, call=world.call) is None
    with db.reading() as session:
        assert session.scalar(select(func.count(AuditEntry.id))) == before


def test_a_new_score_makes_the_figures_old_until_they_are_computed_anew(database: config.Settings) -> None:
    world = Scored(leave_out=1)
    figures.refresh(actor=SYSTEM, call=world.call)
    assert ranking(world.officer, clock.now(), world.call).is_current
    world.finish()
    late = ranking(world.officer, clock.now(), world.call)
    assert (late.is_current, [file.figures for file in late.files]) == (False, [None] * 4)
    assert late.figures is not None
    assert late.figures.computed_at == clock.now()
    db.release()
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
    fresh = ranking(world.officer, clock.now(), world.call)
    assert fresh.is_current
    assert all(file.figures is not None for file in fresh.files)
    db.release()


def test_a_reading_that_ends_counts_no_more(database: config.Settings) -> None:
    world = Scored()
    figures.refresh(actor=SYSTEM, call=world.call)
    juror, file = world.jurors["Diego Juror"], world.files_of(world.readers[3])[0]
    assignment.record_conflict(
        actor=world.officer, reference=file, juror=juror, code="declared_application", detail="A cousin"
    )
    before = kept()
    assert before.files[file]["readers"] == 3
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
    assert kept().inputs_sha256 != before.inputs_sha256
    assert kept().files[file]["readers"] == 2


def test_one_juror_gives_the_reason_and_no_figures(database: config.Settings) -> None:
    world = Jury(readers=1)
    juror = world.add_juror("Amina Chair", "SEN", is_chair=True)
    world.assign_all()
    world.freeze()
    assert figures.refresh(actor=SYSTEM, call=world.call) is None
    world.review_all([juror])
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.NOT_COMPARABLE
    row = kept()
    assert (row.reason, row.files, row.jurors) == ("one_juror", {}, {})


def test_a_child_that_fails_is_kept_as_failed_and_tried_again_an_hour_later(
    database: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Scored()
    with monkeypatch.context() as broken:
        broken.setattr(jury_child, "SECONDS", 0.001)
        assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.FAILED
        assert kept().reason == "failed"
    assert figures.refresh(actor=SYSTEM, call=world.call) is None
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED


def test_only_the_system_computes(database: config.Settings) -> None:
    world = Scored()
    for actor in (world.officer, world.director, world.readers[0]):
        for act in (figures.compute, figures.refresh):
            with pytest.raises(Forbidden):
                act(actor=actor, call=world.call)
    with pytest.raises(NotFound):
        figures.compute(actor=SYSTEM, call="no-such-call")


def test_the_worker_computes_and_says_so(database: config.Settings) -> None:
    world = Scored()
    done = tick.figures_of_juries()
    assert [(each.what, each.where) for each in done] == [("figures computed", world.call)]
    assert tick.figures_of_juries() == []


def test_an_announcement_that_is_near_goes_first(database: config.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    Scored()
    with monkeypatch.context() as soon:
        soon.setattr(cohorts, "seconds_until_next", lambda: 100.0)
        assert tick.figures_of_juries() == []
    assert len(tick.figures_of_juries()) == 1


def test_the_draws_follow_the_files_numbers_and_not_their_names(database: config.Settings) -> None:
    world = Scored()
    with db.reading() as session:
        call = session.scalars(select(Call)).one()
        given = readings.count(session, call).given
    assert [file.id for file in given.files] == list(world.files.values())
    assert [juror.id for juror in given.jurors] == list(world.jurors.values())
    assert given.is_random


def test_the_figures_go_and_come_back_with_the_migration(database: config.Settings) -> None:
    world = Scored()
    figures.refresh(actor=SYSTEM, call=world.call)
    before = json.dumps(kept().files, sort_keys=True)
    schema.downgrade("0005")
    assert "jury_figures" not in inspect(db.engine).get_table_names()
    schema.upgrade()
    assert figures.compute(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
    assert json.dumps(kept().files, sort_keys=True) == before


def test_the_child_knows_no_database() -> None:
    room = Path(figures.__file__).parents[1] / "jury"
    for name in ("figures.py", "figures_child.py", "given.py"):
        assert "gnlc_apply.models" not in (room / name).read_text(encoding="utf-8")
