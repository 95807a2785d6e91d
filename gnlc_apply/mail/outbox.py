"""The outbox: what is queued. A message leaves once, after the commit, not before its time (services/delivery.py).

Promise: no loss; nothing before ``not_before``; at most one repeat per crash, with the same Message-ID.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gnlc_apply import config
from gnlc_apply.core.sealing import seal, unseal

# Values under such names are links' tokens and codes to type: sealed while they wait, erased when they have gone.
SECRET = "secret_"
PURPOSE = "outbox"


@dataclass(frozen=True)
class Message:
    """One message to one address. ``key`` makes it unique; without one, the audit entry it belongs to does."""

    kind: str
    recipient: str
    values: dict[str, Any] = field(default_factory=dict)
    person_id: int | None = None
    language: str = "en"
    application_id: int | None = None
    cohort_id: int | None = None
    key: str | None = None
    not_before: datetime | None = None


def sealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their secrets unreadable without the installation's key."""
    if not any(name.startswith(SECRET) for name in values):
        return dict(values)
    key = config.current().secret_key
    return {n: seal(key, PURPOSE, str(v)) if n.startswith(SECRET) else v for n, v in values.items()}


def opened(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their secrets readable again, for the message itself.

    Raises cryptography.fernet.InvalidToken when the installation's key has changed since.
    """
    key = config.current().secret_key
    return {n: unseal(key, PURPOSE, v) if n.startswith(SECRET) else v for n, v in values.items()}


def masked(values: Mapping[str, Any], mask: str) -> dict[str, Any]:
    """The values with ``mask`` in the place of every secret, for everybody else's eyes and for keeping."""
    return {n: mask if n.startswith(SECRET) else v for n, v in values.items()}


def rows(messages: Sequence[Message], now: datetime, sequence: int) -> list[dict[str, Any]]:
    """The outbox rows of these messages; equal keys within one command are queued once."""
    built: dict[str, dict[str, Any]] = {}
    host = _host()
    for message in messages:
        anchor = sequence or secrets.token_hex(8)
        key = message.key or f"{message.kind}:{message.application_id or 0}:{anchor}:{message.recipient}"
        due = message.not_before or now
        built.setdefault(
            key,
            {
                "key": key,
                "kind": message.kind,
                "recipient": message.recipient,
                "person_id": message.person_id,
                "application_id": message.application_id,
                "cohort_id": message.cohort_id,
                "language": message.language,
                "values": sealed(message.values),
                "state": "queued",
                "queued_at": now,
                "not_before": due,
                "next_attempt_at": due,
                "attempts": 0,
                "message_id": f"{secrets.token_hex(16)}@{host}",
                "last_error": "",
                "subject": "",
                "body": "",
            },
        )
    return list(built.values())


def _host() -> str:
    """The right side of a Message-ID: where the sender's address is at home."""
    return config.current().mail.sender.rpartition("@")[2].rstrip("> ") or "localhost"
