"""A process of its own that announces and kills itself, as ``kill -9`` would, just before its k-th statement."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import cohort as cohorts


class _OnlyCountedError(Exception):
    """Raised instead of the commit, so that counting announces nothing."""


def _watch(last: int) -> dict[str, int]:
    """Count statements, the COMMIT among them; die before number ``last``, or with 0 only count and roll back."""
    counted = {"statements": 0}

    def count(*_args: Any) -> None:
        counted["statements"] += 1
        if counted["statements"] == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit(_connection: Any) -> None:
        count()
        if last == 0:
            raise _OnlyCountedError

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", commit)
    return counted


def main() -> None:
    """``announcing_child.py URL FOLDER INSTANT COHORT K``: with K 0 prints how many statements there are."""
    url, folder, instant, cohort, last = sys.argv[1:]
    config.use(
        config.Settings(
            instance=Path(folder),
            database_url=url,
            secret_key="for tests only: " + "x" * 32,
            public_url="http://localhost",
            languages=("en",),
            is_testing=True,
        )
    )
    db.open(url)
    counted = _watch(int(last))
    with clock.at(datetime.fromisoformat(instant)), contextlib.suppress(_OnlyCountedError):
        cohorts.announce(actor=SYSTEM, cohort=cohort)
    sys.stdout.write(json.dumps(counted))


if __name__ == "__main__":
    main()
