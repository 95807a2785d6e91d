"""``gnlc serve``: the whole product in one command, ended politely, and a demonstration at home only."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from gnlc_apply.config import is_loopback
from tests.cli.conftest import GNLC, Installation


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _get(address: str) -> tuple[int, str, dict[str, str]]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # our own server
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), dict(error.headers)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not come up")


def _worker_seen(installation: Installation) -> str | None:
    connection = sqlite3.connect(installation.folder / "gnlc.sqlite3")
    try:
        seen: str | None = connection.execute("SELECT worker_seen_at FROM instance").fetchone()[0]
    finally:
        connection.close()
    return seen


def test_it_serves_works_and_ends(installation: Installation) -> None:
    port = _free_port()
    environment = {**installation.environment, "GNLC_MAIL_BACKEND": "mailbox"}
    process = subprocess.Popen(
        [*GNLC, "serve", "--port", str(port), "--processes", "1"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        status, body, headers = _get(f"http://127.0.0.1:{port}/healthz")
        assert (status, body) == (200, "ok\n")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert _get(f"http://127.0.0.1:{port}/en/")[0] == 200
        deadline = time.monotonic() + 30
        while _worker_seen(installation) is None and time.monotonic() < deadline:
            time.sleep(0.2)
        assert _worker_seen(installation) is not None
        process.send_signal(signal.SIGTERM)
        assert process.wait(45) == 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), 1)
    finally:
        process.kill()
        process.wait()


def test_a_demonstration_stays_at_home(installation: Installation) -> None:
    with sqlite3.connect(installation.folder / "gnlc.sqlite3") as connection:
        connection.execute("UPDATE instance SET is_demo = 1")
    connection.close()
    result = installation.gnlc("serve", "--host", "0.0.0.0", "--port", str(_free_port()))  # noqa: S104  # that is the point
    assert result.returncode == 1
    assert "on this machine only" in result.stderr
    # Nor for a server in front of it, on this machine, that the world can reach.
    result = installation.gnlc("serve", "--port", str(_free_port()), GNLC_PUBLIC_URL="https://demo.example")
    assert result.returncode == 1
    assert "on this machine only" in result.stderr
    assert "not https://demo.example" in result.stderr


def test_without_a_database_it_says_what_to_do(installation: Installation) -> None:
    (installation.folder / "gnlc.sqlite3").unlink()
    result = installation.gnlc("serve", "--port", str(_free_port()))
    assert result.returncode == 1
    assert "gnlc init" in result.stderr


@pytest.mark.parametrize(
    ("host", "is_home"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104  # that is the point
        ("::", False),
        ("cities.example", False),
        ("localhost.evil.example", False),
    ],
)
def test_what_counts_as_home(host: str, is_home: bool) -> None:
    assert is_loopback(host) is is_home
