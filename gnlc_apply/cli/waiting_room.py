"""The server's worker: whoever has begun a request waits outside, and takes a thread once the request is there.

Without it four senders who begin and never go on hold the four threads of a process (slow loris), and so do connections that
a browser opens in advance and uses later. What is longer than ``ROOM`` (files) is read by a thread as it comes, which gives up
when nothing comes or too little; behind a proxy that passes on whole requests (``deploy/nginx.conf``) nobody waits here at all.

Nor does the loop that looks after all connections wait for anybody: who does not hang up after the last answer is left to the
poller, and where connections run out, the one that has been silent longest makes room.

What cannot be read as a request gets the one error page, with all headers, and nothing of what was sent in it.
"""

from __future__ import annotations

import contextlib
import logging
import re
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache, partial
from http import HTTPStatus
from itertools import takewhile

from flask import Flask
from gunicorn.http.errors import (  # type: ignore[import-untyped]  # it has no types
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from gnlc_apply.web import errors
from gnlc_apply.web.headers import FIXED

HEAD_SECONDS = 20.0
"""From the connection, or from the last answer on it, until the request has to be there."""
SILENCE_SECONDS = 60.0
"""So long a thread waits for the next piece of a long body."""
SLOWEST = 4_096
"""Bytes a second that a long body must bring, after ``SILENCE_SECONDS`` of grace."""
LEAVE_SECONDS = 2.0
"""So long a sender has to hang up after the last answer."""
ROOM = 16_384
"""Bytes of a request that are waited for here; the system keeps at least four times as many for each connection."""

log = logging.getLogger(__name__)

_STATUS = (
    (LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (ParseException, HTTPStatus.BAD_REQUEST),
)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)


def is_whole(begun: bytes) -> bool:
    """Whether these first bytes are all of a request, or as much of it as is waited for. Only the parser judges what they say."""
    head, end, body = begun.partition(b"\r\n\r\n")
    if len(begun) >= ROOM:
        return True
    if not end:
        return False
    if _CHUNKED.search(head + b"\r\n"):
        return body.startswith(b"0\r\n") or b"\r\n0\r\n" in body
    length = _LENGTH.search(head + b"\r\n")
    needed = int(length[1]) if length else 0
    return len(body) >= needed or len(head) + len(end) + needed > ROOM


@cache
def _answer(app: Flask, status: HTTPStatus) -> bytes:
    page = errors.page_for_nobody(app, status)
    headers = "".join(f"{name}: {value}\r\n" for name, value in {**FIXED, **dict(page.headers)}.items())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{headers}Connection: close\r\n\r\n"
    return head.encode("latin-1") + page.get_data()


class _Unreader(SocketUnreader):  # type: ignore[misc]
    """Reads a body that comes in pieces. Raises TimeoutError when none comes, or too little in the long run."""

    def begin(self) -> None:
        """A thread begins with the next request."""
        self.since, self.read_bytes = time.monotonic(), 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        left = self.since + SILENCE_SECONDS + self.read_bytes / SLOWEST - time.monotonic()
        if left <= 0:
            raise TimeoutError
        # The answer may take as long as a slow line needs; and whoever has set a shorter time keeps it.
        before = self.sock.gettimeout()
        self.sock.settimeout(min(left, SILENCE_SECONDS, before or SILENCE_SECONDS))
        try:
            piece: bytes = super().chunk(size_hint)
        finally:
            self.sock.settimeout(before)
        self.read_bytes += len(piece)
        return piece


class _Visitor(TConn):  # type: ignore[misc]
    """A connection. Until its request is there it belongs to nobody's thread."""

    count = 0
    """Bytes of a request that is not whole yet."""
    let_go: Callable[[socket.socket], None]
    """The worker's way to end a connection without waiting for the other side."""

    def init(self) -> None:
        """Called in the thread that will answer."""
        is_first = not self.initialized
        super().init()
        if is_first:
            self.parser.unreader = _Unreader(self.sock)
        self.parser.unreader.begin()

    def close(self, graceful: bool = False) -> None:
        """``graceful``: after an answer, which must reach the other side."""
        if graceful:
            self.let_go(self.sock)
        else:
            super().close()

    def has_arrived(self) -> bool:
        """Whether a thread should take it: the request is there, or nothing more will come. What has come is left where it is."""
        try:
            begun = self.sock.recv(ROOM, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        # Readable without a byte more: the sender has closed his side.
        has_ended = len(begun) == self.count
        self.count = len(begun)
        is_there = has_ended or is_whole(begun)
        # While it is waited for, only more bytes than these make it readable.
        self._wake_at(1 if is_there else self.count + 1)
        if is_there:
            self.count = 0
        return is_there

    def _wake_at(self, count: int) -> None:
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads, and a waiting room before them."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._leaving: dict[socket.socket, float] = {}

    def accept(self, listener: socket.socket) -> None:
        """A new connection: to a thread if its request is there, else to the waiting room."""
        try:
            connection, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            # Another process was faster, or the caller has gone.
            return
        self._make_room()
        self.nr_conns += 1
        visitor = _Visitor(self.cfg, connection, address, listener.getsockname())
        visitor.let_go = self._let_go
        if visitor.has_arrived():
            visitor.data_ready = True
            self.enqueue_req(visitor)
        else:
            self._seat(visitor)

    def on_client_socket_readable(self, conn: _Visitor, client: socket.socket) -> None:
        """The next request of a connection that was kept."""
        if conn.has_arrived():
            super().on_client_socket_readable(conn, client)
        else:
            self.poller.unregister(client)
            self.keepalived_conns.remove(conn)
            self._seat(conn)

    def on_pending_socket_readable(self, conn: _Visitor, client: socket.socket) -> None:
        """More has come for somebody in the waiting room."""
        if conn.has_arrived():
            super().on_pending_socket_readable(conn, client)

    def finish_request(self, conn: _Visitor, fs: Future[object]) -> None:
        """A thread has answered. What it read of a next request is not lost, but a begun one takes no thread again."""
        begun = conn.parser.unreader.buf.getvalue() if conn.parser is not None else b""
        if begun and not is_whole(begun):
            self.nr_conns -= 1
            conn.close(graceful=True)
        else:
            super().finish_request(conn, fs)

    def _make_room(self) -> None:
        """Before the last connection is taken: whoever has said nothing for longest goes, else who began first."""
        if self.nr_conns < self.worker_connections - self.cfg.threads or not self.pending_conns:
            return
        gone = next((visitor for visitor in self.pending_conns if not visitor.count), self.pending_conns[0])
        self.pending_conns.remove(gone)
        self.poller.unregister(gone.sock)
        self.nr_conns -= 1
        gone.close()

    def _let_go(self, connection: socket.socket) -> None:
        """Say that nothing more comes, and close once the other side has heard it."""
        try:
            connection.setblocking(False)
            connection.shutdown(socket.SHUT_WR)
            self.poller.register(connection, selectors.EVENT_READ, self._on_leaving)
        except OSError:
            connection.close()
        else:
            self._leaving[connection] = time.monotonic() + LEAVE_SECONDS

    def _on_leaving(self, connection: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            # Thrown away: closing with something unread would break off the answer on its way.
            if connection.recv(ROOM):
                return
        self._gone(connection)

    def _gone(self, connection: socket.socket) -> None:
        self.poller.unregister(connection)
        del self._leaving[connection]
        connection.close()

    def _seat(self, visitor: _Visitor) -> None:
        visitor.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(visitor)
        self.poller.register(visitor.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, visitor))

    def murder_pending(self) -> None:
        """Answer those who began and did not go on; whoever said nothing is only left."""
        now = time.monotonic()
        for visitor in takewhile(lambda visitor: visitor.timeout <= now, self.pending_conns):
            if visitor.count:
                self._refuse(visitor.sock, HTTPStatus.REQUEST_TIMEOUT)
        super().murder_pending()
        for connection in [connection for connection, until in self._leaving.items() if until <= now]:
            self._gone(connection)

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        """What could not be read as a request. Neither page nor log say what was sent: it may hold a secret."""
        status = next((status for kind, status in _STATUS if isinstance(exc, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("a fault outside the application", exc_info=exc)
        else:
            log.warning("could not read a request: %s", type(exc).__name__)
        self._refuse(client, status)

    def _refuse(self, client: socket.socket, status: HTTPStatus) -> None:
        with contextlib.suppress(OSError):
            # What is left unread would make the system break the connection off, and the answer with it.
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.recv(ROOM)
            client.sendall(_answer(self.wsgi, status))
