"""Reference numbers that people read over the telephone: ``GNLC-2027-7KQ4M``, not consecutive, with a check character."""

from __future__ import annotations

import secrets

# Crockford's base 32 (no I, L, O, U) without Z, which is read as 2: 31 characters, a prime, as the check needs.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "Z": "2"})


def _check(body: str) -> str:
    """Sum with weights 2^k modulo 31 (after ISO 7064): finds every single wrong character and swapped neighbours."""
    total = 0
    for character in body:
        total = (total * 2 + ALPHABET.index(character) + 1) % len(ALPHABET)
    return ALPHABET[total]


def create(prefix: str, length: int = 4) -> str:
    """A fresh reference: the prefix, ``length`` random characters and one check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return f"{prefix}-{body}{_check(body)}"


def tidy(typed: str) -> str | None:
    """The reference as it is stored, from what a person typed, or None when it cannot be one."""
    cleaned = typed.strip().upper()
    prefix, _, tail = cleaned.rpartition("-")
    tail = tail.translate(_MISREAD)
    if not prefix or len(tail) < 3 or any(c not in ALPHABET for c in tail):
        return None
    return f"{prefix}-{tail}" if _check(tail[:-1]) == tail[-1] else None
