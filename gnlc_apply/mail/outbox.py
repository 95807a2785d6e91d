"""The outbox: queueing and delivering. A message leaves once, after the commit, not before its time.

Promise: no loss; nothing before ``not_before``; at most one repeat per crash, with the same Message-ID.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


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


def rows(messages: Sequence[Message], now: datetime, sequence: int) -> list[dict[str, Any]]:
    """The outbox rows of these messages; equal keys within one command are queued once."""
    built: dict[str, dict[str, Any]] = {}
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
                "values": message.values,
                "state": "queued",
                "queued_at": now,
                "not_before": due,
                "next_attempt_at": due,
                "attempts": 0,
                "message_id": f"{secrets.token_hex(16)}@gnlc-apply",
                "last_error": "",
                "subject": "",
                "body": "",
            },
        )
    return list(built.values())
