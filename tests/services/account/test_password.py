"""Resetting and changing a password."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gnlc_apply.core import clock, totp
from gnlc_apply.core.errors import Conflict, Invalid, NotFound, TooMany
from gnlc_apply.extensions import db
from gnlc_apply.models import Person
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.services import account
from tests.accounts import actor, mails, person, running_sessions, secret, session_of
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.usefixtures("database")
NEW = "a quiet green bicycle"


def _token(email: str = "ana@example.org") -> str:
    account.ask_for_reset(actor=ANONYMOUS, email=email)
    return secret("password_reset")


@pytest.mark.postgres
def test_a_reset_sets_the_password_and_ends_all_sessions() -> None:
    number = person("ana@example.org")
    session_of(number, "a" * 64)
    entered = account.reset_password(actor=ANONYMOUS, token=_token(), password=NEW)
    assert entered == account.Entered(number, None)
    assert running_sessions() == []
    with pytest.raises(Invalid):
        account.sign_in(actor=ANONYMOUS, email="ana@example.org", password=PASSWORD)
    account.sign_in(actor=ANONYMOUS, email="ana@example.org", password=NEW)
    assert [m.kind for m in mails()] == ["password_reset", "password_changed"]


def test_a_reset_is_refused_twice_late_after_sign_in_after_a_move_and_for_nobody(frozen_clock: object) -> None:
    number = person("ana@example.org")
    token = _token()
    with clock.at(clock.now() + timedelta(minutes=31)), pytest.raises(Conflict):
        account.reset_password(actor=ANONYMOUS, token=token, password=NEW)
    account.reset_password(actor=ANONYMOUS, token=token, password=NEW)
    with pytest.raises(Conflict):
        account.reset_password(actor=ANONYMOUS, token=token, password=NEW)
    token = _token()
    account.sign_in(actor=ANONYMOUS, email="ana@example.org", password=NEW)
    with pytest.raises(Conflict):
        account.reset_password(actor=ANONYMOUS, token=token, password=NEW)
    token = _token()
    account.ask_address_change(actor=actor(number), email="moved@example.org")
    account.confirm_address(actor=actor(number), token=secret("address_confirm"))
    with pytest.raises(Conflict):
        account.reset_password(actor=ANONYMOUS, token=token, password=NEW)


@pytest.mark.parametrize("change", ["x", "", "0" * 10_000])
def test_a_changed_or_cut_link_is_unknown(change: str) -> None:
    person("ana@example.org")
    token = _token()
    spoiled = token[:-1] + ("A" if token[-1] != "A" else "B") if change == "x" else token[:-1] + change
    with pytest.raises(NotFound):
        account.reset_password(actor=ANONYMOUS, token=spoiled, password=NEW)


def test_nobody_gets_no_message() -> None:
    account.ask_for_reset(actor=ANONYMOUS, email="nobody@example.org")
    assert mails() == []


def test_the_second_factor_survives_a_reset() -> None:
    number = person("ana@example.org")
    pending = totp.new_secret()
    account.confirm_second_factor(
        actor=actor(number), secret=pending, code=totp.code_at(pending, totp.step_at(clock.now()))
    )
    entered = account.reset_password(actor=ANONYMOUS, token=_token(), password=NEW)
    assert entered.second_factor_at is None
    with db.reading() as session:
        assert session.get_one(Person, number).totp_confirmed_at is not None


def test_the_owner_gets_in_by_a_reset_while_somebody_guesses() -> None:
    person("ana@example.org")
    for _ in range(10):
        with pytest.raises(Invalid):
            account.sign_in(actor=ANONYMOUS, email="ana@example.org", password="wrong wrong wrong")
    with pytest.raises(TooMany):
        account.sign_in(actor=ANONYMOUS, email="ana@example.org", password=PASSWORD)
    account.reset_password(actor=ANONYMOUS, token=_token(), password=NEW)


def test_a_change_ends_the_other_sessions() -> None:
    number = person("ana@example.org")
    session_of(number, "a" * 64)
    session_of(number, "b" * 64)
    here = actor(number)
    here = type(here)(**{**here.__dict__, "session_hash": "b" * 64})
    account.change_password(actor=here, new_password=NEW)
    assert running_sessions() == ["b" * 64]


def test_a_link_of_a_wrong_clock_is_good_for_no_longer(frozen_clock: object) -> None:
    person("ana@example.org")
    start = clock.now()
    with clock.at(start - timedelta(hours=1)):
        written_early = _token()
    # Written while the clock was an hour behind: over before its time, never after.
    with pytest.raises(Conflict):
        account.reset_password(actor=ANONYMOUS, token=written_early, password=NEW)
    token = _token()
    with clock.at(start - timedelta(hours=1)):
        account.reset_password(actor=ANONYMOUS, token=token, password=NEW)
    with clock.at(start + timedelta(minutes=1)), pytest.raises(Conflict):
        account.reset_password(actor=ANONYMOUS, token=token, password=NEW)
