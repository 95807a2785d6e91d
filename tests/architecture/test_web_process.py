"""What a web process must not hold: libraries that only child processes, the worker or a terminal need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Each costs memory in every worker and time at every start; numpy with scipy more than the whole of Flask.
ELSEWHERE = ("PIL", "alembic", "numpy", "pikepdf", "rich", "scipy", "segno", "typst", "xlsxwriter")


def _held(folder: Path, before: str = "") -> list[str]:
    """Which of them a fresh process has loaded when the application is ready."""
    code = f"import sys\n{before}\nfrom gnlc_apply import create_app\ncreate_app()\nprint(*sys.modules, sep='\\n')"
    environment = {**os.environ, "GNLC_INSTANCE": str(folder), "GNLC_SECRET_KEY": "k" * 40}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=100)
    return [name for name in ELSEWHERE if name in done.stdout.split()]


def test_a_ready_web_process_holds_nothing_that_only_others_need(tmp_path: Path) -> None:
    assert _held(tmp_path, "import numpy") == ["numpy"]
    assert _held(tmp_path) == []
