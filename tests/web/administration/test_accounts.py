"""The administrator's pages and the director's page of what waits for a second person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Role
from tests.accounts import acts, mails, person, portugal, reference
from tests.signing_in import app_code, post, sign_in


@pytest.fixture
def administrator(app: Flask) -> FlaskClient:
    """A browser with an administrator signed in."""
    client = app.test_client()
    sign_in(client, person("adam@example.org", Role.ADMINISTRATOR, name="Adam Administrator"))
    return client


def _statements(client: FlaskClient, path: str) -> int:
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)


def test_the_list_finds_filters_and_turns_pages(administrator: FlaskClient) -> None:
    for number in range(55):
        person(f"city{number:02}@example.org", name=f"Official {number:02}")
    person("olga@example.org", Role.OFFICER, name="Olga Officer")
    page = administrator.get("/en/administration/accounts").text
    assert "Official 00" in page
    assert "Official 52" not in page
    assert "Official 52" in administrator.get("/en/administration/accounts?page=2").text
    assert "Accounts found: 57" in page
    officers = administrator.get("/en/administration/accounts?role=officer").text
    assert "Olga Officer" in officers
    assert "Official" not in officers
    found = administrator.get("/en/administration/accounts?search=city07").text
    assert "Official 07" in found
    assert "Official 08" not in found
    assert "No account found" in administrator.get("/en/administration/accounts?search=%25").text
    assert administrator.get("/en/administration/accounts?page=x&role=nonsense&state=odd").status_code == 200


def test_the_list_asks_as_often_for_many_as_for_few(administrator: FlaskClient) -> None:
    few = _statements(administrator, "/en/administration/accounts")
    for number in range(30):
        person(f"o{number}@example.org", Role.OFFICER)
    assert _statements(administrator, "/en/administration/accounts") == few


@pytest.mark.parametrize("role", [None, Role.OFFICER, Role.DIRECTOR])
def test_nobody_else_sees_them(app: Flask, role: Role | None) -> None:
    number = person("olga@example.org", role)
    other = reference(person("ana@example.org"))
    client = app.test_client()
    sign_in(client, number)
    for path in ("accounts", f"accounts/{other}", f"accounts/{other}/role", "invitations", "invitations/new"):
        assert client.get(f"/en/administration/{path}").status_code == 404
    assert client.get("/en/administration/requests").status_code == (200 if role is Role.DIRECTOR else 404)


@pytest.mark.postgres
def test_a_role_in_the_secretariat_takes_both(app: Flask, administrator: FlaskClient) -> None:
    director, ana = (
        person("dora@example.org", Role.DIRECTOR, name="Dora Director"),
        person("ana@example.org", name="Ana Costa"),
    )
    path = f"/en/administration/accounts/{reference(ana)}"
    answer = post(administrator, f"{path}/role", role="officer", country="", reason="joins the team")
    assert "A director has been asked" in administrator.get(answer.headers["Location"]).text
    assert "officer of the secretariat" not in administrator.get(path).text
    second = app.test_client()
    sign_in(second, director)
    waiting = second.get("/en/administration/requests").text
    assert "Ana Costa" in waiting
    link = mails("confirmation_asked")[0].values["request"]
    page = second.get(f"/en/administration/requests/{link}").text
    assert "joins the team" in page
    assert post(second, f"/en/administration/requests/{link}", answer="confirm").status_code == 303
    assert "officer of the secretariat" in administrator.get(path).text
    assert "Confirmed." in second.get(f"/en/administration/requests/{link}").text


def test_inviting_a_commission_and_taking_it_back(administrator: FlaskClient) -> None:
    portugal()
    refused = post(
        administrator,
        "/en/administration/invitations/new",
        email="n@example.org",
        name="N",
        role="commission",
        country="",
        language="en",
    )
    assert refused.status_code == 422
    assert "Choose the country" in refused.text
    answer = post(
        administrator,
        "/en/administration/invitations/new",
        email="n@example.org",
        name="Comissão",
        role="commission",
        country="PRT",
        language="en",
    )
    page = administrator.get(answer.headers["Location"])
    assert "Comissão" in page.text
    row = re.search(r'name="invitation" value="(\d+)"', page.text)
    assert row is not None
    listed, revoked = "/en/administration/invitations", "/en/administration/invitations/revoke"
    assert post(administrator, revoked, listed, invitation="9" * 30).status_code == 404
    post(
        administrator,
        "/en/administration/invitations/revoke",
        "/en/administration/invitations",
        invitation=row.group(1),
    )
    assert "No invitation is open" in administrator.get("/en/administration/invitations").text


def test_closing_opening_and_ending_sessions(app: Flask, administrator: FlaskClient) -> None:
    ana = person("ana@example.org", name="Ana Costa")
    path = f"/en/administration/accounts/{reference(ana)}"
    client = app.test_client()
    sign_in(client, ana)
    post(administrator, f"{path}/sessions/end", path)
    assert client.get("/en/account").status_code == 303
    sign_in(client, ana)
    assert post(administrator, f"{path}/close", reason="").status_code == 422
    post(administrator, f"{path}/close", reason="left the city")
    assert client.get("/en/account").status_code == 303
    assert administrator.get(f"{path}/open").status_code == 200
    assert [act for act in acts() if act == "reactivated"] == []
    post(administrator, f"{path}/open")
    sign_in(client, ana)
    assert client.get("/en/account").status_code == 200
    assert [act for act in acts() if act.endswith("activated") or act == "ended_sessions"] == [
        "ended_sessions",
        "deactivated",
        "reactivated",
    ]


def test_opening_a_closed_account_asks_for_a_fresh_second_factor(administrator: FlaskClient) -> None:
    ana = person("ana@example.org", name="Ana Costa")
    path = f"/en/administration/accounts/{reference(ana)}"
    post(administrator, f"{path}/close", reason="left the city")
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert administrator.get(path).status_code == 200
        answer = administrator.get(f"{path}/open")
        assert answer.headers["Location"].endswith("/account/second-factor")
        post(administrator, answer.headers["Location"], code=app_code("adam@example.org"))
        assert post(administrator, f"{path}/open").status_code == 303
    assert acts()[-1] == "reactivated"
