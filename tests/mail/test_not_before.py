"""A message's own time holds by itself, whenever the next try would be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, rows
from gnlc_apply.models import OutboxMessage
from gnlc_apply.services import outbox


@pytest.mark.postgres
def test_nothing_is_claimed_before_its_time_though_a_try_is_due(database: config.Settings) -> None:
    later = clock.now() + timedelta(hours=1)
    message = Message("test", "ana@example.org", {"name": "Ana"}, not_before=later)
    with db.writing() as session:
        session.execute(insert(OutboxMessage), rows([message], clock.now(), 0))
        session.execute(update(OutboxMessage).values(next_attempt_at=clock.now()))
    assert outbox.claim(clock.now()) is None
    with clock.at(later):
        claimed = outbox.claim(clock.now())
    assert claimed is not None
    assert claimed.recipient == "ana@example.org"
