"""Asking a child process of the jury's mathematics: JSON in, JSON out, one thread, a limit of time."""

from __future__ import annotations

import json
import logging
import subprocess
from typing import Any

from gnlc_apply.core.children import child_command, child_environment

log = logging.getLogger(__name__)

SECONDS = 60


def ask(module: str, question: Any) -> dict[str, Any]:
    """What the child says; an empty answer where it failed or took too long, which the operator finds in the log."""
    # One thread: more of them wait for one another on a small machine, and take three times as long.
    environment = {**child_environment(), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            child_command(module),
            input=json.dumps(question),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.error("%s took longer than %s seconds", module, SECONDS)
        return {}
    if done.returncode != 0:
        log.error("%s ended with %s: %s", module, done.returncode, done.stderr[-2000:])
        return {}
    found: dict[str, Any] = json.loads(done.stdout)
    return found
