"""The server's worker: whoever has begun a request waits outside, and takes a thread once the request is there.

Without it four senders who begin and never go on hold the four threads of a process (slow loris), and so do connections that
a browser opens in advance and uses later. What is longer than ``ROOM`` (files) is read by a thread as it comes, which gives up
when nothing comes; behind a proxy that passes on whole requests (``deploy/nginx.conf``) nobody waits here at all.

What cannot be read as a request gets the one error page, with all headers, and nothing of what was sent in it.
"""

from __future__ import annotations

import contextlib
import logging
import re
import selectors
import socket
import time
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
ROOM = 16_384
"""Bytes of a request that are waited for here; the system keeps at least four times as many for each connection."""

log = logging.getLogger(__name__)

_STATUS = (
    (LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (ParseException, HTTPStatus.BAD_REQUEST),
)
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)


def is_whole(begun: bytes) -> bool:
    """Whether these first bytes are all of a request, or as much of it as is waited for. Only the parser judges what they say."""
    head, end, body = begun.partition(b"\r\n\r\n")
    if len(begun) >= ROOM:
        return True
    if not end:
        return False
    length = _LENGTH.search(head + b"\r\n")
    needed = int(length[1]) if length else 0
    return len(body) >= needed or len(head) + len(end) + needed > ROOM or b"\r\nexpect:" in head.lower()


@cache
def _answer(app: Flask, status: HTTPStatus) -> bytes:
    page = errors.page_for_nobody(app, status)
    headers = "".join(f"{name}: {value}\r\n" for name, value in {**FIXED, **dict(page.headers)}.items())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{headers}Connection: close\r\n\r\n"
    return head.encode("latin-1") + page.get_data()


class _Unreader(SocketUnreader):  # type: ignore[misc]
    """Reads a body that comes in pieces, and gives up when none comes."""

    def chunk(self, size_hint: int | None = None) -> bytes:
        self.sock.settimeout(SILENCE_SECONDS)
        try:
            piece: bytes = super().chunk(size_hint)
            return piece
        finally:
            # The answer may take as long as a slow line needs.
            self.sock.settimeout(None)


class _Visitor(TConn):  # type: ignore[misc]
    """A connection. Until its request is there it belongs to nobody's thread."""

    count = 0
    """Bytes of a request that is not whole yet."""

    def init(self) -> None:
        """Called in the thread that will answer."""
        is_first = not self.initialized
        super().init()
        if is_first:
            self.parser.unreader = _Unreader(self.sock)

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

    def accept(self, listener: socket.socket) -> None:
        """A new connection: to a thread if its request is there, else to the waiting room."""
        try:
            connection, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            # Another process was faster, or the caller has gone.
            return
        self.nr_conns += 1
        visitor = _Visitor(self.cfg, connection, address, listener.getsockname())
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

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        """What could not be read as a request. Neither page nor log say what was sent: it may hold a secret."""
        status = next((status for kind, status in _STATUS if isinstance(exc, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
        log.warning("could not read a request: %s", type(exc).__name__)
        self._refuse(client, status)

    def _refuse(self, client: socket.socket, status: HTTPStatus) -> None:
        with contextlib.suppress(OSError):
            # What is left unread would make the system break the connection off, and the answer with it.
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.recv(ROOM)
            client.sendall(_answer(self.wsgi, status))
