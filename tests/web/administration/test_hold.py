"""After a restore: the banner, the page, and letting go of it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, rows
from gnlc_apply.models import Instance, OutboxMessage, Role
from tests.accounts import person
from tests.conftest import NOW
from tests.signing_in import csrf_of, post, sign_in

PATH = "/en/administration/hold"
BANNER = "Restored from a backup"


def hold() -> None:
    with db.writing() as session:
        session.execute(update(Instance).values(held_since=NOW, restored_from=NOW, is_held=True))
        session.execute(insert(OutboxMessage), rows([Message("test", "a@example.org", {"name": "A"})], NOW, 0))


def browser(app: Flask, role: Role | None) -> FlaskClient:
    client = app.test_client()
    roles = [role] if role else []
    sign_in(client, person(f"{role or 'city'}@example.org", roles[0] if roles else None, name="Robin"))
    return client


def mark() -> bool:
    with db.reading() as session:
        return session.scalars(select(Instance.held_since)).one() is not None


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.ADMINISTRATOR])
def test_a_director_and_an_administrator_look_discard_and_release(app: Flask, role: Role) -> None:
    client = browser(app, role)
    hold()
    page = client.get(PATH)
    assert page.status_code == 200
    assert BANNER in page.text
    assert f'href="{PATH}"' in client.get("/en/account").text
    assert post(client, f"{PATH}/discard", PATH).status_code == 303
    with db.reading() as session:
        assert {str(state) for state in session.scalars(select(OutboxMessage.state))} == {"discarded"}
    assert mark()
    assert post(client, f"{PATH}/release", PATH).status_code == 303
    assert not mark()
    after = client.get(PATH)
    assert BANNER not in after.text
    assert "Nothing is held" in after.text


def test_an_officer_sees_the_banner_and_cannot_release(app: Flask) -> None:
    client = browser(app, Role.OFFICER)
    hold()
    page = client.get("/en/account")
    assert BANNER in page.text
    assert PATH not in page.text
    assert client.get(PATH).status_code == 404
    token = csrf_of(client.get("/en/secretariat/mail"))
    assert client.post(f"{PATH}/release", data={"csrf_token": token}).status_code == 404
    assert mark()


def test_nobody_else_learns_of_it_and_public_pages_are_readable(app: Flask) -> None:
    city = browser(app, None)
    hold()
    for client in (city, app.test_client()):
        for path in ("/en/", "/en/registry/"):
            page = client.get(path)
            assert page.status_code == 200
            assert BANNER not in page.text


def test_the_mail_page_does_not_let_go_of_it(app: Flask) -> None:
    client = browser(app, Role.OFFICER)
    hold()
    answer = post(client, "/en/secretariat/mail/hold-all", "/en/secretariat/mail", is_held="no")
    assert answer.status_code == 409
    assert mark()
