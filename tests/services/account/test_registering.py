"""Registration: the address first, then the password; the same answer for a known address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Invalid, NotFound, TooMany
from gnlc_apply.core.sealing import hashed
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, OneTimeToken, Person, Role, TokenPurpose
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.services import account, assignment
from gnlc_apply.services import application as applications
from tests.accounts import actor, acts, mails, person, secret
from tests.city import add_person, add_states, open_call
from tests.signing_in import PASSWORD, post

if TYPE_CHECKING:
    from flask import Flask

    from gnlc_apply.config import Settings

pytestmark = pytest.mark.usefixtures("database")


def _register(email: str = "ana@example.org") -> None:
    account.register(actor=ANONYMOUS, email=email, name="Ana Costa", network="192.0.2.1")


@pytest.mark.postgres
def test_the_link_confirms_the_address_and_sets_the_password() -> None:
    _register(" ANA@Example.org ")
    with db.reading() as session:
        assert session.scalars(select(Person)).one().confirmed_at is None
    number = account.confirm_registration(actor=ANONYMOUS, token=secret("account_confirm"), password=PASSWORD)
    assert account.sign_in(actor=ANONYMOUS, email="ana@example.org", password=PASSWORD).person_id == number
    assert acts() == ["registered", "confirmed", "signed_in"]


def test_nobody_signs_in_before_the_address_is_confirmed() -> None:
    _register()
    with pytest.raises(Invalid):
        account.sign_in(actor=ANONYMOUS, email="ana@example.org", password=PASSWORD)


def test_only_the_hash_of_a_link_is_stored() -> None:
    _register()
    with db.reading() as session:
        stored = session.scalars(select(OneTimeToken)).one()
    token = secret("account_confirm")
    assert len(token) >= 43
    assert stored.token_hash == hashed(token, "confirm_address")
    assert token not in str(mails()[-1].values)


def test_a_link_is_good_once_and_for_three_days(frozen_clock: object) -> None:
    _register()
    token = secret("account_confirm")
    with clock.at(clock.now() + timedelta(days=3)), pytest.raises(Conflict):
        account.confirm_registration(actor=ANONYMOUS, token=token, password=PASSWORD)
    account.confirm_registration(actor=ANONYMOUS, token=token, password=PASSWORD)
    with pytest.raises(Conflict):
        account.confirm_registration(actor=ANONYMOUS, token=token, password=PASSWORD)


def test_a_newer_link_makes_the_older_worthless() -> None:
    _register()
    older = secret("account_confirm")
    _register()
    with pytest.raises(Conflict):
        account.confirm_registration(actor=ANONYMOUS, token=older, password=PASSWORD)


def test_a_link_for_one_purpose_opens_no_other() -> None:
    _register()
    with pytest.raises(NotFound):
        account.reset_password(actor=ANONYMOUS, token=secret("account_confirm"), password=PASSWORD)


def test_a_known_address_gets_a_message_of_its_own_and_nothing_changes() -> None:
    person("ana@example.org", name="Ana Costa")
    account.register(actor=ANONYMOUS, email="ana@example.org", name="Mallory", network="192.0.2.1")
    assert [m.kind for m in mails()] == ["account_known"]
    with db.reading() as session:
        assert session.scalars(select(Person)).one().name == "Ana Costa"
        assert session.scalar(select(OneTimeToken).where(OneTimeToken.purpose == TokenPurpose.CONFIRM_ADDRESS)) is None


def test_one_address_gets_five_messages_and_silence_afterwards() -> None:
    for _ in range(7):
        _register()
    assert len(mails("account_confirm")) == 5


def test_one_network_gets_a_hundred_messages(database: Settings) -> None:
    for number in range(100):
        _register(f"somebody{number}@example.org")
    with pytest.raises(TooMany):
        _register("one-more@example.org")
    account.register(actor=ANONYMOUS, email="other@example.org", name="Other", network="198.51.100.7")


@pytest.mark.parametrize("password", ["short", "Ana Costa 1234", "unesco unesco"])
def test_a_bad_password_does_not_use_the_link_up(password: str) -> None:
    _register()
    token = secret("account_confirm")
    with pytest.raises(Invalid) as refused:
        account.confirm_registration(actor=ANONYMOUS, token=token, password=password)
    assert list(refused.value.fields) == ["password"]
    account.confirm_registration(actor=ANONYMOUS, token=token, password=PASSWORD)


INVITED = "jo@jury.example"


def _invite_juror() -> str:
    """A juror of a call, invited and not yet in: the person stands already, unconfirmed, with the role."""
    add_states()
    officer = add_person("officer@network.example", "Ona Officer", (Role.OFFICER, None))
    return assignment.invite_juror(
        actor=officer,
        call=open_call(officer),
        email=INVITED,
        name="Jo Juror",
        countries=["CMR"],
        languages=["en"],
        language="ar",
    )


def _invite_officer() -> str:
    """An officer-to-be, invited through a director's confirmation: there is no person yet."""
    administrator, director = person("adam@example.org", Role.ADMINISTRATOR), person("d@example.org", Role.DIRECTOR)
    asked = account.ask_for_role(
        actor=actor(administrator), email=INVITED, name="Jo Juror", role=Role.OFFICER, language="ar"
    )
    account.confirm_request(actor=actor(director), request=asked)
    return secret("invitation")


def _stored(email: str = INVITED) -> tuple[str, str]:
    with db.reading() as session:
        row = session.scalars(select(Person).where(Person.email == email)).one()
        return row.name, row.language


@pytest.mark.postgres
@pytest.mark.parametrize("invite", [_invite_juror, _invite_officer])
def test_a_stranger_who_registers_an_invited_address_changes_nothing(invite: Callable[[], str]) -> None:
    token = invite()
    account.register(actor=ANONYMOUS, email=INVITED, name="Mallory", language="en", network="192.0.2.1")
    assert _stored() == ("Jo Juror", "ar")
    assert "Mallory" not in str([message.values for message in mails()])
    # The owner of the mailbox decides: the invitation is good as before, and the name is the one typed there.
    account.accept_invitation(actor=ANONYMOUS, token=token, name="Jo B. Juror", password=PASSWORD)
    assert _stored() == ("Jo B. Juror", "ar")


@pytest.mark.parametrize("invite", [_invite_juror, _invite_officer])
def test_who_was_registered_by_a_stranger_first_bears_the_invited_name(invite: Callable[[], str]) -> None:
    account.register(actor=ANONYMOUS, email=INVITED, name="Mallory", language="en", network="192.0.2.1")
    assert _stored() == ("Mallory", "en")
    invite()
    assert _stored() == ("Jo Juror", "ar")


def test_the_name_of_an_open_invitation_is_no_citys_to_change() -> None:
    """A colleague's invitation comes from anybody who owns a draft."""
    _invite_juror()
    with db.reading() as session:
        call = session.scalars(select(Call.reference)).one()
    mallory = add_person("mallory@city.example", "Mallory")
    reference = applications.begin(actor=mallory, call=call, country="CMR", place_name="Yaoundé")
    account.invite_colleague(actor=mallory, reference=reference, email=INVITED, name="Fool", member_role="viewer")
    assert _stored() == ("Jo Juror", "ar")


def test_a_person_whose_invitation_ran_out_keeps_the_name_too(frozen_clock: object) -> None:
    _invite_juror()
    with clock.at(clock.now() + timedelta(days=30)):
        account.register(actor=ANONYMOUS, email=INVITED, name="Mallory", network="192.0.2.1")
    assert _stored() == ("Jo Juror", "ar")


@pytest.mark.parametrize("invite", [_invite_juror, _invite_officer])
def test_the_answer_tells_nobody_who_is_invited(app: Flask, invite: Callable[[], str]) -> None:
    """The same bytes, the same number of messages and the same tables written, for an invited address and an unknown one."""
    invite()
    answers, written = {}, {}
    for address in (INVITED, "xx@jury.example"):
        before, browser = len(mails()), app.test_client()
        sent = post(browser, "/en/account/register", email=address, name="Mallory")
        page = browser.get(sent.headers["Location"])
        text = re.sub(r'value="[^"]{40,}"', "", page.text.replace(address, "@"))
        answers[address] = sent.status_code, sent.headers["Location"], len(page.text) - len(address), text
        written[address] = [message.kind for message in mails()[before:]]
    assert answers[INVITED] == answers["xx@jury.example"]
    assert written[INVITED] == written["xx@jury.example"] == ["account_confirm"]
    assert _stored() == ("Jo Juror", "ar")
