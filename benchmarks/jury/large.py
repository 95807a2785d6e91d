"""One very large jury in a process of its own: ``python -m benchmarks.jury.large`` prints what its assignment took."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.jury import judged, worlds
from benchmarks.jury.worlds import Setting, World

FILES, JURORS = 10_000, 1_000
SECONDS, MEBIBYTES = 60.0, 600.0


def _peak_mebibytes() -> float:
    """The most memory this process has had; getrusage would count what it was started from as well."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def measured(files: int = FILES, jurors: int = JURORS) -> judged.Figures:
    """Processor seconds, peak memory in MiB and the figures of the assignment, measured in a child process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.jury.large", str(files), str(jurors)],
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: judged.Figures = json.loads(done.stdout)
    return found


def assign(files: int, jurors: int) -> judged.Figures:
    """Simulate and assign; the seconds are those of the assignment, the memory is that of the whole process."""
    setting = Setting("large", files=files, jurors=jurors)
    nobody_scores = np.zeros(0)
    panel = worlds.panel(setting, np.random.default_rng(0))
    world = World(setting, 0, *panel, nobody_scores, nobody_scores[None], frozenset(), nobody_scores[None])
    began = time.process_time()
    proposal = judged.assigned(world)
    seconds = judged.processor_seconds(began)
    return judged.of_assignment(world, proposal) | {
        "seconds": seconds,
        "mebibytes": _peak_mebibytes(),
        "attempts": proposal.attempts,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=int)
    parser.add_argument("jurors", type=int)
    options = parser.parse_args()
    print(json.dumps(assign(options.files, options.jurors)))
