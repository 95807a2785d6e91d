"""Secrets at rest: sealed with a key derived from the installation's own, one derived key per purpose."""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def _box(secret_key: str, purpose: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(secret_key: str, purpose: str, text: str) -> str:
    """The text, unreadable without the key and the purpose."""
    return _box(secret_key, purpose).encrypt(text.encode()).decode()


def unseal(secret_key: str, purpose: str, sealed: str) -> str:
    """The text again. Raises cryptography.fernet.InvalidToken when key or purpose differ."""
    return _box(secret_key, purpose).decrypt(sealed.encode()).decode()


def mark(secret_key: str) -> str:
    """What recognises a key without telling anything of it."""
    derived = HKDF(algorithm=hashes.SHA256(), length=16, salt=None, info=b"mark of the key").derive(secret_key.encode())
    return derived.hex()


def new_token() -> str:
    """A secret for a link: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A secret to type: eight digits."""
    return f"{secrets.randbelow(10**8):08d}"


def hashed(token: str, purpose: str = "") -> str:
    """What is stored of a token: SHA-256 with its purpose, so that one kind never opens another."""
    return hashlib.sha256(f"{purpose}:{token}".encode()).hexdigest()
