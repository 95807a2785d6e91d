"""The worker: delivers messages, lets the clock do what is due, says that it is alive. Ends politely on SIGTERM."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from types import FrameType

from gnlc_apply.core import clock
from gnlc_apply.queries import readiness
from gnlc_apply.scenarios import tick
from gnlc_apply.services import upkeep
from gnlc_apply.services.cohort import tick as cohorts
from gnlc_apply.services.delivery import Tally, deliver

log = logging.getLogger(__name__)

PAUSE = 2.0
BEAT_EVERY = 30.0
TICK_EVERY = 60.0
SWEEP_EVERY = 3600.0
FIGURES_EVERY = 10.0
# After a fault of the database or the machine: do not run in circles.
PAUSE_AFTER_FAULT = 10.0


class Worker:
    """One worker of an installation. Several may run: leases and locks keep them apart."""

    def __init__(self, *, is_tied: bool = False) -> None:
        """``is_tied``: end when the process that started this one has ended."""
        self._parent = os.getppid() if is_tied else None
        self._stop = threading.Event()
        self._due: dict[str, float] = {}
        self._wall = clock.now()
        self._steady = time.monotonic()
        self.is_clock_sound = True
        # Before a newer version can be installed under this process.
        self._migration = readiness.newest_migration()

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Finish the message at hand, then end."""
        self._stop.set()

    def listen(self) -> None:
        """Let SIGTERM and Ctrl-C end this worker politely."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)

    def _is_time(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + every
        return True

    def watch_clock(self) -> None:
        """Compare the wall clock with the steady one and with the record. An unsound clock announces nothing.

        It stays unsound until a person has looked: restart the worker, or announce by hand.
        """
        wall, steady = clock.now(), time.monotonic()
        jump = (wall - self._wall).total_seconds() - (steady - self._steady)
        self._wall, self._steady = wall, steady
        if abs(jump) > upkeep.CLOCK_TOLERANCE.total_seconds():
            self.is_clock_sound = False
            log.error("the clock jumped by %+.0f seconds: announcements wait for a person", jump)
            upkeep.note_clock_jump(jump)
        elif upkeep.is_behind_the_record(wall) and self.is_clock_sound:
            self.is_clock_sound = False
            log.error(
                "the clock shows a time before the newest entry of the audit log: announcements wait for a person"
            )

    def step(self) -> Tally:
        """One round: sign of life, clock, announcements, deadlines, figures, sweeps, messages. Nothing in a schema that is not ours."""
        if not readiness.is_schema_ours():
            if self._is_time("schema", BEAT_EVERY):
                log.error("the database is not at migration %s: this worker waits to be replaced", self._migration)
            return Tally()
        if self._is_time("beat", BEAT_EVERY):
            upkeep.beat()
        self.watch_clock()
        done = tick.announcements() if self.is_clock_sound else []
        if self._is_time("tick", TICK_EVERY):
            done += tick.deadlines()
        if self._is_time("figures", FIGURES_EVERY):
            done += tick.figures_of_juries()
        if self._is_time("sweep", SWEEP_EVERY):
            done += tick.sweeps()
        for each in done:
            log.info("%s: %s (%s)", each.what, each.where, each.result)
        return deliver(self._stop.is_set)

    def _until_next(self) -> float:
        """Seconds until the next round: a pause, or less where an announcement's instant comes before its end."""
        seconds = cohorts.seconds_until_next()
        return PAUSE if seconds is None or not self.is_clock_sound else min(PAUSE, seconds)

    def drain(self) -> Tally:
        """Rounds until nothing more can be delivered now."""
        total = Tally()
        while not self._stop.is_set():
            tally = self.step()
            total.sent, total.failed = total.sent + tally.sent, total.failed + tally.failed
            total.is_unreachable = tally.is_unreachable
            if (not tally.sent and not tally.failed) or tally.is_unreachable:
                break
        return total

    def run(self) -> None:
        """Rounds until somebody stops it. A fault is logged and does not end it."""
        while not self._stop.is_set() and self._parent in (None, os.getppid()):
            pause = PAUSE
            try:
                self.step()
                pause = self._until_next()
            except Exception:
                # The database may be away for a while; ending would only make somebody restart us.
                log.exception("a round of the worker failed")
                pause = PAUSE_AFTER_FAULT
            self._stop.wait(pause)
