"""Texts, the clock and sealing."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.fernet import InvalidToken

from gnlc_apply.core import clock, sealing
from gnlc_apply.core.text import Text


def test_text_is_english_until_it_is_translated() -> None:
    text = Text("%(n)s days left for %(what)s", n=3, what=Text("the city"))
    assert str(text) == "3 days left for the city"
    french = {"%(n)s days left for %(what)s": "encore %(n)s jours pour %(what)s", "the city": "la ville"}
    assert text.render(french.__getitem__) == "encore 3 jours pour la ville"


def test_text_with_a_percent_sign_and_no_values_stays() -> None:
    assert str(Text("100 % of it")) == "100 % of it"


def test_clock_stands_where_it_is_put() -> None:
    moment = datetime(2027, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    with clock.at(moment):
        assert clock.now() == moment
        assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_clock_refuses_a_moment_without_zone() -> None:
    with pytest.raises(ValueError, match="zone"), clock.at(datetime(2027, 1, 1)):  # noqa: DTZ001 (the very thing refused)
        pass


def test_sealed_for_one_purpose_opens_for_no_other() -> None:
    sealed = sealing.seal("k" * 32, "totp", "secret")
    assert sealing.unseal("k" * 32, "totp", sealed) == "secret"
    with pytest.raises(InvalidToken):
        sealing.unseal("k" * 32, "mail", sealed)
    with pytest.raises(InvalidToken):
        sealing.unseal("j" * 32, "totp", sealed)


def test_one_token_has_different_hashes_for_different_purposes() -> None:
    token = sealing.new_token()
    assert sealing.hashed(token, "reset") != sealing.hashed(token, "sign")
    assert len(token) >= 43
