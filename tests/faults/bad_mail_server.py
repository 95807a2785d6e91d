"""A mail server that misbehaves below the protocol: says nothing, says it slowly, lies, or hangs up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

Talk = Callable[[socket.socket], None]


def says_nothing(line: socket.socket) -> None:
    """Takes the call and is silent until the other side gives up."""
    line.settimeout(20)
    line.recv(1)


def says_it_slowly(line: socket.socket) -> None:
    """One letter of the greeting after the other, each just in time."""
    for letter in b"220 mail\r\n":
        line.send(bytes([letter]))
        time.sleep(0.6)


def is_no_mail_server(line: socket.socket) -> None:
    """Greets as a web server."""
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def is_closing(line: socket.socket) -> None:
    """Greets with 421."""
    line.sendall(b"421 mail.example shutting down\r\n")


def hangs_up(line: socket.socket) -> None:
    """Ends the call at once."""


def breaks_tls(line: socket.socket) -> None:
    """Offers STARTTLS and then speaks something else."""
    line.sendall(b"220 mail.example ESMTP\r\n")
    line.recv(1000)
    line.sendall(b"250-mail.example\r\n250 STARTTLS\r\n")
    line.recv(1000)
    line.sendall(b"220 go on\r\n")
    line.recv(1000)
    line.sendall(b"this is no handshake")


def hangs_up_after_data(line: socket.socket) -> None:
    """Takes a whole message and ends the call without a word: nobody knows whether it has it."""
    line.sendall(b"220 mail.example ESMTP\r\n")
    heard = line.makefile("rb")
    for answer in (b"250 mail.example\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n"):
        heard.readline()
        line.sendall(answer)
    while heard.readline() not in (b".\r\n", b""):
        pass
    heard.close()


@contextmanager
def running(talk: Talk) -> Iterator[int]:
    """The port at which every call is answered like this."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        is_over = threading.Event()

        def answer() -> None:
            while not is_over.is_set():
                with suppress(OSError):
                    line, _who = server.accept()
                    with line, suppress(OSError):
                        talk(line)

        taker = threading.Thread(target=answer, daemon=True)
        taker.start()
        port: Any = server.getsockname()[1]
        try:
            yield int(port)
        finally:
            is_over.set()
            server.shutdown(socket.SHUT_RDWR)
            taker.join(30)
