"""What browsers are told and what they may send, on every route: headers, cookies, tokens, origins (cases of group E).

Each ordinary run asks as half of the roles; all of them come with ``./dev prove --only header_answers tests/access``,
some three thousand answers in a minute.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gnlc_apply import config
from gnlc_apply.core.errors import TooMany, Unavailable
from gnlc_apply.core.text import Text
from gnlc_apply.web.access import access_of
from tests import proof
from tests.access import matrix
from tests.access.asking import Asker, same
from tests.access.matrix import Route
from tests.access.test_matrix import TRACES
from tests.proof import amount
from tests.web.test_headers import check

SECRET = "the secret of this fault"
# Whoever may do most; what none of them may is refused, and refusals have headers too.
ROLES = ("anonymous", "owner", "commission", "reader", "chair", "officer", "director", "administrator")


def kinds(asker: Asker) -> Iterator[tuple[Route, str]]:
    """Every route with the address of one object that there is."""
    for route in matrix.routes().values():
        yield route, asker.address(route, there(route))


def there(route: Route) -> str:
    """An object that is there: of an application the one with the jury, which has everything; else the first."""
    return {"application": "in_review", "published": "announced", "cohort": "armed"}.get(
        route.kind, matrix.OBJECTS[route.kind][0]
    )


def checked(asker: Asker, route: Route, answer: TestResponse) -> None:
    """All headers there, and nothing kept that was not declared to be."""
    check(answer)
    access = access_of(asker.app, route.endpoint)
    if access is None or not access.cache or answer.status_code not in (200, 304):
        assert answer.headers["Cache-Control"] == "no-store", (route, answer.status_code)
        assert "ETag" not in answer.headers
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), (route, cookie)
    assert answer.headers.get("Access-Control-Allow-Credentials") is None


def test_every_route_and_role_has_all_headers(asker: Asker) -> None:
    seen: set[int] = set()
    for route, path in kinds(asker):
        if "GET" not in route.methods or "slow" in route.marks:
            continue
        for role in ROLES[:: amount(2, 1)]:
            answer = asker.browser(role).get(path)
            checked(asker, route, answer)
            seen.add(answer.status_code)
            if "ETag" in answer.headers:
                again = asker.browser(role).get(path, headers={"If-None-Match": answer.headers["ETag"]})
                assert (again.status_code, again.data) == (304, b"")
                checked(asker, route, again)
            proof.reached("header_answers", 1)
    assert {200, 303, 404} <= seen


def _raising(access: object, error: Exception) -> Callable[..., str]:
    def breaks(**_values: Any) -> str:
        raise error

    breaks.access = access  # type: ignore[attr-defined]  # a view carries its declaration
    return breaks


DEMONSTRATION = 5
pytestmark = [pytest.mark.proof, pytest.mark.timeout(amount(300, 3600))]
FAULTS: list[tuple[int, Exception]] = [
    (429, TooMany(Text("Too many tries."))),
    (500, RuntimeError(SECRET)),
    (503, Unavailable(Text("The system is very busy."))),
]


@pytest.mark.parametrize(("status", "error"), FAULTS, ids=["429", "500", "503"])
def test_a_fault_in_any_view_has_its_page_and_all_headers(asker: Asker, status: int, error: Exception) -> None:
    asker.app.testing, asker.app.config["PROPAGATE_EXCEPTIONS"] = False, False
    met = 0
    for route, path in kinds(asker):
        view = asker.app.view_functions[route.endpoint]
        asker.app.view_functions[route.endpoint] = _raising(access_of(asker.app, route.endpoint), error)
        role = _who_may(route)
        method = route.methods[0]
        data = {"csrf_token": asker.ground.form_tokens[role]} if method == "POST" else None
        answer = asker.browser(role).open(path, method=method, data=data)
        asker.app.view_functions[route.endpoint] = view
        checked(asker, route, answer)
        # Pages of the demonstration are not there at all outside one.
        wanted = 404 if route.endpoint.startswith("demo.") else status
        assert answer.status_code == wanted, (route.endpoint, role, answer.status_code)
        met += wanted == status
        assert SECRET not in answer.text
        assert "Traceback" not in answer.text
        if wanted == 503:
            assert answer.headers["Retry-After"]
        proof.reached("header_answers", 1)
    assert met == len(matrix.routes()) - DEMONSTRATION


def _who_may(route: Route) -> str:
    """The first of the roles who has what the route demands."""
    if route.permission == "public":
        return "anonymous"
    return next((role for role in ROLES if matrix.granted(route, role, there(route)) == matrix.OPEN), "owner")


def test_refused_methods_bodies_hosts_and_tokens_have_all_headers(asker: Asker) -> None:
    asker.app.config["MAX_CONTENT_LENGTH"] = asker.app.config["MAX_FORM_MEMORY_SIZE"] = 2000
    for route, path in kinds(asker):
        role = "owner"
        client, token = asker.browser(role), asker.ground.form_tokens[role]
        large = {"csrf_token": token, "words": "x" * 3000}
        answers = {
            405: client.put(path),
            400: client.get(path, headers={"Host": "evil.example"}),
            **({413: client.post(path, data=large)} if "POST" in route.methods else {}),
        }
        if "POST" in route.methods:
            without = client.post(path, data={"words": "x"})
            assert without.status_code == 400, route
            checked(asker, route, without)
        for status, answer in answers.items():
            assert answer.status_code == status, (route, status, answer.status_code)
            checked(asker, route, answer)
            assert "evil.example" not in answer.text
        proof.reached("header_answers", len(answers))


def _attempts(asker: Asker, role: str, path: str) -> Iterator[tuple[str, TestResponse]]:
    """What another site's page, or a form that lost its token, may send in the name of somebody signed in."""
    foreign = asker.ground.form_tokens["plain"]
    fields = {"name": "x", "reason": "x"}
    yield "no token", asker.browser(role).post(path, data=fields)
    yield "somebody else's token", asker.browser(role).post(path, data={**fields, "csrf_token": foreign})
    yield "a token that never was", asker.browser(role).post(path, data={**fields, "csrf_token": "x.y.z"})
    yield "JSON", asker.browser(role).post(path, json={**fields, "csrf_token": foreign})
    yield "text", asker.browser(role).post(path, data="csrf_token=x&name=x", content_type="text/plain")
    yield (
        "multipart",
        asker.browser(role).post(path, data={**fields, "csrf_token": ""}, content_type="multipart/form-data"),
    )


def test_no_unsafe_route_does_anything_without_its_own_token(asker: Asker) -> None:
    before = asker.facts(without=TRACES)
    tried = 0
    for route, path in kinds(asker):
        if "POST" in route.methods:
            for what, answer in _attempts(asker, _who_may(route), path):
                assert answer.status_code == 400, (route, what, answer.status_code)
                tried += 1
    assert tried > 600
    assert asker.facts(without=TRACES) == before


ELSEWHERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.localhost"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:81"},
]
OURS: list[dict[str, str]] = [
    {},
    {"Origin": "null"},
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
]


def test_a_page_of_somebody_else_sends_nothing_even_with_a_valid_token(asker: Asker) -> None:
    path, token = "/en/account/profile", asker.ground.form_tokens["owner"]
    for number, headers in enumerate(OURS):
        data = {"csrf_token": token, "name": f"Owner {number}", "language": "en"}
        answer = asker.browser("owner").post(path, data=data, headers=headers)
        assert answer.status_code == 303, headers
    before = asker.facts(without=TRACES)
    for headers in ELSEWHERE:
        data = {"csrf_token": token, "name": "Evil", "language": "en"}
        answer = asker.browser("owner").post(path, data=data, headers=headers)
        assert answer.status_code == 400, headers
        check(answer)
    assert asker.facts(without=TRACES) == before


@pytest.mark.parametrize("origin", ["null", "https://evil.example"])
def test_no_page_is_given_to_the_scripts_of_others(asker: Asker, origin: str) -> None:
    opened = set()
    for route, path in kinds(asker):
        if "GET" in route.methods and "slow" not in route.marks:
            answer = asker.browser("owner").get(path, headers={"Origin": origin})
            if "Access-Control-Allow-Origin" in answer.headers:
                assert answer.headers["Access-Control-Allow-Origin"] == "*"
                assert asker.browser("anonymous").get(path).data == answer.data
                opened.add(route.endpoint)
    # Open data is for everybody; what it says is the same for everybody.
    assert opened == {"open_data.registry_json", "open_data.registry_csv", "open_data.map_svg"} | (
        opened & {"open_data.cohort_json", "open_data.sitemap"}
    )


SPOOFED = [
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Prefix": "/evil"},
    {"X-Forwarded-For": "203.0.113.9"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-URL": "/en/secretariat"},
    {"X-Rewrite-URL": "/en/secretariat"},
]


@pytest.mark.parametrize("headers", SPOOFED, ids=lambda headers: next(iter(headers)))
def test_headers_of_a_proxy_that_is_none_have_no_effect(asker: Asker, headers: dict[str, str]) -> None:
    for path in ("/en/", "/sitemap.xml", "/en/account/password/forgotten", "/en/applications", "/en/calls/"):
        plain = same(asker.browser("owner").get(path))
        assert same(asker.browser("owner").get(path, headers=headers)) == plain
        assert "evil" not in plain[2]


def test_over_https_the_cookie_is_bound_to_the_host(asker: Asker) -> None:
    config.use(dataclasses.replace(config.current(), public_url="https://localhost"))
    client: FlaskClient = asker.app.test_client()
    page = client.get("/en/account/sign-in", base_url="https://localhost")
    (cookie,) = page.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-gnlc=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Expires" not in cookie


GUESSES = (
    *(
        "/.git/HEAD",
        "/.git/config",
        "/.env",
        "/.env.local",
        "/.htaccess",
        "/.DS_Store",
        "/.svn/entries",
        "/.well-known/",
    ),
    *("/console", "/debug", "/__debug__/", "/admin", "/admin/", "/phpinfo.php", "/wp-login.php", "/server-status"),
    *("/metrics", "/actuator", "/actuator/env", "/api", "/api/v1", "/graphql", "/swagger.json", "/openapi.json"),
    *("/backup.sql", "/backup.zip", "/db.sqlite3", "/gnlc.sqlite3", "/instance/gnlc.sqlite3", "/instance/secret_key"),
    *("/static/", "/static/../wsgi.py", "/static/%2e%2e/wsgi.py", "/static/..%2fwsgi.py", "/static/manifest.json"),
    *(
        "/static/app.css.map",
        "/static/....//wsgi.py",
        "/static/%00",
        "/attachments/",
        "/uploads/",
        "/media/",
        "/files/",
    ),
    *(
        "/config.py",
        "/config.yml",
        "/wsgi.py",
        "/pyproject.toml",
        "/requirements.txt",
        "/Dockerfile",
        "/.gitlab-ci.yml",
    ),
    *("/en/registry.bak", "/en/registry~", "/en/.git", "/en/cohorts/2027", "/en/cohorts/next", "/en/cohorts/draft"),
    *("/en/secretariat.json", "/cohorts/2027.json", "/cohorts/COHORT-2027.json", "/registry.xml", "/registry.json.gz"),
)


def test_nothing_is_found_by_guessing(asker: Asker) -> None:
    nowhere = same(asker.browser("anonymous").get("/no-such-page"))
    assert nowhere[0] == 404
    for role in ("anonymous", "owner"):
        for path in GUESSES:
            answer = asker.browser(role).get(path)
            assert answer.status_code in (404, 308), (role, path, answer.status_code)
            if answer.status_code == 308:
                assert asker.browser(role).get(path, follow_redirects=True).status_code == 404, path
            check(answer)
            proof.reached("header_answers", 1)
