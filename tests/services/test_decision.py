"""Decisions: two persons, reasons, places, and what keeps somebody from a file."""

from __future__ import annotations

import pytest
from sqlalchemy import event, insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    AuditEntry,
    Call,
    Decision,
    Outcome,
    QuotaException,
    QuotaPlace,
    Recommendation,
    StaffConflict,
)
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.queries.embargoed import decisions
from gnlc_apply.services import decision, ledger
from tests.services.cohort import ground

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("database")]

YES, NO = Outcome.APPROVED, Outcome.NOT_APPROVED


def _decisions() -> dict[str, Decision]:
    with db.reading() as session:
        rows = session.execute(
            select(Application.reference, Decision).join(Application, Application.id == Decision.application_id)
        )
        return {row[0]: row[1] for row in rows}


def _approval_places() -> int:
    with db.reading() as session:
        return len(session.scalars(select(QuotaPlace).where(QuotaPlace.purpose == "approval")).all())


def test_prepared_and_approved_by_two_persons() -> None:
    world = ground.build()
    decision.prepare(actor=world.officer, outcomes=ground.outcomes(world), reasons={})
    assert {d.outcome for d in _decisions().values()} == {YES, NO}
    assert _approval_places() == 0
    decision.approve(actor=world.director, references=world.files)
    assert all(d.approved_by_id == world.people["director"] for d in _decisions().values())
    assert _approval_places() == 4
    assert ground.states_of(world) == ["in_review"] * 6
    with db.reading() as session:
        assert ledger.verify(session).first_broken is None


def test_departing_from_the_recommendation_needs_a_reason() -> None:
    world = ground.build()
    with pytest.raises(Invalid) as refused:
        decision.prepare(actor=world.officer, outcomes={world.files[0]: NO, world.files[4]: YES}, reasons={})
    assert set(refused.value.fields) == {f"reason-{world.files[0]}", f"reason-{world.files[4]}"}
    assert _decisions() == {}
    reasons = {world.files[0]: "The mayor resigned.", world.files[4]: " "}
    with pytest.raises(Invalid) as refused:
        decision.prepare(actor=world.officer, outcomes={world.files[0]: NO, world.files[4]: YES}, reasons=reasons)
    assert set(refused.value.fields) == {f"reason-{world.files[4]}"}
    decision.prepare(actor=world.officer, outcomes={world.files[0]: NO}, reasons=reasons)
    assert _decisions()[world.files[0]].departure_reason == "The mayor resigned."


def test_nobody_approves_what_they_prepared() -> None:
    world = ground.build()
    decision.prepare(actor=world.director, outcomes={world.files[0]: YES}, reasons={})
    with pytest.raises(Forbidden):
        decision.approve(actor=world.director, references=world.files[:1])
    with pytest.raises(Forbidden):
        decision.approve(actor=world.officer, references=world.files[:1])
    decision.approve(actor=world.actor("second_director"), references=world.files[:1])
    assert _decisions()[world.files[0]].approved_by_id == world.people["second_director"]


def test_the_database_refuses_one_person_for_both() -> None:
    world = ground.build()
    decision.prepare(actor=world.director, outcomes={world.files[0]: YES}, reasons={})
    with pytest.raises(Exception, match="two_persons"), db.writing() as session:
        session.execute(
            update(Decision).values(approved_by_id=world.people["director"], approved_at=Decision.prepared_at)
        )


@pytest.mark.parametrize("who", ["city1", "commission_NLD"])
def test_outsiders_decide_nothing(who: str) -> None:
    world = ground.build()
    with pytest.raises(Forbidden):
        decision.prepare(actor=world.actor(who), outcomes={world.files[0]: YES}, reasons={})
    with pytest.raises(SignInNeeded):
        decision.prepare(actor=ANONYMOUS, outcomes={world.files[0]: YES}, reasons={})
    assert _decisions() == {}


def test_a_conflict_keeps_a_person_from_one_file_and_all_of_a_batch() -> None:
    world = ground.build()
    with db.writing() as session:
        file_id = session.scalar(select(Application.id).where(Application.reference == world.files[0]))
        rows = [
            {"person_id": world.people[who], "application_id": file_id, "recorded_at": ground.INSTANT}
            for who in ("officer", "director")
        ]
        session.execute(insert(StaffConflict), rows)
    with pytest.raises(Forbidden) as refused:
        decision.prepare(actor=world.officer, outcomes=ground.outcomes(world), reasons={})
    assert "Eindhoven" in str(refused.value.message)
    assert _decisions() == {}
    decision.prepare(actor=world.actor("second_officer"), outcomes=ground.outcomes(world), reasons={})
    with pytest.raises(Forbidden):
        decision.approve(actor=world.director, references=world.files)
    decision.approve(actor=world.actor("second_director"), references=world.files)
    with pytest.raises(Forbidden):
        decision.undo(actor=world.officer, references=world.files[:1])


def test_approving_takes_a_place_and_the_quota_is_hard() -> None:
    files = tuple((name, "NLD", True) for name in ("Eindhoven", "Utrecht", "Breda"))
    world = ground.build(files, quota=2)
    decision.prepare(actor=world.officer, outcomes=dict.fromkeys(world.files, YES), reasons={})
    with pytest.raises(Conflict) as refused:
        decision.approve(actor=world.director, references=world.files)
    assert "Netherlands" in str(refused.value.message)
    assert _approval_places() == 0
    assert all(d.approved_at is None for d in _decisions().values())
    decision.approve(actor=world.director, references=world.files[:2])
    with pytest.raises(Conflict):
        decision.approve(actor=world.director, references=world.files[2:])
    with db.writing() as session:
        call_id = session.scalar(select(Application.call_id))
        row = {"call_id": call_id, "country": "NLD", "extra": 1, "reason": "x", "asked_at": ground.INSTANT}
        both = {"asked_by_id": world.people["officer"], "confirmed_by_id": world.people["director"]}
        session.execute(insert(QuotaException), [{**row, **both, "confirmed_at": ground.INSTANT}])
    decision.approve(actor=world.director, references=world.files[2:])
    assert _approval_places() == 3


def test_a_withdrawn_city_gives_its_place_back() -> None:
    files = tuple((name, "NLD", True) for name in ("Eindhoven", "Utrecht"))
    world = ground.build(files, quota=1)
    decision.prepare(actor=world.officer, outcomes=dict.fromkeys(world.files, YES), reasons={})
    decision.approve(actor=world.director, references=world.files[:1])
    with pytest.raises(Conflict):
        decision.approve(actor=world.director, references=world.files[1:])
    with db.writing() as session:
        session.execute(
            update(Application)
            .where(Application.reference == world.files[0])
            .values(state="withdrawn", withdrawn_at=ground.INSTANT)
        )
    decision.approve(actor=world.director, references=world.files[1:])
    assert _approval_places() == 1


def test_undo_goes_one_step_back_and_frees_the_place() -> None:
    world = ground.build()
    decision.prepare(actor=world.officer, outcomes=ground.outcomes(world), reasons={})
    decision.approve(actor=world.director, references=world.files)
    decision.undo(actor=world.officer, references=world.files[:1])
    assert _decisions()[world.files[0]].approved_at is None
    assert _approval_places() == 3
    decision.undo(actor=world.officer, references=world.files[:1])
    assert world.files[0] not in _decisions()


def test_an_approved_decision_is_not_prepared_anew() -> None:
    world = ground.build()
    decision.prepare(actor=world.officer, outcomes={world.files[0]: YES}, reasons={})
    decision.approve(actor=world.director, references=world.files[:1])
    with pytest.raises(Conflict):
        decision.prepare(actor=world.officer, outcomes={world.files[0]: NO}, reasons={world.files[0]: "because"})


def test_no_decision_without_recommendation_and_only_with_the_jury() -> None:
    world = ground.build()
    call_id = ground.call("CALL-2029")
    bare = ground.file(world, call_id, 90, "Breda", "NLD", ground.city("Breda", "NLD"), is_recommended=None)
    with pytest.raises(Conflict):
        decision.prepare(actor=world.officer, outcomes={bare: YES}, reasons={})
    with pytest.raises(NotFound):
        decision.prepare(actor=world.officer, outcomes={"GNLC-0000-XXXX": YES}, reasons={})
    with pytest.raises(Invalid):
        decision.approve(actor=world.director, references=[])
    with db.writing() as session:
        session.execute(update(Application).where(Application.reference == world.files[0]).values(state="eligible"))
    with pytest.raises(Conflict):
        decision.prepare(actor=world.officer, outcomes={world.files[0]: YES}, reasons={})


def _statements(act: object) -> int:
    counted = 0

    def count(*_args: object) -> None:
        nonlocal counted
        counted += 1

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        act()  # type: ignore[operator]
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return counted


def test_nobody_is_approved_unread() -> None:
    world = ground.build()
    decision.prepare(actor=world.officer, outcomes={world.files[0]: YES}, reasons={})
    with db.writing() as session:
        session.execute(update(Recommendation).values(readers=0, average=None))
    with pytest.raises(Conflict, match="No juror has submitted a review"):
        decision.prepare(actor=world.officer, outcomes={world.files[0]: YES}, reasons={world.files[0]: "A good plan."})
    decision.prepare(actor=world.officer, outcomes={world.files[0]: NO}, reasons={world.files[0]: "Nobody read it."})
    assert _decisions()[world.files[0]].outcome is NO


def test_one_file_or_many_take_the_same_number_of_statements() -> None:
    files = tuple((f"City {n}", ("NLD", "BEL", "SEN", "VNM", "BRA")[n % 5], True) for n in range(15))
    world = ground.build(files)
    officer, director = world.officer, world.director
    one, many = world.files[:1], world.files[1:]
    assert _statements(
        lambda: decision.prepare(actor=officer, outcomes=dict.fromkeys(one, YES), reasons={})
    ) == _statements(lambda: decision.prepare(actor=officer, outcomes=dict.fromkeys(many, YES), reasons={}))
    assert _statements(lambda: decision.approve(actor=director, references=one)) == _statements(
        lambda: decision.approve(actor=director, references=many)
    )
    with db.reading() as session:
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.act == "approved_decision")).all()) == 15


def test_a_proposal_is_made_of_what_was_shown() -> None:
    """Two officers have the same page open: the second one's proposal does not overwrite the first one's unseen."""
    world = ground.build()
    one = world.files[:1]
    shown = decisions.chosen(world.officer, _call_of(one[0]), one, clock.now()).sign
    db.release()
    decision.prepare(
        actor=world.actor("second_officer"), outcomes={one[0]: NO}, reasons={one[0]: "The mayor resigned."}
    )
    for seen in (shown, ""):
        with pytest.raises(Conflict, match="Read the list again"):
            decision.prepare(actor=world.officer, outcomes={one[0]: YES}, reasons={}, seen=seen)
    assert _decisions()[one[0]].outcome is NO
    shown = decisions.chosen(world.officer, _call_of(one[0]), one, clock.now()).sign
    db.release()
    decision.prepare(actor=world.officer, outcomes={one[0]: YES}, reasons={}, seen=shown)
    assert _decisions()[one[0]].outcome is YES


def test_a_director_approves_what_was_shown_and_nothing_else() -> None:
    world = ground.build()
    one = world.files[:1]
    decision.prepare(actor=world.officer, outcomes={one[0]: YES}, reasons={})
    shown = decisions.chosen(world.director, _call_of(one[0]), one, clock.now()).digest
    db.release()
    decision.prepare(actor=world.officer, outcomes={one[0]: NO}, reasons={one[0]: "The mayor resigned."})
    with pytest.raises(Conflict, match="has changed since"):
        decision.approve(actor=world.director, references=one, digest=shown)
    assert _decisions()[one[0]].approved_at is None
    shown = decisions.chosen(world.director, _call_of(one[0]), one, clock.now()).digest
    db.release()
    decision.approve(actor=world.director, references=one, digest=shown)
    assert _decisions()[one[0]].outcome is NO


def _call_of(reference: str) -> str:
    with db.reading() as session:
        query = select(Call.reference).join(Application, Application.call_id == Call.id)
        return session.scalars(query.where(Application.reference == reference)).one()
