"""The program that writes without pause ends with whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from gnlc_apply import config
from tests.proof import ROOT

# Starts the writer, says its number, waits until it has written, and ends without a word to it.
STARTER = """
import subprocess, sys, time, pathlib
url, said = sys.argv[1:]
child = subprocess.Popen([sys.executable, "-m", "tests.faults.writing", url, said])
while not pathlib.Path(said).exists() or not pathlib.Path(said).stat().st_size:
    time.sleep(0.05)
print(child.pid)
"""


def is_running(number: int) -> bool:
    """Whether a process is there and not merely waiting to be counted."""
    try:
        return ") Z " not in Path(f"/proc/{number}/stat").read_text()
    except FileNotFoundError:
        return False


def test_it_ends_with_whoever_started_it(database: config.Settings, tmp_path: Path) -> None:
    said = tmp_path / "said"
    command = [sys.executable, "-c", STARTER, database.database_url, str(said)]
    started = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=True)
    writer = int(started.stdout)
    deadline = time.monotonic() + 60
    try:
        while is_running(writer) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_running(writer)
    finally:
        if is_running(writer):
            os.kill(writer, signal.SIGKILL)
    assert said.stat().st_size > 0
