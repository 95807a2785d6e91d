"""The evidence of signatures as a file: enough to prove each by itself, for the secretariat only, and taking it is kept."""

from __future__ import annotations

import hashlib
import json

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import AuditEntry, Notice, Signature
from gnlc_apply.services import application as applications
from gnlc_apply.services import screening
from tests import city
from tests.services.test_consortium import AKYAZI, WHOLE, Consortium
from tests.services.test_signature import ask, new_code, press
from tests.signing_in import sign_in


def path(reference: str) -> str:
    return f"/en/secretariat/applications/{reference}/signatures.json"


def test_who_signed_which_text_when_from_where_with_which_words(app: Flask, client: FlaskClient) -> None:
    world = city.City()
    reference = world.filled()
    token = ask(world, reference)
    press(token, new_code(token), network="192.0.2.7", browser="Firefox of the town hall")
    applications.submit(actor=world.owner, reference=reference)
    officer = sign_in(client, "officer@network.example")
    page = client.get(f"/en/secretariat/applications/{reference}")
    assert f'href="{path(reference)}"' in page.text
    answer = client.get(path(reference))
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={reference}-signatures.json"
    assert answer.headers["Cache-Control"] == "no-store"
    held = json.loads(answer.text)
    with db.reading() as session:
        row = session.scalars(select(Signature)).one()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "signed")).one()
        notices = session.execute(select(Notice.person_id, Notice.kind, Notice.note)).all()
    (signed,), (text,) = held["signatures"], held["texts"]
    assert held["application"] == reference
    assert {key: signed[key] for key in ("name", "title", "function", "method", "network", "browser")} == {
        "name": "Ayşe Yılmaz",
        "title": "Dr",
        "function": "Mayor",
        "method": "link",
        "network": "192.0.2.7",
        "browser": "Firefox of the town hall",
    }
    assert signed["signed_at"] == row.signed_at.isoformat()
    assert signed["signed_at"].endswith("+00:00")
    assert signed["link"]["sent_to"] == "mayor@city.example"
    assert signed["wording"]["version"] == row.wording
    assert len(signed["wording"]["commitment"]) > 50
    assert signed["version"] == text["version"]
    # Whoever has the file needs nothing else to see that this is the text that was signed.
    assert hashlib.sha256(text["content"].encode()).hexdigest() == text["sha256"]
    assert signed["log"] == {"sequence": entry.sequence, "at": entry.at.isoformat(), "hash": entry.hash}
    assert [tuple(notice) for notice in notices] == [(officer.id, "took_evidence", reference)]


def test_letters_of_a_consortium_and_what_was_refused_are_in_it(app: Flask, client: FlaskClient) -> None:
    world = Consortium()
    for number in (WHOLE, AKYAZI):
        world.upload(number)
    world.submit()
    sign_in(client, "officer@network.example")
    held = json.loads(client.get(path(world.file)).text)
    assert [(one["constituent"], one["method"], one["link"]) for one in held["signatures"]] == [
        (None, "paper", None),
        ("Akyazi", "paper", None),
    ]
    assert {len(one["letter"]["sha256"]) for one in held["signatures"]} == {64}
    assert len(held["texts"]) == 1


def test_nobody_else_has_it(app: Flask, client: FlaskClient) -> None:
    world = city.City()
    reference = world.submitted()
    sign_in(client, "officer@network.example")
    assert client.get(path(reference)).status_code == 200
    screening.declare_staff_conflict(actor=world.officer, reference=reference, reason="My town.")
    nowhere = client.get("/en/no-such-page")
    assert (client.get(path(reference)).status_code, nowhere.status_code) == (404, 404)
    for who in ("owner@city.example", "natcom@country.example"):
        browser = app.test_client()
        sign_in(browser, who)
        assert browser.get(path(reference)).status_code == 404
