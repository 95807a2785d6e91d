"""``@command``: a request becomes one command, a command is one transaction.

A command may prepare (slow work) before its transaction. Inside, it collects audit entries and messages; they are
chained and written just before the commit, under one lock. Nothing leaves the system before the commit.
"""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Refusal, Unavailable
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db, is_machine_fault
from gnlc_apply.mail.outbox import Message
from gnlc_apply.permissions import Actor, require_fresh
from gnlc_apply.queries import instance
from gnlc_apply.services import constraints, ledger

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

RELEASE_FIRST = Text(
    "This installation was restored from a backup and is held: nothing leaves it and nothing is announced until a director"
    " or an administrator releases it."
)

_BUSY = Text("The system is very busy. Nothing was lost: wait a moment and send it again.")
# Seconds before each further attempt, about.
_PAUSES = (0.05, 0.2, 0.5)

_running: ContextVar[bool] = ContextVar("command_running", default=False)


@dataclass
class Unit:
    """One unit of work: the session, who acts, the moment, and what will be written at the end.

    ``now`` is what gets written down, ``arrived_at`` what counts for a deadline: when the complete request had arrived.
    """

    session: Session
    actor: Actor
    now: datetime
    entries: list[ledger.Entry] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    is_released: bool = False
    arrived_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.arrived_at = min(clock.arrived(), self.now)

    def note(self, act: str, noun: str, noun_id: int | None, **details: Any) -> None:
        """Collect an audit entry; ``act`` is a past-tense sentence's verb, e.g. ``submitted``."""
        self.entries.append(ledger.Entry(act, noun, noun_id, details))

    def note_by_rule(self, act: str, noun: str, noun_id: int | None, **details: Any) -> None:
        """The same for what a rule did: it stands in the log under the system's name, not under the actor's."""
        self.entries.append(ledger.Entry(act, noun, noun_id, details, is_by_rule=True))

    def require_released(self) -> None:
        """Raise Conflict where this installation was restored and nobody has released it: for acts the public would see."""
        if not self.is_released:
            if instance.is_held(self.session):
                raise Conflict(RELEASE_FIRST)
            self.is_released = True

    def send(self, message: Message) -> None:
        """Collect a message for the outbox."""
        self.messages.append(message)


def _finish(unit: Unit) -> None:
    unit.session.flush()
    ledger.write(unit.session, unit.actor, unit.now, unit.entries, unit.messages)


def _is_clash(error: OperationalError) -> bool:
    """Whether PostgreSQL ended this transaction because it and another could not both go on: the next try is quick."""
    return getattr(error.orig, "sqlstate", None) in ("40001", "40P01")


def _is_busy(error: OperationalError) -> bool:
    """Whether the act waited for others in vain: half a minute has gone already."""
    words = str(error.orig).lower()
    return "locked" in words or "busy" in words or getattr(error.orig, "sqlstate", None) == "55P03"


def _wait_before_another(error: OperationalError, made: int) -> None:
    """Rest a moment before the next attempt; raise where another would not help, Unavailable after the last one."""
    if not _is_clash(error) and not _is_busy(error):
        raise error
    if made >= (len(_PAUSES) if _is_clash(error) else 1):
        raise Unavailable(_BUSY) from error
    # Not at the same pace as whoever it met.
    time.sleep(_PAUSES[made] * random.uniform(0.5, 1.5))  # noqa: S311  # no secret


def _attempt(act: Callable[[Unit], R], actor: Actor) -> R:
    try:
        with db.writing() as session:
            unit = Unit(session, actor, clock.now())
            if actor.kind == "system":
                # What nobody has asked for does not happen by itself in a copy that may be an old one.
                unit.require_released()
            result = act(unit)
            _finish(unit)
        return result
    except IntegrityError as error:
        raise constraints.refusal_for(error) from error


def run(act: Callable[[Unit], R], actor: Actor) -> R:
    """Run one unit of work; once more if the database was busy, up to three times more if two acts met; then give up
    with words that keep the text.

    Raises the act's own refusals, Conflict for a broken constraint, Unavailable when the database stays busy.
    """
    if _running.get():
        raise RuntimeError("commands do not nest")
    mark = _running.set(True)
    try:
        made = 0
        while True:
            try:
                return _attempt(act, actor)
            except OperationalError as error:
                _wait_before_another(error, made)
            made += 1
    finally:
        _running.reset(mark)


@contextmanager
def _unless_the_machine_fails() -> Iterator[None]:
    """A full disk, a lost connection, no memory: said in words to who asked, and in full to the operator."""
    try:
        yield
    except Exception as error:
        if not is_machine_fault(error):
            raise
        log.exception("the machine failed a command; nothing of it was kept")
        raise Unavailable(
            Text("Nothing can be stored at the moment. What you typed is still here: wait a little and send it again.")
        ) from error


def command(
    prepare: Callable[..., dict[str, Any]] | None = None, *, is_fresh: bool = False
) -> Callable[[Callable[Concatenate[Unit, P], R]], Callable[P, R]]:
    """Make a function ``(unit, *, actor, ...)`` a command. ``prepare(**same)`` runs first, outside the transaction,
    and returns further keyword arguments for the function. ``is_fresh``: only by somebody who has shown the second factor
    within the last five minutes, on whichever path the act comes; asked before anything else happens.
    """

    def decorate(function: Callable[Concatenate[Unit, P], R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if args:
                raise TypeError("commands take keyword arguments only")
            actor = cast(Actor, kwargs["actor"])
            if is_fresh:
                require_fresh(actor, clock.now())
            with _unless_the_machine_fails():
                extra = prepare(**kwargs) if prepare is not None else {}
                # What prepare returns fills parameters that callers leave alone, which no signature can say.
                return run(lambda unit: cast(R, cast(Any, function)(unit, **kwargs, **extra)), actor)

        call.is_command = True  # type: ignore[attr-defined]  # read by the architecture tests
        call.is_fresh = is_fresh  # type: ignore[attr-defined]  # likewise
        return call

    return decorate


__all__ = ["Refusal", "Unit", "command", "run"]
