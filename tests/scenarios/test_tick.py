"""What the clock makes due happens by itself, once, and one act's fault stops no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationState, FormKey, OutboxMessage, WebSession
from gnlc_apply.permissions import Actor
from gnlc_apply.scenarios import tick
from gnlc_apply.services import form_keys, sessions
from tests import city
from tests.conftest import NOW

pytestmark = pytest.mark.postgres


@pytest.fixture
def draft(database: config.Settings) -> str:
    """The reference of a draft in an open call."""
    return city.City().begin()


def _state(reference: str) -> ApplicationState:
    with db.reading() as session:
        state = session.scalar(select(Application.state).where(Application.reference == reference))
    assert state is not None
    return state


def _mails(kind: str) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count(OutboxMessage.id)).where(OutboxMessage.kind == kind)) or 0


def test_before_the_deadline_a_draft_stays_and_is_reminded_once_each_time(draft: str) -> None:
    for days, reminders in ((20, 0), (14, 1), (13, 1), (7, 2), (2, 3), (1, 3)):
        with clock.at(city.DEADLINE - timedelta(days=days)):
            tick.run()
            tick.run()
            assert _mails("draft_reminder") == reminders, days
    assert _state(draft) is ApplicationState.DRAFT


def test_after_the_deadline_a_draft_expires_once(draft: str) -> None:
    with clock.at(city.AFTER):
        done = tick.run()
        assert [each.what for each in done] == ["drafts expired"]
        assert _state(draft) is ApplicationState.EXPIRED
        assert tick.run() == []
    assert _mails("expired") == 1


def test_one_acts_fault_stops_no_other(draft: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*, actor: Actor, call: str) -> None:
        raise RuntimeError("this act is broken")

    monkeypatch.setattr(tick, "ON_EACH_OPEN_CALL", (("broken", fails), *tick.ON_EACH_OPEN_CALL))
    with clock.at(city.AFTER):
        assert [each.what for each in tick.run()] == ["drafts expired"]


def test_sweeps_throw_away_what_is_old_and_nothing_else(database: config.Settings) -> None:
    form_keys.claim("old", "h", "b")
    values = {"contents": {}, "expires_at": NOW + timedelta(hours=1)}
    sessions.save("h", values, "127.0.0.1", "browser", is_new=True)
    assert tick.sweeps() == []
    with clock.at(NOW + timedelta(days=40)):
        form_keys.claim("new", "h", "b")
        assert {each.what for each in tick.sweeps()} == {"form keys swept", "sessions swept"}
    with db.reading() as session:
        assert session.scalars(select(FormKey.key)).all() == ["new"]
        assert session.scalar(select(func.count(WebSession.id))) == 0
