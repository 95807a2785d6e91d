"""Asking: an address for a cell, the request as a browser would send it, and what came of it in one word."""

from __future__ import annotations

import contextlib
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Assignment, Attachment, City, Notice, OutboxMessage, Person, TwoPersonRequest
from gnlc_apply.models.base import Base
from gnlc_apply.questionnaire.constituents import WHOLE
from gnlc_apply.web.assets import read_manifest
from tests.access.ground import COOKIE, Ground
from tests.access.matrix import FORBIDDEN, GONE, MISSING, OPEN, SIGN_IN, STEP, Cell, Route

NO_SUCH = "GNLC-2027-00000"
# What may differ between two answers that say the same: one's own marks, never a fact.
MARKS = re.compile(r'(name="(?:csrf_token|idempotency_key)"[^>]*value=)"[^"]*"')
NOT_COMPARED = {"date", "x-request-id", "set-cookie"}
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_SAME: dict[str, str | int] = {
    "section": "practices",
    "question": "practices.1.files",
    "number": "1",
    "key": "city.website",
    "kind": "admitted",
    "text_language": "en",
    "constituent": WHOLE,
}


class Reader(FlaskClient):
    """A browser that reads each answer to its end, so that no file stays open."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        """Send a request."""
        return super().open(*args, buffered=buffered, **kwargs)


@dataclass
class Asker:
    """A ground that is asked: its application, and what there is by name."""

    ground: Ground
    app: Flask
    things: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app.test_client_class = Reader
        self.things = _things(self.ground)

    def restored(self, source: Path) -> None:
        """Everything in the database as it is in another file, without opening the application anew."""
        with contextlib.closing(sqlite.connect(str(source))) as before:
            connection = db.engine.raw_connection()
            before.backup(connection.driver_connection)
            connection.close()

    def facts(self, *, without: frozenset[str] = frozenset()) -> str:
        """A digest of every row of every table but these."""
        found = hashlib.sha256()
        with db.reading() as session:
            for table in Base.metadata.sorted_tables:
                if table.name not in without:
                    rows = session.execute(select(table)).all()
                    found.update(repr((table.name, sorted(map(repr, rows)))).encode())
        return found.hexdigest()

    def methods_at(self, path: str) -> set[str]:
        """The methods that any route answers at this address: a name may stand where another route has a word."""
        return set(self.app.url_map.bind("localhost").allowed_methods(path))

    def noticed(self, kind: str) -> list[tuple[int | None, str]]:
        """Who was noticed, and at what."""
        with db.reading() as session:
            rows = session.execute(select(Notice.person_id, Notice.note).where(Notice.kind == kind).order_by(Notice.id))
            return [(row[0], row[1]) for row in rows]

    def browser(self, role: str) -> FlaskClient:
        """A browser of this role, as it was when everybody came in."""
        client: FlaskClient = self.app.test_client()
        if role in self.ground.cookies:
            client.set_cookie(COOKIE, self.ground.cookies[role])
        return client

    def enter(self, roles: tuple[str, ...]) -> None:
        """Everybody opens a page with a form: that gives the token which their later requests carry."""
        for role in roles:
            client = self.browser(role)
            for page in ("/en/account/profile", "/en/account/second-factor", "/en/account/second-factor/set-up"):
                found = _CSRF.search(client.get(page).text)
                if found:
                    break
            else:
                found = _CSRF.search(client.get("/en/account/sign-in").text)
            assert found, role
            self.ground.form_tokens[role] = found[1]
            cookie = client.get_cookie(COOKIE)
            assert cookie is not None
            self.ground.cookies[role] = cookie.value

    def address(self, route: Route, which: str, **instead: str) -> str:
        """The address of a route for one object."""
        rules = self.app.url_map.iter_rules(route.endpoint)
        names = min((rule.arguments for rule in rules), key=len)
        values: dict[str, Any] = {name: self._value(route, name, which) for name in names}
        with self.app.test_request_context():
            adapter = self.app.url_map.bind("localhost")
            return adapter.build(route.endpoint, {**values, **instead})

    def _value(self, route: Route, name: str, which: str) -> str | int:
        if name == "language":
            return "en"
        if name == "reference":
            name = "cohort"
        if name in self.things and "usual" in self.things[name]:
            return self.things[name].get(which, self.things[name]["usual"])
        if name == "country" and route.kind != "country":
            return "KEN"
        if name == "call" and route.kind == "country":
            return self.ground.calls["now"]
        if name in self.things:
            return self.things[name].get(which, NO_SUCH)
        return _SAME[name]

    def ask(self, cell: Cell, path: str | None = None) -> TestResponse:
        """Send what the cell says; an unsafe request with a valid token and otherwise empty."""
        client = self.browser(cell.role)
        address = path or self.address(cell.route, cell.which)
        if cell.method == "POST":
            return client.post(address, data={"csrf_token": self.ground.form_tokens[cell.role]})
        return client.open(address, method=cell.method)


def _things(ground: Ground) -> dict[str, dict[str, str]]:
    """What stands in the places of addresses, by the names that the matrix has for it."""
    with db.reading() as session:
        join = select(Application.reference, Attachment.reference).join(
            Application, Application.id == Attachment.application_id
        )
        attachments: dict[str, str] = {
            row[0]: row[1] for row in session.execute(join.where(Attachment.removed_at.is_(None)))
        }
        main = Application.reference == ground.files["in_review"]
        readings = select(Assignment.reference).join(Application, Application.id == Assignment.application_id)
        reading = session.scalars(readings.where(main, Assignment.ended_at.is_(None)).limit(1)).one()
        person = session.scalars(select(Person.reference).where(Person.id == ground.people["plain"])).one()
        message = session.scalars(select(OutboxMessage.message_id).order_by(OutboxMessage.id).limit(1)).one()
        city = session.scalars(select(City.reference).order_by(City.id).limit(1)).one()
        asked = session.scalars(select(TwoPersonRequest.reference).limit(1)).one()
    files = {name: attachments[ground.files[name]] for name in ("in_review", "submitted")}
    return {
        "application": ground.files,
        "call": ground.calls,
        "cohort": ground.cohorts,
        "country": {"KEN": "KEN", "PER": "PER", "no_such": "XXX"},
        "person": {"known": person},
        "message": {"known": message.strip("<>").partition("@")[0]},
        "request_reference": {"known": asked},
        "attachment": {"usual": files["in_review"], "mayor": files["submitted"], **files},
        "asked": {"usual": ground.things["request"]},
        "juror": {"usual": ground.things["juror"]},
        "calibration_file": {"usual": ground.things["calibration_file"]},
        "file": {"usual": ground.files["in_review"]},
        "reading": {"usual": reading},
        "city": {"usual": city},
        "name": {"usual": read_manifest().names["app.js"]},
        "token": {**ground.tokens, "no_such": "a" * 43},
    }


def outcome(answer: TestResponse) -> str:
    """What came of a request, in the words of the matrix."""
    if answer.status_code == 404:
        return MISSING
    if answer.status_code == 403:
        return FORBIDDEN
    if answer.status_code == 410:
        return GONE
    if answer.status_code == 303:
        target = answer.headers["Location"]
        if target.endswith("/account/sign-in"):
            return SIGN_IN
        if re.search(r"/account/(second-factor(/set-up)?|confirm)$", target):
            return STEP
    if answer.status_code == 400:
        return "a bad request"
    return OPEN if answer.status_code < 500 else f"a fault: {answer.status_code}"


def same(answer: TestResponse) -> tuple[int, tuple[tuple[str, str], ...], str]:
    """An answer without what may differ between two that say the same."""
    headers = tuple(sorted((k.lower(), v) for k, v in answer.headers.items() if k.lower() not in NOT_COMPARED))
    return answer.status_code, headers, MARKS.sub(r'\1""', answer.get_data().decode("utf-8", "replace"))
