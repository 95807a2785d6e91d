"""Invitations: bound to an address and a role, good once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from gnlc_apply.extensions import db
from gnlc_apply.models import Grant, Person, Role
from gnlc_apply.permissions import ANONYMOUS, SYSTEM
from gnlc_apply.services import account
from tests.accounts import actor, mails, person, portugal, reference
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _portugal(database: object) -> None:
    portugal()


def _invite(email: str = "natcom@example.org") -> str:
    return account.invite(actor=SYSTEM, email=email, name="Comissão", role=Role.COMMISSION, country="PRT")


def _roles(number: int) -> list[tuple[str, str | None]]:
    with db.reading() as session:
        rows = session.execute(select(Grant.role, Grant.country).where(Grant.person_id == number)).all()
    return [(row.role.value, row.country) for row in rows]


@pytest.mark.postgres
def test_a_new_person_accepts_once() -> None:
    token = _invite()
    number = account.accept_invitation(actor=ANONYMOUS, token=token, name="Comissão Nacional", password=None)
    assert _roles(number) == [("commission", "PRT")]
    with pytest.raises(Conflict):
        account.accept_invitation(actor=ANONYMOUS, token=token, name="Again", password=PASSWORD)


def test_the_link_does_not_open_somebody_elses_account() -> None:
    known, other = person("natcom@example.org"), person("other@example.org")
    token = _invite()
    with pytest.raises(SignInNeeded):
        account.accept_invitation(actor=ANONYMOUS, token=token, name="X", password=PASSWORD)
    with pytest.raises(Conflict):
        account.accept_invitation(actor=actor(other), token=token)
    assert account.accept_invitation(actor=actor(known), token=token) == known
    with db.reading() as session:
        assert session.get_one(Person, known).name == "Ana Costa"


def test_only_a_commission_may_do_without_a_password() -> None:
    token = account.invite(actor=SYSTEM, email="olga@example.org", name="Olga", role=Role.OFFICER)
    with pytest.raises(Invalid):
        account.accept_invitation(actor=ANONYMOUS, token=token, name="Olga", password=None)


def test_an_invitation_ends_by_time_and_by_being_taken_back_or_sent_anew(frozen_clock: object) -> None:
    older, newer = _invite(), _invite()
    with pytest.raises(Conflict, match="taken back"):
        account.accept_invitation(actor=ANONYMOUS, token=older, name="X")
    with clock.at(clock.now() + timedelta(days=14)), pytest.raises(Conflict, match="time of this invitation"):
        account.accept_invitation(actor=ANONYMOUS, token=newer, name="X")
    with pytest.raises(NotFound):
        account.accept_invitation(actor=ANONYMOUS, token="0" * 43, name="X")
    assert len(mails("invitation")) == 2


def test_who_may_invite() -> None:
    city = person("ana@example.org")
    officer = person("olga@example.org", Role.OFFICER)
    administrator = person("adam@example.org", Role.ADMINISTRATOR)
    wish = {"email": "natcom@example.org", "name": "N", "country": "PRT"}
    with pytest.raises(Forbidden):
        account.invite(actor=actor(city), role=Role.COMMISSION, **wish)
    for inviter in (officer, administrator):
        account.invite(actor=actor(inviter), role=Role.COMMISSION, **wish)
        with pytest.raises(Conflict, match="director"):
            account.invite(actor=actor(inviter), email="x@example.org", name="X", role=Role.DIRECTOR)


@pytest.mark.parametrize(("role", "field"), [(Role.COMMISSION, "country"), (Role.JUROR, "call")])
def test_a_role_needs_what_it_is_for(role: Role, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        account.invite(actor=SYSTEM, email="x@example.org", name="X", role=role)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("email", "name", "field"),
    [
        ("ADAM@example.org", "The Commission", "email"),
        ("adam+natcom@example.org", "The Commission", "email"),
        ("natcom@example.org", "adam  Ångström", "name"),
        ("natcom@example.org", "Angstrom, Adam", "name"),
    ],
)
def test_nobody_invites_a_second_account_of_the_own(email: str, name: str, field: str) -> None:
    """Who saw no file as an administrator would see a country's files by it; a colleague looks whether it is another."""
    adam = person("adam@example.org", Role.ADMINISTRATOR, name="Adam Ångström")
    wish = {"email": email, "name": name, "role": Role.COMMISSION, "country": "PRT"}
    with pytest.raises(Conflict) as refused:
        account.invite(actor=actor(adam), **wish)
    assert list(refused.value.fields) == [field]
    assert mails("invitation") == []
    account.invite(actor=actor(person("eva@example.org", Role.ADMINISTRATOR, name="Eva Berg")), **wish)
    assert [mail.kind for mail in mails("invitation")] == ["invitation"]


def test_nobody_gives_a_role_to_a_second_account_of_the_own() -> None:
    adam = person("adam@example.org", Role.ADMINISTRATOR, name="Adam Ångström")
    second = person("adam+2@example.org", name="Somebody")
    namesake = person("other@example.org", name="Adam Angstrom")
    for one in (second, namesake):
        with pytest.raises(Conflict):
            account.grant(actor=actor(adam), person=reference(one), role=Role.COMMISSION, country="PRT")
        assert _roles(one) == []
    # An account that a stranger registered under another name does not help: the address is looked at.
    with pytest.raises(Conflict):
        account.invite(
            actor=actor(adam), email="adam+2@example.org", name="Somebody", role=Role.COMMISSION, country="PRT"
        )
    # And the name that the account bears, whatever is typed for it now.
    with pytest.raises(Conflict):
        account.invite(
            actor=actor(adam), email="other@example.org", name="Somebody", role=Role.COMMISSION, country="PRT"
        )
