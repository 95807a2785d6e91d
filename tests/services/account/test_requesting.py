"""Roles of the secretariat and lost second factors: two persons, never one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gnlc_apply.core import clock, totp
from gnlc_apply.core.errors import Conflict, Forbidden
from gnlc_apply.extensions import db
from gnlc_apply.models import Person, Role
from gnlc_apply.permissions import ANONYMOUS, SYSTEM
from gnlc_apply.queries import account as accounts
from gnlc_apply.services import account
from tests.accounts import actor, acts, mails, person, portugal, reference, running_sessions, secret, session_of
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def administrator(database: object) -> int:
    return person("adam@example.org", Role.ADMINISTRATOR, name="Adam")


@pytest.fixture
def director(database: object) -> int:
    return person("dora@example.org", Role.DIRECTOR, name="Dora")


def _roles(number: int) -> list[str]:
    roles = [role.role for role in accounts.roles_of(number)]
    db.release()
    return roles


@pytest.mark.postgres
def test_an_administrator_asks_and_a_director_confirms(administrator: int, director: int) -> None:
    ana = person("ana@example.org")
    asked = account.ask_for_role(actor=actor(administrator), email="ana@example.org", name="Ana", role=Role.OFFICER)
    assert [m.recipient for m in mails("confirmation_asked")] == ["dora@example.org"]
    assert _roles(ana) == []
    account.confirm_request(actor=actor(director), request=asked)
    assert _roles(ana) == ["officer"]
    with pytest.raises(Conflict):
        account.confirm_request(actor=actor(director), request=asked)


@pytest.mark.parametrize(("email", "name"), [("dora+second@example.org", "Else"), ("other@example.net", "{own}")])
def test_nobody_confirms_a_role_for_what_looks_like_their_own(
    administrator: int, director: int, email: str, name: str
) -> None:
    dora = actor(director)
    asked = account.ask_for_role(
        actor=actor(administrator), email=email, name=name.format(own=dora.name), role=Role.OFFICER
    )
    with pytest.raises(Conflict, match="own"):
        account.confirm_request(actor=dora, request=asked)
    assert mails("invitation") == []


def test_a_new_person_is_invited_after_the_confirmation_only(administrator: int, director: int) -> None:
    asked = account.ask_for_role(
        actor=actor(administrator),
        email="new@example.org",
        name="New",
        role=Role.DIRECTOR,
        valid_from=date(2027, 4, 1),
        valid_until=date(2027, 4, 30),
    )
    assert mails("invitation") == []
    account.confirm_request(actor=actor(director), request=asked)
    number = account.accept_invitation(
        actor=ANONYMOUS, token=secret("invitation"), name="New Person", password=PASSWORD
    )
    held = accounts.roles_of(number)[0]
    db.release()
    assert (held.role, held.valid_until, held.is_running) == ("director", date(2027, 4, 30), False)


def test_an_acting_director_acts_within_the_dates_only(administrator: int, director: int, frozen_clock: object) -> None:
    olga = person("olga@example.org", Role.OFFICER)
    asked = account.ask_for_role(
        actor=actor(administrator),
        email="olga@example.org",
        name="Olga",
        role=Role.DIRECTOR,
        valid_from=date(2027, 3, 10),
        valid_until=date(2027, 3, 20),
    )
    account.confirm_request(actor=actor(director), request=asked)
    found = []
    for days in (0, 9, 19, 20):
        with clock.at(clock.now() + timedelta(days=days)):
            found.append(actor(olga).holds(Role.DIRECTOR))
    assert found == [False, True, True, False]


@pytest.mark.postgres
def test_one_person_is_never_both(administrator: int, director: int) -> None:
    both = person("both@example.org", Role.ADMINISTRATOR)
    first = account.ask_for_role(actor=actor(administrator), email="both@example.org", name="B", role=Role.DIRECTOR)
    account.confirm_request(actor=actor(director), request=first)
    asked = account.ask_for_role(actor=actor(both), email="new@example.org", name="N", role=Role.OFFICER)
    with pytest.raises(Conflict, match="second person"):
        account.confirm_request(actor=actor(both), request=asked)
    with pytest.raises(Forbidden):
        account.confirm_request(actor=actor(administrator), request=asked)
    own = account.ask_for_role(actor=actor(administrator), email="both@example.org", name="B", role=Role.OFFICER)
    with pytest.raises(Conflict, match="second person"):
        account.confirm_request(actor=actor(both), request=own)
    account.refuse_request(actor=actor(director), request=asked)
    assert mails("invitation") == []


@pytest.mark.postgres
def test_a_lost_second_factor_is_reset_by_two(administrator: int, director: int) -> None:
    olga = person("olga@example.org", Role.OFFICER)
    pending = totp.new_secret()
    code = totp.code_at(pending, totp.step_at(clock.now()))
    codes = account.confirm_second_factor(actor=actor(olga), secret=pending, code=code)
    asked = account.ask_second_factor_reset(actor=actor(administrator), person=reference(olga), reason="telephone lost")
    with db.reading() as session:
        assert session.get_one(Person, olga).totp_confirmed_at is not None
    account.confirm_request(actor=actor(director), request=asked)
    with db.reading() as session:
        row = session.get_one(Person, olga)
        assert (row.totp_secret, row.totp_confirmed_at) == (None, None)
    assert "reset_second_factor" in acts()
    assert len(codes) == 10


def test_only_administrators_ask_and_only_directors_answer(administrator: int, director: int) -> None:
    olga = person("olga@example.org", Role.OFFICER)
    for other in (olga, director):
        with pytest.raises(Forbidden):
            account.ask_for_role(actor=actor(other), email="x@example.org", name="X", role=Role.OFFICER)
    asked = account.ask_for_role(actor=actor(administrator), email="x@example.org", name="X", role=Role.OFFICER)
    for other in (olga, administrator):
        with pytest.raises(Forbidden):
            account.confirm_request(actor=actor(other), request=asked)


def test_a_request_grows_old(administrator: int, director: int, frozen_clock: object) -> None:
    asked = account.ask_for_role(actor=actor(administrator), email="x@example.org", name="X", role=Role.OFFICER)
    with clock.at(clock.now() + timedelta(days=14)), pytest.raises(Conflict):
        account.confirm_request(actor=actor(director), request=asked)


def test_an_administrator_gives_no_secretariat_role_alone(administrator: int) -> None:
    ana = person("ana@example.org")
    with pytest.raises(Conflict):
        account.grant(actor=actor(administrator), person=reference(ana), role=Role.OFFICER)


def test_the_last_director_and_oneself_stay(administrator: int, director: int) -> None:
    held = accounts.roles_of(director)[0].id
    own = accounts.roles_of(administrator)[0].id
    db.release()
    with pytest.raises(Conflict):
        account.revoke(actor=actor(administrator), person=reference(director), grant_id=held)
    with pytest.raises(Conflict):
        account.deactivate(actor=actor(administrator), person=reference(director), reason="x")
    with pytest.raises(Conflict):
        account.revoke(actor=actor(administrator), person=reference(administrator), grant_id=own)
    # Neither an acting director nor one who has not set a password yet takes the place of the last.
    person("acting@example.org", Role.DIRECTOR, until=clock.today() + timedelta(days=5))
    account.create(actor=SYSTEM, email="new@example.org", name="New", role=Role.DIRECTOR)
    with pytest.raises(Conflict, match="let a director confirm"):
        account.revoke(actor=actor(administrator), person=reference(director), grant_id=held)
    with pytest.raises(Conflict):
        account.deactivate(actor=actor(administrator), person=reference(director), reason="x")
    person("second@example.org", Role.DIRECTOR)
    account.revoke(actor=actor(administrator), person=reference(director), grant_id=held)
    assert _roles(director) == []


def test_an_acting_director_goes_while_the_director_stays(administrator: int, director: int) -> None:
    acting = person("acting@example.org", Role.DIRECTOR, until=clock.today() + timedelta(days=5))
    held = accounts.roles_of(acting)[0].id
    db.release()
    account.revoke(actor=actor(administrator), person=reference(acting), grant_id=held)
    assert _roles(acting) == []


def test_the_last_administrator_stays(administrator: int, director: int) -> None:
    """Also where the console, or a colleague who is about to lose the role, asks."""
    second = person("second@example.org", Role.ADMINISTRATOR, until=clock.today())
    own = accounts.roles_of(administrator)[0].id
    db.release()
    with pytest.raises(Conflict):
        account.revoke(actor=actor(second), person=reference(administrator), grant_id=own)
    with pytest.raises(Conflict):
        account.deactivate(actor=SYSTEM, person=reference(administrator), reason="x")


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["revoked", "closed"])
def test_one_person_takes_a_role_and_every_director_hears_of_it(administrator: int, director: int, way: str) -> None:
    second = person("second@example.org", Role.DIRECTOR)
    officer = person("ona@example.org", Role.OFFICER, name="Ona Officer")
    held = accounts.roles_of(officer)[0].id
    db.release()
    session_of(officer, "a" * 64)
    before = actor(officer)
    if way == "revoked":
        account.revoke(actor=actor(administrator), person=reference(officer), grant_id=held)
    else:
        account.deactivate(actor=actor(administrator), person=reference(officer), reason="Stolen telephone")
    assert running_sessions() == []
    assert before.holds(Role.OFFICER)
    told = mails("secretariat_role_ended")
    assert {message.person_id for message in told} == {director, second}
    assert {(message.values["whose"], message.values["how"], tuple(message.values["roles"])) for message in told} == {
        ("Ona Officer", way, ("officer",))
    }
    # What one took, two give back.
    if way == "closed":
        account.reactivate(actor=actor(administrator), person=reference(officer))
        assert _roles(officer) == []
    with pytest.raises(Conflict):
        account.grant(actor=actor(administrator), person=reference(officer), role=Role.OFFICER)


def test_directors_are_not_written_to_about_other_roles(administrator: int, director: int) -> None:
    portugal()
    natcom = person("natcom@example.org", Role.COMMISSION, country="PRT")
    held = accounts.roles_of(natcom)[0].id
    db.release()
    account.revoke(actor=actor(administrator), person=reference(natcom), grant_id=held)
    assert mails("secretariat_role_ended") == []


def test_nobody_gives_a_role_to_the_own_account(administrator: int) -> None:
    """Who keeps the accounts could otherwise become a National Commission, and read its country's files."""
    portugal()
    adam, role = actor(administrator), Role.COMMISSION
    with pytest.raises(Conflict):
        account.grant(actor=adam, person=reference(administrator), role=role, country="PRT")
    with pytest.raises(Conflict):
        account.invite(actor=adam, email="ADAM@example.org", name="Adam", role=role, country="PRT")
