"""A National Commission's acts: by whom, when, with which words, and what follows for place, state and mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    CommissionRank,
    FileOpened,
    Grant,
    InformationRequest,
    Objection,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.colleagues import commission_contacts
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, screening
from tests.city import COMMISSIONS, as_sent, row
from tests.desk import WHO, Desk, answer, change_after_endorsement, count, join_city, mailed, places, sign, state, words

DAY = timedelta(days=1)


def decline(world: Desk, reason: str = "Another city goes first") -> None:
    endorsement.decline(actor=world.commission, reference=world.file, reason=reason, **WHO)


def test_an_endorsement_keeps_who_acted_and_which_version(database: config.Settings) -> None:
    world = Desk()
    assert world.endorse() == 1
    (said,) = words(world.file)
    assert (said.name, said.function, said.version_id) == (
        "Nora Natcom",
        "Secretary-General",
        row(world.file).version_id,
    )
    assert said.actor_id == world.commission.person_id
    assert state(world.file) == "endorsed"
    assert [m.recipient for m in mailed("endorsed")] == ["owner@city.example", "office@network.example"]


@pytest.mark.parametrize(("name", "function", "missing"), [("", "x", ["name"]), (" ", " ", ["function", "name"])])
def test_name_and_function_are_typed_at_each_act(
    database: config.Settings, name: str, function: str, missing: list[str]
) -> None:
    world = Desk()
    with pytest.raises(Invalid) as refusal:
        endorsement.endorse(actor=world.commission, reference=world.file, name=name, function=function)
    assert sorted(refusal.value.fields) == missing
    assert (state(world.file), places()) == ("submitted", [])


def test_other_countries_and_cities_find_no_file(database: config.Settings) -> None:
    world = Desk()
    for somebody in (world.elsewhere, world.owner, world.stranger, world.officer):
        with pytest.raises(NotFound):
            endorsement.endorse(actor=somebody, reference=world.file, **WHO)


def test_drafts_are_not_the_commissions(database: config.Settings) -> None:
    world = Desk(0)
    draft = world.begin()
    with pytest.raises(NotFound):
        endorsement.endorse(actor=world.commission, reference=draft, **WHO)
    with pytest.raises(NotFound):
        endorsement.record_opening(actor=world.commission, reference=draft)


def test_an_official_of_the_city_does_not_act_for_the_commission(database: config.Settings) -> None:
    world = Desk()
    join_city(world.deputy, world.file)
    acts: list[Callable[[], object]] = [
        lambda: endorsement.endorse(actor=world.deputy, reference=world.file, **WHO),
        lambda: endorsement.decline(actor=world.deputy, reference=world.file, reason="x", **WHO),
        lambda: endorsement.ask(actor=world.deputy, reference=world.file, message="x", due_at=clock.now() + DAY),
        lambda: endorsement.return_questions(
            actor=world.deputy, reference=world.file, keys=["vision.vision"], message="x", due_at=clock.now() + DAY
        ),
        lambda: endorsement.rank(actor=world.deputy, call=world.call, country="TUR", references=[world.file]),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    endorsement.record_opening(actor=world.deputy, reference=world.file)
    assert count(FileOpened) == 0
    assert world.endorse() == 1


def test_declining_needs_a_reason(database: config.Settings) -> None:
    world = Desk()
    with pytest.raises(Invalid) as refusal:
        decline(world, " ")
    assert list(refusal.value.fields) == ["reason"]
    decline(world)
    assert state(world.file) == "not_endorsed"
    assert words(world.file)[0].reason == "Another city goes first"
    assert mailed("not_endorsed")[0].values["reason"] == "Another city goes first"


def test_the_commissions_time_ends_with_its_deadline(database: config.Settings) -> None:
    world = Desk(2)
    with clock.at(COMMISSIONS):
        assert world.endorse(world.files[0]) == 1
    with clock.at(COMMISSIONS + timedelta(seconds=1)):
        for act in (lambda: world.endorse(world.files[1]), lambda: decline(world)):
            with pytest.raises(Conflict):
                act()
        with pytest.raises(Conflict, match="deadline of the National Commissions"):
            endorsement.revoke(actor=world.commission, reference=world.files[0], reason="x", **WHO)
        with pytest.raises(Conflict, match="until the deadline"):
            endorsement.rank(actor=world.commission, call=world.call, country="TUR", references=world.files)


def test_revoking_ends_the_endorsement_and_it_can_come_again(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    endorsement.revoke(actor=world.deputy, reference=world.file, reason="Not agreed", name="Dora", function="Deputy")
    assert (state(world.file), places()) == ("submitted", [])
    assert world.endorse() == 1
    first, second = words(world.file)
    assert (first.revocation_reason, first.revoked_by_id) == ("Not agreed", world.deputy.person_id)
    assert second.revoked_at is None
    assert mailed("endorsement_revoked")[0].values["commission_name"] == "Dora"


def test_a_file_found_eligible_early_can_still_be_revoked(database: config.Settings) -> None:
    world = Desk()
    world.eligible()
    assert state(world.file) == "eligible"
    endorsement.revoke(actor=world.deputy, reference=world.file, reason="Not agreed", name="Dora", function="Deputy")
    assert (state(world.file), places()) == ("submitted", [])


def test_the_order_is_the_commissions_own(database: config.Settings) -> None:
    world = Desk(3)
    first, second, third = world.files

    def order() -> list[str]:
        names = {row(reference).id: reference for reference in world.files}
        with db.reading() as session:
            ranks = session.scalars(select(CommissionRank).order_by(CommissionRank.position)).all()
        return [names[rank.application_id] for rank in ranks]

    endorsement.rank(actor=world.commission, call=world.call, country="TUR", references=[third, first, second])
    assert order() == [third, first, second]
    endorsement.rank(actor=world.commission, call=world.call, country="TUR", references=[first, third])
    assert order() == [first, third]
    for wrong in ([first, first], [first, "GNLC-2027-00000"]):
        with pytest.raises(Conflict):
            endorsement.rank(actor=world.commission, call=world.call, country="TUR", references=wrong)
    with pytest.raises(NotFound):
        endorsement.rank(actor=world.elsewhere, call=world.call, country="TUR", references=[first])
    assert order() == [first, third]


def test_the_first_opening_counts(database: config.Settings) -> None:
    world = Desk()
    endorsement.record_opening(actor=world.commission, reference=world.file)
    with clock.at(clock.now() + DAY):
        endorsement.record_opening(actor=world.deputy, reference=world.file)
    with db.reading() as session:
        assert [opened.opened_at for opened in session.scalars(select(FileOpened))] == [clock.now()]


def test_a_question_leaves_the_file_where_it_is(database: config.Settings) -> None:
    world = Desk()
    due = clock.now() + DAY
    endorsement.ask(actor=world.commission, reference=world.file, message="Who pays?", due_at=due)
    with db.reading() as session:
        request = session.scalars(select(InformationRequest)).one()
    assert (request.kind.value, request.asked_for, request.message) == ("question", "commission", "Who pays?")
    assert state(world.file) == "submitted"
    assert [m.recipient for m in mailed("commission_question")] == ["owner@city.example"]
    with pytest.raises(Invalid) as refusal:
        endorsement.ask(actor=world.commission, reference=world.file, message="", due_at=clock.now())
    assert sorted(refusal.value.fields) == ["due_at", "message"]
    world.endorse()
    with pytest.raises(Conflict):
        endorsement.ask(actor=world.commission, reference=world.file, message="More?", due_at=due)


def give_back(world: Desk, **values: Any) -> None:
    usual: dict[str, Any] = {"keys": ["vision.vision"], "message": "Say more", "due_at": clock.now() + 7 * DAY}
    endorsement.return_questions(actor=world.commission, reference=world.file, **{**usual, **values})


def test_returned_questions_open_alone_and_come_back(database: config.Settings) -> None:
    world = Desk()
    give_back(world)
    assert state(world.file) == "returned"
    raw = as_sent({"motivation.context": "Something else"})
    saved = applications.save_answers(actor=world.owner, reference=world.file, raw=raw, versions={})
    assert (saved.saved, saved.locked) == ((), ("motivation.context",))
    answer(world, world.file, "vision.vision", "A city that learns all its life")
    applications.resubmit(actor=world.owner, reference=world.file)
    assert state(world.file) == "submitted"
    assert world.endorse() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"keys": []}, "keys"),
        ({"keys": ["no.such"]}, "keys"),
        ({"message": " "}, "message"),
        ({"due_at": COMMISSIONS + DAY}, "due_at"),
    ],
)
def test_returns_that_cannot_be(database: config.Settings, values: dict[str, Any], field: str) -> None:
    world = Desk()
    with pytest.raises(Invalid) as refusal:
        give_back(world, **values)
    assert list(refusal.value.fields) == [field]
    assert state(world.file) == "submitted"


def test_silence_lets_the_endorsement_stand(database: config.Settings) -> None:
    world = Desk()
    change_after_endorsement(world)
    assert (state(world.file), places()) == ("endorsed", [1])
    assert {m.recipient for m in mailed("change_after_endorsement")} == {
        "natcom@country.example",
        "deputy@country.example",
    }
    sign(world.file)
    screening.confirm_city(actor=world.officer, reference=world.file, city=None)
    with pytest.raises(Conflict, match="may object"):
        screening.find_eligible(actor=world.officer, reference=world.file)
    with clock.at(clock.now() + 8 * DAY):
        with pytest.raises(Conflict, match="no change"):
            endorsement.object_to_change(actor=world.commission, reference=world.file, reason="No", **WHO)
        screening.find_eligible(actor=world.officer, reference=world.file)
    assert state(world.file) == "eligible"


def test_an_objection_ends_the_endorsement(database: config.Settings) -> None:
    world = Desk()
    change_after_endorsement(world)
    with clock.at(clock.now() + 6 * DAY):
        endorsement.object_to_change(actor=world.commission, reference=world.file, reason="Not agreed", **WHO)
    assert (state(world.file), places()) == ("submitted", [])
    with db.reading() as session:
        objection = session.scalars(select(Objection)).one()
    assert objection.reason == "Not agreed"
    assert words(world.file)[0].revocation_reason == "Not agreed"
    assert world.endorse() == 1


def test_an_objection_after_the_deadline_leaves_the_file_not_endorsed(database: config.Settings) -> None:
    world = Desk(deadline_at=COMMISSIONS - timedelta(hours=1))
    with clock.at(COMMISSIONS - timedelta(hours=2)):
        change_after_endorsement(world)
    with clock.at(COMMISSIONS + DAY):
        endorsement.object_to_change(actor=world.commission, reference=world.file, reason="Not agreed", **WHO)
    assert (state(world.file), places()) == ("not_endorsed", [])
    assert [said.outcome.value for said in words(world.file)] == ["endorsed", "declined"]


def test_without_a_change_there_is_nothing_to_object_to(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    with pytest.raises(Conflict, match="no change"):
        endorsement.object_to_change(actor=world.commission, reference=world.file, reason="No", **WHO)


def test_silence_ends_in_unanswered(database: config.Settings) -> None:
    world = Desk(2)
    world.endorse(world.files[1])
    with clock.at(COMMISSIONS):
        assert endorsement.leave_unanswered(actor=SYSTEM, call=world.call) == []
    with clock.at(COMMISSIONS + timedelta(minutes=2, seconds=1)):
        assert endorsement.leave_unanswered(actor=SYSTEM, call=world.call) == [world.files[0]]
        assert endorsement.leave_unanswered(actor=SYSTEM, call=world.call) == []
    assert [state(reference) for reference in world.files] == ["unanswered", "endorsed"]
    with pytest.raises(Forbidden):
        endorsement.leave_unanswered(actor=world.officer, call=world.call)


def test_reminders_go_to_the_next_contact_in_line(database: config.Settings) -> None:
    world = Desk(2)
    world.endorse(world.files[1])
    reminded = []
    for days in (20, 14, 10, 7, 2, 1):
        with clock.at(COMMISSIONS - days * DAY):
            reminded.append(endorsement.remind(actor=SYSTEM, call=world.call))
            assert endorsement.remind(actor=SYSTEM, call=world.call) == []
    assert reminded == [[], ["TUR"], [], ["TUR"], ["TUR"], []]
    sent = mailed("endorsement_reminder")
    assert [(m.recipient, m.values["days"]) for m in sent] == [
        ("natcom@country.example", 14),
        ("deputy@country.example", 7),
        ("deputy@country.example", 2),
    ]
    assert {tuple(m.values["places"]) for m in sent} == {("Şanlıurfa",)}


def test_whose_time_is_over_is_written_to_no_more(database: config.Settings) -> None:
    world = Desk()
    over = clock.today() - DAY
    with db.writing() as session:
        session.execute(update(Grant).where(Grant.person_id == world.commission.person_id).values(valid_until=over))
    with clock.at(COMMISSIONS - 2 * DAY):
        assert endorsement.remind(actor=SYSTEM, call=world.call) == ["TUR"]
    applications.withdraw(actor=world.owner, reference=world.file)
    for kind in ("endorsement_reminder", "withdrawn"):
        written_to = {m.recipient for m in mailed(kind) if m.recipient.endswith("@country.example")}
        assert written_to == {"deputy@country.example"}
    assert [contact.email for contact in commission_contacts("TUR")] == ["deputy@country.example"]
    db.release()


def test_a_commission_without_open_files_is_left_alone(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    with clock.at(COMMISSIONS - DAY):
        assert endorsement.remind(actor=SYSTEM, call=world.call) == []
