"""How a calibration round links a jury: its last scoring, once closed, as readings that the model sees and nobody ranks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from gnlc_apply.core.errors import Conflict
from gnlc_apply.extensions import db
from gnlc_apply.jury.figures import compute
from gnlc_apply.jury.given import File, Given, Juror, Read, digest
from gnlc_apply.models import (
    AssignmentProposal,
    CalibrationReading,
    CalibrationScore,
    Call,
    FiguresStatus,
    FormVersion,
    GuideVersion,
    JuryFigures,
    Minutes,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.embargoed import readings
from gnlc_apply.services import assignment, calibration, figures, recommendation
from gnlc_apply.services import call as calls
from gnlc_apply.services.call import CallValues
from tests.calibration_world import Calibration

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.postgres]


def counted(world: Calibration) -> readings.Counted:
    with db.reading() as session:
        return readings.count(session, session.scalars(select(Call)).one())


def proposal() -> dict[str, Any]:
    with db.reading() as session:
        return session.scalars(select(AssignmentProposal).order_by(AssignmentProposal.id.desc())).first().result  # type: ignore[union-attr]  # there is one


def finished(*values: int, again: tuple[int, ...] = (), readers: int = 3) -> Calibration:
    """The round is over and the files are read; ``again``: the values of a second scoring."""
    # Three readers for each file: linked, whatever the draw.
    world = Calibration(is_scored_twice=bool(again), readers=readers)
    world.open_round()
    world.everybody_scores(*values)
    if again:
        world.talk()
        calibration.open_second(actor=world.officer, call=world.call)
        world.everybody_scores(*again)
    return world


def read(world: Calibration) -> None:
    world.assign_all()
    world.freeze()
    world.review_all(world.people)


def test_the_last_scoring_counts_from_the_closing_on_and_never_as_a_file() -> None:
    world = finished(1, 2, 3, 4, again=(2, 3, 3, 4))
    world.close()
    read(world)
    found = counted(world)
    assert set(found.averages) == set(world.files.values())
    assert {one.id for one in found.given.files} == set(world.files.values())
    beside = {(one.file, one.juror): set(one.scores.values()) for one in found.given.beside}
    wanted = {world.jurors[n]: {v} for n, v in zip(world.jurors, (2, 3, 3, 4), strict=True)}
    assert beside == {(text, juror): value for text in world.texts for juror, value in wanted.items()}


def test_before_the_closing_nothing_counts_and_afterwards_the_figures_are_of_other_scores() -> None:
    world = finished(1, 3, 3, 5)
    read(world)
    before = counted(world)
    assert before.given.beside == ()
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
    world.close()
    after = counted(world)
    assert (len(after.given.beside), after.inputs != before.inputs) == (8, True)
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
    with db.reading() as session:
        row = session.scalars(select(JuryFigures)).one()
    assert (row.inputs_sha256, set(row.files)) == (after.inputs, set(world.files.values()))
    assert row.summary["calibration_files"] == 2
    severity = {name: row.jurors[reference]["severity"] for name, reference in world.jurors.items()}
    assert severity["Amina Chair"] > 0.2 > -0.2 > severity["Diego Juror"]


def test_the_minutes_keep_what_the_figures_can_be_computed_from_again() -> None:
    world = finished(2, 3, 3, 4)
    world.close()
    read(world)
    figures.refresh(actor=SYSTEM, call=world.call)
    recommendation.confirm(
        actor=world.people[0],
        call=world.call,
        recommendations=dict.fromkeys(world.files.values(), (True, "")),
        present=["Amina Chair"],
        recusals={},
        words="All were discussed.",
        held_on="2027-06-01",
    )
    with db.reading() as session:
        frozen = session.scalars(select(Minutes.frozen)).one()
    assert len(frozen["beside"]) == 8
    assert frozen["figures"]["inputs"] == counted(world).inputs


def other_guide() -> CallValues:
    """The settings of a call with a guide whose first criterion has another name."""
    with db.writing() as session:
        row = session.scalars(select(Call)).one()
        guide = session.get_one(GuideVersion, row.guide_version_id)
        first, *others = guide.definition["criteria"]
        criteria = [first | {"code": "another"}, *others]
        definition = guide.definition | {"version": "other", "criteria": criteria}
        session.add(GuideVersion(reference="other", definition=definition, created_at=row.created_at))
        return calls.values_of(row, session.get_one(FormVersion, row.form_version_id).reference, "other")


def test_the_guide_stays_once_the_jury_scores_by_it() -> None:
    world = Calibration()
    values = other_guide()
    world.open_round()
    with pytest.raises(Conflict) as refused:
        calls.change(actor=world.officer, call=world.call, values=values)
    assert {name: str(words) for name, words in refused.value.fields.items()} == {
        "guide_version": "The jury scores the calibration files by this guide."
    }


def test_what_was_scored_by_another_guide_links_nobody() -> None:
    world = finished(2, 3, 3, 4)
    world.close()
    read(world)
    assert len(counted(world).given.beside) == 8
    with db.writing() as session:
        one = session.scalars(select(CalibrationReading.id).order_by(CalibrationReading.id)).first()
        of_one = CalibrationScore.reading_id == one, CalibrationScore.criterion == "inclusion"
        session.execute(update(CalibrationScore).where(*of_one).values(criterion="another"))
    assert len(counted(world).given.beside) == 7
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED


def test_files_that_everybody_has_scored_stand_in_the_link_of_a_proposal() -> None:
    # Four files with two readers each never link all pairs of four jurors alike: there is something to gain.
    world = finished(2, 3, 3, 4, readers=2)
    assignment.propose(actor=world.officer, call=world.call, seed=7)
    before = proposal()
    world.close()
    assignment.propose(actor=world.officer, call=world.call, seed=7)
    after = proposal()
    assert (before["anchors"], after["anchors"]) == (0, 2)
    assert after["efficiency"] > after["efficiency_alone"]
    # A juror who comes later has not scored them: they link the others only, and are not claimed.
    world.add_juror("Late Juror", "TUR")
    assignment.propose(actor=world.officer, call=world.call, seed=7)
    assert proposal()["anchors"] == 0


GIVEN = Given(
    files=tuple(File(f"F{n}", country, "", "en") for n, country in enumerate(("KEN", "PER", "JPN", "FRA"))),
    jurors=tuple(Juror(f"J{n}", "", ("en",)) for n in range(4)),
    readings=tuple(
        Read(f"F{file}", f"J{juror}", {"plan": value}, 1)
        for file, juror, value in (
            (0, 0, 3),
            (0, 1, 4),
            (1, 0, 2),
            (1, 1, 3),
            (2, 2, 4),
            (2, 3, 3),
            (3, 2, 3),
            (3, 3, 2),
        )
    ),
    weights={"plan": 100.0},
    threshold=3.0,
    minimum=0.0,
    places=None,
    quota=None,
    is_random=True,
    seed=1,
    draws=400,
)


def _beside(*values: int) -> tuple[Read, ...]:
    return tuple(Read(f"CAL-{n}", f"J{juror}", {"plan": v}, n) for n in (1, 2) for juror, v in enumerate(values))


def test_two_groups_that_share_no_file_can_be_compared_by_calibration_files() -> None:
    assert (compute(GIVEN)["comparable"], compute(GIVEN)["reason"]) == (False, "not_linked")
    found = compute(replace(GIVEN, beside=_beside(3, 4, 2, 1)))
    assert found["comparable"]
    assert set(found["files"]) == {"F0", "F1", "F2", "F3"}
    # The second group is the stricter one: its files rise above those of the first.
    assert found["files"]["F2"]["average"] == found["files"]["F0"]["average"] == 3.5
    assert found["files"]["F2"]["adjusted"] > found["files"]["F0"]["adjusted"] + 0.3
    assert [found["jurors"][f"J{n}"]["files"] for n in range(4)] == [2] * 4


def test_a_calibration_file_of_somebody_who_reads_nothing_changes_nothing() -> None:
    linked = replace(GIVEN, beside=_beside(3, 4, 2, 1))
    stranger = replace(linked, beside=(*linked.beside, Read("CAL-1", "J9", {"plan": 0}, 1)))
    assert compute(stranger)["files"] == compute(linked)["files"]


def test_the_digest_covers_them() -> None:
    linked = replace(GIVEN, beside=_beside(3, 4, 2, 1))
    assert len({digest(GIVEN), digest(linked), digest(replace(GIVEN, beside=_beside(3, 4, 2, 2)))}) == 3
