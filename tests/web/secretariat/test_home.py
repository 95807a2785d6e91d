"""Today: what waits, and each call's card."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.services import call as calls
from tests.desk import Desk
from tests.signing_in import sign_in


def test_today_shows_what_waits_and_the_calls_card(app: Flask, client: FlaskClient) -> None:
    world = Desk(2)
    world.endorse()
    calls.ask_for_exception(actor=world.second, call=world.call, country="TUR", extra=1, reason="A merger")
    sign_in(client, "officer@network.example")
    page = client.get("/en/secretariat").text
    assert "Files to be checked" in page
    assert f"/en/secretariat/calls/{world.call}/applications?state=endorsed" in page
    assert "Exceptions of the quota to confirm" in page
    assert "Cities apply, and may take back and correct." in page
    assert "Deadline of the National Commissions" in page


def test_who_asked_is_not_asked_to_confirm(app: Flask, client: FlaskClient) -> None:
    world = Desk(0)
    calls.ask_for_exception(actor=world.officer, call=world.call, country="TUR", extra=1, reason="A merger")
    sign_in(client, "officer@network.example")
    page = client.get("/en/secretariat").text
    assert "Exceptions of the quota to confirm" not in page
    assert "Nothing waits for you here" in page


def test_today_is_the_secretariats(app: Flask, client: FlaskClient) -> None:
    Desk(0)
    assert client.get("/en/secretariat").status_code == 303
    for who in ("owner@city.example", "natcom@country.example"):
        browser = app.test_client()
        sign_in(browser, who)
        assert browser.get("/en/secretariat").status_code == 404
