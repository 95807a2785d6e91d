"""Every message of the city's acts can be written from what its command gave it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.render import render
from gnlc_apply.models import InformationRequest, JoinRequest, OutboxMessage
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, screening, signature
from tests import city
from tests.services.test_signature import PNG, ask, new_code, sign

OURS = {
    "receipt", "taken_back", "returned", "resubmitted", "last_version_stands", "expired", "withdrawn",
    "signature_request", "signature_code", "signed", "signature_declined", "signature_voided", "paper_refused",
    "join_request", "join_accepted", "join_declined", "request_answered_commission", "request_answered_secretariat",
    "endorsed", "not_endorsed", "unanswered", "reopened",
}  # fmt: skip


def the_whole_way(world: city.City) -> None:
    """Acts that send every kind of message once."""
    owner, due = world.owner, clock.now() + timedelta(days=3)
    one, two, three = world.filled("One"), world.filled("Two"), world.filled("Three")
    world.begin("Expiring")
    sign(world, one)
    applications.save_answers(actor=owner, reference=one, raw={"vision.vision": "Else."}, versions={})
    signature.decline(actor=signature.SIGNATORY, token=ask(world, one), reason="No.")
    signature.upload_letter(
        actor=owner, reference=one, stream=io.BytesIO(PNG), file_name="l.png", name="A", function="Mayor"
    )
    for reference in (one, two, three):
        applications.submit(actor=owner, reference=reference)
    signature.refuse_letter(actor=world.officer, reference=one, reason="No stamp.")
    new_code(ask(world, one))
    applications.ask_to_join(actor=world.stranger, call=world.call, country="TUR", place_name="One", message="Hi")
    applications.ask_to_join(actor=world.editor, call=world.call, country="TUR", place_name="One")
    with db.reading() as session:
        joins = session.scalars(select(JoinRequest.id).order_by(JoinRequest.id)).all()
    for number, is_accepted in zip(joins, (True, False), strict=True):
        applications.answer_join_request(actor=owner, reference=one, request=number, is_accepted=is_accepted)
    endorsement.ask(actor=world.commission, reference=one, message="How?", due_at=due)
    screening.ask(actor=world.officer, reference=one, message="Why?", due_at=due)
    with db.reading() as session:
        asked = session.scalars(select(InformationRequest.reference)).all()
    for request in asked:
        applications.answer_request(actor=owner, request=request, answer="So.")
    applications.take_back(actor=owner, reference=one)
    applications.resubmit(actor=owner, reference=one)
    endorsement.endorse(actor=world.commission, reference=one, name="Nora", function="Head")
    endorsement.decline(actor=world.commission, reference=two, name="Nora", function="Head", reason="Too early.")
    screening.reverse(actor=world.officer, reference=two, reason="A mistake.")
    endorsement.return_questions(
        actor=world.commission, reference=three, keys=["vision.vision"], message="More.", due_at=due
    )
    with clock.at(city.DEADLINE + timedelta(minutes=3)):
        applications.expire_drafts(actor=SYSTEM, call=world.call)
        applications.let_last_versions_stand(actor=SYSTEM, call=world.call)
    with clock.at(city.COMMISSIONS + timedelta(minutes=3)):
        endorsement.leave_unanswered(actor=SYSTEM, call=world.call)
    applications.withdraw(actor=owner, reference=one, reason="We changed our mind.")


@pytest.mark.parametrize("language", ["en", "ar", "en-XA"])
def test_every_message_of_ours_is_written(app: Flask, language: str) -> None:
    world = city.City()
    the_whole_way(world)
    with db.reading() as session:
        rows = session.scalars(select(OutboxMessage)).all()
    assert OURS - {row.kind for row in rows} == set()
    with app.app_context():
        for row in rows:
            written = render(row.kind, language, row.values)
            assert written.subject
            assert "None" not in written.body_text, row.kind
