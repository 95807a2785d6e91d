"""A world in a process of its own that answers requests and says how long each took."""

from __future__ import annotations

import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from gnlc_apply.core import clock
from tests.conftest import NOW
from tests.worlds.asking import came_in
from tests.worlds.ground import Ground, opened


def serve(world: Ground, line: Connection) -> None:
    """Answer (role, address) with (status, milliseconds) until the line ends. What the child process runs."""
    with clock.at(NOW):
        app = opened(world)
        while (wanted := line.recv()) is not None:
            role, address = wanted
            client = came_in(app, world, role)
            began = time.perf_counter_ns()
            status = client.get(address).status_code
            line.send((status, (time.perf_counter_ns() - began) / 1e6))


@dataclass
class Timed:
    """A world that is served, and the line to it."""

    process: SpawnProcess
    line: Connection

    def ask(self, role: str, address: str) -> tuple[int, float]:
        """The status, and how long the answer took in milliseconds."""
        self.line.send((role, address))
        status, milliseconds = self.line.recv()
        return int(status), float(milliseconds)

    def end(self) -> None:
        """Let the process go."""
        self.line.send(None)
        self.process.join(timeout=20)
