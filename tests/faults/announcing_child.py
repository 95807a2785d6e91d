"""A process of its own that announces and kills itself, as ``kill -9`` would, at the point it is told.

It reads one order per line, forks for each (loading the product once takes longer than announcing), and answers with one
line of JSON: how the fork ended and, where it only counted, how many statements there are.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services.cohort import tick


class _OnlyCountedError(Exception):
    """Raised instead of the commit, so that counting announces nothing."""


@dataclass
class _Order:
    """Where to die: ``count`` (nowhere: roll back), ``before`` or ``after`` statement ``number``, or around the COMMIT.

    ``during`` dies ``number`` microseconds after the COMMIT was begun; ``committed`` when it has come back.
    """

    url: str
    where: str
    number: int


def _die(*_args: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _soon(microseconds: int) -> None:
    def wait() -> None:
        time.sleep(microseconds / 1_000_000)
        _die()

    threading.Thread(target=wait, daemon=True).start()


@dataclass
class _Watch:
    """Counts the statements of the announcing transaction and dies where the order says."""

    order: _Order
    statements: int = 0

    def before(self, *_args: Any) -> None:
        """A statement comes."""
        self.statements += 1
        self._perhaps("before")

    def after(self, *_args: Any) -> None:
        """A statement has run."""
        self._perhaps("after")

    def _perhaps(self, where: str) -> None:
        if (self.order.where, self.order.number) == (where, self.statements):
            _die()

    def commit(self, _connection: Any) -> None:
        """The COMMIT comes."""
        if self.order.where == "count":
            raise _OnlyCountedError
        if self.order.where == "at_commit":
            _die()
        if self.order.where == "during":
            _soon(self.order.number)

    def listen(self) -> None:
        """From now on."""
        event.listen(db.engine, "before_cursor_execute", self.before)
        event.listen(db.engine, "after_cursor_execute", self.after)
        event.listen(db.engine, "commit", self.commit)
        if self.order.where == "committed":
            event.listen(Session, "after_commit", _die)


def _obey(order: _Order, instant: str) -> dict[str, int]:
    db.open(order.url)
    watch = _Watch(order)
    watch.listen()
    with clock.at(datetime.fromisoformat(instant)), contextlib.suppress(_OnlyCountedError):
        # As the worker does it: look what is due, then announce it.
        tick.due(actor=SYSTEM)
    return {"statements": watch.statements}


def _forked(order: _Order, instant: str) -> dict[str, int]:
    """The order obeyed by a fork; how it ended and what it counted."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.write(writing, json.dumps(_obey(order, instant)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    _child, status = os.waitpid(child, 0)
    return {"ended": os.waitstatus_to_exitcode(status), **json.loads(said or "{}")}


def main() -> None:
    """``announcing_child.py FOLDER INSTANT``, then one ``{"url": …, "where": …, "number": …}`` per line."""
    folder, instant = sys.argv[1:]
    config.use(
        config.Settings(
            instance=Path(folder),
            database_url="",
            secret_key="for tests only: " + "x" * 32,
            public_url="http://localhost",
            languages=("en",),
            is_testing=True,
        )
    )
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_forked(_Order(**json.loads(line)), instant)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
