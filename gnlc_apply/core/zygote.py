"""A process that has loaded what a piece of work needs and forks for each: a child of its own, without its start-up time.

A fresh child that reads a stranger's file spends three quarters of its processor time on starting Python and loading parsers.
Here that happens once (Android and Chromium start their processes so, and gave it the name); every piece of work still has a
process of its own, which ends with it. The zygote knows nothing of the application: it is started as every child is
(``core.children``), reads nothing itself, and ends when nobody has asked it for a minute or the asking process is gone.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from gnlc_apply.core.children import child_command, child_environment

IDLE_SECONDS = 60
_MESSAGE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Ended:
    """What came of one piece of work.

    ``status``: the exit status, negative for the signal that ended it, None when it took too long and was ended by us.
    ``answer``: what it wrote.
    """

    status: int | None
    answer: bytes


class ZygoteLost(OSError):
    """The zygote could not be started, or went away in the middle: the fault is ours or the machine's."""


class Zygote:
    """The asking side: one for each process, started at the first question. Safe to be used by several threads."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0

    def run(self, *arguments: str, seconds: float) -> Ended:
        """Do one piece of work with these arguments in a child of its own. Raises ZygoteLost."""
        for _attempt in range(2):
            reading, writing = os.pipe()
            try:
                asked = self._ask(arguments, writing)
            except OSError:
                os.close(reading)
                raise
            finally:
                os.close(writing)
            ended = self._answer(reading, asked, seconds)
            if ended is not None:
                return ended
            # It ended in the moment in which we asked, or was killed.
            self._stop(asked)
        raise ZygoteLost(f"{self._module} gives no answer")

    def stop(self) -> None:
        """End the zygote; the next question starts another."""
        with self._lock:
            self._let_go()

    def _stop(self, asked: socket.socket) -> None:
        """End the zygote that was asked, unless another has taken its place."""
        with self._lock:
            if self._control is asked:
                self._let_go()

    def _ask(self, arguments: Sequence[str], writing: int) -> socket.socket:
        """Hand a piece of work over, and say to whom."""
        message = [json.dumps(arguments).encode()]
        with self._lock:
            control = self._started()
            try:
                socket.send_fds(control, message, [writing])
            except OSError:
                # It has ended since it was last asked.
                self._let_go()
                control = self._started()
                try:
                    socket.send_fds(control, message, [writing])
                except OSError as problem:
                    raise ZygoteLost(f"{self._module} does not start") from problem
            return control

    def _started(self) -> socket.socket:
        if self._owner != os.getpid():
            # A fork of the process that started it has one of its own; the other is not ours to end.
            if self._process is not None:
                self._process.returncode = 0
                self._process = None
            self._let_go()
        if self._control is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    child_command(self._module),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=child_environment(),
                    # A group of its own: what hangs is ended with everything that it started.
                    start_new_session=True,
                )
            self._control, self._owner = ours, os.getpid()
            atexit.register(self.stop)
        return self._control

    def _let_go(self) -> None:
        if self._control is not None:
            atexit.unregister(self.stop)
            self._control.close()
            self._control = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answer(self, reading: int, asked: socket.socket, seconds: float) -> Ended | None:
        """What the child wrote and how it ended; None where no child was started."""
        said, is_whole = _read(reading, time.monotonic() + seconds)
        if not is_whole:
            self._end(said.partition(b"\n")[0], asked)
            return Ended(None, b"")
        if not said:
            return None
        # The zygote's own word comes last, when the child has ended.
        told, mark, status = said.rpartition(b"\0")
        if not mark:
            raise ZygoteLost(f"{self._module} went away in the middle")
        return Ended(int(status), told.partition(b"\n")[2])

    def _end(self, child: bytes, asked: socket.socket) -> None:
        """End the child that has told its number, or where none has, the zygote."""
        if child.isdigit():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        else:
            self._stop(asked)


def _read(pipe: int, deadline: float) -> tuple[bytes, bool]:
    """What comes through a pipe until its end, and whether the end came before the deadline."""
    said, poll = b"", select.poll()
    with open(pipe, "rb", buffering=0) as stream:
        poll.register(stream, select.POLLIN)
        while poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            part = stream.read(_MESSAGE_BYTES)
            if not part:
                return said, True
            said += part
    return said, False


def serve(work: Callable[[list[str]], int]) -> int:
    """The answering side, for a child module's main: fork for every message on standard input until its other end is closed.

    ``work`` gets the arguments, writes its answer to standard output and returns the exit status.
    """
    with socket.socket(fileno=0) as control:
        _Serving(control, work).until_closed()
    return 0


class _Serving:
    def __init__(self, control: socket.socket, work: Callable[[list[str]], int]) -> None:
        self._control, self._work = control, work
        # Pipes to those who asked, by the child that works for each.
        self._pipes: dict[int, int] = {}

    def until_closed(self) -> None:
        gc.collect()
        gc.freeze()
        woken, waking = socket.socketpair()
        woken.setblocking(False)
        waking.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        poll = select.poll()
        for line in (self._control, woken):
            poll.register(line, select.POLLIN)
        while True:
            ready = [number for number, _ in poll.poll(IDLE_SECONDS * 1000)]
            if not ready and not self._pipes:
                return
            if woken.fileno() in ready:
                woken.recv(_MESSAGE_BYTES)
            self._reap()
            if self._control.fileno() in ready and not self._take():
                return

    def _take(self) -> bool:
        message, pipes, _flags, _address = socket.recv_fds(self._control, _MESSAGE_BYTES, 1)
        if not message:
            return False
        child = os.fork()
        if not child:
            self._child(message, pipes[0])
        self._pipes[child] = pipes[0]
        return True

    def _child(self, message: bytes, pipe: int) -> NoReturn:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(pipe, 1)
            # Nothing of the other pieces of work is within reach.
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))
            os.write(1, b"%d\n" % os.getpid())
            status = self._work(json.loads(message))
            sys.stdout.flush()
        finally:
            os._exit(status)

    def _reap(self) -> None:
        while self._pipes:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            pipe = self._pipes.pop(child)
            with contextlib.suppress(OSError):
                os.write(pipe, b"\0%d" % os.waitstatus_to_exitcode(status))
            os.close(pipe)
