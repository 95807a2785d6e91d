"""Counters of guesses, with many workers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from gnlc_apply.core import clock
from gnlc_apply.core.errors import TooMany
from gnlc_apply.services.account import guessing
from gnlc_apply.services.record import guesses

pytestmark = pytest.mark.usefixtures("database")


def _try(_number: int) -> bool:
    try:
        guessing.claim([("secret", 5)])
    except TooMany:
        return False
    return True


@pytest.mark.postgres
def test_twelve_at_once_get_no_more_than_the_limit() -> None:
    with ThreadPoolExecutor(4) as workers:
        passed = sum(workers.map(_try, range(12)))
    assert passed <= 5
    assert guesses("secret") == passed
    assert not _try(0) or passed < 5


def test_a_refused_try_counts_under_none_of_its_keys() -> None:
    for _ in range(3):
        guessing.claim([("first", 10), ("second", 3)])
    with pytest.raises(TooMany):
        guessing.claim([("first", 10), ("second", 3)])
    assert (guesses("first"), guesses("second")) == (3, 3)


def test_forgiving_takes_back_one() -> None:
    guessing.claim([("first", 10)])
    guessing.claim([("first", 10)])
    guessing.forgive(["first"])
    assert guesses("first") == 1


@pytest.mark.parametrize("second", [0, 1, 59, 14 * 60 + 58, 14 * 60 + 59, 7 * 60 + 30])
def test_the_quarter_of_an_hour_begins_with_the_guess_and_not_with_the_clock(second: int) -> None:
    """Whenever the guesses begin: ten are counted for the whole quarter of an hour after, and for no more than sixteen minutes."""
    start = datetime(2027, 3, 1, 9, tzinfo=UTC) + timedelta(seconds=second)
    with clock.at(start):
        for _ in range(6):
            guessing.claim([("across", 10)])
    with clock.at(start + timedelta(seconds=2)):
        for _ in range(4):
            guessing.claim([("across", 10)])
    for later in (timedelta(seconds=3), timedelta(minutes=7), timedelta(minutes=15)):
        with clock.at(start + later), pytest.raises(TooMany):
            guessing.claim([("across", 10)])
    with clock.at(start + timedelta(minutes=16, seconds=2)):
        guessing.claim([("across", 10)])
        assert guesses("across") == 1


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "", True),
    ],
)
def test_what_one_network_is(one: str, other: str, *, is_same: bool) -> None:
    assert (guessing.network_key(one) == guessing.network_key(other)) is is_same
