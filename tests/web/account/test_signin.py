"""Signing in by password: the way in, and every way in which it is refused."""

from __future__ import annotations

import statistics
import time
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Invalid
from gnlc_apply.extensions import db
from gnlc_apply.models import Role, WebSession
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import account
from tests.accounts import actor, mails, person, reference, secret
from tests.signing_in import PASSWORD, csrf_of, post, sign_in

WRONG = "The address or the password is not right."


@pytest.fixture
def official(app: Flask) -> int:
    """A city official with an account."""
    return person("ana@example.org", name="Ana Costa")


@pytest.mark.postgres
def test_sign_in_leads_on_and_names_the_person(client: FlaskClient, official: int) -> None:
    answer = post(client, "/en/account/sign-in", email=" ANA@example.org ", password=PASSWORD)
    assert answer.status_code == 303
    page = client.get("/en/account")
    assert page.status_code == 200
    assert "Ana Costa" in page.text


def test_the_same_answer_for_a_wrong_password_and_an_unknown_address(app: Flask, official: int) -> None:
    pages = []
    for email in ("ana@example.org", "ann@example.org"):
        answer = post(app.test_client(), "/en/account/sign-in", email=email, password="wrong wrong wrong")
        assert answer.status_code == 422
        assert WRONG in answer.text
        token = csrf_of(answer)
        pages.append(len(answer.text.replace(token, "")))
    assert abs(pages[0] - pages[1]) < 8  # the one-time keys of the forms differ in nothing but their letters


def test_the_same_time_for_a_wrong_password_and_an_unknown_address(official: int) -> None:
    took: dict[str, list[float]] = {"ana@example.org": [], "ann@example.org": []}
    for turn in range(8):
        for email, times in took.items():
            start = time.perf_counter()
            with pytest.raises(Invalid, match="not right"):
                account.sign_in(actor=SYSTEM, email=email, password=f"wrong wrong wrong {turn}", network=str(turn))
            times.append(time.perf_counter() - start)
    known, unknown = (statistics.median(times) for times in took.values())
    assert unknown > known / 2
    assert known > unknown / 2


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/en/account/register", {"name": "Ana Costa"}),
        ("/en/account/password/forgotten", {}),
        ("/en/account/code", {}),
    ],
)
def test_no_page_tells_who_has_an_account(app: Flask, official: int, path: str, fields: dict[str, str]) -> None:
    answers = []
    for email in ("ana@example.org", "ann@example.org"):
        client = app.test_client()
        first = post(client, path, email=email, **fields)
        assert first.status_code == 303
        page = client.get(first.headers["Location"])
        answers.append((first.status_code, page.status_code, page.text.replace(email, "")))
    tokens = [text for *_, text in answers]
    assert answers[0][:2] == answers[1][:2]
    assert len(tokens[0]) == len(tokens[1])


def test_a_huge_password_is_refused_without_hashing(
    client: FlaskClient, official: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bool:
        raise AssertionError("hashed")

    monkeypatch.setattr("gnlc_apply.core.passwords.fits", never)
    answer = post(client, "/en/account/sign-in", email="ana@example.org", password="x" * 900_000)
    assert answer.status_code in (413, 422)


def test_without_its_token_nobody_is_signed_in(client: FlaskClient, official: int) -> None:
    client.get("/en/account/sign-in")
    answer = client.post("/en/account/sign-in", data={"email": "ana@example.org", "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get("/en/account").status_code == 303


def test_the_session_changes_its_number_and_token_and_forgets(client: FlaskClient, official: int) -> None:
    before_page = client.get("/en/account/sign-in")
    before = client.get_cookie("gnlc")
    assert before is not None
    with client.session_transaction() as held:
        held["planted"] = "before"
    answer = client.post(
        "/en/account/sign-in",
        data={"csrf_token": csrf_of(before_page), "email": "ana@example.org", "password": PASSWORD},
    )
    assert answer.status_code == 303
    after = client.get_cookie("gnlc")
    assert after is not None
    assert after.value != before.value
    assert csrf_of(client.get("/en/account/profile")) != csrf_of(before_page)
    with client.session_transaction() as held:
        assert "planted" not in held
    client.set_cookie("gnlc", before.value)
    assert client.get("/en/account").status_code == 303


def test_after_signing_out_a_copied_cookie_is_worth_nothing(client: FlaskClient, official: int) -> None:
    sign_in(client, official)
    copied = client.get_cookie("gnlc")
    assert copied is not None
    assert client.get("/en/account/sign-out").status_code == 200
    assert client.get("/en/account").status_code == 200  # looking at the button signs nobody out
    answer = post(client, "/en/account/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "You are signed out." in client.get(answer.headers["Location"]).text
    client.set_cookie("gnlc", copied.value)
    assert client.get("/en/account").headers["Location"].endswith("/en/account/sign-in")


@pytest.mark.parametrize(
    ("role", "idle"), [(None, 120), (Role.OFFICER, 30), (Role.ADMINISTRATOR, 30), (Role.DIRECTOR, 30)]
)
def test_how_long_a_session_may_rest(app: Flask, frozen_clock: object, role: Role | None, idle: int) -> None:
    number = person("olga@example.org", role)
    client = app.test_client()
    sign_in(client, number)
    with clock.at(clock.now() + timedelta(minutes=idle - 1)):
        assert client.get("/en/account").status_code == 200
        with clock.at(clock.now() + timedelta(minutes=idle)):
            assert client.get("/en/account").status_code == 303


def test_a_session_ends_after_twelve_hours_of_work(client: FlaskClient, official: int, frozen_clock: datetime) -> None:
    sign_in(client, official)
    for minutes in range(0, 12 * 60, 60):
        with clock.at(frozen_clock + timedelta(minutes=minutes)):
            assert client.get("/en/account").status_code == 200
    with clock.at(frozen_clock + timedelta(hours=12)):
        assert client.get("/en/account").status_code == 303


def test_closing_an_account_ends_it_at_the_next_request(client: FlaskClient, official: int) -> None:
    sign_in(client, official)
    administrator = person("adam@example.org", Role.ADMINISTRATOR)
    account.deactivate(actor=actor(administrator), person=reference(official), reason="left")
    assert client.get("/en/account").status_code == 303


def test_a_new_role_ends_the_sessions(client: FlaskClient, official: int) -> None:
    sign_in(client, official)
    account.grant(actor=SYSTEM, person=reference(official), role=Role.OFFICER)
    assert client.get("/en/account").headers["Location"].endswith("/en/account/sign-in")


@pytest.mark.postgres
def test_a_reset_link_leads_in_and_points_at_the_configured_address(app: Flask, official: int) -> None:
    client = app.test_client()
    page = client.get("/en/account/password/forgotten", headers={"Host": "127.0.0.1"})
    client.post(
        "/en/account/password/forgotten",
        data={"csrf_token": csrf_of(page), "email": "ana@example.org"},
        headers={"Host": "127.0.0.1"},
    )
    path = f"/en/account/password/set/{secret('password_reset')}"
    for method in ("get", "head", "options"):
        getattr(client, method)(path)
    assert "Set a new password" in client.get(path).text
    assert post(client, path, password="short").status_code == 422
    assert post(client, path, password="a quiet green bicycle").status_code == 303
    assert client.get("/en/account").status_code == 200
    assert client.get(path).status_code == 409


def test_a_foreign_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/en/account/password/forgotten", headers={"Host": "evil.example"}).status_code == 400


def test_registration_through_the_pages(client: FlaskClient) -> None:
    answer = post(client, "/en/account/register", name="Ana Costa", email="ana@example.org")
    assert "ana@example.org" in client.get(answer.headers["Location"]).text
    path = f"/en/account/register/{secret('account_confirm')}"
    client.get(path)
    assert post(client, path, password="unesco unesco").status_code == 422
    assert post(client, path, password=PASSWORD).status_code == 303
    assert client.get("/en/account").status_code == 200
    assert client.get(path).status_code == 409


def test_links_that_never_were_are_not_found(client: FlaskClient) -> None:
    for path in ("register", "invitation", "password/set"):
        for token in ("x", "0" * 43, "0" * 10_000):
            assert client.get(f"/en/account/{path}/{token}").status_code == 404


def test_a_link_page_is_not_kept_and_names_no_referrer(client: FlaskClient, official: int) -> None:
    account.ask_for_reset(actor=SYSTEM, email="ana@example.org")
    answer = client.get(f"/en/account/password/set/{secret('password_reset')}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in answer.text


def test_the_network_is_not_the_clients_to_choose(app: Flask, official: int) -> None:
    client = app.test_client()
    page = client.get("/en/account/sign-in", headers={"X-Forwarded-For": "203.0.113.9"})
    client.post(
        "/en/account/sign-in",
        data={"csrf_token": csrf_of(page), "email": "ana@example.org", "password": PASSWORD},
        headers={"X-Forwarded-For": "203.0.113.9"},
    )
    with db.reading() as session:
        assert set(session.scalars(select(WebSession.network))) == {"127.0.0.1"}


def test_moving_to_another_address(client: FlaskClient, official: int) -> None:
    sign_in(client, official)
    assert client.get("/en/account/address").headers["Location"].endswith("/en/account/confirm")
    assert post(client, "/en/account/confirm", password="wrong wrong wrong").status_code == 422
    answer = post(client, "/en/account/confirm", password=PASSWORD)
    assert answer.headers["Location"].endswith("/en/account/address")
    post(client, "/en/account/address", email="new@example.org")
    path = f"/en/account/address/{secret('address_confirm')}"
    assert client.get(path).status_code == 200
    assert "ana@example.org" in client.get("/en/account").text
    post(client, path)
    assert "new@example.org" in client.get("/en/account").text
    assert {(m.kind, m.recipient) for m in mails()} == {
        ("address_asked", "ana@example.org"),
        ("address_confirm", "new@example.org"),
        ("address_changed", "ana@example.org"),
    }


def test_a_taken_address_gives_the_same_answer(app: Flask, official: int) -> None:
    person("ben@example.org")
    places = []
    for wanted in ("ben@example.org", "free@example.org"):
        client = app.test_client()
        sign_in(client, official)
        post(client, "/en/account/confirm", password=PASSWORD)
        answer = post(client, "/en/account/address", email=wanted)
        places.append((answer.status_code, answer.headers["Location"]))
    assert places[0] == places[1]
    assert [m.recipient for m in mails("address_confirm")] == ["free@example.org"]


def test_sessions_are_listed_and_ended(app: Flask, official: int) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here, official)
    sign_in(there, official)
    page = here.get("/en/account/sessions")
    assert page.text.count("Sign out there") == 1
    here.post("/en/account/sessions/end-others", data={"csrf_token": csrf_of(page)})
    assert there.get("/en/account").status_code == 303
    assert here.get("/en/account").status_code == 200


def test_name_and_language(client: FlaskClient, official: int) -> None:
    sign_in(client, official)
    post(client, "/en/account/profile", name="Ana  Costa Silva", organisation="Câmara", language="ar")
    page = client.get("/en/account").text
    assert "Ana Costa Silva" in page
    assert "العربية" in page


def test_what_was_typed_survives_the_end_of_a_session(client: FlaskClient, official: int) -> None:
    sign_in(client, official)
    page = client.get("/en/account/profile")
    fields = {"csrf_token": csrf_of(page), "name": "Ana of the Long Evening", "organisation": "", "language": "en"}
    with clock.at(clock.now() + timedelta(hours=3)):
        answer = client.post("/en/account/profile", data=fields)
        assert answer.status_code in (303, 400)
        sent_on = client.get("/en/account/profile")
        assert sent_on.headers["Location"].endswith("/en/account/sign-in")
        answer = post(client, "/en/account/sign-in", email="ana@example.org", password=PASSWORD)
        assert answer.headers["Location"].endswith("/en/account/profile")
        assert "Ana of the Long Evening" in client.get("/en/account/profile").text
