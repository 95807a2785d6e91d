"""``./dev bench``: measure the product beside the floor and print what was required and what was reached.

``./dev bench jury`` measures the jury's method in simulated worlds instead.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import exports, pages, scale
from benchmarks.floor import tables
from benchmarks.ground import sizes
from benchmarks.ground.building import prepared
from benchmarks.jury import command
from benchmarks.pretalx import rows as beside
from benchmarks.probes import PROBES
from benchmarks.rows import Row, table


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="product and floor by turns, so many times (5)")
    parser.add_argument("--json", action="store_true", help="print name, required, reached, holds of each row as JSON")
    parser.add_argument("--only", action="append", default=[], metavar="PAGE", help="only this page, and nothing else")
    parser.add_argument("--small", action="store_true", help="a small instance, as the tests use it; for a first look")
    parser.add_argument(
        "--with", dest="beside", choices=["pretalx"], help="measure its pages as well, from its package"
    )
    parser.add_argument("--without-scale", action="store_true", help="leave the large registries and juries out")
    return parser.parse_args(arguments)


def _measure(options: argparse.Namespace) -> list[Row]:
    probes = tuple(probe for probe in PROBES if probe.name in options.only) if options.only else PROBES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _say("making the instance")
        facts = prepared(folder, sizes.SMALL if options.small else sizes.WHOLE)
        tables.fill(folder / "floor.sqlite3")
        rows = pages.measured(folder, facts, options.rounds, _say, probes)
        if not options.only or "export" in options.only:
            rows += exports.rows(folder, facts, options.rounds, _say)
        if options.beside:
            rows += beside.rows(folder, facts, options.rounds, _say)
        if not (options.only or options.without_scale):
            rows += exports.memory(_say)
            rows += scale.acts(folder, options.rounds, _say) + scale.registries(options.rounds, _say)
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 0 if every row that is not for later holds, else 1."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["jury"]:
        return command.main(words[1:])
    options = _arguments(words)
    rows = _measure(options)
    print(json.dumps([row.as_json() for row in rows], indent=2) if options.json else table(rows))
    return 0 if all(row.holds or row.later for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
