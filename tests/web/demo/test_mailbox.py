"""The demonstration's mailbox: every message, whole, with links that work, and nowhere else."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, rows
from gnlc_apply.models import Instance, OutboxMessage, Role
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import instance
from gnlc_apply.services import account
from gnlc_apply.services.delivery import deliver
from tests.accounts import person
from tests.signing_in import sign_in


@pytest.fixture
def demonstration(app: Flask) -> Iterator[FlaskClient]:
    """A browser on a demonstration that keeps its mail, with one invitation in it."""
    with db.writing() as session:
        session.execute(update(Instance).values(is_demo=True))
    instance.forget()
    mail = dataclasses.replace(config.current().mail, backend="mailbox")
    config.use(dataclasses.replace(config.current(), mail=mail, public_url="http://127.0.0.1:8765"))
    account.create(actor=SYSTEM, email="admin@example.org", name="Ada", role="administrator")
    account.register(actor=SYSTEM, email="leila@example.org", name="Leila <b>", language="en")
    with app.app_context():
        deliver()
    yield app.test_client()
    instance.forget()


def reference_of(recipient: str) -> str:
    with db.reading() as session:
        query = select(OutboxMessage.message_id).where(OutboxMessage.recipient == recipient)
        return session.scalars(query).one().split("@")[0]


def test_a_message_is_there_with_a_link_that_works(demonstration: FlaskClient) -> None:
    page = demonstration.get("/en/demo/mailbox?query=leila").text
    assert "Confirm your address" in page
    message = demonstration.get(f"/en/demo/mailbox/{reference_of('leila@example.org')}")
    links = re.findall(r'<a class="govuk-link" href="([^"]+)">http://127\.0\.0\.1:8765/', message.text)
    assert len(links) == 2
    # Built at one port and served at another, as may happen, the links lead to where it is served now.
    config.use(dataclasses.replace(config.current(), public_url="http://127.0.0.1:9999"))
    again = demonstration.get(f"/en/demo/mailbox/{reference_of('leila@example.org')}").text
    assert again.count('<a class="govuk-link" href="/en/') == message.text.count('<a class="govuk-link" href="/en/')
    assert "Leila &lt;b&gt;" in message.text
    assert demonstration.get(links[0]).status_code == 200


def test_an_address_that_somebody_typed_is_no_link(app: Flask, demonstration: FlaskClient) -> None:
    values = {"name": "http://evil.example/ http://127.0.0.1:8765.evil.example/"}
    with db.writing() as session:
        session.execute(insert(OutboxMessage), rows([Message("test", "x@example.org", values)], clock.now(), 0))
    with app.app_context():
        deliver()
    page = demonstration.get(f"/en/demo/mailbox/{reference_of('x@example.org')}").text
    assert "evil.example" in page
    assert not re.search(r'href="[^"]*evil', page)


def test_the_secretariat_sees_no_secret_even_here(app: Flask, demonstration: FlaskClient) -> None:
    sign_in(demonstration, person("olga@example.org", Role.OFFICER))
    reference = reference_of("leila@example.org")
    assert "********" in demonstration.get(f"/en/secretariat/mail/{reference}").text
    assert "********" not in demonstration.get(f"/en/demo/mailbox/{reference}").text


def test_an_unknown_message_is_not_found(demonstration: FlaskClient) -> None:
    assert demonstration.get("/en/demo/mailbox/" + "0" * 32).status_code == 404
    assert demonstration.get("/en/demo/mailbox/nothing").status_code == 404


def test_a_real_installation_has_no_mailbox(client: FlaskClient) -> None:
    assert client.get("/en/demo/mailbox").status_code == 404
    assert client.get("/en/demo/mailbox/" + "0" * 32).status_code == 404
