"""The pages of performance.md beside the floor: cost, ratio, statements, throughput, memory, start, weight."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks import counting, endurance
from benchmarks.client import Ask
from benchmarks.ground.building import Facts
from benchmarks.measuring import Bench, Pair, throughput
from benchmarks.probes import PROBES, Probe, Scene, floor_asks
from benchmarks.rows import Row
from benchmarks.servers import Server, floor, product

Say = Callable[[str], None]
MIB = 2**20


def measured(folder: Path, facts: Facts, rounds: int, say: Say, probes: Sequence[Probe] = PROBES) -> list[Row]:
    """All rows that need the two servers."""
    say("counting statements")
    counts = count(folder, facts, probes)
    with product(folder) as ours, floor(folder) as theirs, closing(Bench(facts, ours, theirs)) as bench:
        rows = [_row(pair, counts[pair.probe.name]) for pair in bench.run(probes, rounds, say)]
        rows += [_statements(probe, counts[probe.name]) for probe in probes]
        if probes is not PROBES:
            return rows
        say("throughput")
        rows += _throughputs(bench)
        rows += _weights(bench.scene)
        rows += _sizes(ours, theirs)
        say("10,000 requests: errors and growth")
        rows += endurance.rows(bench, say)
    return rows


def count(folder: Path, facts: Facts, probes: Sequence[Probe]) -> dict[str, int]:
    """Statements of one request of each probe."""
    with counting.in_process(folder, facts) as scene:
        return {probe.name: len(counting.statements(scene, probe)) for probe in probes}


def _row(pair: Pair, statements: int) -> Row:
    probe, ours = pair.probe, pair.product
    more = {
        "cpu_ms": round(ours.cost, 2),
        "floor_cpu_ms": round(pair.floor.cost, 2),
        "p50_ms": round(ours.percentile(50), 1),
        "p95_ms": round(ours.percentile(95), 1),
        "statements": statements,
    }
    if probe.most_ms is not None:
        more["required_cpu_ms"] = probe.most_ms
    return Row(probe.name, probe.words, probe.most, round(pair.ratio, 2), more=more)


def _statements(probe: Probe, count: int) -> Row:
    return Row(f"{probe.name}_sql", f"statements: {probe.words}", probe.most_statements, count, "statements")


def _throughputs(bench: Bench) -> list[Row]:
    """Lists and saves a second at concurrency 8, as a share of the floor's."""
    by_name = {probe.name: probe for probe in PROBES}
    rows = []
    for name, count in (("registry_html", 400), ("form_save", min(160, len(bench.scene.facts.drafts)))):
        probe = by_name[name]
        ours = throughput(bench.product.port, probe.prepare(bench.scene, count))
        theirs = throughput(bench.floor.port, floor_asks(probe.against, count, 0, bench.forms))
        more = {"per_second": round(ours), "floor_per_second": round(theirs)}
        words = f"requests a second at concurrency 8: {probe.words}"
        rows.append(Row(f"{name}_throughput", words, 0.6, round(ours / theirs, 2), is_at_least=True, more=more))
    return rows


def _weights(scene: Scene) -> list[Row]:
    """Kilobytes over the wire, compressed as the proxy compresses pages; the built files as they are handed out."""
    by_name = {probe.name: probe for probe in PROBES}
    section = scene.sender.expect(by_name["form_open"].prepare(scene, 1)[0])
    listed = scene.sender.expect(Ask("/en/registry/"))
    page, files = _packed(section.body), _built(scene, section.text)
    return [
        Row("weight_first", "first visit of a form section", 100, round((page + files) / 1000, 1), "kB"),
        Row("weight_later", "later visits of a form section", 30, round(page / 1000, 1), "kB"),
        Row("weight_list", "registry list of 60", 60, round(_packed(listed.body) / 1000, 1), "kB"),
    ]


def _packed(body: bytes) -> int:
    return len(gzip.compress(body, 6))


def _built(scene: Scene, page: str) -> int:
    paths = {part.partition('"')[0] for part in page.split('"/static/')[1:]}
    asks = [Ask(f"/static/{path}", headers={"Accept-Encoding": "br, gzip"}) for path in sorted(paths)]
    return sum(len(scene.sender.expect(ask).body) for ask in asks)


def _sizes(ours: Server, theirs: Server) -> list[Row]:
    memory, bare = ours.memory() / MIB, theirs.memory() / MIB
    return [
        Row(
            "worker_memory",
            "memory of the largest worker after the whole run",
            1.6,
            round(memory / bare, 2),
            more={"mib": round(memory), "floor_mib": round(bare)},
        ),
        Row(
            "start",
            "from the start to the first answer",
            2.0,
            round(ours.seconds_to_start / theirs.seconds_to_start, 2),
            more={"seconds": round(ours.seconds_to_start, 2), "floor_seconds": round(theirs.seconds_to_start, 2)},
        ),
    ]
