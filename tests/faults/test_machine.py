"""The machine fails under the running program: a clear page that keeps what was typed, nothing half, all well afterwards.

Everything here runs in each run, but for children that hang, which take their ten to thirty seconds in
``./dev prove --only machine_faults tests/faults`` (two minutes).
"""

from __future__ import annotations

import dataclasses
import io
import re
import signal
import subprocess
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from gnlc_apply import config, create_app
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, Attachment, AuditEntry, OutboxMessage
from gnlc_apply.services import ledger, sessions
from gnlc_apply.storage.inspection import inspect
from tests import proof
from tests.city import City, row
from tests.faults import machine, site
from tests.faults.machine import Fault
from tests.signing_in import app_code, csrf_of, post, sign_in
from tests.storage import corpus

pytestmark = [pytest.mark.proof, pytest.mark.timeout(300)]
# Long enough to need new pages in the database.
TYPED = " ".join(["Words-that-took-an-evening-to-find-" * 5] * 90)
_FIELD = re.compile(
    r'<(?:input type="hidden"|textarea[^>]*) name="([^"]+)"(?: value="([^"]*)">|[^>]*>\n(.*?)</textarea>)', re.DOTALL
)
ON_SQLITE: tuple[Fault, ...] = (
    machine.full_disk,
    machine.read_only,
    machine.no_room,
    machine.lost_file,
    machine.locked,
    machine.no_audit,
)
ON_POSTGRESQL: tuple[Fault, ...] = (machine.server_away, machine.cut_at_writing, machine.no_audit)
# An audit log that cannot be written is a fault of the installation: 500 or a refusal, and nothing happens.
STATUSES: dict[Fault, tuple[int, ...]] = {machine.no_audit: (409, 500)}
FAULTS = [("sqlite", fault) for fault in ON_SQLITE] + [("postgresql", fault) for fault in ON_POSTGRESQL]


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    """The application as it runs in earnest: what goes wrong becomes a page."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def _kept() -> tuple[Any, ...]:
    """What is stored, as far as these acts change it, and whether the audit log is whole."""
    with db.reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(t)) for t in (Answer, Attachment, AuditEntry, OutboxMessage)
        ]
        return (*counts, ledger.verify(session).first_broken)


def _fields_of(page: TestResponse) -> dict[str, str]:
    """What the one form on a page would send."""
    return {name: unescape(value or words) for name, value, words in _FIELD.findall(page.text)}


@pytest.mark.parametrize(("engine", "fault"), FAULTS, ids=[f"{e}-{f.__name__}" for e, f in FAULTS])
def test_saving_says_so_keeps_the_text_and_works_again(
    app: Flask, web: FlaskClient, settings: config.Settings, fault: Fault
) -> None:
    reference = City().begin()
    sign_in(web, "owner@city.example")
    path = f"/en/applications/{reference}/sections/motivation"
    page = web.get(path)
    fields = {"csrf_token": csrf_of(page), "motivation.context": TYPED}
    before = _kept()
    db.release()
    with fault(settings):
        refused = web.post(path, data=fields)
    assert refused.status_code in STATUSES.get(fault, (503,)), refused.text[:2000]
    if refused.status_code == 503:
        assert refused.headers["Retry-After"] == "5"
        assert TYPED.strip() in unescape(refused.text)
    assert _kept() == before
    assert web.post(path, data=fields).status_code == 303
    assert TYPED.strip() in unescape(web.get(path).text)
    assert _kept()[-1] is None
    proof.reached("machine_faults", 1)


@pytest.mark.parametrize(("engine", "fault"), [("sqlite", machine.lost_file), ("postgresql", machine.server_away)])
def test_without_any_database_the_page_itself_holds_the_text_and_sends_it_again(
    app: Flask, web: FlaskClient, settings: config.Settings, fault: Fault
) -> None:
    reference = City().begin()
    sign_in(web, "owner@city.example")
    path = f"/en/applications/{reference}/sections/motivation"
    fields = {"csrf_token": csrf_of(web.get(path)), "motivation.context": "<b>Two</b>\nlines"}
    with fault(settings):
        refused = web.post(path, data=fields)
        assert web.get("/en/").status_code == 503
        assert web.get("/healthz").status_code == 200
        assert web.get("/readyz").status_code == 503
    assert (refused.status_code, _fields_of(refused)) == (503, fields)
    began = time.monotonic()
    assert web.post(path, data=_fields_of(refused)).status_code == 303
    assert "&lt;b&gt;Two&lt;/b&gt;\nlines" in web.get(path).text
    assert time.monotonic() - began < 60
    proof.reached("machine_faults", 1)


@pytest.mark.parametrize(("engine", "fault"), [("sqlite", machine.lost_file)])
def test_a_page_that_held_a_password_does_not_hold_it_afterwards(
    app: Flask, web: FlaskClient, settings: config.Settings, fault: Fault
) -> None:
    City()
    fields = {
        "csrf_token": csrf_of(web.get("/en/account/sign-in")),
        "email": "owner@city.example",
        "password": "a b c d",
    }
    with fault(settings):
        refused = web.post("/en/account/sign-in", data=fields)
    assert refused.status_code == 503
    assert _fields_of(refused) == {}
    assert "a b c d" not in refused.text


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("fault", [machine.full_disk, machine.read_only])
def test_what_is_stored_can_be_read_all_the_while(
    app: Flask, web: FlaskClient, settings: config.Settings, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = City().submitted()
    sign_in(web, "owner@city.example")
    web.get(f"/en/applications/{reference}/receipt")
    # As an hour later: "last seen" would be written now.
    monkeypatch.setattr(sessions, "SEEN_EVERY", -sessions.SEEN_EVERY)
    with fault(settings):
        assert web.get(f"/en/applications/{reference}/receipt").status_code == 200
        assert web.get("/en/registry/").status_code == 200
    proof.reached("machine_faults", 1)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_no_room_for_a_file_leaves_neither_row_nor_file(
    app: Flask, web: FlaskClient, settings: config.Settings
) -> None:
    answer, send, files = _adding(web, settings)
    with machine.no_room(settings, 40_000):
        refused = send()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert files() == []
    assert send().status_code == 303
    assert len(files()) == 2
    assert answer() == 1
    proof.reached("machine_faults", 1)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("number", [signal.SIGKILL, *([signal.SIGSTOP] if proof.IS_WHOLE else [])])
def test_a_child_that_dies_or_hangs_over_a_file(
    app: Flask, web: FlaskClient, settings: config.Settings, number: signal.Signals
) -> None:
    answer, send, files = _adding(web, settings)
    # What forks the children is there already: the next one is the child of this file.
    inspect(_written(settings, corpus.simple_pdf()), original_name="a.pdf", clean_path=settings.instance / "clean.pdf")
    began = time.monotonic()
    with machine.children_get(number, "inspection_child") as reached:
        refused = send()
    assert len(reached) == 1
    assert time.monotonic() - began < 60
    assert refused.status_code == 422
    assert "A plan, in short" in refused.text
    assert (answer(), files()) == (0, [])
    assert send().status_code == 303
    assert (answer(), len(files())) == (1, 2)
    proof.reached("machine_faults", 1)


def _written(settings: config.Settings, content: bytes) -> Path:
    path = settings.instance / "a.pdf"
    path.write_bytes(content)
    return path


def _adding(web: FlaskClient, settings: config.Settings) -> tuple[Any, Any, Any]:
    """How many files there are, the act of adding one, and what lies in the store."""
    reference = City().begin()
    sign_in(web, "owner@city.example")
    path = f"/en/applications/{reference}/files/add/practices.1.files"
    token = csrf_of(web.get(path))
    # So many parts that looking at them takes long enough to be met at it.
    parts = [b"<</A 1>>"] * 8_000
    named = b" ".join(b"%d 0 R" % number for number in range(5, 5 + len(parts)))
    page = corpus.PAGE.replace(b"<<>>", b"<</Properties<</P[%s]>>>>" % named)
    content = corpus.raw_pdf([corpus.CATALOG, corpus.PAGES, page, corpus.stream(b"0 0 9 9 re f"), *parts])

    def send() -> TestResponse:
        fields = {"csrf_token": token, "caption": "A plan, in short", "file": (io.BytesIO(content), "plan.pdf")}
        return web.post(path, data=fields)

    def rows() -> int:
        with db.reading() as session:
            return session.scalar(select(func.count()).select_from(Attachment)) or 0

    def files() -> list[str]:
        return [str(one) for one in settings.attachments.rglob("*") if one.is_file()]

    return rows, send, files


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("number", [signal.SIGKILL, *([signal.SIGSTOP] if proof.IS_WHOLE else [])])
def test_a_child_that_dies_or_hangs_over_a_receipt(app: Flask, web: FlaskClient, number: signal.Signals) -> None:
    reference = City().submitted()
    sign_in(web, "owner@city.example")
    with machine.children_get(number, "typesetting_child") as reached:
        refused = web.get(f"/en/applications/{reference}/receipt.pdf")
    assert reached
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert web.get(f"/en/applications/{reference}/receipt.pdf").data.startswith(b"%PDF-")
    proof.reached("machine_faults", 1)


@pytest.mark.parametrize("engine", ["postgresql"])
def test_idle_connections_that_were_cut_are_not_noticed_by_anybody(
    app: Flask, web: FlaskClient, settings: config.Settings
) -> None:
    world = City()
    sign_in(web, "owner@city.example")
    machine.end_connections(settings)
    assert web.get("/en/applications").status_code == 200
    machine.end_connections(settings)
    reference = world.filled()
    db.release()
    machine.end_connections(settings)
    assert post(web, f"/en/applications/{reference}/submit").status_code == 303
    assert row(reference).submitted_at is not None
    proof.reached("machine_faults", 1)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_damaged_page_is_found_and_nothing_is_written_over_it(
    app: Flask, web: FlaskClient, settings: config.Settings
) -> None:
    reference = City().filled()
    sign_in(web, "owner@city.example")
    path = f"/en/applications/{reference}/sections/motivation"
    fields = {"csrf_token": csrf_of(web.get(path)), "motivation.context": "New words"}
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute(text("SELECT rootpage FROM sqlite_schema WHERE name = 'answer'")).one()
        (size,) = connection.exec_driver_sql("PRAGMA page_size").one()
    db.close()
    file = machine.database_file(settings)
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : page * size] = b"\xa5" * size
    file.write_bytes(content)
    db.open(settings.database_url)
    refused = web.post(path, data=fields)
    assert refused.status_code == 503
    assert "New words" in refused.text
    db.close()
    assert bytes(content[(page - 1) * size : page * size]) in file.read_bytes()
    doctor = _gnlc(settings, "doctor")
    assert doctor.returncode == 1
    assert "FAILURE  pages: the database is damaged: stop, and restore a backup" in doctor.stdout
    proof.reached("machine_faults", 1)


def _gnlc(settings: config.Settings, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    from_settings = {
        "GNLC_INSTANCE": str(settings.instance),
        "GNLC_DATABASE_URL": settings.database_url,
        "GNLC_SECRET_KEY": settings.secret_key,
    }
    return site.gnlc(*arguments, environment={**from_settings, **changed})


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("worker", "--once"), ("doctor",), ("upgrade",)])
def test_without_its_file_no_program_starts_and_none_makes_another(
    settings: config.Settings, command: tuple[str, ...]
) -> None:
    machine.database_file(settings).unlink()
    ended = _gnlc(settings, *command)
    assert ended.returncode != 0
    assert not machine.database_file(settings).exists()
    assert "Traceback" not in ended.stderr
    proof.reached("machine_faults", 1)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_another_secret_key_voids_codes_and_loses_nothing(
    app: Flask, web: FlaskClient, settings: config.Settings
) -> None:
    world = City()
    reference = world.submitted()
    sign_in(web, "officer@network.example")
    assert app_code("officer@network.example")
    db.close()
    other = create_app(dataclasses.replace(settings, secret_key="another key of this test " + "y" * 32))
    other.config["PROPAGATE_EXCEPTIONS"] = False
    stale = other.test_client()
    assert row(reference).submitted_at is not None
    with db.reading() as session:
        assert ledger.verify(session).first_broken is None
    answer = post(
        stale, "/en/account/sign-in", email="officer@network.example", password="tiny orange kettle on a hill"
    )
    assert answer.status_code == 303
    answer = post(stale, answer.headers["Location"], code="123456")
    assert answer.status_code == 422
    proof.reached("machine_faults", 1)
