"""Housekeeping throws away what is old, and only that."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, opened, rows
from gnlc_apply.mail.render import MASK
from gnlc_apply.models import Instance, OneTimeToken, OutboxMessage, TokenPurpose
from gnlc_apply.services import upkeep
from gnlc_apply.storage.store import Area, LocalStorage, new_key
from tests.conftest import NOW

pytestmark = pytest.mark.postgres


def test_the_worker_leaves_a_sign_of_life(database: config.Settings) -> None:
    upkeep.beat()
    with db.reading() as session:
        assert session.scalars(select(Instance.worker_seen_at)).one() == NOW


def test_secrets_of_messages_that_never_left_are_erased_after_a_month(database: config.Settings) -> None:
    messages = [Message("test", f"{state}@example.org", {"secret_token": "s3cret"}) for state in ("dead", "queued")]
    with db.writing() as session:
        session.execute(insert(OutboxMessage), rows(messages, NOW, 0))
        session.execute(update(OutboxMessage).where(OutboxMessage.recipient == "dead@example.org").values(state="dead"))
    with clock.at(NOW + timedelta(days=29)):
        assert upkeep.erase_old_secrets() == 0
    with clock.at(NOW + timedelta(days=31)):
        assert upkeep.erase_old_secrets() == 1
        assert upkeep.erase_old_secrets() == 0
    with db.reading() as session:
        kept = {row.recipient: row.values for row in session.scalars(select(OutboxMessage))}
    assert kept["dead@example.org"]["secret_token"] == MASK
    assert opened(kept["queued@example.org"])["secret_token"] == "s3cret"


def test_tokens_are_deleted_long_after_they_ran_out(database: config.Settings) -> None:
    with db.writing() as session:
        session.add_all(
            OneTimeToken(
                purpose=TokenPurpose.RESET_PASSWORD,
                token_hash=str(days) * 64,
                created_at=NOW,
                expires_at=NOW - timedelta(days=days * 10),
            )
            for days in (1, 2, 4, 5)
        )
    assert upkeep.sweep_tokens() == 2


def test_files_that_no_row_knows_are_deleted_when_they_are_old(database: config.Settings, tmp_path: Path) -> None:
    storage = LocalStorage(config.current().attachments)
    source = tmp_path / "file"
    source.write_bytes(b"content")
    old, young = new_key(), new_key()
    for key in (old, young):
        storage.put(Area.SERVED, source, key)
    for path in config.current().attachments.rglob("*"):
        moment = (NOW - timedelta(days=2 if path.name == old else 0)).timestamp()
        os.utime(path, (moment, moment))
    assert upkeep.sweep_files() == 1
    assert list(storage.keys(Area.SERVED)) == [young]
