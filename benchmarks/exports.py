"""Everything of a call to take away: first byte, processor time beside a bare stream of as many rows, statements, memory."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import counting
from benchmarks.acts import figures
from benchmarks.client import Ask, WrongAnswer
from benchmarks.floor import documents
from benchmarks.ground import people
from benchmarks.ground.building import Facts, enter
from benchmarks.ground.people import token_of
from benchmarks.rows import Row
from benchmarks.servers import Server, floor, product
from gnlc_apply.extensions import db

Say = Callable[[str], None]
KINDS = ("json", "csv")
FIRST_BYTE_MS, STATEMENTS, MEMORY_MIB, MANY = 50, 6, 20, 100_000
# The first round starts what every process starts once, and is not counted.
EACH_ROUND = 2


@dataclass
class Taken:
    """What one file cost, each time it was taken."""

    processor_ms: list[float] = field(default_factory=list)
    first_byte_ms: list[float] = field(default_factory=list)
    whole_ms: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def cost(self) -> float:
        """Median of processor milliseconds."""
        return statistics.median(self.processor_ms)


def rows(folder: Path, facts: Facts, rounds: int, say: Say) -> list[Row]:
    """All rows of the exports; the floor streams documents of the same number and size."""
    say("taking everything away")
    counts = _statements(folder, facts)
    documents.fill(folder / "floor.sqlite3", len(facts.files))
    found = _measured(folder, facts, rounds)
    return [
        *(_row(kind, *found[kind], counts[kind], len(facts.files)) for kind in KINDS),
        *(
            Row(f"export_{kind}_sql", f"statements: {kind} of a call", STATEMENTS, counts[kind], "statements")
            for kind in KINDS
        ),
    ]


def memory(say: Say) -> list[Row]:
    """What an export of a hundred thousand rows adds to a process."""
    say(f"taking {MANY:,} applications away")
    made = []
    for kind in KINDS:
        found = figures("export_memory", kind, MANY)
        more = {"megabytes_written": round(found["megabytes"]), "seconds": round(found["wall_ms"] / 1000, 1)}
        words = f"memory that {kind} of {MANY:,} applications adds"
        made.append(Row(f"export_{kind}_memory", words, MEMORY_MIB, round(found["added_mib"], 1), "MiB", more=more))
    return made


def _asks(facts: Facts) -> dict[str, Ask]:
    cookie = f"gnlc={token_of(facts.officer)}"
    return {kind: Ask(f"/en/secretariat/calls/{facts.call}/export.{kind}", cookie) for kind in KINDS}


def refresh(folder: Path) -> None:
    """The pages ask for a second factor that was shown in the last five minutes."""
    enter(folder)
    people.sign_in_again()
    db.close()


def _statements(folder: Path, facts: Facts) -> dict[str, int]:
    refresh(folder)
    with counting.in_process(folder, facts) as scene:
        return {kind: len(counting.of_one(scene, [ask])) for kind, ask in _asks(facts).items()}


def _measured(folder: Path, facts: Facts, rounds: int) -> dict[str, tuple[Taken, Taken]]:
    found = {kind: (Taken(), Taken()) for kind in KINDS}
    with product(folder) as ours, floor(folder) as theirs:
        for number in range(rounds + 1):
            refresh(folder)
            for kind, ask in _asks(facts).items():
                bare = Ask(f"/stream.{kind}")
                for server, asked, series in zip((ours, theirs), (ask, bare), found[kind], strict=True):
                    _take(server, [asked] * (EACH_ROUND if number else 4), series if number else None)
    return found


def _take(server: Server, asks: Sequence[Ask], series: Taken | None) -> None:
    for ask in asks:
        before, began = server.processor_seconds(), time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        connection.request("GET", ask.path, headers={"Cookie": ask.cookie} if ask.cookie else {})
        response = connection.getresponse()
        first = response.read(1)
        waited, size = time.perf_counter() - began, len(first)
        while piece := response.read(1 << 16):
            size += len(piece)
        whole = time.perf_counter() - began
        connection.close()
        if response.status != 200:
            raise WrongAnswer(f"{ask.path} answered {response.status}")
        if series is not None:
            series.processor_ms.append((server.processor_seconds() - before) * 1000)
            series.first_byte_ms.append(waited * 1000)
            series.whole_ms.append(whole * 1000)
            series.size = size


def _row(kind: str, ours: Taken, theirs: Taken, statements: int, files: int) -> Row:
    more = {
        "cpu_ms": round(ours.cost, 1),
        "floor_cpu_ms": round(theirs.cost, 1),
        "ratio": round(
            statistics.median(a / b for a, b in zip(ours.processor_ms, theirs.processor_ms, strict=True)), 2
        ),
        "p50_ms": round(statistics.median(ours.whole_ms), 1),
        "p95_ms": round(statistics.quantiles(ours.whole_ms, n=20, method="inclusive")[-1], 1),
        "per_second": round(1000 / statistics.median(ours.whole_ms), 1),
        "statements": statements,
        "megabytes": round(ours.size / 1e6, 1),
        "floor_megabytes": round(theirs.size / 1e6, 1),
    }
    words = f"first byte of everything of a call as {kind}, {files:,} applications"
    return Row(f"export_{kind}", words, FIRST_BYTE_MS, round(statistics.median(ours.first_byte_ms), 1), "ms", more=more)
