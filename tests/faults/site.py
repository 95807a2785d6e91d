"""The product as users run it: real processes on a port of this machine, and a light client to put many requests at once."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.sealing import hashed
from gnlc_apply.permissions import Actor
from gnlc_apply.services import sessions
from tests.smtp_sink import Sink

GNLC = [sys.executable, "-c", "from gnlc_apply.cli import main; main()"]


def own_environment(settings: config.Settings, **changed: str) -> dict[str, str]:
    """The environment of an installation with these settings, and nothing of ours."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GNLC_") and name != "DATABASE_URL"}
    return {
        **own,
        "GNLC_INSTANCE": str(settings.instance),
        "GNLC_DATABASE_URL": settings.database_url,
        "GNLC_SECRET_KEY": settings.secret_key,
        "GNLC_MAIL_BACKEND": "mailbox",
        **changed,
    }


def mail_environment(sink: Sink) -> dict[str, str]:
    """The settings of an installation that sends by this server, as fast as it takes."""
    return {
        "GNLC_MAIL_BACKEND": "smtp",
        "GNLC_MAIL_HOST": sink.host,
        "GNLC_MAIL_PORT": str(sink.port),
        "GNLC_MAIL_CA_FILE": str(sink.certificate),
        "GNLC_MAIL_SENDER": "Learning Cities <noreply@cities.example>",
        "GNLC_MAIL_PER_SECOND": "1000",
    }


def gnlc(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ``gnlc`` as a program of its own, to its end."""
    whole = {**os.environ, "DATABASE_URL": "", **environment}
    return subprocess.run([*GNLC, *arguments], env=whole, capture_output=True, text=True, timeout=100, check=False)


def free_port() -> int:
    """A port nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Answer:
    """Status, headers and body of one answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def location(self) -> str:
        """Where it leads; empty if nowhere."""
        return self.headers.get("Location", "")


@dataclass
class Served:
    """``gnlc serve`` at work."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    settings: config.Settings
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request over a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=100)
        try:
            connection.request(method, path, body or None, {n.replace("_", "-"): v for n, v in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def web_processes(self, awaited: int = 1) -> list[int]:
        """The processes that answer requests: children of gunicorn, which is a child of ``gnlc serve``.

        The first answers while the others are still being forked: so many are waited for.
        """
        deadline = time.monotonic() + 30
        while True:
            found = [grandchild for child in children_of(self.process.pid) for grandchild in children_of(child)]
            if len(found) >= awaited or time.monotonic() > deadline:
                return found
            time.sleep(0.05)

    def logged(self) -> str:
        """What the processes wrote to their error stream."""
        return self.log.read_text("utf-8", errors="replace")


def children_of(process: int) -> list[int]:
    """The processes that this one started and that still live."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(number) for number in listed.read_text().split()] if listed.exists() else []


def signed_in(settings: config.Settings, actor: Actor) -> tuple[str, str]:
    """A browser session of this person, prepared in the database: its cookie, and a CSRF token for its forms."""
    token, secret = secrets.token_urlsafe(32), secrets.token_hex(20)
    now = clock.now()
    values = {
        "person_id": actor.person_id,
        "contents": {"_user_id": str(actor.person_id), "_fresh": True, "csrf_token": secret},
        "signed_in_at": now,
        "second_factor_at": now,
        "expires_at": now.replace(year=now.year + 1),
    }
    sessions.save(hashed(token, "session"), values, "192.0.2.1", "test", is_new=True)
    return f"gnlc={token}", str(URLSafeTimedSerializer(settings.secret_key, salt="wtf-csrf-token").dumps(secret))


@contextmanager
def serving(settings: config.Settings, *options: str, **environment: str) -> Iterator[Served]:
    """``gnlc serve`` with these options for the length of the block, as a user starts it."""
    port, log = free_port(), settings.instance / "served.log"
    whole = own_environment(settings, GNLC_PUBLIC_URL=f"http://127.0.0.1:{port}", **environment)
    with log.open("wb") as told:
        process = subprocess.Popen([*GNLC, "serve", "--port", str(port), *options], env=whole, stderr=told, stdout=told)
    served = Served(port, process, log, settings)
    try:
        _wait(served)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            process.kill()
            process.wait()


def _wait(served: Served) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and served.process.poll() is None:
        try:
            if served.ask("GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not come up: {served.logged()}")
