"""How far a long job is: a bar on the terminal, lines where there is none, or nothing where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from gnlc_apply.core.lazy import lazy

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

# The web process knows the commands too, but never draws a bar.
_console = lazy("rich.console")
_progress = lazy("rich.progress")


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


class InLines:
    """A line for each part of the job, for a log or another program."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say

    def begin(self, what: str, total: int) -> None:
        """Say what comes now."""
        self._say(f"{what} ...")

    def step(self, more: int = 0) -> None:
        """Nothing: a line for each step would be a thousand."""


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
    columns = (
        _progress.TextColumn("{task.description:<34}"),
        _progress.BarColumn(),
        _progress.MofNCompleteColumn(),
        _progress.TimeElapsedColumn(),
    )
    with _progress.Progress(*columns, console=_console.Console(stderr=True)) as bars:
        yield OnTerminal(bars)
