"""How far a long job is: a bar on the terminal, or nothing where nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress(Protocol):
    """Whoever wants to know how far it is."""

    def begin(self, what: str, total: int) -> None:
        """A new part of the job with this many steps (0: not known)."""

    def step(self, more: int = 0) -> None:
        """One step is done; ``more`` steps have turned up meanwhile."""


class Silent:
    """Nobody watches."""

    def begin(self, what: str, total: int) -> None:
        """Nothing."""

    def step(self, more: int = 0) -> None:
        """Nothing."""


class OnTerminal:
    """Bars on the standard error output, one for each part of the job."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        """A bar of its own; the one before is full."""
        self._task = self._bars.add_task(what, total=total or None)

    def step(self, more: int = 0) -> None:
        """The bar grows."""
        if self._task is None:
            return
        task = self._bars.tasks[self._task]
        if more and task.total is not None:
            self._bars.update(self._task, total=task.total + more)
        self._bars.advance(self._task)


@contextmanager
def on_terminal() -> Iterator[Progress]:
    """Show progress while the block runs."""
    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        yield OnTerminal(bars)
