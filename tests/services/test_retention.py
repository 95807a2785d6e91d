"""What has served its purpose goes after its period, not a day before, and is counted; the rest stays."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Forbidden
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, rows
from gnlc_apply.models import AuditDetail, AuditEntry, Instance, Invitation, Notice, OutboxMessage, TwoPersonRequest
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.scenarios import tick
from gnlc_apply.services import ledger, retention
from tests.city import add_person
from tests.conftest import NOW

pytestmark = pytest.mark.postgres


@pytest.fixture
def aged(database: config.Settings) -> config.Settings:
    """One of everything, made now: a message that left, one that waits, a notice, an invitation, a request."""
    with db.writing() as session:
        messages = [Message("test", f"{state}@example.org", {"name": "Ada"}) for state in ("sent", "queued")]
        session.execute(insert(OutboxMessage), rows(messages, NOW, 0))
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.recipient == "sent@example.org")
            .values(state="sent", sent_at=NOW, subject="Dear Ada", body="Dear Ada")
        )
        session.execute(insert(Notice), [{"at": NOW, "kind": "refused", "noun": "", "note": "Ada"}])
        invitation = {"email": "ada@example.org", "name": "Ada", "role": "officer", "token_hash": "x" * 64}
        session.execute(insert(Invitation), [{**invitation, "invited_at": NOW, "expires_at": NOW, "language": "en"}])
        asked = {"kind": "give_role", "details": {"email": "ada@example.org"}, "reason": "Ada asked", "asked_at": NOW}
        session.execute(insert(TwoPersonRequest), [asked])
    return database


def after(days: int) -> datetime:
    return NOW + timedelta(days=days, minutes=1)


def kept() -> dict[str, str]:
    """Where the name or address of Ada still stands."""
    with db.reading() as session:
        return {
            "notices": ",".join(session.scalars(select(Notice.note))),
            "messages": ",".join(sorted(session.scalars(select(OutboxMessage.recipient)))),
            "keys": str(any("sent@" in key for key in session.scalars(select(OutboxMessage.key)))),
            "bodies": ",".join(sorted(session.scalars(select(OutboxMessage.body)))),
            "invitations": ",".join(session.scalars(select(Invitation.email))),
            "requests": ",".join(session.scalars(select(TwoPersonRequest.reason))),
            "asked": ",".join(str(details) for details in session.scalars(select(TwoPersonRequest.details))),
        }


def test_each_goes_after_its_period_and_not_before(aged: config.Settings) -> None:
    whole = kept()
    with clock.at(after(364)):
        assert retention.apply(actor=SYSTEM) == 0
        assert kept() == whole
    with clock.at(after(365)):
        assert retention.apply(actor=SYSTEM) == 2
        assert kept() == {**whole, "notices": "", "invitations": ""}
    with clock.at(after(730)):
        assert retention.apply(actor=SYSTEM) == 2
        # What has not left is never emptied.
        assert kept() == {
            "notices": "",
            "messages": ",queued@example.org",
            "keys": "False",
            "bodies": ",",
            "invitations": "",
            "requests": "",
            "asked": "{}",
        }
        assert retention.apply(actor=SYSTEM) == 0
    with db.reading() as session:
        counted = {
            (detail["what"], detail["count"])
            for detail in session.scalars(
                select(AuditDetail.details)
                .join(AuditEntry, AuditEntry.sequence == AuditDetail.entry_sequence)
                .where(AuditEntry.act == "deleted_by_retention")
            )
        }
        assert ledger.verify(session).first_broken is None
    assert counted == {("notices", 1), ("messages", 1), ("invitations", 1), ("requests", 1)}


def test_the_periods_are_settings(aged: config.Settings) -> None:
    config.use(dataclasses.replace(aged, retention=config.RetentionSettings(keep_notices_days=40)))
    with clock.at(after(40)):
        assert retention.apply(actor=SYSTEM) == 1
    assert kept()["notices"] == ""


def test_the_tick_does_it_except_in_a_held_installation(aged: config.Settings) -> None:
    with db.writing() as session:
        session.execute(update(Instance).values(held_since=NOW))
    with clock.at(after(365)):
        assert tick.sweeps() == []
        assert kept()["notices"] == "Ada"
        with db.writing() as session:
            session.execute(update(Instance).values(held_since=None))
        assert ("old data deleted", 2) in [(done.what, done.result) for done in tick.sweeps()]


def test_nobody_does_it_by_hand(aged: config.Settings) -> None:
    with pytest.raises(Forbidden):
        retention.apply(actor=add_person("x@example.org", "X"))
