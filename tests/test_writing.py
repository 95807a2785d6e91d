"""One writer at a time: who waits goes on as soon as the one before is done, however that one ended."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from sqlalchemy import select, update

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.models import AuditHead

SOON = 20


def _add_one(ended: Event) -> None:
    with db.writing() as session:
        before = session.scalar(select(AuditHead.sequence))
        session.execute(update(AuditHead).values(sequence=(before or 0) + 1))
    ended.set()


def test_a_writer_waits_for_the_one_before_and_loses_nothing(database: config.Settings) -> None:
    ended = Event()
    other = Thread(target=_add_one, args=(ended,))
    with db.writing() as session:
        session.execute(update(AuditHead).values(sequence=10))
        other.start()
        assert not ended.wait(0.2)
    assert ended.wait(SOON)
    other.join()
    with db.reading() as session:
        assert session.scalar(select(AuditHead.sequence)) == 11


def test_a_writer_that_failed_is_in_nobodys_way(database: config.Settings) -> None:
    with pytest.raises(ZeroDivisionError), db.writing() as session:
        session.execute(update(AuditHead).values(sequence=1 // 0))
    ended = Event()
    other = Thread(target=_add_one, args=(ended,), daemon=True)
    other.start()
    assert ended.wait(SOON)
    other.join()


def test_a_writer_inside_another_that_has_not_begun_is_let_through(database: config.Settings) -> None:
    with db.writing():
        ended = Event()
        _add_one(ended)
        assert ended.is_set()
