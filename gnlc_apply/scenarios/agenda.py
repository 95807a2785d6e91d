"""The fast clock: steps with their moments, done in the order of time, each while the clock stands at its moment."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from gnlc_apply.core import clock
from gnlc_apply.scenarios.progress import Progress, Silent

Step = Callable[[], object]


@dataclass(order=True)
class _Entry:
    at: datetime
    number: int
    step: Step = field(compare=False)


class Agenda:
    """What will happen when. Steps may plan further steps, not before the moment at which the clock stands."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._number = 0
        self._now: datetime | None = None

    def plan(self, at: datetime, step: Step) -> None:
        """Do this at that moment; steps of one moment in the order in which they were planned."""
        if self._now is not None and at < self._now:
            raise ValueError(f"{at} has passed: the clock stands at {self._now}")
        self._number += 1
        heapq.heappush(self._entries, _Entry(at, self._number, step))

    def __len__(self) -> int:
        return len(self._entries)

    def run(self, what: str = "", progress: Progress | None = None) -> None:
        """Do everything that is planned."""
        bar = progress or Silent()
        bar.begin(what, len(self))
        while self._entries:
            entry = heapq.heappop(self._entries)
            self._now = entry.at
            left = len(self)
            with clock.at(entry.at):
                entry.step()
            bar.step(len(self) - left)
        self._now = None
