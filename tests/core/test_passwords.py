"""Which passwords will do, and how they are kept."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from gnlc_apply.core import passwords

OWN = ("Maria Kowalska", "maria.kowalska@gdynia.example")


@pytest.mark.parametrize(
    ("password", "is_fine"),
    [
        ("brown towel", False),  # 11
        ("brown towels", True),  # 12
        ("brown towel and a lamp " * 2 + "in the long attic", True),  # 63
        ("brown towel and a lamp " * 2 + "in the long attic.", True),  # 64
        ("ab cd efghijklmnopqrstuvwxyz 012" * 4, True),  # 128
        ("ab cd efghijklmnopqrstuvwxyz 012" * 4 + "!", False),  # 129
        ("пароль для сада", True),
        ("   brown   towel   ", True),
        ("brown\x00towels and more", False),
    ],
)
def test_length_and_characters(password: str, *, is_fine: bool) -> None:
    assert (passwords.problem(password, OWN) is None) is is_fine


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd!!!!",
        "qwertyuiop12",
        "iloveyouiloveyou",
        "111111111111",
        "aaaabbbbcccc",
        "UnescoUnesco1",
        "learning cities!",
        "Maria Kowalska1",
        "gdynia-gdynia-22",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert passwords.problem(password, OWN) is not None


def test_the_list_has_at_least_ten_thousand() -> None:
    assert len(passwords.common()) >= 10_000


def test_costs_are_at_least_the_standard() -> None:
    costs = extract_parameters(passwords.hash_password("brown towels and a lamp"))
    assert (costs.type.name, costs.memory_cost, costs.time_cost) == ("ID", 19 * 1024, 2)


def test_a_hash_of_older_costs_is_outdated() -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("brown towels")
    assert passwords.is_outdated(older)
    assert passwords.fits(older, "brown towels")
    assert not passwords.is_outdated(passwords.hash_password("brown towels"))


def test_nobody_has_no_password() -> None:
    assert not passwords.fits(None, "nobody has this password")


@settings(max_examples=300)
@given(st.text(max_size=140))
def test_any_text_gets_an_answer_and_short_ones_are_refused(password: str) -> None:
    found = passwords.problem(password, OWN)
    if len(passwords.normalised(password)) < 12 or "\x00" in password:
        assert found is not None
