"""Submitting, taking back, resubmitting, withdrawing, and what time does by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    ApplicationVersion,
    InformationRequest,
    MemberRole,
    Objection,
    OutboxMessage,
    QuotaPlace,
    Signature,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement
from tests import city
from tests.services.test_signature import sign


@pytest.fixture
def world(database: object) -> city.City:
    return city.City()


def mails(kind: str) -> list[str]:
    with db.reading() as session:
        return sorted(session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.kind == kind)))


def versions(reference: str) -> list[int]:
    number = city.row(reference).id
    with db.reading() as session:
        found = select(ApplicationVersion.number).where(ApplicationVersion.application_id == number)
        return list(session.scalars(found.order_by(ApplicationVersion.number)))


def endorse(world: city.City, reference: str) -> None:
    endorsement.endorse(actor=world.commission, reference=reference, name="Nora Natcom", function="Secretary-General")


def save(world: city.City, reference: str, text: str) -> None:
    applications.save_answers(actor=world.owner, reference=reference, raw={"motivation.context": text}, versions={})


@pytest.mark.postgres
def test_submitting_freezes_a_version_and_writes_to_both(world: city.City) -> None:
    reference = world.submitted()
    row = city.row(reference)
    assert (row.state, row.received_at, row.returned_from) == ("submitted", clock.now(), None)
    assert versions(reference) == [1]
    assert mails("receipt") == ["owner@city.example"]
    assert mails("commission_new_file") == ["natcom@country.example"]
    with pytest.raises(Conflict):
        applications.submit(actor=world.owner, reference=reference)


def test_what_is_missing_is_refused(world: city.City) -> None:
    reference = world.begin()
    with pytest.raises(Conflict, match="answers still need your attention"):
        applications.submit(actor=world.owner, reference=reference)
    assert (city.row(reference).state, versions(reference)) == ("draft", [])


def test_who_may_submit(world: city.City) -> None:
    reference = world.filled()
    with pytest.raises(NotFound):
        applications.submit(actor=world.stranger, reference=reference)
    with db.writing() as session:
        session.add(
            ApplicationMember(
                application_id=city.row(reference).id,
                person_id=world.editor.person_id,
                role=MemberRole.VIEWER,
                added_at=clock.now(),
            )
        )
    with pytest.raises(Forbidden):
        applications.submit(actor=world.editor, reference=reference)


def test_what_counts_is_when_the_request_had_arrived(world: city.City) -> None:
    late, in_time = world.filled("Late"), world.filled("In time")
    with clock.at(city.DEADLINE + timedelta(seconds=30)):
        with pytest.raises(Conflict):
            applications.submit(actor=world.owner, reference=late)
        with clock.arriving(city.DEADLINE):
            applications.submit(actor=world.owner, reference=in_time)
    row = city.row(in_time)
    assert (row.state, row.received_at) == ("submitted", city.DEADLINE)


def test_a_call_may_demand_the_signature_first(database: object) -> None:
    world = city.City(signature_may_follow=False)
    reference = world.filled()
    with pytest.raises(Conflict, match="signature"):
        applications.submit(actor=world.owner, reference=reference)
    sign(world, reference)
    applications.submit(actor=world.owner, reference=reference)
    assert city.row(reference).state == "submitted"


@pytest.mark.postgres
def test_taken_back_corrected_and_submitted_again(world: city.City) -> None:
    reference = world.submitted()
    applications.take_back(actor=world.owner, reference=reference)
    assert (city.row(reference).state, city.row(reference).returned_from) == ("returned", "submitted")
    applications.resubmit(actor=world.owner, reference=reference)
    assert versions(reference) == [1]
    applications.take_back(actor=world.owner, reference=reference)
    save(world, reference, "Better.")
    applications.resubmit(actor=world.owner, reference=reference)
    row = city.row(reference)
    assert (row.state, row.returned_from, versions(reference)) == ("submitted", None, [1, 2])


@pytest.mark.postgres
def test_the_commission_is_told_of_a_change_and_has_five_working_days(world: city.City) -> None:
    reference = world.submitted()
    endorse(world, reference)
    for text in ("Many of us are young.", "Changed."):
        applications.take_back(actor=world.owner, reference=reference)
        save(world, reference, text)
        applications.resubmit(actor=world.owner, reference=reference)
    assert city.row(reference).state == "endorsed"
    with db.reading() as session:
        objections = session.scalars(select(Objection)).all()
    # The first time nothing had changed. From Monday the first of March, five working days lead to the next Monday.
    assert [one.due_at for one in objections] == [clock.now() + timedelta(days=7)]
    assert mails("change_after_endorsement") == ["natcom@country.example"]


def test_if_nothing_is_submitted_the_last_version_stands_with_its_signature(world: city.City) -> None:
    reference = world.filled()
    sign(world, reference)
    applications.submit(actor=world.owner, reference=reference)
    applications.take_back(actor=world.owner, reference=reference)
    save(world, reference, "Never sent.")
    with db.reading() as session:
        assert session.scalars(select(Signature.void_reason)).one() == "edited"
    assert applications.let_last_versions_stand(actor=SYSTEM, call=world.call) == 0
    with clock.at(city.DEADLINE + timedelta(minutes=3)):
        assert applications.let_last_versions_stand(actor=SYSTEM, call=world.call) == 1
        assert applications.let_last_versions_stand(actor=SYSTEM, call=world.call) == 0
    row = city.row(reference)
    assert (row.state, row.returned_from) == ("submitted", None)
    with db.reading() as session:
        assert session.scalars(select(Signature.voided_at)).one() is None
        content = session.get_one(ApplicationVersion, row.version_id).content
    assert "Never sent." not in content


def test_drafts_expire_with_their_deadline(world: city.City) -> None:
    reference, sent = world.begin(), world.submitted("Sent")
    assert applications.expire_drafts(actor=SYSTEM, call=world.call) == 0
    with clock.at(city.DEADLINE + timedelta(minutes=3)):
        with pytest.raises(Forbidden):
            applications.expire_drafts(actor=world.owner, call=world.call)
        assert applications.expire_drafts(actor=SYSTEM, call=world.call) == 1
    assert (city.row(reference).state, city.row(sent).state) == ("expired", "submitted")
    assert mails("expired") == ["owner@city.example"]


@pytest.mark.postgres
@pytest.mark.parametrize("state", ["draft", "submitted", "endorsed", "returned"])
def test_withdrawing_works_alike_and_frees_the_place(world: city.City, state: str) -> None:
    reference = world.filled() if state == "draft" else world.submitted()
    if state in ("endorsed", "returned"):
        endorse(world, reference)
    if state == "returned":
        applications.take_back(actor=world.owner, reference=reference)
    with pytest.raises(NotFound):
        applications.withdraw(actor=world.stranger, reference=reference, reason="")
    applications.withdraw(actor=world.owner, reference=reference, reason="We changed our mind.")
    row = city.row(reference)
    assert (row.state, row.withdrawn_at, row.returned_from) == ("withdrawn", clock.now(), None)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(QuotaPlace)) == 0
    assert ("natcom@country.example" in mails("withdrawn")) is (state != "draft")
    with pytest.raises(Conflict):
        applications.withdraw(actor=world.owner, reference=reference, reason="")


def test_a_question_is_answered_once(world: city.City) -> None:
    reference = world.submitted()
    due = clock.now() + timedelta(days=5)
    endorsement.ask(actor=world.commission, reference=reference, message="How many?", due_at=due)
    with db.reading() as session:
        asked = session.scalars(select(InformationRequest.reference)).one()
    with pytest.raises(NotFound):
        applications.answer_request(actor=world.stranger, request=asked, answer="12")
    with pytest.raises(Invalid):
        applications.answer_request(actor=world.owner, request=asked, answer=" ")
    applications.answer_request(actor=world.owner, request=asked, answer="Twelve.")
    assert mails("request_answered_commission") == ["natcom@country.example"]
    with pytest.raises(Conflict):
        applications.answer_request(actor=world.owner, request=asked, answer="Thirteen.")


def test_a_return_is_answered_by_submitting_the_changes(world: city.City) -> None:
    reference = world.submitted()
    due = city.DEADLINE + timedelta(days=10)
    endorsement.return_questions(
        actor=world.commission, reference=reference, keys=["motivation.context"], message="More.", due_at=due
    )
    with clock.at(city.DEADLINE + timedelta(days=1)):
        save(world, reference, "Much more.")
        applications.resubmit(actor=world.owner, reference=reference)
    assert (city.row(reference).state, versions(reference)) == ("submitted", [1, 2])
    with db.reading() as session:
        request = session.scalars(select(InformationRequest)).one()
    assert request.closed_at is not None


def test_nothing_happens_to_other_calls(world: city.City) -> None:
    with pytest.raises(NotFound):
        applications.expire_drafts(actor=SYSTEM, call="CALL-X")
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == 0


def test_a_request_that_arrived_in_time_comes_before_the_clock(world: city.City) -> None:
    draft, taken_back = world.filled("Bursa"), world.submitted("Konya")
    applications.take_back(actor=world.owner, reference=taken_back)
    with clock.at(city.DEADLINE + timedelta(seconds=1)):
        # The worker looks while two requests, complete before the deadline, wait for the database.
        applications.expire_drafts(actor=SYSTEM, call=world.call)
        applications.let_last_versions_stand(actor=SYSTEM, call=world.call)
        with clock.arriving(city.DEADLINE):
            applications.submit(actor=world.owner, reference=draft)
            applications.resubmit(actor=world.owner, reference=taken_back)
    assert (city.row(draft).state, city.row(taken_back).state) == ("submitted", "submitted")
    assert city.row(taken_back).received_at == city.DEADLINE
