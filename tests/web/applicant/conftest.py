"""A city whose owner is signed in, and what is needed to press its buttons."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import city, signing_in

_HIDDEN = re.compile(r'<input type="hidden" name="(version:[^"]+)" value="([^"]*)">')


@dataclass
class Desk:
    """The owner's browser before the city's pages."""

    world: city.City
    client: FlaskClient

    def open(self, path: str) -> TestResponse:
        """A page below the language, which must be there."""
        answer = self.client.get(f"/en{path}")
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.headers.get('Location')}"
        return answer

    def send(self, path: str, on: str | None = None, **fields: Any) -> TestResponse:
        """Fill the form of a page (``on``, if it stands elsewhere) and send it, with what it hides."""
        page = self.open(on or path)
        hidden = dict(_HIDDEN.findall(page.text))
        token = signing_in.csrf_of(page)
        return self.client.post(f"/en{path}", data={"csrf_token": token, **hidden, **fields})

    def section(self, reference: str, key: str, **answers: object) -> TestResponse:
        """Answer the questions of a section page; keys with double underscores for full stops."""
        sent: Any = city.as_sent({name.replace("__", "."): value for name, value in answers.items()})
        return self.send(f"/applications/{reference}/sections/{key}", then="next", **sent)


@pytest.fixture
def desk(client: FlaskClient) -> Desk:
    """The owner, signed in."""
    world = city.City()
    signing_in.sign_in(client, "owner@city.example")
    return Desk(world, client)


@pytest.fixture
def as_other(app: object, desk: Desk) -> Callable[[str], Desk]:
    """Somebody else in another browser."""

    def other(email: str) -> Desk:
        browser = desk.client.application.test_client()
        signing_in.sign_in(browser, email)
        return Desk(desk.world, browser)

    return other
