"""How far: large registries, large announcements, large juries; cold builds of what is kept."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.acts import figures
from benchmarks.client import Ask, Client
from benchmarks.floor import tables
from benchmarks.ground.building import prepared
from benchmarks.ground.sizes import registry_of
from benchmarks.measuring import CONNECTIONS, Series, block
from benchmarks.rows import Row
from benchmarks.servers import ROOT, product

Say = Callable[[str], None]
LISTS = ("/en/registry/", "/en/registry/?sort=-since&page=2")
# Each time another word, so that nothing of the search is ready.
WORDS = ("san", "ber", "mar", "ville", "kor", "ana", "bench 3", "el", "nor", "ton")
SIZES = {10_000: 1.3, 100_000: 2.0}


def acts(folder: Path, rounds: int, say: Say) -> list[Row]:
    """What is measured in processes of its own."""
    say("announcing, recounting, assigning")
    ours = statistics.median(figures("announce", 64)["cpu_ms"] for _ in range(rounds))
    bare = statistics.median(_bulk(64, 128) for _ in range(rounds))
    more = {"cpu_ms": round(ours, 1), "floor_cpu_ms": round(bare, 1)}
    cold, large = figures("open_data_cold", folder), figures("announce", 10_000)
    rows = [
        Row("announce_64", "announce 64 cities with 128 mails, FULL", 2.0, round(ours / bare, 2), more=more),
        Row("open_data_cold", "registry JSON built anew, each 1,000", 10, round(cold["cpu_ms"], 1), "ms CPU"),
        Row("announce_10000", "announce 10,000 cities on SQLite", 2_000, round(large["wall_ms"]), "ms"),
    ]
    for count, most in ((1_000, 6), (10_000, 40), (100_000, 500)):
        found = figures("averages", count)["cpu_ms"]
        rows.append(Row(f"averages_{count}", f"plain averages of {count:,} files", most, round(found, 1), "ms CPU"))
    found = figures("assignment", 400, 40)["wall_ms"] / 1000
    return [*rows, Row("assignment_400", "assign 400 files to 40 jurors, 4 each", 5, round(found, 1), "s"), *LATER]


LATER = [
    Row(
        "jury_model", "the full model, 4,000 draws at 400 × 40", 5, None, "s", later="comes with the jury's full method"
    ),
    Row(
        "ranking_adjusted",
        "the ranking with adjusted averages",
        75,
        None,
        "ms",
        later="comes with the jury's full method",
    ),
]


def _bulk(cities: int, messages: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "floor.sqlite3")
        tables.fill(path)
        command = [sys.executable, "-m", "benchmarks.floor.bulk", str(path), str(cities), str(messages)]
        return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def registries(rounds: int, say: Say) -> list[Row]:
    """List and search with 10,000 and 100,000 members, beside 1,000."""
    costs = {}
    for members in (1_000, *SIZES):
        say(f"a registry of {members:,}")
        with tempfile.TemporaryDirectory() as folder:
            prepared(Path(folder), registry_of(members))
            costs[members] = _list_and_search(Path(folder), rounds)
    rows = []
    for members, most in SIZES.items():
        for name, ours, base in zip(("list", "search"), costs[members], costs[1_000], strict=True):
            more = {"cpu_ms": round(ours, 2), "of_1000_cpu_ms": round(base, 2)}
            words = f"{name} with {members:,} members, beside 1,000"
            rows.append(Row(f"{name}_{members}", words, most, round(ours / base, 2), more=more))
    return rows


def _list_and_search(folder: Path, rounds: int) -> tuple[float, float]:
    found = []
    with product(folder) as server:
        clients = [Client(server.port) for _ in range(CONNECTIONS)]
        for kind in (LISTS, tuple(f"/en/registry/?q={word.replace(' ', '+')}" for word in WORDS)):
            asks, series = [Ask(path) for path in kind * (40 // len(kind))], Series()
            block(server, clients, asks[: CONNECTIONS * 2], None)
            for _ in range(rounds):
                block(server, clients, asks, series)
            found.append(series.cost)
        for client in clients:
            client.close()
    return found[0], found[1]
