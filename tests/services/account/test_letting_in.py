"""Nobody of the city can act any more: two persons of the secretariat let one of its own people in."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, Application, ApplicationMember, MemberRole, Person, Role
from gnlc_apply.permissions import ANONYMOUS, Actor
from gnlc_apply.services import account, screening
from gnlc_apply.services import application as applications
from tests import city
from tests.accounts import secret
from tests.desk import mailed
from tests.questionnaire import filled


class Left(city.City):
    """A city whose owner has left; the stranger is its viewer."""

    def __init__(self) -> None:
        super().__init__()
        self.director = city.add_person("director@network.example", "Dora Director", (Role.DIRECTOR, None))
        self.administrator = city.add_person("admin@network.example", "Adam Admin", (Role.ADMINISTRATOR, None))
        self.reference = self.filled()

    def add_viewer(self) -> None:
        """The stranger may read."""
        with db.writing() as session:
            number = city.row(self.reference).id
            session.add(
                ApplicationMember(
                    application_id=number,
                    person_id=self.stranger.person_id,
                    role=MemberRole.VIEWER,
                    added_at=city.OPENS,
                )
            )

    def close_owner(self) -> None:
        """The owner's account is closed."""
        with db.reading() as session:
            closed = session.get_one(Person, self.owner.person_id).reference
        account.deactivate(actor=self.administrator, person=closed, reason="left the city")

    def ask(self, email: str, actor: Actor | None = None, reason: str = "A letter of the mayor") -> str:
        """An officer asks for this address."""
        return account.ask_to_let_in(
            actor=actor or self.officer, application=self.reference, email=email, reason=reason
        )

    def roles(self) -> dict[int, str]:
        """Who may do what in the application."""
        with db.reading() as session:
            rows = session.execute(select(ApplicationMember.person_id, ApplicationMember.role))
            return {row.person_id: row.role.value for row in rows}


@pytest.fixture
def left(database: object) -> Left:
    return Left()


@pytest.mark.postgres
def test_a_viewer_is_let_in_by_two_persons_and_takes_over(left: Left) -> None:
    left.add_viewer()
    left.close_owner()
    request = left.ask("stranger@city.example")
    assert [message.recipient for message in mailed("confirmation_asked")] == ["director@network.example"]
    assert left.roles()[left.stranger.person_id or 0] == "viewer"
    account.confirm_request(actor=left.director, request=request)
    assert [message.recipient for message in mailed("let_in")] == ["stranger@city.example"]
    applications.take_over_ownership(actor=left.stranger, reference=left.reference)
    assert left.roles() == {left.owner.person_id: "editor", left.stranger.person_id: "owner"}
    applications.submit(actor=left.stranger, reference=left.reference)


def test_with_nobody_left_an_address_of_the_application_is_invited(left: Left) -> None:
    left.close_owner()
    office = str(filled.complete()["people.office_email"])
    with db.writing() as session:
        session.execute(update(Application).values(language="fr"))
    account.confirm_request(actor=left.director, request=left.ask(office))
    # In the language of the application, not the director's.
    assert [message.language for message in mailed("invitation_colleague")] == ["fr"]
    token = secret("invitation_colleague")
    person = account.accept_invitation(
        actor=ANONYMOUS, token=token, name="Ofelia Office", password="plum otter lantern seven"
    )
    newcomer = city.actor_of(person)
    applications.take_over_ownership(actor=newcomer, reference=left.reference)
    assert left.roles()[person] == "owner"


def test_only_the_citys_own_people_and_only_where_nobody_is_left(left: Left) -> None:
    left.add_viewer()
    with pytest.raises(Conflict, match="can still act as its owner"):
        left.ask("stranger@city.example")
    left.close_owner()
    with pytest.raises(Invalid) as refusal:
        left.ask("editor@city.example")
    assert sorted(refusal.value.fields) == ["email"]
    with pytest.raises(Invalid):
        left.ask("stranger@city.example", reason=" ")
    for actor in (left.commission, left.stranger, left.administrator):
        with pytest.raises((Forbidden, NotFound)):
            left.ask("stranger@city.example", actor)
    left.ask("stranger@city.example")
    with pytest.raises(Conflict, match="waits for a director"):
        left.ask("stranger@city.example")


def test_when_it_is_confirmed_all_is_asked_once_more(left: Left) -> None:
    left.add_viewer()
    left.close_owner()
    request = left.ask("stranger@city.example")
    with db.writing() as session:
        owner = session.get_one(Person, left.owner.person_id)
        closed, owner.deactivated_at = owner.deactivated_at, None
    with pytest.raises(Conflict, match="can still act as its owner"):
        account.confirm_request(actor=left.director, request=request)
    stranger = ApplicationMember.person_id == left.stranger.person_id
    with db.writing() as session:
        session.get_one(Person, left.owner.person_id).deactivated_at = closed
        session.execute(update(ApplicationMember).where(stranger).values(removed_at=city.OPENS))
        # Removed by the city, though the application still names the address.
        email = Answer.key == "people.office_email"
        session.execute(update(Answer).where(email).values(value="stranger@city.example"))
    with pytest.raises(Conflict, match="no address of the city any more"):
        account.confirm_request(actor=left.director, request=request)
    assert left.roles() == {left.owner.person_id: "owner", left.stranger.person_id: "viewer"}
    assert mailed("invitation_colleague") == []


def test_never_one_person_both_and_nobody_tied_to_the_city(left: Left) -> None:
    left.add_viewer()
    left.close_owner()
    request = left.ask("stranger@city.example", left.director)
    with pytest.raises(Conflict, match="second person"):
        account.confirm_request(actor=left.director, request=request)
    tied = city.add_person("tied@network.example", "Tia Director", (Role.DIRECTOR, None))
    screening.declare_staff_conflict(actor=tied, reference=left.reference, reason="My home town")
    with pytest.raises(Forbidden, match="another director"):
        account.confirm_request(actor=tied, request=request)
    assert left.roles()[left.stranger.person_id or 0] == "viewer"
