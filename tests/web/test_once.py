"""Acts that happen once: the same form sent twice, sent with other contents, sent again after a fault."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from gnlc_apply.extensions import db
from gnlc_apply.models import AuditEntry, FormKey
from gnlc_apply.web.access import access_of
from tests.city import City, row
from tests.signing_in import PASSWORD, csrf_of, post, sign_in

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


def test_a_double_click_of_two_requests_at_once_acts_once(app: Flask, client: FlaskClient) -> None:
    world = City()
    reference = world.submitted()
    sign_in(client, "owner@city.example")
    cookie = client.get_cookie("gnlc")
    assert cookie is not None
    path, fields = withdrawal(client, reference)
    start = Barrier(2)

    def click(_turn: int) -> tuple[int, str]:
        browser = app.test_client()
        browser.set_cookie("gnlc", cookie.value)
        start.wait(10)
        answer = send(browser, path, fields)
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(click, range(2))
    assert first == second
    assert first[0] == 303
    assert times("withdraw") == 1


def test_what_is_kept_of_a_form_does_not_tell_a_password(app: Flask, client: FlaskClient) -> None:
    City()
    sign_in(client, "owner@city.example")
    post(client, "/en/account/confirm", password=PASSWORD)
    page = client.get("/en/account/password")
    key = _KEY.search(page.text)
    assert key
    fields = {"idempotency_key": key.group(1), "new_password": "a quiet green bicycle"}
    answer = send(client, "/en/account/password", {"csrf_token": csrf_of(page), **fields})
    assert answer.status_code == 303, answer.text
    with db.reading() as session:
        kept = session.scalars(select(FormKey.body_hash).where(FormKey.key == key.group(1))).one()
    # Whoever reads the table knows everything but the password and our key, and could try passwords out.
    plain = hashlib.sha256(repr(("/en/account/password", sorted(fields.items()))).encode()).hexdigest()
    assert (len(kept), kept != plain) == (64, True)
