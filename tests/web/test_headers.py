"""Headers on every route and every status, and pages that live under them."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.models import Instance
from gnlc_apply.queries import instance
from gnlc_apply.web import logs
from gnlc_apply.web.access import access_of, public
from gnlc_apply.web.headers import CSP, FIXED
from tests.web.inline import inline


def check(answer: TestResponse) -> None:
    """The headers that no answer goes without."""
    # Open data may be read by the pages of others.
    is_open_data = answer.headers.get("Access-Control-Allow-Origin") == "*"
    for name, value in FIXED.items():
        # What is handed out as a file has a sandbox of its own: below.
        if name != "Content-Security-Policy" and not (is_open_data and name == "Cross-Origin-Resource-Policy"):
            assert answer.headers[name] == value
    assert answer.headers["Content-Security-Policy"] == CSP or "sandbox" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"]
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])
    if answer.mimetype == "text/html":
        assert inline(answer.text) == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<script>alert(1)</script>", ["script"]),
        ('<script type="module">alert(1)</script>', ["script"]),
        ("<STYLE>p {}</STYLE>", ["style"]),
        ('<p style="color: red">', ["p style=color: red"]),
        ("<img src=x onerror=alert(1)>", ["img onerror=alert(1)"]),
        ('<svg/onload="alert(1)">', ["svg onload=alert(1)"]),
        ('<a href=" \tjava\nscript:alert(1)">', ["a href= \tjava\nscript:alert(1)"]),
        ('<a href="&#106;avascript:alert(1)">', ["a href=javascript:alert(1)"]),
        ('<button formaction="JavaScript:x">', ["button formaction=JavaScript:x"]),
        ('<form action="vbscript:x">', ["form action=vbscript:x"]),
    ],
)
def test_what_acts_by_itself_is_noticed(page: str, found: list[str]) -> None:
    assert inline(page) == found


@pytest.mark.parametrize(
    "page",
    [
        '<script src="/static/app.js"></script>',
        '<a href="/ar/account/sign-in?search=javascript:alert(1)">',
        '<input value="&#34;&gt;&lt;img src=x onerror=alert(1)&gt;">',
        '<input value="javascript:alert(1)">',
        "<p>javascript:alert(1) &lt;script&gt; style=x onclick=y</p>",
    ],
)
def test_what_only_looks_like_it_is_text(page: str) -> None:
    assert inline(page) == []


def test_what_was_asked_for_stays_inside_the_query_of_a_link(client: FlaskClient) -> None:
    page = client.get("/en/account/sign-in", query_string={"search": "javascript:alert(1)", "listed": '"><b onx=1>'})
    assert 'href="/ar/account/sign-in?search=javascript:alert(1)&amp;listed=%22%3E%3Cb+onx%3D1%3E"' in page.text
    check(page)


def address(rule: Rule) -> str:
    """An address that the rule matches, of things that do not exist."""
    values = {name: "en" if name == "language" else "nothing" for name in rule.arguments}
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda found: values[found[1]], rule.rule)


def test_every_route_answers_with_all_headers(app: Flask, client: FlaskClient) -> None:
    rules = list(app.url_map.iter_rules())
    assert len(rules) > 20
    for rule in rules:
        answer = client.get(address(rule))
        assert answer.status_code < 500, rule
        check(answer)
        access = access_of(app, rule.endpoint)
        if access is None or not access.cache or answer.status_code not in (200, 304):
            assert answer.headers["Cache-Control"] == "no-store", rule
            assert "ETag" not in answer.headers


def test_no_route_answers_a_post_without_a_token(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        answer = client.post(address(rule), data={"name": "x"})
        assert 400 <= answer.status_code < 500, (rule, answer.status_code)
        check(answer)
        assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_for_good(client: FlaskClient) -> None:
    page = client.get("/en/").text
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = client.get(path)
        assert answer.status_code == 200
        check(answer)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE"])
def test_405(client: FlaskClient, method: str) -> None:
    answer = client.open("/en/", method=method)
    assert answer.status_code == 405
    check(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_404_413_400_and_500(app: Flask) -> None:
    @public
    def breaks() -> str:
        raise RuntimeError("the secret of this fault")

    app.add_url_rule("/breaks", "breaks", breaks)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    client = app.test_client()
    missing = client.get("/en/nothing-here")
    # A form has a limit of its own, whatever a file may have.
    app.config["MAX_FORM_MEMORY_SIZE"] = 100
    large = client.post("/en/account/sign-in", data={"email": "x" * 1000})
    app.config["MAX_CONTENT_LENGTH"] = 2_000
    larger = client.post("/en/account/sign-in", data={"email": (io.BytesIO(b"x" * 3_000), "x.pdf")})
    broken = client.get("/breaks")
    elsewhere = client.get("/en/", headers={"Host": "evil.example"})
    for answer, status in ((missing, 404), (large, 413), (larger, 413), (broken, 500), (elsewhere, 400)):
        assert answer.status_code == status
        check(answer)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "evil.example" not in answer.text
    assert "the secret of this fault" not in broken.text


def test_public_pages_are_asked_for_again_and_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/robots.txt")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get("/robots.txt", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    check(again)


def test_over_https_browsers_stay_there(settings: config.Settings, frozen_clock: object, app: Flask) -> None:
    config.use(dataclasses.replace(settings, public_url="https://localhost"))
    answer = app.test_client().get("/en/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_health_and_readiness(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"database": True, "migrations": True, "storage": True, "worker": False, "ready": True}


def test_a_demonstration_answers_only_at_home(app: Flask, client: FlaskClient) -> None:
    assert client.get("/en/", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    with db.writing() as session:
        session.execute(update(Instance).values(is_demo=True))
    instance.forget()
    try:
        assert client.get("/en/", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
        assert client.get("/en/", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200
    finally:
        instance.forget()


@pytest.mark.parametrize(
    ("host", "is_home"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("127.8.8.8", True),
        ("[::1]:8000", True),
        ("demo.example", False),
        ("localhost.demo.example", False),
        ("192.0.2.7:8000", False),
        ("[2001:db8::1]", False),
    ],
)
def test_a_demonstration_behind_a_server_on_its_own_machine_has_no_other_name(
    app: Flask, client: FlaskClient, host: str, is_home: bool
) -> None:
    app.config["TRUSTED_HOSTS"] = None
    assert client.get("/en/", headers={"Host": host}).status_code == 200
    with db.writing() as session:
        session.execute(update(Instance).values(is_demo=True))
    instance.forget()
    try:
        assert client.get("/en/", headers={"Host": host}).status_code == (200 if is_home else 403)
        # A server in front that puts our own address for the name that was asked for: the public address tells.
        config.use(dataclasses.replace(config.current(), public_url="https://demo.example"))
        assert client.get("/en/", headers={"Host": host}).status_code == 403
    finally:
        instance.forget()


def test_secrets_in_paths_are_masked_in_the_log() -> None:
    token = "kJ8s_2Lw9xQ4vB7nM1cZ5tR3yU6iO0pA-eF2gH4jK8l"
    assert logs.masked_path(f"/en/invitation/{token}/accept") == "/en/invitation/***/accept"
    assert logs.masked_path("/en/applications/GNLC-2027-7KQ4M") == "/en/applications/GNLC-2027-7KQ4M"


def test_the_log_has_one_line_for_each_request_without_names(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="gnlc_apply.requests"):
        client.get("/en/?query=ana@example.org")
    (record,) = [r for r in caplog.records if r.name == "gnlc_apply.requests"]
    line = logs.JsonLines().format(record)
    assert "\n" not in line
    assert '"path": "/en/"' in line
    assert '"status": 200' in line
    assert "ana@" not in line
