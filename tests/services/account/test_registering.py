"""Registration: the address first, then the password; the same answer for a known address."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Invalid, NotFound, TooMany
from gnlc_apply.core.sealing import hashed
from gnlc_apply.extensions import db
from gnlc_apply.models import OneTimeToken, Person, TokenPurpose
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.services import account
from tests.accounts import acts, mails, person, secret
from tests.signing_in import PASSWORD

if TYPE_CHECKING:
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
