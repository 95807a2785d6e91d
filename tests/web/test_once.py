"""Acts that happen once: the same form sent twice, sent with other contents, sent again after a fault."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from gnlc_apply.extensions import db
from gnlc_apply.models import AuditEntry, FormKey
from gnlc_apply.web.access import access_of
from tests.city import City, row
from tests.signing_in import csrf_of, sign_in

_KEY = re.compile(r'name="idempotency_key" value="([^"]+)"')


def withdrawal(client: FlaskClient, reference: str) -> tuple[str, dict[str, str]]:
    """The address of the withdrawal form and what it sends."""
    path = f"/en/applications/{reference}/withdraw"
    page = client.get(path)
    key = _KEY.search(page.text)
    assert key, page.text
    fields = {"csrf_token": csrf_of(page), "idempotency_key": key.group(1), "reason": "We apply again later."}
    fields |= dict(re.findall(r'<input type="checkbox"[^>]*name="([^"]+)"[^>]*value="([^"]+)"', page.text))
    names = re.findall(r'name="([^"]+)"', page.text)
    return path, {**fields, **{name: "y" for name in names if name.startswith(("is_", "confirm"))}}


def times(act: str) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == act)) or 0


def send(client: FlaskClient, path: str, fields: dict[str, str]) -> TestResponse:
    return client.post(path, data=fields)


def test_sending_twice_acts_once_and_answers_alike(app: Flask, client: FlaskClient) -> None:
    world = City()
    reference = world.submitted()
    sign_in(client, "owner@city.example")
    path, fields = withdrawal(client, reference)
    first, second = send(client, path, fields), send(client, path, fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert times("withdraw") == 1
    assert row(reference).state.value == "withdrawn"


def test_the_same_key_with_other_contents_is_refused(app: Flask, client: FlaskClient) -> None:
    world = City()
    reference = world.submitted()
    sign_in(client, "owner@city.example")
    path, fields = withdrawal(client, reference)
    assert send(client, path, fields).status_code == 303
    assert send(client, path, {**fields, "reason": "Another reason."}).status_code == 409


def test_a_refused_form_gives_its_key_back(app: Flask, client: FlaskClient) -> None:
    world = City()
    reference = world.begin()  # a draft in which everything is missing cannot be submitted
    sign_in(client, "owner@city.example")
    path = f"/en/applications/{reference}/submit"
    access = access_of(app, "applicant.submission.form")
    assert access is not None  # only such a view takes a key at all
    assert access.is_once
    page = client.get(path)
    fields = {"csrf_token": csrf_of(client.get(f"/en/applications/{reference}/withdraw")), "idempotency_key": "k" * 22}
    assert page.status_code == 200
    assert send(client, path, fields).status_code in (409, 422)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(FormKey)) == 0
