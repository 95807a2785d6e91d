"""What no browser sends, over bare sockets to the product as it is started: too long, or at odds with itself.

Cases E13 and E16, and of J21 what holds without a proxy: what is begun and not finished waits outside the threads
(``cli/waiting_room.py``). Long bodies are for the proxy in front, which passes on whole requests only (``deploy/nginx.conf``).
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from gnlc_apply import config
from gnlc_apply.cli import gunicorn_settings, waiting_room
from gnlc_apply.web.headers import FIXED
from tests.city import City
from tests.faults import site

pytestmark = [pytest.mark.parametrize("engine", ["sqlite"])]

POST = "POST /en/account/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
GET = "GET /en/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
# A second request in what one side may take for the body of the first.
SMUGGLED = "GET /en/smuggled HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"

TOO_LONG = {
    "an address": ("GET /en/?" + "x" * 9000 + " HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n", 414),
    "a header": (GET + "X-Long: " + "x" * 9000 + "\r\n\r\n", 431),
    "many headers": (GET + "".join(f"X-{n}: y\r\n" for n in range(100)) + "\r\n", 431),
    "a body": (POST + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900000000\r\n\r\nx", 413),
}
CHUNK = "0\r\n\r\n"
CONTRADICTORY = {
    "a length and pieces": (f"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{CHUNK}", 400),
    "two lengths": ("Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde", 400),
    "one length twice": ("Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", 400),
    "a list of lengths": ("Content-Length: 5, 5\r\n\r\nabcde", 400),
    "a length with a sign": ("Content-Length: +5\r\n\r\nabcde", 400),
    "a negative length": ("Content-Length: -5\r\n\r\nabcde", 400),
    "a folded header": ("X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n", 400),
    "a blank before the colon": (f"Transfer-Encoding : chunked\r\n\r\n{CHUNK}", 400),
    "an unknown coding": (f"Transfer-Encoding: xchunked\r\n\r\n{CHUNK}", 501),
    "two codings": (f"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{CHUNK}", 400),
    "a coding behind a control sign": (f"Transfer-Encoding:\x0bchunked\r\n\r\n{CHUNK}", 400),
    "a piece of no length": (f"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n{CHUNK}", 400),
    "a piece of negative length": (f"Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n{CHUNK}", 400),
    "lines that end otherwise": ("Content-Length: 0\n\n", 400),
    "a sign that is none": ("X-A: a\x00b\r\nContent-Length: 0\r\n\r\n", 400),
}


@pytest.fixture
def served(database: config.Settings) -> Iterator[site.Served]:
    """The product with one web process, so that a dead one would be missed."""
    City()
    with site.serving(database, "--processes", "1", "--without-worker") as running:
        yield running


def said(served: site.Served, words: str) -> bytes:
    """Everything that comes back until the server closes, or says nothing for two seconds."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as line:
        with contextlib.suppress(ConnectionError):
            line.sendall(words.format(port=served.port).encode("latin-1"))
        line.settimeout(2)
        found = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            while piece := line.recv(65536):
                found += piece
    return found


def as_declared(answer: bytes) -> bool:
    """Whether this is the product's own page, with the headers that every answer of it has."""
    head, _, page = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    is_ours = page.count(b"<h1") == 1 and page.rstrip().endswith(b"</html>")
    return is_ours and {f"{name}: {value}" for name, value in FIXED.items()} | {"Cache-Control: no-store"} <= set(lines)


def test_what_is_too_long_or_contradicts_itself_is_refused_once_and_nobody_dies(served: site.Served) -> None:
    before, tries = served.web_processes(), dict(TOO_LONG)
    tries |= {name: (f"{POST}{rest}{SMUGGLED}", status) for name, (rest, status) in CONTRADICTORY.items()}
    tries["pieces in an old version"] = (
        f"{POST.replace('/1.1', '/1.0')}Transfer-Encoding: chunked\r\n\r\n{CHUNK}{SMUGGLED}",
        400,
    )
    found = {}
    for name, (words, status) in tries.items():
        answer = said(served, words)
        first = int(answer.split()[1]) if answer else 0
        if first != 501:
            assert as_declared(answer), (name, answer)
        # One answer, and none to what was behind it; and nothing of what was sent comes back.
        if (first, answer.count(b"HTTP/1."), b"smuggled" in answer, b"xxxx" in answer) != (status, 1, False, False):
            found[name] = answer[:80]
    assert found == {}
    # Two requests that are two requests are answered as two: what would have been seen above.
    assert said(served, f"{GET}\r\n{SMUGGLED}").count(b"HTTP/1.") == 2
    assert served.web_processes() == before
    assert "Traceback" not in served.logged()


BEGUN = {
    "an address": "GET /en/reg",
    "a header": GET + "Accept: text/ht",
    "a form": POST + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nemail=ana",
    "a form that asks": POST + "Expect: 100-continue\r\nContent-Length: 50\r\n\r\n",
    "pieces": POST + "Transfer-Encoding: chunked\r\n\r\n",
}
# More than a process takes connections.
SILENT = gunicorn_settings.worker_connections + 20


def test_whoever_begins_and_does_not_go_on_keeps_nobody_waiting_and_is_told(served: site.Served) -> None:
    """A process of four threads. Each beginning comes six times, and more say nothing at all than it takes connections."""
    with contextlib.ExitStack() as lines:

        def begin(words: str) -> socket.socket:
            line = lines.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=60))
            line.sendall(words.format(port=served.port).encode())
            return line

        halves = [begin(words) for words in BEGUN.values() for _time in range(6)]
        # Behind a whole request, which is answered.
        for words in ("GET /en/reg", GET):
            for _time in range(6):
                begin(f"{GET}\r\n{words}")
        started = time.monotonic()
        assert [served.ask("GET", "/en/").status for _time in range(5)] == [200] * 5
        assert time.monotonic() - started < waiting_room.HEAD_SECONDS / 2
        # One goes on, in two pieces: it is answered like any other.
        slow = begin(GET.format(port=served.port))
        slow.sendall(b"Accept: text/html\r\n")
        slow.sendall(b"\r\n")
        assert slow.recv(12) == b"HTTP/1.1 200"
        for line in halves:
            answer = b""
            while piece := line.recv(65536):
                answer += piece
            assert (answer[:12], as_declared(answer)) == (b"HTTP/1.1 408", True)
        assert b"ana" not in answer
        for _time in range(SILENT):
            lines.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=60))
        started = time.monotonic()
        assert served.ask("GET", "/en/").status == 200
        assert time.monotonic() - started < waiting_room.HEAD_SECONDS / 2
    assert "Traceback" not in served.logged()


WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
PIECES = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
FORM = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n%s\r\n%s"


@pytest.mark.parametrize(
    ("begun", "is_whole"),
    [
        (b"", False),
        (b"GET / HT", False),
        (WHOLE[:-1], False),
        (WHOLE, True),
        (FORM % (3, b"", b"ab"), False),
        (FORM % (3, b"", b"abc"), True),
        (FORM.replace(b"Content-Length", b"content-length") % (3, b"", b"ab"), False),
        # Longer than is waited for: read by a thread as it comes.
        (FORM % (waiting_room.ROOM, b"", b"ab"), True),
        (FORM % (3, b"Expect: 100-continue\r\n", b""), False),
        (b"GET /" + b"x" * waiting_room.ROOM, True),
        # In pieces it ends with an empty one.
        (PIECES, False),
        (PIECES + b"2\r\nab\r\n", False),
        (PIECES + b"2\r\nab\r\n0\r\n\r\n", True),
        (PIECES + b"0\r\n\r\n", True),
    ],
)
def test_when_a_request_is_there(begun: bytes, is_whole: bool, engine: str) -> None:
    assert waiting_room.is_whole(begun) is is_whole
