"""Upload cases G3, G4, G26, G27 and G28 over real connections: limits to the byte, bodies without a length or an end, a kill.

A sample in every run; ``./dev prove tests/faults/test_uploads.py`` sends fifty files at once (two minutes).
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Attachment
from gnlc_apply.services import upkeep
from gnlc_apply.storage.limits import MAX_BYTES
from tests import proof
from tests.city import City, actor_of
from tests.faults import site
from tests.faults.rush import Owner, multipart
from tests.storage import corpus

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1800), pytest.mark.parametrize("engine", ["sqlite"])]
MOST = 25 * 1024 * 1024
QUESTION = "practices.1.files"


@pytest.fixture
def owner(database: config.Settings) -> Owner:
    """A city official with a draft, signed in."""
    world = City()
    reference = world.begin()
    cookie, csrf = site.signed_in(database, actor_of(world.owner.person_id or 0))
    return Owner(reference, cookie, csrf)


@pytest.fixture
def served(database: config.Settings, owner: Owner) -> Iterator[site.Served]:
    """The product as it is started; its clock is the machine's own."""
    with site.serving(database, "--processes", "2") as running:
        yield running


def path(owner: Owner) -> str:
    """Where a file is added."""
    return f"/en/applications/{owner.reference}/files/add/{QUESTION}"


def send(served: site.Served, owner: Owner, content: bytes, name: str = "plan.pdf") -> site.Answer:
    """Add a file, as a browser sends it."""
    body, kind = multipart(owner, content, name)
    return served.ask("POST", path(owner), body, Cookie=owner.cookie, Content_Type=kind)


def of_size(size: int) -> bytes:
    """A PDF of exactly so many bytes."""
    shell = len(corpus.simple_pdf(content=b" " * 1_000_000)) - 1_000_000
    content = corpus.simple_pdf(content=b" " * (size - shell))
    assert len(content) == size
    return content


def rows() -> int:
    """How many files are known."""
    with db.reading() as session:
        return len(session.scalars(select(Attachment.id)).all())


def stored(settings: config.Settings) -> list[str]:
    """What lies in the store, finished or not."""
    return [path.name for path in settings.attachments.rglob("*") if path.is_file() and path.name != ".keep"]


@pytest.mark.parametrize("excess", [-1, 0, 1])
def test_g3_the_limit_to_the_byte(database: config.Settings, served: site.Served, owner: Owner, excess: int) -> None:
    answer = send(served, owner, of_size(MAX_BYTES + excess))
    assert (answer.status, rows()) == ((303, 1) if excess <= 0 else (413, 0))
    assert len(stored(database)) == 2 * rows()


def raw(served: site.Served, owner: Owner, head: str, parts: Iterator[bytes]) -> bytes:
    """Send a request by hand until all is sent or the server has heard enough; the first line of the answer."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as line:
        start = f"POST {path(owner)} HTTP/1.1\r\nHost: localhost\r\nCookie: {owner.cookie}\r\n{head}\r\n"
        line.sendall(start.encode())
        with suppress(OSError):
            for part in parts:
                line.sendall(part)
        return line.makefile("rb").readline()


def test_g3_what_says_that_it_is_too_long_is_refused_unread(
    database: config.Settings, served: site.Served, owner: Owner
) -> None:
    kind = "Content-Type: multipart/form-data; boundary=mark\r\n"
    # Eight bytes of it are sent, and the answer comes: nobody waits for the rest.
    said = raw(served, owner, f"{kind}Content-Length: {MOST + 1}\r\n", iter([b"--mark\r\n"]))
    assert said.split()[1] == b"413"
    assert (rows(), stored(database)) == (0, [])


def test_g4_a_body_without_a_length_ends_at_the_limit(
    database: config.Settings, served: site.Served, owner: Owner
) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        head = b'--mark\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n\r\n%PDF-1.7\n'
        yield b"%x\r\n%s\r\n" % (len(head), head)
        block = bytes(256 * 1024)
        while sent < 4 * MOST:
            sent += len(block)
            yield b"%x\r\n%s\r\n" % (len(block), block)
        yield b"0\r\n\r\n"

    kind = "Content-Type: multipart/form-data; boundary=mark\r\nTransfer-Encoding: chunked\r\n"
    said = raw(served, owner, kind, endless())
    assert said == b"" or said.split()[1] in (b"400", b"411", b"413")
    assert (rows(), stored(database)) == (0, [])
    assert served.ask("GET", "/healthz").status == 200


def test_g27_a_connection_cut_half_way_leaves_nothing(
    database: config.Settings, served: site.Served, owner: Owner
) -> None:
    body, kind = multipart(owner, of_size(2_000_000), "plan.pdf")
    for share in (0.1, 0.5, 0.99):
        with socket.create_connection(("127.0.0.1", served.port), timeout=60) as line:
            head = f"POST {path(owner)} HTTP/1.1\r\nHost: localhost\r\nCookie: {owner.cookie}\r\n"
            line.sendall(f"{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            line.sendall(body[: int(len(body) * share)])
    time.sleep(1)
    assert (rows(), stored(database)) == (0, [])
    assert send(served, owner, corpus.simple_pdf()).status == 303


def test_g26_files_sent_at_once_never_pass_the_limit(
    database: config.Settings, served: site.Served, owner: Owner
) -> None:
    got: list[int] = []
    many = proof.amount(10, 50)
    threads = [
        threading.Thread(target=lambda: got.append(send(served, owner, corpus.simple_pdf()).status))
        for _ in range(many)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [303] * 5 + [409] * (many - 5)
    assert rows() == 5
    # What was taken in and then refused lies there without a row until the sweep.
    with clock.at(clock.now() + timedelta(days=365 * 3)):
        upkeep.sweep_files()
    assert len(stored(database)) == 10


def test_g28_killed_between_file_and_row_the_sweep_takes_the_file(
    database: config.Settings, served: site.Served, owner: Owner
) -> None:
    """The row waits for the database's writer, whom we hold, while the file lies there already: then comes the kill."""
    with db.writing() as session:
        session.execute(select(1))
        sender = threading.Thread(target=_send_in_vain, args=(served, owner))
        sender.start()
        deadline = time.monotonic() + 60
        while len(list((database.attachments / "served").rglob("??/*"))) < 1 and time.monotonic() < deadline:
            time.sleep(0.02)
        for process in served.web_processes():
            os.kill(process, signal.SIGKILL)
    sender.join(60)
    assert rows() == 0
    assert len(stored(database)) >= 2, "the file was not there yet: nothing was proven"
    with clock.at(clock.now() + timedelta(days=365 * 3)):
        assert upkeep.sweep_files() >= 2
    assert stored(database) == []


def _send_in_vain(served: site.Served, owner: Owner) -> None:
    with suppress(OSError):
        send(served, owner, corpus.simple_pdf())
