"""What setting up a second factor keeps in the session for a moment, sealed: the secret, then the recovery codes."""

from __future__ import annotations

import json
from typing import Any

from cryptography.fernet import InvalidToken
from flask import session
from markupsafe import Markup

from gnlc_apply import config
from gnlc_apply.core import clock, sealing, totp
from gnlc_apply.core.errors import SignInNeeded
from gnlc_apply.core.lazy import lazy
from gnlc_apply.permissions import Actor

segno: Any = lazy("segno")
_SECRET, _CODES = "totp_pending", "recovery_codes"


def _seal(name: str, text: str) -> None:
    session[name] = sealing.seal(config.current().secret_key, name, text)


def _unseal(name: str) -> str | None:
    try:
        return sealing.unseal(config.current().secret_key, name, session[name]) if name in session else None
    except InvalidToken:
        return None


def require_present_factor(actor: Actor) -> None:
    """Whoever has a second factor shows it just before replacing it."""
    if actor.has_second_factor and not actor.is_fresh(clock.now()):
        raise SignInNeeded("second_factor")


def pending_secret() -> str:
    """The secret that waits to be confirmed in this session; a fresh one the first time."""
    secret = _unseal(_SECRET)
    if secret is None:
        secret = totp.new_secret()
        _seal(_SECRET, secret)
    return secret


def in_groups(secret: str) -> str:
    """The secret in groups of four, to type it."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def picture(secret: str, email: str) -> Markup:
    """The QR code for the app, drawn in the page."""
    drawn = segno.make(totp.address(secret, email), error="m")
    return Markup(drawn.svg_inline(scale=4, border=4, dark="#14213d", light="#ffffff"))  # noqa: S704 (segno's own)


def keep_codes(codes: list[str]) -> None:
    """Keep the recovery codes until the person has written them down."""
    _seal(_CODES, json.dumps(codes))


def kept_codes() -> list[str]:
    """The recovery codes that still have to be shown."""
    text = _unseal(_CODES)
    return list(json.loads(text)) if text else []


def drop_codes() -> None:
    """They are written down."""
    session.pop(_CODES, None)
