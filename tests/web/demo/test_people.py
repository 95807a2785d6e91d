"""The demonstration's pages: one click there, nothing anywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from gnlc_apply.extensions import db
from gnlc_apply.models import Instance, Role
from gnlc_apply.queries import instance
from tests.accounts import person
from tests.signing_in import csrf_of, post


@pytest.fixture
def demonstration(app: Flask) -> Iterator[FlaskClient]:
    """A browser on a database that was made as a demonstration."""
    with db.writing() as session:
        session.execute(update(Instance).values(is_demo=True))
    instance.forget()
    yield app.test_client()
    instance.forget()


def test_none_of_it_exists_anywhere_else(client: FlaskClient) -> None:
    person("olga@example.org", Role.OFFICER)
    for path in ("people", "telephone", "mailbox"):
        assert client.get(f"/en/demo/{path}").status_code == 404
    token = csrf_of(client.get("/en/account/sign-in"))
    answer = client.post("/en/demo/people/sign-in", data={"csrf_token": token, "email": "olga@example.org"})
    assert answer.status_code == 404
    assert client.get("/en/account").status_code == 303


@pytest.mark.parametrize("role", [None, Role.OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_one_click_makes_one_of_them(demonstration: FlaskClient, role: Role | None) -> None:
    person("olga@example.org", role, name="Olga Invented")
    if role is not None:
        assert "Olga Invented" in demonstration.get("/en/demo/people").text
    answer = post(demonstration, "/en/demo/people/sign-in", "/en/account/sign-in", email="olga@example.org")
    assert answer.status_code == 303
    assert "Olga Invented" in demonstration.get("/en/account").text


def test_the_telephone_shows_the_codes_that_the_pages_take(demonstration: FlaskClient) -> None:
    person("olga@example.org", Role.OFFICER, name="Olga Invented")
    post(demonstration, "/en/demo/people/sign-in", "/en/account/sign-in", email="olga@example.org")
    page = demonstration.get("/en/demo/telephone").text
    assert "Seconds left: 30." in page
    code = re.search(r">(\d{6})<", page)
    assert code is not None
    assert post(demonstration, "/en/account/second-factor", code=code.group(1)).status_code == 303


def test_nobody_unknown_comes_in(demonstration: FlaskClient) -> None:
    answer = post(demonstration, "/en/demo/people/sign-in", "/en/account/sign-in", email="nobody@example.org")
    assert answer.status_code == 404
