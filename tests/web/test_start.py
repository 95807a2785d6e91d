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
