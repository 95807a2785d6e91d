"""Housekeeping: the worker's sign of life, the soundness of the clock, and sweeping away what is old."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import SECRET, masked
from gnlc_apply.mail.render import MASK
from gnlc_apply.models import (
    AuditEntry,
    FormKey,
    GuessCounter,
    Instance,
    MessageState,
    OneTimeToken,
    OutboxMessage,
)
from gnlc_apply.queries.kept_files import kept_files
from gnlc_apply.services import sessions
from gnlc_apply.services.record import notice
from gnlc_apply.storage.store import LocalStorage, sweep_orphans

# A clock that differs by more than this from what it must show is not to be trusted with an announcement.
CLOCK_TOLERANCE = timedelta(seconds=60)
KEEP_FORM_KEYS = timedelta(days=2)
KEEP_TOKENS = timedelta(days=30)
KEEP_SECRETS = timedelta(days=30)
# A file is kept before its row is committed: a young one without a row may be on its way.
LEAVE_FILES = timedelta(days=1)


def beat() -> None:
    """Write down that the worker is alive now."""
    with db.writing() as session:
        session.execute(update(Instance).where(Instance.id == 1).values(worker_seen_at=clock.now()))


def is_behind_the_record(now: datetime) -> bool:
    """Whether the clock shows a time before the newest audit entry: it was set back, or was wrong then."""
    with db.reading() as session:
        newest = session.scalar(select(func.max(AuditEntry.at)))
    return newest is not None and newest > now + CLOCK_TOLERANCE


def note_clock_jump(seconds: float) -> None:
    """Keep for the operator that the wall clock moved against the steady one."""
    notice("clock_jumped", note=f"by {seconds:+.0f} seconds")


def sweep_sessions() -> int:
    """Delete browser sessions that ended long ago; how many."""
    return sessions.sweep()


def sweep_form_keys() -> int:
    """Delete the keys of forms that nobody can send again; how many."""
    with db.writing() as session:
        gone = session.execute(delete(FormKey).where(FormKey.used_at < clock.now() - KEEP_FORM_KEYS))
        return int(gone.rowcount)  # type: ignore[attr-defined]  # a DML result has one


def sweep_tokens() -> int:
    """Delete one-time tokens that ran out long ago and counters of old guesses; how many."""
    before = clock.now() - KEEP_TOKENS
    with db.writing() as session:
        tokens = session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < before))
        guesses = session.execute(delete(GuessCounter).where(GuessCounter.window_start < before))
        return int(tokens.rowcount) + int(guesses.rowcount)  # type: ignore[attr-defined]  # as above


def erase_old_secrets() -> int:
    """Erase the secrets of messages that have been dead or held for a month: their links are void by then. How many."""
    waiting = (MessageState.DEAD, MessageState.HELD)
    erased = 0
    with db.writing() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.state.in_(waiting), OutboxMessage.queued_at < clock.now() - KEEP_SECRETS)
            .with_for_update()
        )
        for row in rows:
            if any(name.startswith(SECRET) and value != MASK for name, value in row.values.items()):
                row.values = masked(row.values, MASK)
                erased += 1
    return erased


def sweep_files() -> int:
    """Delete stored files that no row knows, and folders of files that never came in whole; none while a backup runs."""
    storage = LocalStorage(config.current().attachments)
    before = clock.now() - LEAVE_FILES
    with storage.sweeping() as may_delete:
        if not may_delete:
            return 0
        with db.reading() as session:
            known = [one.key for one in kept_files(session.connection())]
        return len(sweep_orphans(storage, known, before=before)) + storage.sweep_incoming(before=before)
