"""A juror's work: the gate, drafts that two windows cannot spoil, submitting once, abstaining, conflicts at any time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from gnlc_apply.extensions import db
from gnlc_apply.models import Assignment, ConflictOfInterest, JurorFile, OutboxMessage, Review, ReviewState, Score
from gnlc_apply.permissions import FRESH, Actor
from gnlc_apply.queries.embargoed import jury as homes
from gnlc_apply.queries.embargoed import reading
from gnlc_apply.services import assignment, review
from tests.jury_world import GUIDE, Jury, scores

pytestmark = pytest.mark.postgres


@pytest.fixture
def jury(database: config.Settings) -> Jury:
    return Jury()


@pytest.fixture
def juror(jury: Jury) -> Actor:
    """Basel, who reads Cusco."""
    actor = jury.add_juror("Basel Juror", "JOR")
    assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=jury.jurors["Basel Juror"])
    return actor


def the_review() -> Review:
    with db.reading() as session:
        return session.scalars(select(Review)).one()


def kept_scores() -> dict[str, tuple[int | None, str]]:
    with db.reading() as session:
        return {row.criterion: (row.value, row.reason) for row in session.scalars(select(Score))}


def test_the_text_opens_only_after_no_conflict_was_declared(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    assert reading.gate(juror, clock.now(), file).place_name == "Cusco"
    with pytest.raises(NotFound):
        reading.reading(juror, clock.now(), file)
    with pytest.raises(Forbidden):
        review.save(actor=juror, reference=file, scores=scores(), paragraph="", revision=0)
    db.release()
    review.declare(actor=juror, reference=file, has_conflict=False)
    page = reading.reading(juror, clock.now(), file)
    assert page.answers["vision.vision"] == "A place to learn for everybody."
    assert not any(key.startswith("people.") for key in page.answers)


def test_only_the_own_files_are_there(jury: Jury, juror: Actor) -> None:
    other = jury.add_juror("Chitra Juror", "IND")
    for actor, file in (
        (juror, jury.files["Kisumu"]),
        (other, jury.files["Cusco"]),
        (jury.officer, jury.files["Cusco"]),
    ):
        with pytest.raises(NotFound):
            review.declare(actor=actor, reference=file, has_conflict=False)
        with pytest.raises(NotFound):
            reading.gate(actor, clock.now(), file)
        db.release()


def test_a_conflict_needs_a_word_and_removes_the_file_for_good(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    with pytest.raises(Invalid) as refusal:
        review.declare(actor=juror, reference=file, has_conflict=True, detail=" ")
    assert set(refusal.value.fields) == {"detail"}
    review.declare(actor=juror, reference=file, has_conflict=True, detail="Advised the mayor")
    assert homes.home(juror, clock.now())[0].files == ()
    db.release()
    with db.reading() as session:
        assert session.scalars(select(JurorFile.is_blocked)).one() is True
        assert session.scalars(select(ConflictOfInterest)).one().detail == "Advised the mayor"
        told = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "reader_lost")).one()
    assert told.recipient == "office@network.example"
    assert "Advised the mayor" not in str(told.values)
    with pytest.raises(Conflict):
        assignment.assign(actor=jury.officer, reference=file, juror=jury.jurors["Basel Juror"])


def test_who_showed_the_second_factor_long_ago_submits_nothing_on_any_path(jury: Jury, juror: Actor) -> None:
    """The page asks; the command asks again, for whoever calls it without the page."""
    jury.freeze()
    file = jury.files["Cusco"]
    review.declare(actor=juror, reference=file, has_conflict=False)
    given: dict[str, Any] = {"reference": file, "scores": scores(4), "paragraph": "A good file.", "revision": 0}
    old = replace(juror, second_factor_at=clock.now() - FRESH - timedelta(seconds=1))
    for stale in (old, replace(juror, second_factor_at=None)):
        with pytest.raises(SignInNeeded):
            review.submit(actor=stale, **given)
    with db.reading() as session:
        assert session.scalars(select(Review)).all() == []
    # Saving a draft does not ask, submitting with a fresh one succeeds.
    assert review.save(actor=old, **given) == 1
    assert review.submit(actor=juror, **(given | {"revision": 1})) == 4.0


def test_a_conflict_declared_after_submitting_voids_the_review(jury: Jury, juror: Actor) -> None:
    jury.freeze()
    jury.review(juror, jury.files["Cusco"], 5)
    review.declare(actor=juror, reference=jury.files["Cusco"], has_conflict=True, detail="A contract came up")
    with db.reading() as session:
        assert session.scalars(select(Assignment.ended_at)).one() is not None


def test_a_draft_keeps_all_that_was_typed(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    review.declare(actor=juror, reference=file, has_conflict=False)
    draft = {"commitment": (4, ""), "plan": (None, "The plan has no years"), "practices": (None, "")}
    assert review.save(actor=juror, reference=file, scores=draft, paragraph="Half", revision=0) == 1
    assert kept_scores() == {"commitment": (4, ""), "plan": (None, "The plan has no years")}
    assert the_review().total is None
    assert review.save(actor=juror, reference=file, scores=scores(2), paragraph="Whole", revision=1) == 2
    assert (the_review().total, the_review().paragraph) == (2.0, "Whole")


def test_a_save_writes_what_has_changed_and_leaves_the_rest(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    review.declare(actor=juror, reference=file, has_conflict=False)

    def ids() -> dict[str, int]:
        with db.reading() as session:
            return {row.criterion: row.id for row in session.scalars(select(Score))}

    first, second = GUIDE.criteria[0].code, GUIDE.criteria[1].code
    given = scores(3)
    review.save(actor=juror, reference=file, scores=given, paragraph="", revision=0)
    before = ids()
    # One value changes, one is taken back, one gets words beside the same value; the paragraph alone changes no score.
    third = GUIDE.criteria[2].code
    given |= {first: (5, ""), second: (None, " "), third: (3, " As before ")}
    review.save(actor=juror, reference=file, scores=given, paragraph="Now.", revision=1)
    assert kept_scores() == {
        code: score for code, score in {**scores(3), first: (5, ""), third: (3, "As before")}.items() if code != second
    }
    after = ids()
    assert {code for code in after if after[code] == before[code]} == set(GUIDE.weights) - {first, second, third}
    review.save(actor=juror, reference=file, scores=given, paragraph="And now.", revision=2)
    assert ids() == after
    given[second] = (0, "")
    review.save(actor=juror, reference=file, scores=given, paragraph="And now.", revision=3)
    assert kept_scores()[second] == (0, "")


def test_two_windows_never_overwrite_each_other(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    review.declare(actor=juror, reference=file, has_conflict=False)
    review.save(actor=juror, reference=file, scores=scores(2), paragraph="First window", revision=0)
    for late in (0, 7):
        with pytest.raises(Conflict, match="another window"):
            review.save(actor=juror, reference=file, scores=scores(5), paragraph="Second window", revision=late)
    jury.freeze()
    with pytest.raises(Conflict, match="another window"):
        review.submit(actor=juror, reference=file, scores=scores(5), paragraph="Second window", revision=0)
    assert (the_review().paragraph, the_review().revision, the_review().state) == ("First window", 1, ReviewState.DRAFT)


def test_what_is_no_score_is_refused(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    review.declare(actor=juror, reference=file, has_conflict=False)
    bad = {"commitment": (6, ""), "beauty": (3, ""), "plan": (3, "x" * 6000)}
    with pytest.raises(Invalid) as refusal:
        review.save(actor=juror, reference=file, scores=bad, paragraph="", revision=0)
    assert set(refusal.value.fields) == {"score-commitment", "score-beauty", "reason-plan"}


def test_submitting_needs_every_value_the_reasons_the_guide_asks_for_and_a_paragraph(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    jury.freeze()
    review.declare(actor=juror, reference=file, has_conflict=False)
    bare = {code: (value, "") for code, value in zip(GUIDE.weights, (0, 1, 2, 3, 4, 5, None), strict=True)}
    with pytest.raises(Invalid) as refusal:
        review.submit(actor=juror, reference=file, scores=bare, paragraph=" ", revision=0)
    codes = list(GUIDE.weights)
    expected = {f"reason-{codes[0]}", f"reason-{codes[1]}", f"reason-{codes[5]}", f"score-{codes[6]}", "paragraph"}
    assert set(refusal.value.fields) == expected


def test_nothing_is_submitted_before_the_guide_is_frozen(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    review.declare(actor=juror, reference=file, has_conflict=False)
    with pytest.raises(Conflict, match="not final"):
        review.submit(actor=juror, reference=file, scores=scores(), paragraph="Good", revision=0)
    review.save(actor=juror, reference=file, scores=scores(), paragraph="Good", revision=0)
    jury.freeze()
    total = review.submit(actor=juror, reference=file, scores=scores(3, commitment=5), paragraph="Good", revision=1)
    assert total == pytest.approx(3.4)


def test_a_submitted_review_is_closed(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    jury.freeze()
    jury.review(juror, file)
    with pytest.raises(Conflict, match="submitted"):
        review.save(actor=juror, reference=file, scores=scores(5), paragraph="", revision=1)
    with pytest.raises(Conflict, match="submitted"):
        review.submit(actor=juror, reference=file, scores=scores(5), paragraph="x", revision=1)
    with pytest.raises(Conflict, match="submitted"):
        review.abstain(actor=juror, reference=file, reason="x")
    with pytest.raises(Conflict, match="submitted"):
        review.decline_file(actor=juror, reference=file, reason="x")


def test_others_are_hidden_until_the_own_review_is_in_and_then_have_no_names(jury: Jury) -> None:
    jurors = jury.standard_jury()
    jury.assign_all()
    jury.freeze()
    file = jury.files["Cusco"]
    first, second = [juror for juror in jurors if file in jury.files_of(juror)]
    jury.review(first, file, 4)
    review.declare(actor=second, reference=file, has_conflict=False)
    assert reading.others(second, clock.now(), file) == []
    db.release()
    review.submit(actor=second, reference=file, scores=scores(2), paragraph="Weak", revision=0)
    (other,) = reading.others(second, clock.now(), file)
    mine = reading.reading(second, clock.now(), file).pseudonym
    assert (other.total, other.paragraph) == (4.0, "A good file.")
    assert other.pseudonym != mine
    assert len(other.pseudonym) == 1
    db.release()


def test_abstaining_keeps_the_draft_and_counts_for_nothing(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    review.declare(actor=juror, reference=file, has_conflict=False)
    review.save(actor=juror, reference=file, scores=scores(2), paragraph="My notes", revision=0)
    with pytest.raises(Invalid):
        review.abstain(actor=juror, reference=file, reason=" ")
    review.abstain(actor=juror, reference=file, reason="I cannot judge this")
    kept = the_review()
    assert (kept.state, kept.paragraph, kept.abstention_reason) == (
        ReviewState.ABSTAINED,
        "My notes",
        "I cannot judge this",
    )
    with pytest.raises(Conflict, match="abstained"):
        review.save(actor=juror, reference=file, scores=scores(3), paragraph="", revision=1)
    (seat,) = homes.home(juror, clock.now())
    assert (len(seat.to_read), len(seat.done)) == (0, 1)
    db.release()


def test_a_file_that_cannot_be_taken_goes_back_without_a_block(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    review.decline_file(actor=juror, reference=file, reason="No time this month")
    assert jury.files_of(juror) == []
    assignment.assign(actor=jury.officer, reference=file, juror=jury.jurors["Basel Juror"])
    assert jury.files_of(juror) == [file]
