"""Locking: what is unfinished, what two persons may change afterwards, and what a withdrawal does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Call,
    CohortChange,
    CohortState,
    Decision,
    Gate,
    LetterKind,
    LetterText,
    Membership,
    Outcome,
    PublishedSpelling,
    QuotaPlace,
    StaffConflict,
    State,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision
from gnlc_apply.services.cohort import tick
from tests.services.cohort import ground

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("database")]


def _lock(world: ground.World, reference: str) -> str:
    with pytest.raises(Conflict) as refused:
        cohorts.lock(actor=world.officer, cohort=reference)
    return str(refused.value.message)


def _set(file: str, **values: object) -> None:
    with db.writing() as session:
        session.execute(update(Application).where(Application.reference == file).values(**values))


def _application_id(file: str) -> int:
    with db.reading() as session:
        return session.scalars(select(Application.id).where(Application.reference == file)).one()


def test_the_lock_waits_for_every_decision() -> None:
    world = ground.build()
    reference = cohorts.create(actor=world.officer, call=ground.CALL, title="T")
    assert _lock(world, reference) == "First set the instant of the announcement."
    cohorts.change(
        actor=world.officer, cohort=reference, values=cohorts.CohortValues(title="T", announce_at=ground.INSTANT)
    )
    assert "has no decision" in _lock(world, reference)
    decision.prepare(actor=world.officer, outcomes=ground.outcomes(world), reasons={})
    assert "has not been approved" in _lock(world, reference)
    decision.approve(actor=world.director, references=world.files)
    cohorts.lock(actor=world.officer, cohort=reference)
    row = ground.cohort_row(reference)
    assert row.state is CohortState.LOCKED
    assert row.lock_hash is not None
    assert len(row.lock_hash) == 64
    with db.reading() as session:
        assert session.scalars(select(Gate.name)).all() == ["lock"]
    assert {m.recipient for m in ground.mails("list_locked")} == {
        f"{who}@example.org" for who in ("officer", "second_officer", "director", "second_director", "third_director")
    }


def test_a_file_still_under_way_keeps_the_list_open() -> None:
    world = ground.build()
    reference = ground.decided(world)
    _set(world.files[3], state="eligible")
    assert _lock(world, reference) == f"Dakar ({world.files[3]}) has not come to the jury."


def test_what_keeps_an_approved_city_from_being_admitted() -> None:
    world = ground.build()
    reference = ground.decided(world)
    with db.writing() as session:
        session.execute(
            insert(Membership),
            [{"city_id": world.cities["Eindhoven"], "known_by": ground.INSTANT.date(), "source": "list"}],
        )
    assert _lock(world, reference) == "Eindhoven is already a member."
    with db.writing() as session:
        session.execute(delete(Membership))
        session.execute(
            update(State).where(State.iso3 == "SEN").values(member_until=ground.INSTANT.date().replace(day=1))
        )
    left = "The state of Dakar is not a Member State of UNESCO on the day."
    assert _lock(world, reference) == left
    # An exception for its size does not stand for the state that leaves; that of an Associate Member's city does.
    (dakar,) = (file for file, (name, *_) in zip(world.files, ground.FILES, strict=True) if name == "Dakar")
    _set(dakar, override_reason="An island")
    assert _lock(world, reference) == left
    _set(dakar, is_associate_member=True)
    cohorts.lock(actor=world.officer, cohort=reference)


def test_letters_and_quota_are_looked_at() -> None:
    world = ground.build()
    reference = ground.decided(world)
    letter: dict[str, Any] = {"actor": world.officer, "cohort": reference, "language": "en", "body": "B"}
    cohorts.edit_letter(kind=LetterKind.ADMITTED, subject="Congratulations", **letter)
    assert "same subject" in _lock(world, reference)
    with db.writing() as session:
        session.execute(delete(LetterText).where(LetterText.kind == LetterKind.ADMITTED))
    assert "missing" in _lock(world, reference)
    cohorts.edit_letter(kind=LetterKind.ADMITTED, subject="S", **letter)
    cohorts.edit_letter(kind=LetterKind.NOT_ADMITTED, subject="S", **letter)
    with db.writing() as session:
        session.execute(update(Call).values(quota=1))
    assert _lock(world, reference) == "Netherlands has 2 approved cities; its quota is 1."
    with db.writing() as session:
        session.execute(update(Call).values(quota=3))
    cohorts.lock(actor=world.officer, cohort=reference)


def test_a_locked_list_takes_no_decision_back() -> None:
    world = ground.build()
    reference = ground.decided(world)
    cohorts.lock(actor=world.officer, cohort=reference)
    with pytest.raises(Conflict):
        decision.undo(actor=world.officer, references=world.files[:1])
    with pytest.raises(Conflict):
        decision.prepare(actor=world.officer, outcomes={world.files[0]: Outcome.NOT_APPROVED}, reasons={})


def test_two_persons_unlock() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with pytest.raises(Conflict):
        cohorts.unlock(actor=world.director, cohort=reference)
    with pytest.raises(Invalid):
        cohorts.ask_to_unlock(actor=world.officer, cohort=reference, reason=" ")
    cohorts.ask_to_unlock(actor=world.officer, cohort=reference, reason="A mistake in the list")
    with pytest.raises(Conflict):
        cohorts.ask_to_unlock(actor=world.director, cohort=reference, reason="Again")
    with pytest.raises(Conflict):
        cohorts.unlock(actor=world.officer, cohort=reference)
    assert ground.cohort_row(reference).state is CohortState.ARMED
    cohorts.unlock(actor=world.actor("second_officer"), cohort=reference)
    row = ground.cohort_row(reference)
    assert (row.state, row.lock_hash, row.armed_by_id, row.locked_by_id) == (CohortState.PREPARING, None, None, None)
    decision.undo(actor=world.officer, references=world.files[:1])


def test_an_open_request_keeps_the_announcement_from_being_armed() -> None:
    world = ground.build()
    reference = ground.decided(world)
    cohorts.lock(actor=world.officer, cohort=reference)
    cohorts.ask_to_unlock(actor=world.officer, cohort=reference, reason="A mistake")
    with pytest.raises(Conflict):
        cohorts.arm(actor=world.director, cohort=reference, typed_title="Learning Cities 2027")
    cohorts.drop_change(actor=world.actor("second_officer"), cohort=reference, kind="unlock")
    cohorts.arm(actor=world.director, cohort=reference, typed_title="Learning Cities 2027")


def test_two_persons_turn_a_decision_which_disarms() -> None:
    world = ground.build()
    reference = ground.armed(world)
    before = ground.cohort_row(reference).lock_hash
    turn = {"cohort": reference, "kind": "not_approve", "application": world.files[0]}
    with pytest.raises(Invalid):
        cohorts.ask_for_change(actor=world.officer, reason="r", cohort=reference, kind="x", application=world.files[0])
    with pytest.raises(Conflict):
        cohorts.ask_for_change(
            actor=world.officer, reason="r", cohort=reference, kind="approve", application=world.files[0]
        )
    cohorts.ask_for_change(actor=world.officer, reason="The mayor resigned", **turn)
    with pytest.raises(NotFound):
        cohorts.confirm_change(actor=world.actor("second_officer"), **turn)
    cohorts.confirm_change(actor=world.director, **turn)
    row = ground.cohort_row(reference)
    assert row.state is CohortState.LOCKED
    assert row.lock_hash != before
    with db.reading() as session:
        turned = session.scalars(
            select(Decision).where(Decision.application_id == _application_id(world.files[0]))
        ).one()
        assert turned.outcome is Outcome.NOT_APPROVED
        assert (turned.prepared_by_id, turned.approved_by_id) == (world.people["officer"], world.people["director"])
        assert session.scalar(select(func.count()).select_from(QuotaPlace)) == 3
    cohorts.arm(actor=world.director, cohort=reference, typed_title="Learning Cities 2027")


def test_a_conflicted_person_turns_nothing() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with db.writing() as session:
        row = {"person_id": world.people["officer"], "application_id": 1, "recorded_at": ground.INSTANT}
        session.execute(insert(StaffConflict), [row])
    with pytest.raises(NotFound):
        cohorts.ask_for_change(
            actor=world.officer, reason="r", cohort=reference, kind="not_approve", application=world.files[0]
        )


def test_a_withdrawal_after_the_lock_takes_two_persons() -> None:
    world = ground.build()
    reference = ground.armed(world)
    gone = {"cohort": reference, "kind": "withdrawal", "application": world.files[0]}
    with pytest.raises(Conflict):
        cohorts.ask_for_change(actor=world.officer, reason="r", **gone)
    _set(world.files[0], state="withdrawn", withdrawn_at=ground.cohort_row(reference).locked_at)
    assert tick.due(actor=SYSTEM) == []
    assert tick.due(actor=SYSTEM) == []
    told = ground.mails("withdrawal_after_lock")
    assert len(told) == 5
    assert told[0].values["city"] == "Eindhoven"
    cohorts.ask_for_change(actor=world.officer, reason="They withdrew", **gone)
    with pytest.raises(Conflict):
        cohorts.confirm_change(actor=world.officer, **gone)
    cohorts.confirm_change(actor=world.actor("second_officer"), **gone)
    row = ground.cohort_row(reference)
    assert row.state is CohortState.ARMED
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(QuotaPlace)) == 3
        assert session.scalars(select(CohortChange.kind)).all() == ["withdrawal"]


def test_a_spelling_takes_one_person_and_tells_the_others() -> None:
    world = ground.build()
    reference = ground.armed(world)
    before = ground.cohort_row(reference).lock_hash
    spelling: dict[str, Any] = {"actor": world.officer, "cohort": reference, "application": world.files[0]}
    with pytest.raises(Invalid):
        cohorts.correct_spelling(name=" ", **spelling)
    cohorts.correct_spelling(name="Eindhoven (Brainport)", **spelling)
    cohorts.correct_spelling(name="Eindhoven  region", **spelling)
    with db.reading() as session:
        assert session.scalars(select(PublishedSpelling.value)).all() == ["Eindhoven region"]
    assert len(ground.mails("spelling_corrected")) == 10
    assert ground.cohort_row(reference).lock_hash == before
    assert ground.cohort_row(reference).state is CohortState.ARMED


def test_a_city_official_locks_nothing() -> None:
    world = ground.build()
    reference = ground.decided(world)
    with pytest.raises(Forbidden):
        cohorts.lock(actor=world.actor("city1"), cohort=reference)
