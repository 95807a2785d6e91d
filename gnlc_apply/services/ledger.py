"""The audit chain and the outbox, written together at the end of every command."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from gnlc_apply.mail.outbox import Message, rows
from gnlc_apply.models import AuditDetail, AuditEntry, AuditHead, OutboxMessage
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries.among import among
from gnlc_apply.services.inserting import insert_rows

GENESIS = "0" * 64
_SALT = 16
# Made once: putting an encoder together takes longer than what it does to an entry.
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
# Built once, over the table: every act runs them.
_head = AuditHead.__table__.c
_LOCKED_HEAD = select(_head.sequence, _head.hash).where(_head.id == 1).with_for_update()
_MOVE_HEAD = (
    update(AuditHead.__table__)  # type: ignore[arg-type]  # a mapped class has a Table
    .where(_head.id == 1)
    .values(sequence=bindparam("reached"), hash=bindparam("last"))
)
# What JSON gives back as it was.
_PLAIN = frozenset({str, int, bool, type(None)})


@dataclass(frozen=True)
class Entry:
    """One act as a command notes it. ``details`` may hold names and words; the chain keeps their digest only.

    ``is_by_rule``: what a rule did because of the actor's act. It stands under the system's name, so that nobody finds it among
    the own acts: somebody who joins a city must not learn there that a juror had to leave its file.
    """

    act: str
    noun: str
    noun_id: int | None
    details: dict[str, Any]
    is_by_rule: bool = False


def digest(salt: str, details: dict[str, Any]) -> str:
    """The salted digest of an entry's details, so that nobody can guess short ones."""
    return hashlib.sha256(f"{salt}:{_CANONICAL.encode(details)}".encode()).hexdigest()


def _as_kept(details: dict[str, Any]) -> dict[str, Any]:
    """The details through JSON once, so that what is digested is what the database gives back."""
    if _PLAIN.issuperset(map(type, details.values())) and all(type(name) is str for name in details):
        return details
    kept: dict[str, Any] = json.loads(json.dumps(details, default=str))
    return kept


def chain_hash(previous: str, sequence: int, at: datetime, row: dict[str, Any]) -> str:
    """The hash of one entry over everything it says and the hash before it."""
    parts = [previous, str(sequence), at.isoformat(timespec="microseconds")]
    parts += [str(row[k]) for k in ("actor_kind", "actor_id", "act", "noun", "noun_id", "details_digest")]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def write(session: Session, actor: Actor, now: datetime, entries: Sequence[Entry], messages: Sequence[Message]) -> None:
    """Chain the entries behind the head and put the messages into the outbox; the head is locked until the commit."""
    sequence = 0
    if entries:
        sequence = _chain(session, actor, now, entries)
    if messages:
        wanted = rows(messages, now, sequence)
        keys = among(OutboxMessage.key, [row["key"] for row in wanted])
        known = set(session.scalars(select(OutboxMessage.key).where(keys)))
        fresh = [row for row in wanted if row["key"] not in known]
        insert_rows(session, OutboxMessage, fresh)


def _chain(session: Session, actor: Actor, now: datetime, entries: Sequence[Entry]) -> int:
    connection = session.connection()
    head = connection.execute(_LOCKED_HEAD).one()
    sequence: int = head.sequence
    previous: str = head.hash
    links, details = [], []
    for entry, salt in zip(entries, _salts(len(entries)), strict=True):
        sequence += 1
        plain = _as_kept(entry.details)
        row: dict[str, Any] = {
            "actor_kind": SYSTEM.kind if entry.is_by_rule else actor.kind,
            "actor_id": None if entry.is_by_rule else actor.person_id,
            "act": entry.act,
            "noun": entry.noun,
            "noun_id": entry.noun_id,
            "details_digest": digest(salt, plain),
        }
        linked = chain_hash(previous, sequence, now, row)
        links.append({**row, "sequence": sequence, "at": now, "previous_hash": previous, "hash": linked})
        details.append({"entry_sequence": sequence, "salt": salt, "details": plain})
        previous = linked
    insert_rows(session, AuditEntry, links)
    insert_rows(session, AuditDetail, details)
    connection.execute(_MOVE_HEAD, {"reached": sequence, "last": previous})
    return sequence


def _salts(count: int) -> list[str]:
    drawn = secrets.token_hex(_SALT * count)
    return [drawn[start : start + 2 * _SALT] for start in range(0, len(drawn), 2 * _SALT)]


def begin(session: Session) -> None:
    """The head of a chain that has no entries yet; written when the database is made ready."""
    insert_rows(session, AuditHead, [{"id": 1, "sequence": 0, "hash": GENESIS}])


@dataclass(frozen=True)
class Verdict:
    """What a verification found: how many entries, and the first that does not fit."""

    entries: int
    first_broken: int | None
    reason: str = ""


def verify(session: Session) -> Verdict:
    """Walk the whole chain: every hash, every digest whose details still exist, and the head."""
    details = {d.entry_sequence: d for d in session.scalars(select(AuditDetail))}
    previous, expected, count = GENESIS, 1, 0
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)):
        row = {k: getattr(entry, k) for k in ("actor_kind", "actor_id", "act", "noun", "noun_id", "details_digest")}
        if entry.sequence != expected or entry.previous_hash != previous:
            return Verdict(count, entry.sequence, "an entry is missing or out of order")
        if chain_hash(previous, entry.sequence, entry.at, row) != entry.hash:
            return Verdict(count, entry.sequence, "an entry was changed")
        detail = details.get(entry.sequence)
        if detail is None:
            return Verdict(count, entry.sequence, "the details of an entry are missing")
        if detail.details is not None and digest(detail.salt, detail.details) != entry.details_digest:
            return Verdict(count, entry.sequence, "the details of an entry were changed")
        previous, expected, count = entry.hash, expected + 1, count + 1
    head = session.get(AuditHead, 1)
    ended = (head.sequence, head.hash) if head is not None else (0, GENESIS)
    if ended != (count, previous):
        return Verdict(count, count, "the end of the chain was cut off")
    return Verdict(count, None)
