"""The proofs: long suites that run as a sample with the other tests and whole with ``./dev prove``.

A suite carries the mark ``proof``, asks ``amount`` how much to do, and says with ``reached`` or ``measured`` how far it
came. What has to be reached stands in one table here, so that a suite which did not run is seen as a gate not held.
Suites that need the machine for themselves carry the mark ``alone`` too and run one after the other at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

IS_WHOLE = os.environ.get("GNLC_PROVE") == "1"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Gate:
    """What one proof has to reach: so many things tried and none wrong, or a measure that is not passed."""

    words: str
    required: float
    is_at_most: bool = False
    # The share of what was tried that may be wrong.
    tolerance: float = 0.0

    def holds(self, reached: float | None, wrong: int) -> bool:
        """Whether what was reached is enough."""
        if reached is None:
            return False
        if self.is_at_most:
            return reached <= self.required and wrong == 0
        return reached >= self.required and wrong <= self.tolerance * (reached + wrong)


GATES: dict[str, Gate] = {
    "access_cells": Gate("cells of the access matrix: permission, role, states", 20_000),
    "world_pairs": Gate("answers compared between worlds that differ only in a secret", 5_000),
    "world_timing_ms": Gate("difference of medians between two worlds, in milliseconds", 5, is_at_most=True),
    "planted_secrecy": Gate("planted faults that touch secrecy, caught", 40),
    "planted_others": Gate("other planted faults, caught", 60, tolerance=0.05),
    "uploads": Gate("files of the upload corpus treated as listed", 60),
    "announcement_kills": Gate("kills around statements and writes of an announcement: whole or nothing", 200),
    "announcement_repair_s": Gate("after a kill until the announcement is made, in seconds", 10, is_at_most=True),
    "worker_kills": Gate("kills of the mail worker: nothing lost, one repeat at most, same Message-ID", 500),
    "smtp_faults": Gate("ways in which a mail server fails, each survived", 10),
    "announcement_polls": Gate("polls of public pages around the instant, none partial", 10_000),
    "announcement_seen_s": Gate("from the instant until all workers show the cohort, in seconds", 2, is_at_most=True),
    "power_cuts": Gate("copies of database and log taken at random moments, consistent when opened", 200),
    "machine_faults": Gate("faults of disk, memory, database and children, each recovered from without a restart", 12),
    "restore_drill_s": Gate("restoring 5,000 applications and 2 GB, in seconds", 600, is_at_most=True),
    "restore_drill_files": Gate("files restored in the drill with their hashes", 5_000),
    "deadline_receipts": Gate("submissions in the last minute that got their receipt", 1_000),
    "deadline_p95_s": Gate("95th percentile of a submission in the last minute, in seconds", 2, is_at_most=True),
    "fuzz_requests": Gate("requests of random shape, none answered with 5xx", 50_000),
    "state_machine_runs": Gate("runs of fifty steps through the life cycles, no invariant broken", 500),
    "sent_twice": Gate("routes whose forms were sent twice and acted once", 60),
    "account_timing_percent": Gate("medians for known and unknown addresses apart, in percent", 10, is_at_most=True),
    "typed_pages": Gate("pages with a canary in everything typed, none of them loose", 400),
    "header_answers": Gate("answers whose headers and cookies are as declared", 1_000),
}


def amount(sample: int, whole: int) -> int:
    """How many a suite does: the sample in each run, all of them with ``./dev prove``."""
    return whole if IS_WHOLE else sample


def reached(name: str, tried: int, wrong: int = 0) -> None:
    """So many were tried and right, so many wrong; the parts of one gate add up."""
    _tell(name, float(tried), wrong, is_measure=False)


def measured(name: str, value: float) -> None:
    """A measure was taken; of several the largest counts."""
    _tell(name, value, 0, is_measure=True)


def _tell(name: str, value: float, wrong: int, *, is_measure: bool) -> None:
    assert GATES[name].is_at_most is is_measure, f"{name} is told with the other function"
    path = os.environ.get("GNLC_GATES")
    if path:
        # One short line in one write: processes that run side by side do not mix them.
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"name": name, "value": value, "wrong": wrong}) + "\n")


def gathered(path: Path) -> list[dict[str, object]]:
    """One row per gate: its name, words, what is required, what was reached, and whether it holds."""
    parts: dict[str, list[dict[str, float]]] = {name: [] for name in GATES}
    for line in path.read_text(encoding="utf-8").splitlines():
        part = json.loads(line)
        parts[part["name"]].append(part)
    rows: list[dict[str, object]] = []
    for name, gate in GATES.items():
        values = [part["value"] for part in parts[name]]
        wrong = int(sum(part["wrong"] for part in parts[name]))
        value = (max(values) if gate.is_at_most else sum(values)) if values else None
        rows.append(
            {
                "name": name,
                "what": gate.words,
                "required": gate.required,
                "at_most": gate.is_at_most,
                "reached": value,
                "wrong": wrong,
                "holds": gate.holds(value, wrong),
            }
        )
    return rows


def _run(marks: str, processes: list[str], more: list[str], gates: Path) -> int:
    command = [sys.executable, "-m", "pytest", "-m", marks, *processes, "--timeout", "14400", *more]
    environment = {**os.environ, "GNLC_PROVE": "1", "GNLC_GATES": str(gates)}
    # What pytest says goes to the error stream, so that --json is nothing but JSON.
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=_ERROR_STREAM, check=False)
    return 0 if done.returncode == _NOTHING_COLLECTED else done.returncode


_NOTHING_COLLECTED = 5
_ERROR_STREAM = 2


def main(arguments: list[str]) -> int:
    """Run the proofs whole and print the gates; 1 if a test failed or a gate does not hold."""
    parser = argparse.ArgumentParser(prog="./dev prove", description=main.__doc__)
    parser.add_argument("--json", action="store_true", help="print the gates as JSON")
    parser.add_argument("--only", action="append", default=[], metavar="GATE", help="judge this gate only")
    options, more = parser.parse_known_args(arguments)
    unknown = [name for name in options.only if name not in GATES]
    if unknown:
        parser.error(f"no such gate: {', '.join(unknown)}; there are {', '.join(GATES)}")
    with tempfile.TemporaryDirectory() as folder:
        gates = Path(folder, "gates.jsonl")
        gates.touch()
        side_by_side = ["--numprocesses", "2", "--dist", "loadfile"]
        failed = _run("proof and not alone", side_by_side, more, gates)
        failed = _run("proof and alone", [], more, gates) or failed
        rows = [row for row in gathered(gates) if not options.only or row["name"] in options.only]
    print(json.dumps(rows, indent=2) if options.json else _table(rows))
    return 1 if failed or not all(row["holds"] for row in rows) else 0


def _table(rows: list[dict[str, object]]) -> str:
    lines = [f"{'gate':<22} {'required':>12} {'reached':>12} {'wrong':>6}  holds"]
    for row in rows:
        sign = "≤" if row["at_most"] else "≥"
        value = "not run" if row["reached"] is None else f"{row['reached']:,.2f}".removesuffix(".00")
        required = f"{sign} {row['required']:,}"
        lines.append(
            f"{row['name']:<22} {required:>12} {value:>12} {row['wrong']:>6}  {'yes' if row['holds'] else 'NO'}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
