"""Two more readers where they help most: which files, whom the rules let read them, once, and not after the minutes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import insert, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Assignment,
    AssignmentProposal,
    Juror,
    JuryFigures,
    OutboxMessage,
    StaffConflict,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import assignment, figures, recommendation
from tests.jury_world import Jury, change_scores

pytestmark = pytest.mark.postgres

READS = {"Kisumu": "ABC", "Cusco": "BCD", "Okayama": "CDA", "Évry": "ABD"}
VALUES = {"Kisumu": (5, 5, 4), "Cusco": (4, 5, 5), "Okayama": (1, 1, 2), "Évry": (3, 3, 3)}


class Close(Jury):
    """Four readers have read; Évry stands at the line. Two jurors have nothing yet, one of them of the country of Évry."""

    def __init__(self) -> None:
        super().__init__(readers=3)
        self.readers = {actor.name[0]: actor for actor in self.standard_jury()}
        self.readers["E"] = self.add_juror("Elif Juror", "TUR")
        self.add_juror("Fanny Juror", "FRA")
        self.add_juror("Gaku Juror", "IND", languages=["fr"])
        for place, letters in READS.items():
            for letter in letters:
                name = self.readers[letter].name
                assignment.assign(actor=self.officer, reference=self.files[place], juror=self.jurors[name])
        self.freeze()
        for place, letters in READS.items():
            for letter, value in zip(letters, VALUES[place], strict=True):
                self.review(self.readers[letter], self.files[place], value)
        figures.refresh(actor=SYSTEM, call=self.call)


@pytest.fixture
def close(database: config.Settings) -> Close:
    return Close()


def readers() -> Counter[str]:
    """How many read each file."""
    with db.reading() as session:
        query = select(Application.reference).join(Assignment, Assignment.application_id == Application.id)
        return Counter(session.scalars(query.where(Assignment.ended_at.is_(None))))


def result(proposal: int) -> dict[str, Any]:
    """What the proposal keeps."""
    with db.reading() as session:
        return dict(session.get_one(AssignmentProposal, proposal).result)


def fresh(proposal: int) -> list[tuple[str, str]]:
    """The new pairs: the juror's reference and the file's."""
    kept = result(proposal)
    return [(pair[0], pair[1]) for pair in kept["pairs"] if pair not in kept["fixed"]]


def test_a_close_file_gets_two_more_whom_the_rules_allow_once(close: Close) -> None:
    evry = close.files["Évry"]
    with db.reading() as session:
        kept = session.scalars(select(JuryFigures)).one()
        assert [file for file, row in kept.files.items() if 0.2 < row["p"] < 0.8] == [evry]
        told = len(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "files_assigned")).all())
    before = readers()
    proposal = assignment.propose_extra(actor=close.officer, call=close.call, seed=5)
    assert result(proposal)["close"] == [evry]
    # Chitra alone of the first readers has not read it; Fanny is of its country, Gaku does not read its language.
    expected = sorted((close.jurors[name], evry) for name in ("Chitra Juror", "Elif Juror"))
    assert sorted(fresh(proposal)) == expected
    assert readers() == before
    assignment.confirm(actor=close.officer, proposal=proposal)
    assert readers() == before + Counter({evry: 2})
    with db.reading() as session:
        letters = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "files_assigned")).all()[told:]
        assert sorted(letter.values["name"] for letter in letters) == ["Chitra Juror", "Elif Juror"]
        assert [letter.values["number"] for letter in letters] == [1, 1]
    with pytest.raises(Conflict, match="confirmed already"):
        assignment.confirm(actor=close.officer, proposal=proposal)
    with pytest.raises(Conflict, match="close enough"):
        assignment.propose_extra(actor=close.officer, call=close.call)
    for letter in "CE":
        close.review(close.readers[letter], evry, 3)
    figures.refresh(actor=SYSTEM, call=close.call)
    with pytest.raises(Conflict, match="close enough"):
        assignment.propose_extra(actor=close.officer, call=close.call)
    assert readers() == before + Counter({evry: 2})


def test_scores_that_changed_or_a_chair_who_confirmed_stop_it(close: Close) -> None:
    proposal = assignment.propose_extra(actor=close.officer, call=close.call)
    before = readers()
    change_scores(2, of=1)
    with pytest.raises(Conflict, match="scores have changed"):
        assignment.confirm(actor=close.officer, proposal=proposal)
    with pytest.raises(Conflict, match="being computed"):
        assignment.propose_extra(actor=close.officer, call=close.call)
    figures.refresh(actor=SYSTEM, call=close.call)
    proposal = assignment.propose_extra(actor=close.officer, call=close.call)
    recommendation.confirm(
        actor=close.readers["A"],
        call=close.call,
        recommendations={ref: (place != "Okayama", "") for place, ref in close.files.items()},
        present=["Amina Chair"],
        recusals={},
        words="All were discussed.",
        held_on=clock.today(),
    )
    for act in (
        lambda: assignment.confirm(actor=close.officer, proposal=proposal),
        lambda: assignment.propose_extra(actor=close.officer, call=close.call),
    ):
        with pytest.raises(Conflict, match="chair has confirmed"):
            act()
    assert readers() == before


def test_who_has_a_tie_to_the_file_neither_proposes_nor_confirms(close: Close) -> None:
    proposal = assignment.propose_extra(actor=close.director, call=close.call)
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == close.files["Évry"])).one()
        row = {"person_id": close.officer.person_id, "application_id": number, "reason": "x"}
        session.execute(insert(StaffConflict), [row | {"recorded_at": clock.now()}])
    before = readers()
    with pytest.raises(Forbidden, match=close.files["Évry"]):
        assignment.confirm(actor=close.officer, proposal=proposal)
    with pytest.raises(Conflict, match="close enough"):
        assignment.propose_extra(actor=close.officer, call=close.call)
    assert readers() == before
    assignment.confirm(actor=close.director, proposal=proposal)
    assert readers()[close.files["Évry"]] == 5


def test_only_the_secretariat_proposes(close: Close) -> None:
    with pytest.raises(Forbidden):
        assignment.propose_extra(actor=close.readers["A"], call=close.call)
    with db.reading() as session:
        assert session.scalars(select(Juror.id)).all()
        assert session.scalars(select(AssignmentProposal.id)).all() == []
