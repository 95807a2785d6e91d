"""Codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds), and the codes for when it is lost."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import datetime

import pyotp

PERIOD = 30
ISSUER = "Learning Cities"
RECOVERY_CODES = 10
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_secret() -> str:
    """A fresh secret of 160 bits, in base 32 as the apps want it."""
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """The ``otpauth:`` address that a picture shows to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_at(moment: datetime) -> int:
    """Which thirty seconds of history a moment is in."""
    return int(moment.timestamp()) // PERIOD


def code_at(secret: str, step: int) -> str:
    """The code of one step."""
    return pyotp.TOTP(secret).generate_otp(step)


def tidy_code(typed: str) -> str:
    """The digits of a code as a person typed it, whatever script the digits are in."""
    return "".join(str(digit) for c in typed if (digit := unicodedata.digit(c, None)) is not None)


def matching_step(secret: str, code: str, moment: datetime, last_step: int | None) -> int | None:
    """The step whose code this is: this one, the one before or after; never one used already."""
    typed = tidy_code(code)
    for step in (step_at(moment) + offset for offset in (0, -1, 1)):
        is_same = hmac.compare_digest(code_at(secret, step).encode(), typed.encode())
        if is_same and (last_step is None or step > last_step):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes to print, each about fifty bits, e.g. ``7KQ4M-X2W9R``."""
    spelled = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    return [f"{code[:5]}-{code[5:]}" for code in spelled]


def tidy_recovery_code(typed: str) -> str:
    """A recovery code as it is hashed, from what a person typed."""
    return "".join(c for c in typed.upper() if c.isalnum())
