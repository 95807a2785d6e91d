"""Every message on the way to an announcement can be rendered, and no subject line tells an outcome."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.render import render
from gnlc_apply.models import Application
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services.cohort import tick
from gnlc_apply.services.cohort.arming import WINDOW
from tests.services.cohort import ground

TELLING = re.compile(r"admit|approv|reject|congrat|accept|member", re.IGNORECASE)
KINDS = {
    "list_locked",
    "armed",
    "disarmed",
    "held",
    "lapsed",
    "spelling_corrected",
    "text_corrected",
    "withdrawal_after_lock",
    "announcement_blocked",
    "announced",
    "letter_admitted",
    "letter_not_admitted",
    "letter_commission",
}


def _story(world: ground.World) -> None:
    reference = ground.armed(world)
    cohorts.hold(actor=world.director, cohort=reference)
    with clock.at(ground.INSTANT + WINDOW + timedelta(seconds=1)):
        tick.due(actor=SYSTEM)
    cohorts.arm(actor=world.director, cohort=reference, typed_title="Learning Cities 2027")
    cohorts.disarm(actor=world.officer, cohort=reference)
    cohorts.correct_spelling(actor=world.officer, cohort=reference, application=world.files[1], name="Utrecht {7*7}")
    values = cohorts.CohortValues(title="Learning Cities 2027", announce_at=ground.INSTANT, lead="A lead")
    cohorts.change(actor=world.officer, cohort=reference, values=values, reason="A slip of the pen")
    cohorts.arm(actor=world.director, cohort=reference, typed_title="Learning Cities 2027")
    with db.writing() as session:
        gone = update(Application).where(Application.reference == world.files[0])
        session.execute(gone.values(state="withdrawn", withdrawn_at=ground.INSTANT))
    with clock.at(ground.INSTANT):
        assert tick.due(actor=SYSTEM) == []
        change = {"cohort": reference, "kind": "withdrawal", "application": world.files[0]}
        cohorts.ask_for_change(actor=world.officer, reason="They withdrew", **change)
        cohorts.confirm_change(actor=world.director, **change)
        assert tick.due(actor=SYSTEM) == [reference]


def test_every_message_has_its_words(app: Flask) -> None:
    world = ground.build()
    _story(world)
    queued = [message for message in ground.mails() if message.kind in KINDS]
    assert {message.kind for message in queued} == KINDS
    with app.app_context():
        for message in queued:
            found = render(message.kind, message.language, message.values)
            letter = "Learning Cities" in found.subject and message.kind.startswith("letter_")
            assert letter or not TELLING.search(found.subject)
            assert found.body_text.strip()
            assert message.values["name"] in found.body_text
        admitted = next(m for m in queued if m.recipient == "city2@example.org" and m.kind == "letter_admitted")
        text = render(admitted.kind, admitted.language, admitted.values).body_text
        assert "Utrecht {7*7} has been admitted" in text
        assert f"/en/applications/{world.files[1]}" in text
