"""A server as users run it: gunicorn with two processes of four threads, and what it costs in processor time and memory."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROCESSES, THREADS = 2, 4
START_SECONDS = 60


def processor_seconds(pid: int) -> float:
    """What a process has used of processors, all its threads together, to the nanosecond (Linux)."""
    # The clock of another process, as clock_getcpuclockid(3) makes it; /proc/PID/stat counts in hundredths only.
    return time.clock_gettime((~pid << 3) | 2)


def children_of(pid: int) -> list[int]:
    """The processes that this one started and that still run."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(word) for word in found.split()]


def proportional_memory(pid: int) -> int:
    """Bytes of memory of a process, shared pages by their share (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise LookupError("the kernel tells no PSS")


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@dataclass
class Server:
    """A running server. ``seconds_to_start`` is from the start of the program to its first answer."""

    port: int
    pid: int
    seconds_to_start: float = 0.0
    log: Path = field(default=Path(os.devnull))
    # The process whose children work for this server as well: a database of its own.
    database_pid: int | None = None

    def workers(self) -> list[int]:
        """The processes that answer."""
        return children_of(self.pid)

    def processor_seconds(self) -> float:
        """What the server and the processes it started have used, those of its workers included."""
        workers = self.workers()
        families = [pid for worker in workers for pid in (worker, *children_of(worker))]
        if self.database_pid is not None:
            families += [self.database_pid, *children_of(self.database_pid)]
        return sum(processor_seconds(pid) for pid in (self.pid, *families))

    def memory(self) -> float:
        """Bytes of the largest worker."""
        return float(max(proportional_memory(pid) for pid in self.workers()))


@contextmanager
def serving(
    target: str,
    environment: Mapping[str, str],
    folder: Path,
    first: str,
    config: str | None = None,
    python: Path = Path(sys.executable),
) -> Iterator[Server]:
    """Run gunicorn for ``target`` until the block ends. ``first`` is the address whose answer says that it runs."""
    port, log = free_port(), folder / f"server-{target.partition(':')[0]}.log"
    command = [
        *(str(python), "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
        *("--workers", str(PROCESSES), "--threads", str(THREADS), "--worker-class", "gthread", "--keep-alive", "30"),
        # A worker that ends in the middle would take its counters along.
        *("--max-requests", "0", "--timeout", "300", "--no-control-socket"),
        *(("--config", config) if config else ()),
        target,
    ]
    whole = {**os.environ, **environment}
    began = time.monotonic()
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=whole, stdout=said, stderr=said)
    try:
        server = Server(port, process.pid, log=log)
        _wait_for(server, process, first)
        server.seconds_to_start = time.monotonic() - began
        yield server
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(server: Server, process: subprocess.Popen[bytes], first: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
                connection.request("GET", first)
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"the server did not start:\n{server.log.read_text(encoding='utf-8')[-2000:]}")


@contextmanager
def product(folder: Path) -> Iterator[Server]:
    """The product over the instance in this folder."""
    environment = {"GNLC_INSTANCE": str(folder), "GNLC_PUBLIC_URL": "http://127.0.0.1", "GNLC_SECRET_KEY": ""}
    config = "python:gnlc_apply.cli.gunicorn_settings"
    with serving("gnlc_apply:create_app()", environment, folder, "/healthz", config) as server:
        yield server


@contextmanager
def floor(folder: Path) -> Iterator[Server]:
    """The floor over the database in this folder."""
    environment = {"FLOOR_DATABASE": str(folder / "floor.sqlite3")}
    with serving("benchmarks.floor.app:create_app()", environment, folder, "/hello") as server:
        yield server
