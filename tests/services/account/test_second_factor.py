"""Authenticator apps, recovery codes, remembered devices."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from gnlc_apply.core import clock, totp
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, SignInNeeded, TooMany
from gnlc_apply.extensions import db
from gnlc_apply.models import Person, RecoveryCode, Role
from gnlc_apply.services import account
from tests.accounts import actor, person

pytestmark = pytest.mark.usefixtures("database")


def _now_code(secret: str, offset: int = 0) -> str:
    return totp.code_at(secret, totp.step_at(clock.now()) + offset)


def _set_up(number: int) -> tuple[str, list[str]]:
    secret = totp.new_secret()
    return secret, account.confirm_second_factor(actor=actor(number), secret=secret, code=_now_code(secret))


@pytest.mark.postgres
def test_secret_is_sealed_and_codes_are_hashed() -> None:
    number = person("ana@example.org")
    secret, codes = _set_up(number)
    with db.reading() as session:
        stored = session.get_one(Person, number)
        hashes = list(session.scalars(select(RecoveryCode.code_hash)))
    assert stored.totp_secret is not None
    assert secret.encode() not in stored.totp_secret
    assert len(hashes) == len(set(codes)) == 10
    assert not set(hashes) & set(codes)


@pytest.mark.postgres
def test_a_code_works_once_and_one_step_either_way(frozen_clock: object) -> None:
    number = person("ana@example.org")
    secret, _ = _set_up(number)
    used = _now_code(secret)
    with pytest.raises(Invalid):
        account.show_second_factor(actor=actor(number), code=used)
    with clock.at(clock.now() + timedelta(seconds=60)):
        account.show_second_factor(actor=actor(number), code=_now_code(secret, -1))
        account.show_second_factor(actor=actor(number), code=_now_code(secret, 1))
        with pytest.raises(Invalid):
            account.show_second_factor(actor=actor(number), code=_now_code(secret))


def test_after_five_wrong_codes_the_right_one_is_refused() -> None:
    number = person("ana@example.org")
    secret, _ = _set_up(number)
    right = _now_code(secret, 1)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(5):
        with pytest.raises(Invalid):
            account.show_second_factor(actor=actor(number), code=wrong)
    with pytest.raises(TooMany):
        account.show_second_factor(actor=actor(number), code=right)


def test_a_recovery_code_works_once_and_only_for_its_owner() -> None:
    ana, ben = person("ana@example.org"), person("ben@example.org")
    _, codes = _set_up(ana)
    _set_up(ben)
    with pytest.raises(Invalid):
        account.use_recovery_code(actor=actor(ben), code=codes[0])
    assert account.use_recovery_code(actor=actor(ana), code=codes[0].lower()) == 9
    with pytest.raises(Invalid):
        account.use_recovery_code(actor=actor(ana), code=codes[0])


def test_new_recovery_codes_make_the_old_worthless() -> None:
    number = person("ana@example.org")
    _, older = _set_up(number)
    newer = account.renew_recovery_codes(actor=actor(number))
    with pytest.raises(Invalid):
        account.use_recovery_code(actor=actor(number), code=older[0])
    assert account.use_recovery_code(actor=actor(number), code=newer[0]) == 9


def test_a_present_factor_must_have_been_shown_to_replace_it() -> None:
    number = person("ana@example.org")
    _set_up(number)
    secret = totp.new_secret()
    half_way_in = actor(number, is_fresh=False)
    with pytest.raises(Forbidden):
        account.confirm_second_factor(actor=half_way_in, secret=secret, code=_now_code(secret))
    for act in (account.renew_recovery_codes, account.turn_off_second_factor):
        with pytest.raises(SignInNeeded):
            act(actor=half_way_in)


def test_a_role_that_demands_it_keeps_it() -> None:
    officer, city = person("olga@example.org", Role.OFFICER), person("ana@example.org")
    _set_up(officer)
    _set_up(city)
    with pytest.raises(Conflict):
        account.turn_off_second_factor(actor=actor(officer))
    account.turn_off_second_factor(actor=actor(city))


def test_no_device_of_the_secretariat_is_remembered() -> None:
    officer = person("olga@example.org", Role.OFFICER)
    _set_up(officer)
    assert account.remember_device(actor=actor(officer), browser="Firefox") is None
