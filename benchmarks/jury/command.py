"""``./dev bench jury``: simulate juries, run the whole method on them, print what was required and what was reached."""

from __future__ import annotations

import argparse
import json
import sys

from benchmarks.jury.table import large_rows, odd_rows, ranking_rows, time_rows
from benchmarks.rows import table

WORLDS = 30


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Measure and print; 0 if every row holds, else 1."""
    parser = argparse.ArgumentParser(prog="./dev bench jury", description=__doc__)
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"simulated juries of each kind ({WORLDS})")
    parser.add_argument("--json", action="store_true", help="print name, required, reached, holds of each row as JSON")
    parser.add_argument("--without-large", action="store_true", help="leave 10,000 files out")
    options = parser.parse_args(arguments)
    rows = time_rows(_say) + ranking_rows(options.worlds, _say) + odd_rows(options.worlds, _say)
    rows += [] if options.without_large else large_rows(_say)
    print(json.dumps([row.as_json() for row in rows], indent=2) if options.json else table(rows))
    return 0 if all(row.holds for row in rows) else 1
