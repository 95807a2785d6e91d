"""Signing in: counters, costs, remembered devices, mailed codes, sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from gnlc_apply.core import clock, passwords
from gnlc_apply.core.errors import Invalid, NotFound, TooMany
from gnlc_apply.extensions import db
from gnlc_apply.models import Notice, Person, Role
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.services import account
from tests.accounts import actor, acts, mails, person, portugal, reference, running_sessions, secret, session_of
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


def _sign_in(password: str = PASSWORD, email: str = "ana@example.org", network: str = "192.0.2.1") -> account.Entered:
    return account.sign_in(actor=ANONYMOUS, email=email, password=password, network=network)


@pytest.mark.postgres
def test_the_eleventh_wrong_password_is_refused_unlooked_at_and_the_clock_frees(frozen_clock: object) -> None:
    person("ana@example.org")
    for _ in range(10):
        with pytest.raises(Invalid):
            _sign_in("wrong wrong wrong")
    with pytest.raises(TooMany):
        _sign_in(PASSWORD)
    with clock.at(clock.now() + timedelta(minutes=31)):
        _sign_in()


def test_right_passwords_are_not_counted() -> None:
    person("ana@example.org")
    for _ in range(15):
        _sign_in()


def test_an_unknown_address_is_counted_and_refused_in_the_same_words() -> None:
    person("ana@example.org")
    words = []
    for email in ("ana@example.org", "nobody@example.org"):
        with pytest.raises(Invalid) as refused:
            _sign_in("wrong wrong wrong", email)
        words.append(str(refused.value))
    assert words[0] == words[1]
    for _ in range(9):
        with pytest.raises(Invalid):
            _sign_in("wrong wrong wrong", "nobody@example.org")
    with pytest.raises(TooMany):
        _sign_in("wrong wrong wrong", "nobody@example.org")


def test_many_accounts_from_one_network_are_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gnlc_apply.services.account.guessing.NETWORK_TRIES", 20)
    for number in range(20):
        with pytest.raises(Invalid):
            _sign_in("wrong wrong wrong", f"somebody{number}@example.org", "2001:db8::1")
    with pytest.raises(TooMany):
        _sign_in("wrong wrong wrong", "one-more@example.org", "2001:db8::ffff")
    with pytest.raises(Invalid):
        _sign_in("wrong wrong wrong", "one-more@example.org", "2001:db8:1::1")


def test_an_older_hash_is_renewed_at_sign_in() -> None:
    number = person("ana@example.org")
    older = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with db.writing() as session:
        session.execute(update(Person).where(Person.id == number).values(password_hash=older))
    _sign_in()
    with db.reading() as session:
        stored = session.get_one(Person, number).password_hash
    assert stored is not None
    assert not passwords.is_outdated(stored)


def test_a_refusal_is_kept_for_the_operator_and_a_sign_in_in_the_chain() -> None:
    number = person("ana@example.org")
    with pytest.raises(Invalid):
        _sign_in("wrong wrong wrong")
    _sign_in()
    with db.reading() as session:
        notice = session.scalars(select(Notice)).one()
    assert (notice.kind, notice.person_id) == ("wrong_password", number)
    assert acts()[-1] == "signed_in"


def test_a_closed_account_stays_out() -> None:
    administrator = person("adam@example.org", Role.ADMINISTRATOR)
    number = person("ana@example.org")
    account.deactivate(actor=actor(administrator), person=reference(number), reason="left")
    with pytest.raises(Invalid):
        _sign_in()


@pytest.fixture
def commission() -> int:
    """A National Commission without a password."""
    portugal()
    return person("natcom@example.org", Role.COMMISSION, country="PRT")


@pytest.mark.postgres
def test_a_commission_comes_in_by_a_mailed_code_once(commission: int) -> None:
    account.send_code(actor=ANONYMOUS, email="NATCOM@example.org")
    code = secret("sign_in_code", "secret_code")
    assert len(code) == 8
    entered = account.sign_in_by_code(actor=ANONYMOUS, email="natcom@example.org", code=f"{code[:4]} {code[4:]}")
    assert entered == account.Entered(commission, clock.now())
    with pytest.raises(Invalid):
        account.sign_in_by_code(actor=ANONYMOUS, email="natcom@example.org", code=code)


def test_a_code_is_good_for_ten_minutes_and_the_newest_only(commission: int, frozen_clock: object) -> None:
    account.send_code(actor=ANONYMOUS, email="natcom@example.org")
    older = secret("sign_in_code", "secret_code")
    account.send_code(actor=ANONYMOUS, email="natcom@example.org")
    newer = secret("sign_in_code", "secret_code")
    assert older != newer
    with pytest.raises(Invalid):
        account.sign_in_by_code(actor=ANONYMOUS, email="natcom@example.org", code=older)
    with clock.at(clock.now() + timedelta(minutes=10)), pytest.raises(Invalid):
        account.sign_in_by_code(actor=ANONYMOUS, email="natcom@example.org", code=newer)


def test_codes_are_not_guessed(commission: int) -> None:
    account.send_code(actor=ANONYMOUS, email="natcom@example.org")
    code = secret("sign_in_code", "secret_code")
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        with pytest.raises(Invalid):
            account.sign_in_by_code(actor=ANONYMOUS, email="natcom@example.org", code=wrong)
    with pytest.raises(TooMany):
        account.sign_in_by_code(actor=ANONYMOUS, email="natcom@example.org", code=code)


def test_nobody_else_gets_a_code(commission: int) -> None:
    person("olga@example.org", Role.OFFICER)
    for email in ("olga@example.org", "nobody@example.org"):
        account.send_code(actor=ANONYMOUS, email=email)
    assert mails("sign_in_code") == []


def test_one_ends_ones_own_sessions_and_nobody_elses() -> None:
    ana, ben = person("ana@example.org"), person("ben@example.org")
    session_of(ana, "a" * 64)
    session_of(ben, "b" * 64)
    with pytest.raises(NotFound):
        account.end_session(actor=actor(ana), handle="b" * 24)
    with pytest.raises(NotFound):
        account.end_session(actor=actor(ana), handle="%" * 24)
    account.end_session(actor=actor(ana), handle="a" * 24)
    assert running_sessions() == ["b" * 64]


def test_an_administrator_ends_anybodys_sessions_and_it_is_logged() -> None:
    adam, ana = person("adam@example.org", Role.ADMINISTRATOR), person("ana@example.org")
    session_of(ana, "a" * 64)
    account.end_sessions_of(actor=actor(adam), person=reference(ana))
    assert running_sessions() == []
    assert acts()[-1] == "ended_sessions"
