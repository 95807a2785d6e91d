"""Calls that go by adjusted averages: what a recommendation starts from, what it waits for, and what the minutes keep."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.extensions import db
from gnlc_apply.jury import given as jury_given
from gnlc_apply.models import FiguresStatus, JuryFigures, Minutes, QuotaException, Recommendation
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.embargoed import counted
from gnlc_apply.queries.embargoed.ranking import RankedFile, Ranking, ranking
from gnlc_apply.services import assignment, figures, jury_child, recommendation
from tests.jury_world import Jury

pytestmark = pytest.mark.postgres

ONE_COUNTRY = (("KEN", "Kisumu"), ("KEN", "Nakuru"), ("KEN", "Thika"), ("FRA", "Évry"))


class Adjusted(Jury):
    """Everything is worth 4, but Diego gives 2: plain averages depend on who read, adjusted ones do not.

    Three of four jurors read each file: the jury can be compared, whatever the draw.
    """

    def __init__(self, strict: int = 2, **settings: Any) -> None:
        super().__init__(readers=3, **{"jury_method": "adjusted-1", "standard": 3.4, **settings})
        self.readers = self.standard_jury()
        self.chair = self.readers[0]
        self.assign_all()
        self.freeze()
        for juror in self.readers:
            for reference in self.files_of(juror):
                self.review(juror, reference, strict if juror is self.readers[3] else 4)

    @property
    def ranking(self) -> Ranking:
        """As the chair sees it."""
        found = ranking(self.chair, clock.now(), self.call)
        db.release()
        return found

    def confirm(self, *, seen: str | None = None, note: str = "", **departures: bool) -> str:
        """Confirm what stands there, or something else for single places."""
        return recommendation.confirm(
            actor=self.chair,
            call=self.call,
            recommendations={
                file.reference: (departures.get(file.place_name, file.is_recommended_by_standard), note)
                for file in self.ranking.files
            },
            present=["Amina Chair"],
            recusals={},
            words="By video.",
            held_on=clock.today(),
            seen=seen,
        )


def frozen() -> dict[str, Any]:
    with db.reading() as session:
        minutes = session.scalars(select(Minutes)).one()
    text = json.dumps(minutes.frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == minutes.sha256
    return minutes.frozen


def words(file: RankedFile) -> list[str]:
    return [str(one) for one in file.why]


def test_what_is_recommended_starts_from_adjusted_averages(database: config.Settings) -> None:
    world = Adjusted()
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
    files = world.ranking.files
    assert min(file.average or 0 for file in files) < 3.4 < min(f.figures.adjusted for f in files if f.figures)
    assert [file.is_recommended_by_standard for file in files] == [True] * 4
    with pytest.raises(Invalid):
        world.confirm(Cusco=False)
    world.confirm(Cusco=False, note="Its plan is too thin.")
    with db.reading() as session:
        assert sorted(session.scalars(select(Recommendation.is_recommended))) == [False, True, True, True]
    assert (frozen()["method"], frozen()["basis"]) == ("adjusted-1", "adjusted")
    assert frozen()["quota"] == {"each": 3, "extra": {}}


def test_the_same_scores_in_a_call_by_plain_averages_say_otherwise(database: config.Settings) -> None:
    world = Adjusted(jury_method="plain-1")
    figures.refresh(actor=SYSTEM, call=world.call)
    assert [f.is_recommended_by_standard for f in world.ranking.files] == [
        (f.average or 0) >= 3.4 for f in world.ranking.files
    ]
    assert not all(file.is_recommended_by_standard for file in world.ranking.files)


def test_nothing_is_confirmed_before_the_adjusted_averages_are_there(
    database: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Adjusted()
    before = world.ranking
    assert (before.is_awaited, before.meeting, [words(f) for f in before.files]) == (
        True,
        0,
        [["The adjusted average is being computed"]] * 4,
    )
    with pytest.raises(Conflict, match="not there yet"):
        world.confirm(note="We know what they will be.")
    with monkeypatch.context() as broken:
        broken.setattr(jury_child, "SECONDS", 0.001)
        assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.FAILED
    # A machine that was full decides nothing: plain averages do not stand in.
    assert (world.ranking.is_awaited, world.ranking.why_awaited is None) == (True, False)
    with pytest.raises(Conflict, match="not there yet"):
        world.confirm(note="We know what they will be.")
    with clock.at(clock.now().replace(year=2028)):
        assert figures.compute(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
    with pytest.raises(Conflict, match="computed anew since you opened this page"):
        world.confirm(seen=before.sign)
    world.confirm(seen=world.ranking.sign)


def test_where_the_jury_cannot_be_compared_plain_averages_stand_in(database: config.Settings) -> None:
    world = Jury(readers=1, jury_method="adjusted-1")
    chair = world.add_juror("Amina Chair", "SEN", is_chair=True)
    world.assign_all()
    world.freeze()
    world.review_all([chair], 4)
    assert ranking(chair, clock.now(), world.call).is_awaited
    db.release()
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.NOT_COMPARABLE
    found = ranking(chair, clock.now(), world.call)
    db.release()
    assert (found.is_awaited, found.is_plain_for_now, found.meeting) == (False, True, 4)


def test_a_country_gets_no_more_than_its_quota_and_equals_are_shown(database: config.Settings) -> None:
    world = Adjusted(strict=4, places=ONE_COUNTRY, quota=2)
    figures.refresh(actor=SYSTEM, call=world.call)
    found = {file.place_name: file for file in world.ranking.files}
    assert {name: (file.is_recommended_by_standard, file.is_tied) for name, file in found.items()} == {
        **dict.fromkeys(("Kisumu", "Nakuru", "Thika"), (False, True)),
        "Évry": (True, False),
    }
    assert words(found["Thika"]) == ["Equal to others at the last place of its country: the jury decides."]
    exception = {"call_id": world.call_id, "country": "KEN", "extra": 1, "reason": "A large country."}
    persons = {"asked_by_id": world.officer.person_id, "confirmed_by_id": world.director.person_id}
    with db.writing() as session:
        moments = {"asked_at": clock.now(), "confirmed_at": clock.now()}
        session.execute(insert(QuotaException), [exception | persons | moments])
    assert world.ranking.is_awaited
    figures.refresh(actor=SYSTEM, call=world.call)
    assert [file.is_recommended_by_standard for file in world.ranking.files] == [True] * 4


def test_the_digest_covers_who_the_jurors_are_and_in_which_order_they_read(database: config.Settings) -> None:
    world = Adjusted()
    figures.refresh(actor=SYSTEM, call=world.call)
    with db.reading() as session:
        before = session.scalars(select(JuryFigures.inputs_sha256)).one()
    assert world.ranking.has_figures
    assignment.set_profile(
        actor=world.readers[3], call=world.call, countries=["TUR"], languages=["fr"], topics=[], contexts=[], capacity=9
    )
    assert (world.ranking.has_figures, world.ranking.is_awaited) == (False, True)
    assert figures.refresh(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
    with db.reading() as session:
        assert session.scalars(select(JuryFigures.inputs_sha256)).one() != before


def test_the_minutes_hold_all_that_the_figures_can_be_computed_from_again(database: config.Settings) -> None:
    world = Adjusted()
    figures.refresh(actor=SYSTEM, call=world.call)
    world.confirm()
    kept = frozen()
    rule = {
        "threshold": kept["standard"]["threshold"],
        "minimum": kept["standard"]["minimum"],
        "places": kept["standard"]["places"],
        "quota": kept["quota"]["each"],
        "extra": kept["quota"]["extra"],
    }
    parts = {name: kept[name] for name in ("files", "jurors", "readings", "weights", "is_random")}
    again = {"seed": kept["figures"]["seed"], "draws": kept["figures"]["draws"]}
    found = jury_given.load(parts | rule | again)
    assert jury_given.digest(found) == kept["figures"]["inputs"]
    assert [juror.region for juror in found.jurors][:2] == ["Africa", "Arab States"]
    assert len({(read.juror, read.position) for read in found.readings}) == len(found.readings) == 12
    # Every part of it counts: another region, another order, another digest.
    for changed in (
        parts | {"jurors": [{**kept["jurors"][0], "region": "Elsewhere"}, *kept["jurors"][1:]]},
        parts | {"readings": [{**kept["readings"][0], "position": 9}, *kept["readings"][1:]]},
    ):
        assert jury_given.digest(jury_given.load(changed | rule | again)) != kept["figures"]["inputs"]


def test_behind_the_minutes_a_new_version_of_the_method_computes_nothing_anew(database: config.Settings) -> None:
    world = Adjusted()
    figures.refresh(actor=SYSTEM, call=world.call)
    world.confirm()
    # As an earlier version of the program has left it: another digest of the very same facts.
    with db.writing() as session:
        minutes = session.scalars(select(Minutes)).one()
        minutes.frozen = {
            **minutes.frozen,
            "figures": {**minutes.frozen["figures"], "version": "figures-1", "inputs": "0" * 64},
        }
        row = session.scalars(select(JuryFigures)).one()
        row.inputs_sha256, row.computed_at = "0" * 64, row.computed_at - timedelta(seconds=1)
    # An update starts every process anew.
    counted._kept.clear()
    assert figures.compute(actor=SYSTEM, call=world.call) is None
    assert (world.ranking.has_figures, world.ranking.is_awaited, world.ranking.meeting) == (True, False, 4)
    # Other facts are another matter: a reading ends, and what is computed then is called so.
    reference = world.files_of(world.readers[3])[0]
    assignment.record_conflict(
        actor=world.officer,
        reference=reference,
        juror=world.jurors["Diego Juror"],
        code="declared_application",
        detail="A cousin",
    )
    assert not world.ranking.has_figures
    assert figures.compute(actor=SYSTEM, call=world.call) is FiguresStatus.COMPUTED
