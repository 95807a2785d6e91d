"""Who may begin, what is copied, and that nobody is named."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from sqlalchemy import insert, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    AuditEntry,
    City,
    JoinRequest,
    MemberRole,
    Membership,
    Person,
    Role,
)
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.services import account
from gnlc_apply.services import application as applications
from gnlc_apply.services.application.begin import MOST_DRAFTS
from tests import city


@pytest.fixture
def world(database: object) -> city.City:
    return city.City()


def answers_of(reference: str) -> dict[str, object]:
    number = city.row(reference).id
    with db.reading() as session:
        return dict(session.execute(select(Answer.key, Answer.value).where(Answer.application_id == number)).all())


def test_a_draft_belongs_to_whoever_began_it(world: city.City) -> None:
    reference = world.begin()
    row = city.row(reference)
    assert (row.state, row.country, row.folded_name, row.is_associate_member) == ("draft", "TUR", "sanliurfa", False)
    assert answers_of(reference) == {"city.name_local": "Şanlıurfa", "city.country": "TUR"}
    with db.reading() as session:
        found = session.execute(select(ApplicationMember.person_id, ApplicationMember.role)).one()
    assert tuple(found) == (world.owner.person_id, MemberRole.OWNER)


def test_several_drafts_for_one_place_stand_side_by_side(world: city.City) -> None:
    assert world.begin() != world.begin(actor=world.stranger)


@pytest.mark.parametrize(("country", "is_taken"), [("ABW", True), ("ISR", False), ("XXX", False)])
def test_only_member_states_and_flagged_associates(world: city.City, country: str, is_taken: bool) -> None:
    if is_taken:
        assert city.row(world.begin(country=country)).is_associate_member
        return
    with pytest.raises(Invalid) as refused:
        world.begin(country=country)
    assert list(refused.value.fields) == ["country"]


def test_a_member_city_is_stopped_unless_it_is_another_place(world: city.City) -> None:
    with db.writing() as session:
        values = {"reference": "tur-x", "country": "TUR", "name": "Şanlıurfa", "folded_name": fold("Şanlıurfa")}
        session.execute(insert(City), [values])
        number = session.scalars(select(City.id)).one()
        session.execute(insert(Membership), [{"city_id": number, "from_on": clock.today()}])
    with pytest.raises(Invalid) as refused:
        world.begin()
    assert list(refused.value.fields) == ["place_name"]
    assert world.begin(is_other_place=True)


def test_nobody_begins_without_account_or_outside_the_window(world: city.City) -> None:
    with pytest.raises(SignInNeeded):
        world.begin(actor=ANONYMOUS)
    with clock.at(city.AFTER), pytest.raises(Conflict):
        world.begin()
    with clock.at(datetime(2027, 1, 1, tzinfo=UTC)), pytest.raises(Conflict):
        world.begin()
    with pytest.raises(NotFound):
        applications.begin(actor=world.owner, call="CALL-0000", country="TUR", place_name="X")


def test_a_name_and_a_language_of_the_call_are_needed(world: city.City) -> None:
    for wrong, field in (
        ({"place": " "}, "place_name"),
        ({"place": "x" * 201}, "place_name"),
        ({"language": "fr"}, "language"),
    ):
        with pytest.raises(Invalid) as refused:
            world.begin(**cast(Any, wrong))
        assert list(refused.value.fields) == [field]


def test_earlier_answers_are_copied_but_not_the_commitments(world: city.City) -> None:
    earlier = world.submitted()
    applications.withdraw(actor=world.owner, reference=earlier)
    copied = answers_of(world.begin(copied_from=earlier))
    assert copied["motivation.context"] == "Many of us are young."
    assert not [key for key in copied if key.startswith("commitment.")]
    with pytest.raises(NotFound):
        world.begin(actor=world.stranger, copied_from=earlier)


def test_asking_to_join_names_nobody_and_letting_in_makes_an_editor(world: city.City) -> None:
    reference = world.begin()
    ask = {"call": world.call, "country": "TUR", "place_name": "sanliurfa", "message": "I am of the library."}
    for _again in range(2):
        assert applications.ask_to_join(actor=world.stranger, **ask) is None
    with db.reading() as session:
        request = session.scalars(select(JoinRequest)).one()
    answer: dict[str, Any] = {"reference": reference, "request": request.id, "is_accepted": True}
    with pytest.raises(NotFound):
        applications.answer_join_request(actor=world.stranger, **answer)
    applications.answer_join_request(actor=world.owner, **answer)
    city.fill(world.stranger, reference)
    with pytest.raises(Conflict):
        applications.answer_join_request(actor=world.owner, **answer)
    with pytest.raises(NotFound):
        applications.ask_to_join(actor=world.stranger, **{**ask, "place_name": "Nowhere"})


def test_ownership_roles_and_leaving(world: city.City) -> None:
    reference = world.begin()
    applications.ask_to_join(actor=world.editor, call=world.call, country="TUR", place_name="Şanlıurfa")
    with db.reading() as session:
        request = session.scalars(select(JoinRequest.id)).one()
    applications.answer_join_request(actor=world.owner, reference=reference, request=request, is_accepted=True)
    with pytest.raises(Conflict):
        applications.remove_colleague(actor=world.owner, reference=reference, email="owner@city.example")
    with pytest.raises(Forbidden):
        applications.hand_over_ownership(actor=world.editor, reference=reference, email="editor@city.example")
    applications.hand_over_ownership(actor=world.owner, reference=reference, email="Editor@City.example ")
    applications.change_role(
        actor=world.editor, reference=reference, email="owner@city.example", role=MemberRole.VIEWER
    )
    with pytest.raises(Forbidden):
        city.fill(world.owner, reference)
    applications.remove_colleague(actor=world.owner, reference=reference, email="owner@city.example")
    with pytest.raises(NotFound):
        city.fill(world.owner, reference)


def test_an_editor_takes_over_once_the_account_of_the_owner_is_closed(world: city.City) -> None:
    reference, viewer = world.begin(), world.stranger
    for colleague in (world.editor, viewer):
        applications.ask_to_join(actor=colleague, call=world.call, country="TUR", place_name="Şanlıurfa")
    with db.reading() as session:
        requests = session.scalars(select(JoinRequest.id)).all()
    for request in requests:
        applications.answer_join_request(actor=world.owner, reference=reference, request=request, is_accepted=True)
    applications.change_role(
        actor=world.owner, reference=reference, email="stranger@city.example", role=MemberRole.VIEWER
    )
    for colleague in (world.owner, world.editor):
        with pytest.raises(Conflict, match="account is open"):
            applications.take_over_ownership(actor=colleague, reference=reference)
    administrator = city.add_person("admin@network.example", "Adam Administrator", (Role.ADMINISTRATOR, None))
    with db.reading() as session:
        closed = session.get_one(Person, world.owner.person_id).reference
    account.deactivate(actor=administrator, person=closed, reason="left the city")
    with pytest.raises(Forbidden):
        applications.take_over_ownership(actor=viewer, reference=reference)
    with pytest.raises(NotFound):
        applications.take_over_ownership(actor=world.commission, reference=reference)
    with pytest.raises(Forbidden):
        applications.withdraw(actor=world.editor, reference=reference)
    applications.take_over_ownership(actor=world.editor, reference=reference)
    with db.reading() as session:
        roles = dict(session.execute(select(ApplicationMember.person_id, ApplicationMember.role)).all())
        noted = session.scalars(select(AuditEntry.actor_id).where(AuditEntry.act == "took_over")).all()
    assert roles == {
        world.owner.person_id: MemberRole.EDITOR,
        world.editor.person_id: MemberRole.OWNER,
        viewer.person_id: MemberRole.VIEWER,
    }
    assert noted == [world.editor.person_id]
    applications.withdraw(actor=world.editor, reference=reference)


def test_a_reference_that_is_taken_is_drawn_again(world: city.City, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = world.begin("Bursa")
    characters = list(taken.rpartition("-")[2][:-1]) + list("1234")
    # The dice, and nothing else, fall as they fell for Bursa, and then otherwise.
    monkeypatch.setattr(secrets, "choice", lambda _alphabet: characters.pop(0))
    assert world.begin("Konya").startswith("GNLC-2027-1234")
    assert characters == []


def test_one_person_begins_no_more_than_anybody_works_on(world: city.City) -> None:
    for number in range(MOST_DRAFTS):
        world.begin(f"Place {number}")
    with pytest.raises(Conflict):
        world.begin("One more")
    # Somebody else is not kept from it, and room is made by withdrawing one.
    world.begin("One more", actor=world.editor)
    with db.reading() as session:
        reference = session.scalars(select(Application.reference).where(Application.place_name == "Place 0")).one()
    applications.withdraw(actor=world.owner, reference=reference)
    world.begin("One more")
