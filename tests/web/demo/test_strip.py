"""The mark of a demonstration stands on every page: an ordinary one, an error, a link's page without an account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.models import Instance
from gnlc_apply.queries import instance
from tests import city
from tests.services.test_signature import ask

STRIP = '<section class="gn-demo" aria-label="Demonstration">'
WORDS = "Demonstration: invented people, no mail leaves"


@pytest.fixture
def addresses(client: FlaskClient) -> Iterator[dict[str, int]]:
    """Pages of three kinds, with their status: an ordinary one, an error, and the signatory's by their link."""
    world = city.City()
    instance.forget()
    yield {"/en/": 200, "/en/nothing-here": 404, f"/en/sign/{ask(world, world.filled())}": 200}
    instance.forget()


def mark() -> None:
    with db.writing() as session:
        session.execute(update(Instance).values(is_demo=True))
    instance.forget()


def test_it_stands_on_every_kind_of_page(client: FlaskClient, addresses: dict[str, int]) -> None:
    for address, status in addresses.items():
        page = client.get(address)
        assert (page.status_code, page.text.count(STRIP), page.text.count(WORDS)) == (status, 0, 0)
    mark()
    for address, status in addresses.items():
        page = client.get(address)
        assert (page.status_code, page.text.count(STRIP), page.text.count(WORDS)) == (status, 1, 1), address


@pytest.mark.parametrize("engine", ["sqlite"])
def test_it_stands_there_when_the_machine_fails(
    client: FlaskClient, addresses: dict[str, int], database: config.Settings
) -> None:
    mark()
    assert client.get("/en/").text.count(STRIP) == 1
    file = Path(database.database_url.removeprefix("sqlite:///"))
    away = file.rename(file.with_suffix(".away"))
    try:
        page = client.get("/en/")
    finally:
        away.rename(file)
    assert (page.status_code, page.text.count(STRIP), page.text.count(WORDS)) == (503, 1, 1)
