"""The arrival of a request: the whole body first, then the clock; what takes time afterwards costs nobody a deadline."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gnlc_apply.core import clock
from tests.city import COMMISSIONS, DEADLINE
from tests.desk import Desk, state
from tests.signing_in import csrf_of, sign_in

A_MILLISECOND = timedelta(milliseconds=1)


class Line(io.RawIOBase):
    """A slow line: it knows when the last byte has been read."""

    def __init__(self, body: bytes) -> None:
        self.rest, self.is_over = io.BytesIO(body), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        part = self.rest.read(len(view))
        view[: len(part)] = part
        self.is_over = self.is_over or self.rest.tell() == len(self.rest.getbuffer())
        return len(part)


@contextmanager
def worked_on_later(line: Line, complete_at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clock that shows an hour earlier while the body comes in, once the moment it is complete, then half a minute more."""
    looks = 0

    def source() -> datetime:
        nonlocal looks
        if not line.is_over:
            return complete_at - timedelta(hours=1)
        looks += 1
        return complete_at if looks == 1 else complete_at + timedelta(seconds=30)

    with monkeypatch.context() as patched:
        patched.setattr(clock, "_source", source)
        yield


def send(
    client: FlaskClient, path: str, complete_at: datetime, patch: pytest.MonkeyPatch, **fields: str
) -> TestResponse:
    """Fill the form of a page and send it over a slow line."""
    with clock.at(complete_at - timedelta(hours=1)):
        page = client.get(path)
        seen = dict(re.findall(r'name="(seen)"[^>]*value="([^"]*)"', page.text))
        body = urlencode({"csrf_token": csrf_of(page), **seen, **fields}).encode()
    line = Line(body)
    with worked_on_later(line, complete_at, patch):
        return client.post(
            path,
            content_type="application/x-www-form-urlencoded",
            environ_overrides={"wsgi.input": io.BufferedReader(line), "CONTENT_LENGTH": str(len(body))},
        )


def test_a_commission_endorses_by_what_had_arrived(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Desk(cities=2)
    late, in_time = world.files
    with clock.at(COMMISSIONS - timedelta(hours=1)):
        sign_in(client, "natcom@country.example")
    who = {"name": "Nora Natcom", "function": "Secretary-General"}
    path = f"/en/commission/files/{late}/endorse"
    answer = send(client, path, COMMISSIONS + A_MILLISECOND, monkeypatch, **who)
    assert (answer.status_code, state(late)) == (409, "submitted")
    answer = send(client, path.replace(late, in_time), COMMISSIONS - A_MILLISECOND, monkeypatch, **who)
    assert (answer.status_code, state(in_time)) == (303, "endorsed")


def test_a_city_submits_by_what_had_arrived(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    world = Desk(cities=0)
    late, in_time = world.filled("Bursa"), world.filled("Konya")
    with clock.at(DEADLINE - timedelta(hours=1)):
        sign_in(client, "owner@city.example")
    path = f"/en/applications/{late}/submit"
    answer = send(client, path, DEADLINE + A_MILLISECOND, monkeypatch)
    assert (answer.status_code, state(late)) == (409, "draft")
    answer = send(client, path.replace(late, in_time), DEADLINE - A_MILLISECOND, monkeypatch)
    assert (answer.status_code, state(in_time)) == (303, "submitted")


def test_an_arrival_ends_with_its_request(app: Flask, client: FlaskClient) -> None:
    """A thread serves one request after another: an old arrival would keep deadlines open for ever."""
    with clock.at(DEADLINE):
        client.get("/en/")
        client.post("/en/signin", data={"email": "x"})
    with clock.at(DEADLINE + timedelta(days=1)):
        assert clock.arrived() == DEADLINE + timedelta(days=1)


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.x+json", "text/plain", "application/xml", ""])
def test_what_is_no_form_is_not_read_as_one(client: FlaskClient, kind: str) -> None:
    token = csrf_of(client.get("/en/account/sign-in"))
    for body in (b'["email"]', b'"x"', b'{"email": "ana@example.org", "password": "x"}', b"[" * 10_000 + b"]" * 10_000):
        answer = client.post("/en/account/sign-in", data=body, content_type=kind, headers={"X-CSRFToken": token})
        assert answer.status_code == 400
    answer = client.post("/en/account/sign-in", data={"email": "", "password": ""}, headers={"X-CSRFToken": token})
    assert answer.status_code == 422
