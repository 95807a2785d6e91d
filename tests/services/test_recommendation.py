"""The chair's confirmation: the standard, departures with a note, recusals, and what is frozen."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest
from sqlalchemy import event, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Assignment, Juror, JuryFigures, Minutes, Recommendation
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries.embargoed import minutes as minutes_pages
from gnlc_apply.queries.embargoed.ranking import ranking
from gnlc_apply.services import assignment, figures, recommendation, review
from tests.city import actor_of
from tests.jury_world import Jury, scores

pytestmark = pytest.mark.postgres


class Read(Jury):
    """A jury that has read everything: Kisumu and Cusco at 4, the others at 2."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self.readers = self.standard_jury()
        self.chair = self.readers[0]
        self.assign_all()
        self.freeze()
        good = {self.files["Kisumu"], self.files["Cusco"]}
        for juror in self.readers:
            for reference in self.files_of(juror):
                self.review(juror, reference, 4 if reference in good else 2)

    def ballot(self, **departures: tuple[bool, str]) -> dict[str, tuple[bool, str]]:
        """The standard's outcome for every file, or another for single places."""
        standard = {"Kisumu": True, "Cusco": True, "Okayama": False, "Évry": False}
        return {self.files[p]: departures.get(p, (is_good, "")) for p, is_good in standard.items()}

    def confirm(self, actor: Actor | None = None, **changes: object) -> str:
        """Confirm with minutes."""
        given = {
            "recommendations": self.ballot(),
            "present": ["Amina Chair", "Basel Juror"],
            "recusals": {},
            "words": "The jury met by video.",
            "held_on": clock.today(),
            **changes,
        }
        return recommendation.confirm(actor=actor or self.chair, call=self.call, **given)  # type: ignore[arg-type]


@pytest.fixture
def world(database: config.Settings) -> Read:
    return Read()


def kept() -> dict[int, tuple[bool, float | None, int]]:
    with db.reading() as session:
        return {
            r.application_id: (r.is_recommended, r.average, r.readers) for r in session.scalars(select(Recommendation))
        }


def test_confirming_keeps_a_recommendation_for_every_file_and_a_digest(world: Read) -> None:
    sha256 = world.confirm(recusals={world.files["Cusco"]: ["Diego Juror"]})
    assert sorted(kept().values(), key=str) == [(False, 2.0, 2)] * 2 + [(True, 4.0, 2)] * 2
    with db.reading() as session:
        minutes = session.scalars(select(Minutes)).one()
    text = json.dumps(minutes.frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == sha256 == minutes.sha256
    assert len(minutes.frozen["readings"]) == 8
    assert minutes.frozen["standard"] == {"threshold": 3.0, "minimum": 2.0, "places": None}
    assert minutes.recusals == [{"reference": world.files["Cusco"], "juror": "Diego Juror"}]


def test_nothing_changes_after_the_minutes(world: Read) -> None:
    world.confirm()
    file = world.files["Cusco"]
    other = next(juror for juror in world.readers if file not in world.files_of(juror))
    name = next(name for name in world.jurors if name.split()[0] in other.name)
    with pytest.raises(Conflict, match="closed"):
        assignment.assign(actor=world.officer, reference=file, juror=world.jurors[name])
    with pytest.raises(Conflict, match="closed"):
        assignment.propose(actor=world.officer, call=world.call)
    with pytest.raises(Conflict):
        world.confirm()


def test_no_review_is_submitted_after_the_minutes(database: config.Settings) -> None:
    jury = Jury()
    chair = jury.add_juror("Amina Chair", "SEN", is_chair=True)
    reader = jury.add_juror("Basel Juror", "JOR")
    file = jury.files["Cusco"]
    assignment.assign(actor=jury.officer, reference=file, juror=jury.jurors["Basel Juror"])
    jury.freeze()
    review.declare(actor=reader, reference=file, has_conflict=False)
    recommendation.confirm(
        actor=chair,
        call=jury.call,
        recommendations={file: (False, "Nobody was left to read it")},
        present=["Amina Chair"],
        recusals={file: ["Basel Juror"]},
        words="Nothing was read.",
        held_on=clock.today(),
    )
    with pytest.raises(Conflict, match="closed"):
        review.submit(actor=reader, reference=file, scores=scores(), paragraph="Late", revision=0)


def test_a_review_that_comes_in_while_the_chair_confirms_is_counted_or_refused(database: config.Settings) -> None:
    jury = Jury()
    chair = jury.add_juror("Amina Chair", "SEN", is_chair=True)
    readers = [jury.add_juror("Basel Juror", "JOR"), jury.add_juror("Diego Juror", "JPN")]
    file = jury.files["Cusco"]
    for name in ("Basel Juror", "Diego Juror"):
        assignment.assign(actor=jury.officer, reference=file, juror=jury.jurors[name])
    jury.freeze()
    review.declare(actor=readers[1], reference=file, has_conflict=False)
    jury.review(readers[0], file, 4)
    got: list[str] = []

    def hand_in() -> None:
        try:
            review.submit(actor=readers[1], reference=file, scores=scores(4), paragraph="Good.", revision=0)
            got.append("done")
        except Conflict:
            got.append("too late")
        finally:
            db.release()

    reader_acts = threading.Thread(target=hand_in)

    def as_the_chair_locks(_c: object, _k: object, statement: str, *_rest: object) -> None:
        is_chairs = threading.current_thread() is not reader_acts
        if is_chairs and not reader_acts.ident and "FROM application" in statement and "is_permitted" in statement:
            reader_acts.start()
            # On SQLite the chair's act holds the only pen: the reader waits until it is over.
            reader_acts.join(timeout=1)

    event.listen(db.engine, "before_cursor_execute", as_the_chair_locks)
    try:
        recommendation.confirm(
            actor=chair,
            call=jury.call,
            recommendations={file: (True, "")},
            present=["Amina Chair"],
            recusals={},
            words="One file.",
            held_on=clock.today(),
        )
    finally:
        event.remove(db.engine, "before_cursor_execute", as_the_chair_locks)
    reader_acts.join()
    with db.reading() as session:
        counted = len(session.scalars(select(Minutes)).one().frozen["readings"])
    assert (got, counted) in ((["done"], 2), (["too late"], 1))
    assert got == (["too late"] if db.dialect == "sqlite" else ["done"])


def test_nobody_is_judged_unread(database: config.Settings) -> None:
    """The refusal names every file without a submitted review; one that all had to leave stands with a note."""
    jury = Jury()
    chair = jury.add_juror("Amina Chair", "SEN", is_chair=True)
    reader = jury.add_juror("Basel Juror", "JOR")
    read, unread = jury.files["Cusco"], jury.files["Kisumu"]
    for file in (read, unread):
        assignment.assign(actor=jury.officer, reference=file, juror=jury.jurors["Basel Juror"])
    jury.freeze()
    jury.review(reader, read, 4)
    review.declare(actor=reader, reference=unread, has_conflict=False)
    review.save(actor=reader, reference=unread, scores=scores(), paragraph="Not done", revision=0)
    with db.reading() as session:
        on_ballot = set(session.scalars(select(Application.reference).where(Application.state == "in_review")))
    assert {read, unread} <= on_ballot

    def confirm(is_recommended: bool, note: str, names: list[str]) -> str:
        others = on_ballot - {read, unread}
        return recommendation.confirm(
            actor=chair,
            call=jury.call,
            recommendations={read: (True, ""), unread: (is_recommended, note)} | dict.fromkeys(others, (False, "Left")),
            present=["Amina Chair"],
            recusals=dict.fromkeys([*others, unread], names) if names else {},
            words="The jury met by video.",
            held_on=clock.today(),
        )

    for is_recommended, note, names in (
        (True, "The chair knows the city", []),
        (True, "The chair knows the city", ["Basel Juror"]),
        (False, "Weak", []),
        (False, " ", ["Basel Juror"]),
        (False, "Weak", [" "]),
    ):
        with pytest.raises(Conflict, match="No juror has submitted a review") as refusal:
            confirm(is_recommended, note, names)
        assert f"Kisumu ({unread})" in str(refusal.value.message)
        assert f"note-{unread}" in refusal.value.fields
        assert f"note-{read}" not in refusal.value.fields
    with db.reading() as session:
        assert session.scalars(select(Minutes)).all() == []
    confirm(False, "All who could read it left", ["Basel Juror"])
    with db.reading() as session:
        assert len(session.scalars(select(Recommendation)).all()) == len(on_ballot)


def test_a_recommendation_is_of_the_readings_that_were_seen(world: Read) -> None:
    """A review that came in, or a reading that ended, after the chair opened the page is looked at first."""
    before = ranking(world.chair, clock.now(), world.call).sign
    db.release()
    reader = next(juror for juror in world.readers[1:] if world.files_of(juror))
    file = world.files_of(reader)[0]
    with db.reading() as session:
        of_reader = select(Juror.id).where(Juror.person_id == reader.person_id).scalar_subquery()
        reading = (
            select(Assignment.reference)
            .join(Application, Application.id == Assignment.application_id)
            .where(Application.reference == file, Assignment.juror_id == of_reader)
        )
        given = session.scalars(reading).one()
    assignment.unassign(actor=world.officer, assignment=given, reason="Ill")
    with pytest.raises(Conflict, match="since you opened this page"):
        world.confirm(seen=before)
    with pytest.raises(Conflict, match="since you opened this page"):
        world.confirm(seen="")
    now = ranking(world.chair, clock.now(), world.call)
    db.release()
    assert now.sign != before
    ballot = {line.reference: (line.is_recommended_by_standard, "") for line in now.files}
    world.confirm(recommendations=ballot, seen=now.sign)


def test_departing_from_the_standard_needs_a_note(world: Read) -> None:
    with pytest.raises(Invalid) as refusal:
        world.confirm(recommendations=world.ballot(Okayama=(True, " "), Cusco=(False, "")))
    assert set(refusal.value.fields) == {f"note-{world.files['Okayama']}", f"note-{world.files['Cusco']}"}
    world.confirm(recommendations=world.ballot(Okayama=(True, "The numbers are strong")))
    assert sum(is_recommended for is_recommended, _average, _readers in kept().values()) == 3


def test_minutes_need_people_and_words(world: Read) -> None:
    with pytest.raises(Invalid) as refusal:
        world.confirm(present=[" "], words="")
    assert set(refusal.value.fields) == {"present", "words"}
    assert kept() == {}


def test_only_the_chair_of_that_call_confirms(world: Read) -> None:
    for actor, refusal in ((world.officer, NotFound), (world.director, NotFound), (world.readers[1], Forbidden)):
        with pytest.raises(refusal):
            world.confirm(actor)


def test_every_file_is_decided_upon_and_no_other(world: Read) -> None:
    for recommendations in (
        {world.files["Cusco"]: (True, "")},
        world.ballot() | {"GNLC-2027-XXXXX": (True, "")},
    ):
        with pytest.raises(Conflict, match="has changed"):
            world.confirm(recommendations=recommendations)


def test_a_chair_judges_first(database: config.Settings) -> None:
    jury = Jury()
    chair = jury.add_juror("Amina Chair", "SEN", is_chair=True)
    file = jury.files["Cusco"]
    assignment.assign(actor=jury.officer, reference=file, juror=jury.jurors["Amina Chair"])
    jury.freeze()
    given = {"present": ["A"], "recusals": {}, "words": "W", "held_on": clock.today()}
    with pytest.raises(Conflict, match=f"First submit your own reviews.*{file}"):
        recommendation.confirm(actor=chair, call=jury.call, recommendations={file: (False, "")}, **given)  # type: ignore[arg-type]


def test_where_the_chair_is_recused_a_second_person_confirms(database: config.Settings) -> None:
    world = Read(places=(("KEN", "Kisumu"), ("PER", "Cusco"), ("JPN", "Okayama"), ("FRA", "Évry"), ("SEN", "Dakar")))
    dakar = world.files.pop("Dakar")
    with pytest.raises(Forbidden, match=dakar):
        world.confirm(recommendations={**world.ballot(), dakar: (False, "")})
    first = world.confirm(recusals={dakar: ["Amina Chair"]})
    deputy = world.add_juror("Elena Deputy", "MEX", is_chair=True)
    second = recommendation.confirm(
        actor=deputy,
        call=world.call,
        recommendations={dakar: (False, "")},
        present=["Elena Deputy"],
        recusals={},
        words="Chaired for this file.",
        held_on=clock.today(),
    )
    assert first == second
    assert len(kept()) == 5
    with db.reading() as session:
        minutes = session.scalars(select(Minutes)).one()
    assert minutes.present == ["Amina Chair", "Basel Juror", "Elena Deputy"]
    assert "Elena Deputy: Chaired for this file." in minutes.words


def test_the_ranking_shows_a_viewer_with_a_conflict_the_name_only(database: config.Settings) -> None:
    world = Read(places=(("KEN", "Kisumu"), ("PER", "Cusco"), ("SEN", "Dakar"), ("FRA", "Évry")))
    shown = {file.place_name: file for file in ranking(world.chair, clock.now(), world.call).files}
    assert shown["Dakar"].closed is not None
    assert (shown["Dakar"].average, shown["Dakar"].totals, shown["Dakar"].is_recommended_by_standard) == (
        None,
        (),
        False,
    )
    assert shown["Kisumu"].average == 4.0
    db.release()
    everything = {file.place_name: file for file in ranking(world.officer, clock.now(), world.call).files}
    assert everything["Dakar"].average == 2.0
    db.release()


def test_a_chair_who_reads_sees_no_average_before_the_own_review(database: config.Settings) -> None:
    jury = Jury()
    chair = jury.add_juror("Amina Chair", "SEN", is_chair=True)
    reader = jury.add_juror("Basel Juror", "JOR")
    file = jury.files["Cusco"]
    for name in ("Amina Chair", "Basel Juror"):
        assignment.assign(actor=jury.officer, reference=file, juror=jury.jurors[name])
    jury.freeze()
    jury.review(reader, file, 5)
    (before,) = ranking(chair, clock.now(), jury.call).files
    assert (before.average, before.closed is not None) == (None, True)
    db.release()
    jury.review(chair, file, 3)
    (after,) = ranking(actor_of(chair.person_id or 0), clock.now(), jury.call).files
    assert (after.average, after.closed) == (4.0, None)
    db.release()


def test_a_ranking_belongs_to_its_call(world: Read) -> None:
    for stranger in (world.readers[1], Actor()):
        with pytest.raises((NotFound, Forbidden, Exception)):
            ranking(stranger, clock.now(), world.call)
        db.release()


def test_the_chairs_page_begins_with_those_who_were_there_and_who_could_not_judge(world: Read) -> None:
    world.add_juror("Keiko Juror", "JPN")
    assignment.record_conflict(
        actor=world.officer,
        reference=world.files["Okayama"],
        juror=world.jurors["Keiko Juror"],
        code="declared_application",
        detail="x",
    )
    page = ranking(world.chair, clock.now(), world.call)
    begun = minutes_pages.prefill(world.chair, clock.now(), page)
    assert len(begun.present) == 5
    assert begun.recusals == {world.files["Okayama"]: ("Keiko Juror",)}
    assert minutes_pages.decided(world.chair, clock.now(), page) == []
    db.release()


def test_the_figures_of_these_scores_are_frozen_with_the_minutes(world: Read) -> None:
    figures.refresh(actor=SYSTEM, call=world.call)
    with db.reading() as session:
        kept = session.scalars(select(JuryFigures)).one()
    world.confirm()
    found = ranking(world.officer, clock.now(), world.call)
    minutes = minutes_pages.minutes(world.officer, clock.now(), found)
    db.release()
    with db.reading() as session:
        frozen = session.scalars(select(Minutes)).one().frozen["figures"]
    assert minutes is not None
    assert frozen["inputs"] == kept.inputs_sha256 == minutes.inputs
    assert (frozen["method"], frozen["seed"], frozen["draws"]) == (kept.method, kept.seed, kept.draws)
    assert (frozen["files"], frozen["jurors"]) == (kept.files, kept.jurors)


def test_minutes_before_the_figures_say_what_they_can_be_computed_from(world: Read) -> None:
    world.confirm()
    with db.reading() as session:
        frozen = session.scalars(select(Minutes)).one().frozen["figures"]
    figures.refresh(actor=SYSTEM, call=world.call)
    with db.reading() as session:
        kept = session.scalars(select(JuryFigures)).one()
    assert frozen == {"version": "figures-3", "inputs": kept.inputs_sha256, "seed": kept.seed, "draws": kept.draws}
