"""Many rows at once: the same rows as one by one, and questions about more things than a statement has places for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, rows
from gnlc_apply.models import MessageState, OutboxMessage, Person
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.among import among
from gnlc_apply.services import ledger
from gnlc_apply.services.inserting import insert_rows

pytestmark = pytest.mark.postgres
MANY = 40
PLACES = 260_000


def _messages(count: int) -> list[dict[str, Any]]:
    now = clock.now()
    made = [
        Message(
            "test", f"p{n}@example.org", {"name": "Zoë", "n": n}, key=f"k{count}:{n}", not_before=now + timedelta(n)
        )
        for n in range(count)
    ]
    return rows(made, now, 7)


def _kept(key: str) -> dict[str, Any]:
    with db.reading() as session:
        found = session.scalars(select(OutboxMessage).where(OutboxMessage.key == key)).one()
        return {
            name: getattr(found, name)
            for name in ("recipient", "values", "state", "queued_at", "not_before", "sent_at")
        }


def test_many_rows_are_kept_as_one_is(database: config.Settings) -> None:
    wanted = _messages(MANY)
    with db.writing() as session:
        insert_rows(session, OutboxMessage, wanted)
    for row in wanted:
        assert _kept(row["key"]) == {
            "recipient": row["recipient"],
            "values": row["values"],
            "state": MessageState.QUEUED,
            "queued_at": row["queued_at"],
            "not_before": row["not_before"],
            "sent_at": None,
        }


def test_a_value_that_python_gives_is_not_forgotten_in_many_rows(database: config.Settings) -> None:
    wanted = [{name: value for name, value in row.items() if name != "language"} for row in _messages(MANY)]
    with db.writing() as session:
        insert_rows(session, OutboxMessage, wanted)
        assert set(session.scalars(select(OutboxMessage.language))) == {"en"}
        assert len(session.scalars(select(OutboxMessage.id)).all()) == MANY


def test_a_moment_without_its_zone_is_refused_in_many_rows_too(database: config.Settings) -> None:
    wanted = _messages(MANY)
    wanted[-1]["not_before"] = wanted[-1]["not_before"].replace(tzinfo=None)
    with pytest.raises(Exception, match="a moment needs its time zone"), db.writing() as session:
        insert_rows(session, OutboxMessage, wanted)


def test_one_row_that_breaks_a_rule_undoes_all(database: config.Settings) -> None:
    wanted = _messages(MANY)
    wanted[-1]["key"] = wanted[0]["key"]
    with pytest.raises(IntegrityError), db.writing() as session:
        insert_rows(session, OutboxMessage, wanted)
    with db.reading() as session:
        assert session.scalars(select(OutboxMessage.id)).all() == []


def test_more_values_than_a_statement_has_places(database: config.Settings) -> None:
    keys = [f"k{MANY}:{n}" for n in range(PLACES)]
    with db.writing() as session:
        insert_rows(session, OutboxMessage, _messages(MANY))
        ids = session.scalars(select(OutboxMessage.id)).all()
        with pytest.raises(Exception, match=r"(?i)too many|number of parameters"), session.begin_nested():
            session.execute(select(OutboxMessage.id).where(OutboxMessage.key.in_(keys)))
        assert len(session.scalars(select(OutboxMessage.id).where(among(OutboxMessage.key, keys))).all()) == MANY
        some = [*ids[:3], *range(-PLACES, 0)]
        found = session.scalars(select(OutboxMessage.id).where(among(OutboxMessage.id, some))).all()
        assert sorted(found) == sorted(ids[:3])
        assert session.scalars(select(Person.id).where(among(Person.id, []))).all() == []


def test_the_chain_of_many_entries_of_every_kind_verifies(database: config.Settings) -> None:
    now = clock.now()
    details: list[dict[str, Any]] = [
        {"before": "in_review", "after": "admitted", "reason": ""},
        {"on": now.date(), "state": MessageState.SENT, "words": ("a", "b")},
        {"share": 0.1, "name": "Zoë \u2028", "is_new": True, "nobody": None},
    ]
    entries = [ledger.Entry("moved", "application", n, details[n % 3]) for n in range(MANY)]
    with db.writing() as session:
        ledger.write(session, SYSTEM, now, entries, [])
    with db.reading() as session:
        assert ledger.verify(session) == ledger.Verdict(MANY, None)
