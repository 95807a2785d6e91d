"""``gnlc serve``: the whole product on this machine: gunicorn and, on SQLite, the worker beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

import click

from gnlc_apply import config
from gnlc_apply.cli.setup import open_database
from gnlc_apply.extensions import db
from gnlc_apply.queries import instance, readiness

# gunicorn lets running requests end within 30 seconds of being asked to stop.
GRACE_SECONDS = 40
RESTART_SECONDS = 5
POLL_SECONDS = 0.3

_WORKER = [sys.executable, "-c", "from gnlc_apply.cli import main; main()", "worker", "--tied"]


def _gunicorn(host: str, port: int, processes: int, threads: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "--config", "python:gnlc_apply.cli.gunicorn_settings"),
        *("--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"),
        *("--workers", str(processes), "--threads", str(threads), "gnlc_apply:create_app()"),
    ]


@dataclass
class Household:
    """The server and perhaps a worker: started together, ended together. A worker that dies is started again."""

    server: list[str]
    worker: list[str] | None
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _is_ending: bool = False
    _worker_due: float = 0.0

    def end(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Ask everybody to finish."""
        self._is_ending = True

    def _mind_worker(self) -> None:
        running = self._running.get("worker")
        if self.worker is None or (running is not None and running.poll() is None):
            return
        if running is not None and self._worker_due == 0.0:
            click.echo(f"The worker ended with status {running.returncode}; it is started again.", err=True)
            self._worker_due = time.monotonic() + RESTART_SECONDS
        if time.monotonic() >= self._worker_due:
            self._running["worker"] = subprocess.Popen(self.worker)
            self._worker_due = 0.0

    def _finish(self) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def run(self) -> int:
        """Keep house until somebody ends it or the server ends; the server's exit status, 0 when asked to end."""
        before = {number: signal.signal(number, self.end) for number in (signal.SIGTERM, signal.SIGINT)}
        server = self._running["server"] = subprocess.Popen(self.server)
        try:
            while not self._is_ending and server.poll() is None:
                self._mind_worker()
                time.sleep(POLL_SECONDS)
        finally:
            self._finish()
            for number, handler in before.items():
                signal.signal(number, handler)
        return 0 if self._is_ending else server.returncode


def _require_home(host: str) -> None:
    if not config.is_loopback(host):
        raise click.ClickException("This is a demonstration: it is served on this machine only (127.0.0.1).")
    settings = config.current()
    if not settings.is_at_home:
        raise click.ClickException(
            "This is a demonstration: it is served on this machine only, so GNLC_PUBLIC_URL must be an address of it, "
            f"not {settings.public_url}."
        )


def keep_house(host: str, port: int, *, processes: int = 2, threads: int = 4, with_worker: bool | None = None) -> int:
    """Serve until told to end; the exit status. ``with_worker`` None: on SQLite yes, on PostgreSQL no.

    The settings must be loaded and the database open. Raises click.ClickException when it must not be served there.
    """
    found = readiness.look()
    if not found.database or not found.migrations:
        raise click.ClickException("The database is missing or not at the newest migration: run 'gnlc init'.")
    if instance.is_demo():
        _require_home(host)
    wants_worker = db.dialect == "sqlite" if with_worker is None else with_worker
    # The children open their own connections.
    db.close()
    return Household(_gunicorn(host, port, processes, threads), _WORKER if wants_worker else None).run()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, help="The port to listen at.")
@click.option("--processes", default=2, show_default=True, help="Web processes.")
@click.option("--threads", default=4, show_default=True, help="Threads in each web process.")
@click.option(
    "--with-worker/--without-worker",
    "with_worker",
    default=None,
    help="Run the worker too (default: on SQLite yes; on PostgreSQL run 'gnlc worker' yourself).",
)
def serve(host: str, port: int, processes: int, threads: int, with_worker: bool | None) -> None:
    """Serve the product. Behind a proxy set GNLC_PUBLIC_URL and GNLC_PROXY_COUNT."""
    settings = open_database()
    # What is not said here is taken from the current folder, and children must see the same.
    os.environ.setdefault("GNLC_INSTANCE", str(settings.instance))
    click.echo(f"Serving at http://{host}:{port} (public address {settings.public_url}); Ctrl-C ends it.")
    raise SystemExit(keep_house(host, port, processes=processes, threads=threads, with_worker=with_worker))
