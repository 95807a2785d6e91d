"""A process of its own that delivers what is due and is killed, as ``kill -9`` would, at a moment it is told.

One order per line; each is obeyed by a fork, with the application loaded once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from gnlc_apply import config, create_app
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.services import delivery, outbox


def _die(*_args: Any, **_more: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _soon(milliseconds: float) -> None:
    def wait() -> None:
        time.sleep(milliseconds / 1000)
        _die()

    threading.Thread(target=wait, daemon=True).start()


def _obey(app: Flask, order: dict[str, Any]) -> None:
    if order["where"] == "taken":
        # The mail server has said "250", and the row does not know it yet.
        outbox.mark_sent = _die
    elif order["where"] == "any":
        _soon(order["milliseconds"])
    with app.app_context(), clock.at(datetime.fromisoformat(order["moment"])):
        delivery.deliver()


def main() -> None:
    """``delivering_child.py``, with the installation in the environment; then orders."""
    settings = config.load()
    app = create_app(settings)
    db.close()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            db.open(settings.database_url)
            _obey(app, json.loads(line))
            os._exit(0)
        _child, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
