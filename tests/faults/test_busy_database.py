"""A database that stays locked: one retry, then a page that says so and keeps what was typed; afterwards all is well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from gnlc_apply import config
from gnlc_apply.extensions import db
from tests.city import City
from tests.signing_in import csrf_of, sign_in

TYPED = "Words that took an evening to find."


@contextmanager
def locked(settings: config.Settings) -> Iterator[None]:
    """Somebody else writes for the length of the block, and we do not wait thirty seconds in a test."""

    def impatient(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    db.engine.dispose()
    event.listen(db.engine, "connect", impatient)
    other = sqlite.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
        event.remove(db.engine, "connect", impatient)
        db.engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_was_typed_is_on_the_page_that_says_wait(
    app: Flask, client: FlaskClient, settings: config.Settings
) -> None:
    world = City()
    reference = world.begin()
    sign_in(client, "owner@city.example")
    path = f"/en/applications/{reference}/sections/motivation"
    page = client.get(path)
    assert page.status_code == 200, page.text
    fields = {"csrf_token": csrf_of(page), "motivation.context": TYPED}
    with locked(settings):
        busy = client.post(path, data=fields)
    assert busy.status_code == 503
    assert busy.headers["Retry-After"] == "5"
    assert TYPED in busy.text
    assert client.post(path, data=fields).status_code == 303
    assert TYPED in client.get(path).text
