"""The application starts, and an undeclared route stops it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.web.access import check_all_declared


def test_start_page_answers(client: FlaskClient) -> None:
    answer = client.get("/en/")
    assert answer.status_code == 200


def test_undeclared_route_stops_the_start(app: Flask) -> None:
    app.view_functions["stray"] = lambda: "stray"
    app.url_map.add(app.url_rule_class("/stray", endpoint="stray"))
    with pytest.raises(RuntimeError, match="/stray"):
        check_all_declared(app)


def test_missing_page_has_no_navigation(client: FlaskClient) -> None:
    answer = client.get("/en/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", ["/en/", "/en/registry/", "/en/calls/"])
@pytest.mark.parametrize(
    "stray", ["endpoint=x", "self=x", "_method=POST", "_external=1&_scheme=javascript", "_anchor=x"]
)
def test_an_address_cannot_turn_the_links_of_its_page(client: FlaskClient, page: str, stray: str) -> None:
    plain = client.get(page)
    turned = client.get(f"{page}?{stray}")
    assert (turned.status_code, turned.text) == (200, plain.text)
