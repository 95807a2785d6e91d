"""Codes of authenticator apps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gnlc_apply.core import totp

# RFC 6238, appendix B (SHA-1; the last six of its eight digits), for the ASCII secret 12345678901234567890.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOW = datetime(2005, 3, 18, 1, 58, 29, tzinfo=UTC)


def test_code_of_the_standard() -> None:
    assert totp.code_at(SECRET, totp.step_at(NOW)) == "081804"


def test_one_step_either_way_is_taken_and_two_are_not() -> None:
    here = totp.step_at(NOW)
    for offset in (-1, 0, 1):
        assert totp.matching_step(SECRET, totp.code_at(SECRET, here + offset), NOW, None) == here + offset
    for offset in (-2, 2):
        assert totp.matching_step(SECRET, totp.code_at(SECRET, here + offset), NOW, None) is None


def test_a_code_works_once() -> None:
    code = totp.code_at(SECRET, totp.step_at(NOW))
    step = totp.matching_step(SECRET, code, NOW, None)
    assert totp.matching_step(SECRET, code, NOW + timedelta(seconds=5), step) is None


def test_digits_of_any_script_and_blanks_are_understood() -> None:
    assert totp.matching_step(SECRET, " ٠٨١ ٨٠٤ ", NOW, None) == totp.step_at(NOW)


def test_recovery_codes_are_ten_and_different() -> None:
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == 10
    assert totp.tidy_recovery_code(codes[0].lower().replace("-", " ")) == codes[0].replace("-", "")
