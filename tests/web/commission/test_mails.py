"""The messages of calls, Commissions and the check, rendered with the values that the commands queued."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from gnlc_apply.core import clock
from gnlc_apply.mail.outbox import opened
from gnlc_apply.mail.render import render
from gnlc_apply.models import Deadline, ExtensionScope
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import call as calls
from gnlc_apply.services import endorsement, screening
from tests.city import COMMISSIONS, DEADLINE
from tests.desk import WHO, Desk, answer, change_after_endorsement, mailed
from tests.questionnaire import filled

DAY = timedelta(days=1)


def everything_said(world: Desk) -> None:
    """Let every message of these rooms be queued once."""
    due = clock.now() + 5 * DAY
    endorsement.ask(actor=world.commission, reference=world.file, message="Who pays?", due_at=due)
    screening.ask(actor=world.officer, reference=world.file, message="Is this a typo?", due_at=due)
    change_after_endorsement(world)
    applications.take_back(actor=world.owner, reference=world.file)
    answer(world, world.file, "vision.vision", str(filled.complete()["vision.vision"]))
    applications.resubmit(actor=world.owner, reference=world.file)
    endorsement.revoke(actor=world.commission, reference=world.file, reason="Merged", **WHO)
    for scope, where in ((ExtensionScope.ALL, {}), (ExtensionScope.CITY, {"application": world.file})):
        until = DEADLINE + (1 if scope is ExtensionScope.ALL else 2) * DAY
        calls.extend(
            actor=world.officer,
            call=world.call,
            scope=scope,
            deadline=Deadline.CITIES,
            until_at=until,
            reason="A flood",
            **where,
        )
    world.begin("Edirne")
    with clock.at(DEADLINE):
        calls.remind_cities(actor=SYSTEM, call=world.call)
    with clock.at(COMMISSIONS - DAY):
        endorsement.remind(actor=SYSTEM, call=world.call)
    world.endorse()
    screening.find_ineligible(actor=world.officer, reference=world.file, reason="A province")
    with clock.at(clock.now() + 11 * DAY):
        screening.make_final(actor=SYSTEM, call=world.call)


EXPECTED = {
    "commission_new_file": ("Şanlıurfa has submitted an application", "/en/commission/files/"),
    "call_opened": ("Call for applications 2027 is open", "/en/commission/TUR"),
    "deadline_extended": ("more time", "A flood"),
    "commission_question": ("The National Commission has a question", "Who pays?"),
    "secretariat_question": ("The secretariat of the network has a question", "Is this a typo?"),
    "endorsement_reminder": ("1 application waits for your National Commission", "- Şanlıurfa"),
    "draft_reminder": ("The application of Edirne has not been submitted yet", "1 day is left"),
    "change_after_endorsement": ("Şanlıurfa has changed its application", "/en/commission/files/"),
    "change_taken_back": ("Şanlıurfa has gone back to the text you endorsed", "nothing left to object to"),
    "endorsement_revoked": ("The endorsement of Şanlıurfa has ended", "Nora Natcom, Secretary-General"),
    "found_ineligible_finally": ("The check of the application of Şanlıurfa is closed", "A province"),
}


def test_every_message_says_what_happened(app: Flask) -> None:
    world = Desk()
    everything_said(world)
    for kind, (subject, body) in EXPECTED.items():
        messages = mailed(kind)
        assert messages, kind
        with app.test_request_context():
            for message in messages:
                for language in ("en", "ar", "en-XA"):
                    assert render(kind, language, opened(message.values)).subject
            made = render(kind, "en", opened(messages[0].values))
        assert subject.casefold() in made.subject.casefold(), kind
        assert body in made.body_text, made.body_text


def test_the_city_and_the_commission_read_their_own_words(app: Flask) -> None:
    world = Desk()
    everything_said(world)
    with app.test_request_context():
        made = {
            (message.recipient, render("deadline_extended", "en", opened(message.values)).subject)
            for message in mailed("deadline_extended")
        }
    assert ("owner@city.example", "More time for Şanlıurfa") in made
    assert ("natcom@country.example", "Call for applications 2027: more time") in made
