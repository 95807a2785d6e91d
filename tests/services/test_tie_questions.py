"""Ties that names show: the same person blocks, the rest is asked of the juror; until there is an answer the text is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Assignment,
    AssignmentProposal,
    ConflictOfInterest,
    JurorFile,
    OutboxMessage,
    StaffConflict,
    TieAnswer,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import assignment, review
from tests.jury_world import Jury, add_file, scores

pytestmark = pytest.mark.postgres

FAMILY, ORGANISATION = "same_family_name", "organisation"
PARTNER = {"partners.1.names": "Open House; Fondation Learning Wales"}


class Named(Jury):
    """Basel Juror reads Edirne, whose focal point has the same family name and whose partner a name as his employer's."""

    def __init__(self, **profile: Any) -> None:
        super().__init__()
        answers = {"people.focal_name": "Omar JUROR", **PARTNER}
        self.edirne = add_file(self.call_id, "TUR", "Edirne", "edirne", **answers)
        self.basel = self.add_juror("Basel Juror", "JOR", **profile)
        assignment.assign(actor=self.officer, reference=self.edirne, juror=self.jurors["Basel Juror"])

    def declare(self, **answers: str) -> TieAnswer:
        """Say no to the general question, and this to the others."""
        return review.declare(actor=self.basel, reference=self.edirne, has_conflict=False, answers=answers)

    def save(self, revision: int) -> int:
        """Save a draft."""
        return review.save(actor=self.basel, reference=self.edirne, scores=scores(4), paragraph="", revision=revision)


@pytest.fixture
def jury(database: config.Settings) -> Named:
    return Named()


def mails(kind: str) -> list[dict[str, Any]]:
    with db.reading() as session:
        return [dict(row) for row in session.scalars(select(OutboxMessage.values).where(OutboxMessage.kind == kind))]


def question() -> tuple[str, str, str | None, str]:
    with db.reading() as session:
        row = session.scalars(select(ConflictOfInterest)).one()
    return row.code, row.level, row.answer, row.detail


def test_a_family_name_is_asked_about_once_before_the_text_opens(jury: Named) -> None:
    assert question() == (FAMILY, "ask", None, "juror")
    for answers in ({}, {FAMILY: "perhaps"}, {FAMILY: "too_late"}, {ORGANISATION: "no_tie"}):
        with pytest.raises(Invalid) as refusal:
            jury.declare(**answers)
        assert set(refusal.value.fields) == {f"question-{FAMILY}"}
    with pytest.raises(Forbidden):
        jury.save(0)
    assert jury.declare(**{FAMILY: "no_tie"}) is TieAnswer.NO_TIE
    assert question() == (FAMILY, "ask", "no_tie", "juror")
    assert jury.save(0) == 1
    with db.reading() as session:
        running = session.scalars(select(Assignment.reference)).one()
    assignment.unassign(actor=jury.officer, assignment=running, reason="Ill")
    assignment.assign(actor=jury.officer, reference=jury.edirne, juror=jury.jurors["Basel Juror"])
    assert jury.declare() is TieAnswer.NO_TIE


def test_a_tie_keeps_the_juror_from_the_file_for_good(jury: Named) -> None:
    assert jury.declare(**{FAMILY: "tie"}) is TieAnswer.TIE
    assert jury.files_of(jury.basel) == []
    assert question() == (FAMILY, "block", "tie", "juror")
    (letter,) = mails("reader_lost")
    assert (letter["why"], "juror" in str(letter).lower()) == ("conflict", False)
    with pytest.raises(Conflict):
        assignment.assign(actor=jury.officer, reference=jury.edirne, juror=jury.jurors["Basel Juror"])
    with db.reading() as session:
        assert session.scalars(select(JurorFile.is_blocked)).one() is True


def test_what_is_left_to_the_secretariat_stays_closed_until_they_decide(jury: Named) -> None:
    assert jury.declare(**{FAMILY: "secretariat"}) is TieAnswer.SECRETARIAT
    assert jury.declare() is TieAnswer.SECRETARIAT
    assert len(mails("tie_undecided")) == 1
    with pytest.raises(Forbidden):
        jury.save(0)
    decided: dict[str, Any] = {"reference": jury.edirne, "juror": jury.jurors["Basel Juror"], "code": FAMILY}
    with pytest.raises(NotFound):
        assignment.decide_tie(actor=jury.basel, has_tie=False, **decided)
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == jury.edirne)).one()
        row = {"person_id": jury.director.person_id, "application_id": number, "reason": "x"}
        session.execute(insert(StaffConflict), [row | {"recorded_at": clock.now()}])
    with pytest.raises(NotFound):
        assignment.decide_tie(actor=jury.director, has_tie=False, **decided)
    assignment.decide_tie(actor=jury.officer, has_tie=False, **decided)
    assert [letter["number"] for letter in mails("tie_decided")] == [1]
    with pytest.raises(NotFound):
        assignment.decide_tie(actor=jury.officer, has_tie=True, **decided)
    assert jury.declare() is TieAnswer.NO_TIE
    assert jury.save(0) == 1


def test_a_juror_is_reminded_once_two_days_before_the_end(jury: Named) -> None:
    put, told = clock.now(), []
    for days in (4.9, 5, 6, 7):
        with clock.at(put + timedelta(days=days)):
            told.append((days, assignment.remind_asked(actor=SYSTEM, call=jury.call)))
    assert told == [(4.9, 0), (5, 1), (6, 0), (7, 0)]
    (letter,) = mails("tie_reminder")
    assert (letter["number"], letter["answer_until"]) == (1, (put + timedelta(days=7)).isoformat())
    assert ("Edirne" in str(letter), "Wales" in str(letter)) == (False, False)


def test_who_has_answered_is_not_reminded(jury: Named) -> None:
    put = clock.now()
    jury.declare(**{FAMILY: "no_tie"})
    with clock.at(put + timedelta(days=5)):
        assert assignment.remind_asked(actor=SYSTEM, call=jury.call) == 0


def test_no_answer_in_time_is_a_conflict(jury: Named) -> None:
    week = timedelta(days=7)
    # An answer that arrived in the last second may still be at work.
    with clock.at(clock.now() + week + timedelta(minutes=1)):
        assert assignment.end_unanswered(actor=SYSTEM, call=jury.call) == 0
    with clock.at(clock.now() + week + timedelta(minutes=2)):
        assert assignment.end_unanswered(actor=SYSTEM, call=jury.call) == 1
        assert assignment.end_unanswered(actor=SYSTEM, call=jury.call) == 0
    assert jury.files_of(jury.basel) == []
    assert question() == (FAMILY, "block", "too_late", "juror")
    assert [letter["why"] for letter in mails("reader_lost")] == ["unanswered"]
    with db.reading() as session:
        assert session.scalars(select(JurorFile.is_blocked)).one() is True


def test_the_same_person_blocks_at_once(jury: Named) -> None:
    jury.add_juror("Lena Autre", "MEX", related_names=["Omar Juror"])
    with pytest.raises(Conflict, match="named in the application"):
        assignment.assign(actor=jury.officer, reference=jury.edirne, juror=jury.jurors["Lena Autre"])


def _profile(jury: Named, organisation: str) -> None:
    assignment.set_profile(
        actor=jury.basel, call=jury.call, countries=["JOR"], languages=["en"], organisations=[organisation]
    )


def test_an_organisation_named_later_closes_what_was_open_and_loses_nothing(jury: Named) -> None:
    jury.declare(**{FAMILY: "no_tie"})
    assert jury.save(0) == 1
    _profile(jury, "Another House")
    assert jury.save(1) == 2
    _profile(jury, "Learning Wales Foundation")
    with pytest.raises(Forbidden):
        jury.save(2)
    (letter,) = mails("tie_question")
    assert (letter["number"], "Edirne" in str(letter), "Wales" in str(letter)) == (1, False, False)
    assert jury.declare(**{ORGANISATION: "no_tie"}) is TieAnswer.NO_TIE
    assert jury.save(2) == 3
    _profile(jury, "Learning Wales Foundation")
    assert jury.save(3) == 4


def test_of_a_review_that_is_in_the_secretariat_decides(jury: Named) -> None:
    jury.declare(**{FAMILY: "no_tie"})
    jury.freeze()
    review.submit(actor=jury.basel, reference=jury.edirne, scores=scores(4), paragraph="A good file.", revision=0)
    _profile(jury, "Learning Wales Foundation")
    assert jury.files_of(jury.basel) == [jury.edirne]
    assert len(mails("tie_undecided")) == 1
    with clock.at(clock.now() + timedelta(days=30)):
        assert assignment.end_unanswered(actor=SYSTEM, call=jury.call) == 0
        assignment.decide_tie(
            actor=jury.officer,
            reference=jury.edirne,
            juror=jury.jurors["Basel Juror"],
            code=ORGANISATION,
            has_tie=True,
        )
    assert jury.files_of(jury.basel) == []


def test_a_proposal_says_who_will_be_asked(jury: Named) -> None:
    jury.add_juror("Diego Otro", "MEX")
    proposal = assignment.propose(actor=jury.officer, call=jury.call)
    with db.reading() as session:
        asked = session.get_one(AssignmentProposal, proposal).result["asked"]
    assert asked == [[jury.jurors["Basel Juror"], jury.edirne]]
