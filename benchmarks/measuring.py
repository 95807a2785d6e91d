"""Product and floor by turns: processor time of the servers, waiting time of the client, medians over the rounds."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.client import Ask, Client
from benchmarks.ground.building import Facts
from benchmarks.probes import Probe, Scene, floor_asks, floor_forms
from benchmarks.servers import PROCESSES, Server

# A connection stays with one worker; so many reach all of them.
CONNECTIONS = PROCESSES * 3


@dataclass
class Series:
    """What one page cost, round by round."""

    processor_ms: list[float] = field(default_factory=list)
    waits_ms: list[float] = field(default_factory=list)

    @property
    def cost(self) -> float:
        """Median of processor milliseconds of one request."""
        return statistics.median(self.processor_ms)

    def percentile(self, share: int) -> float:
        """The waiting time that so many of a hundred requests do not pass, in milliseconds."""
        return statistics.quantiles(self.waits_ms, n=100, method="inclusive")[share - 1]


@dataclass
class Pair:
    """A probe of the product and its page of the floor."""

    probe: Probe
    product: Series = field(default_factory=Series)
    floor: Series = field(default_factory=Series)

    @property
    def ratio(self) -> float:
        """How many times as dear as the floor, median of the rounds."""
        each = zip(self.product.processor_ms, self.floor.processor_ms, strict=True)
        return statistics.median(ours / theirs for ours, theirs in each)


def block(server: Server, clients: Sequence[Client], asks: Sequence[Ask], series: Series | None) -> None:
    """Send these requests one after the other and note what they cost the server."""
    before, waits = server.processor_seconds(), []
    for number, ask in enumerate(asks):
        began = time.perf_counter()
        clients[number % len(clients)].expect(ask)
        waits.append((time.perf_counter() - began) * 1000)
    if series is not None:
        series.processor_ms.append((server.processor_seconds() - before) * 1000 / len(asks))
        series.waits_ms += waits


@dataclass
class Bench:
    """Two servers side by side, and clients that are connected to them until ``close``."""

    facts: Facts
    product: Server
    floor: Server

    def __post_init__(self) -> None:
        self._helpers = [Client(self.product.port), Client(self.floor.port)]
        self.scene, self.forms = Scene(self.facts, self._helpers[0]), floor_forms(self._helpers[1])
        self._ours = [Client(self.product.port) for _ in range(CONNECTIONS)]
        self._theirs = [Client(self.floor.port) for _ in range(CONNECTIONS)]

    def close(self) -> None:
        """Give all connections back."""
        for client in (*self._helpers, *self._ours, *self._theirs):
            client.close()

    def run(self, probes: Sequence[Probe], rounds: int, say: Callable[[str], None]) -> list[Pair]:
        """Every probe in every round, product and floor by turns, after a round that only warms up."""
        pairs = [Pair(probe) for probe in probes]
        for number in range(rounds + 1):
            say(f"round {number} of {rounds}" if number else "warming up")
            for pair in pairs:
                self._one(pair, is_measured=number > 0)
        return pairs

    def _one(self, pair: Pair, *, is_measured: bool) -> None:
        probe, files = pair.probe, len(self.scene.facts.files)
        count = probe.requests if is_measured else max(CONNECTIONS, 2)
        ours = probe.prepare(self.scene, count)
        block(self.product, self._ours, ours, pair.product if is_measured else None)
        theirs = floor_asks(probe.against, count, files, self.forms)
        block(self.floor, self._theirs, theirs, pair.floor if is_measured else None)


def throughput(port: int, asks: Sequence[Ask], concurrency: int = 8) -> float:
    """Requests a second when so many clients send at once, each its share, one after the other."""
    problems: list[Exception] = []

    def send(share: Sequence[Ask]) -> None:
        client = Client(port)
        try:
            for ask in share:
                client.expect(ask)
        except Exception as problem:  # noqa: BLE001 (told below, in the thread that waits)
            problems.append(problem)
        finally:
            client.close()

    threads = [threading.Thread(target=send, args=(asks[n::concurrency],)) for n in range(concurrency)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - began
    if problems:
        raise problems[0]
    return len(asks) / taken
