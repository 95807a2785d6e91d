"""Delivering what the outbox holds: render at the last moment, hand over, mark. Runs in the worker, never in a request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.mail.outbox import masked, opened
from gnlc_apply.mail.render import MASK, Rendered, render
from gnlc_apply.mail.transport import DeliveryError, Envelope, Transport, Unreachable, build
from gnlc_apply.models import OutboxMessage
from gnlc_apply.queries import instance
from gnlc_apply.services import outbox
from gnlc_apply.services.outbox import Claimed

log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What one round of delivery came to."""

    sent: int = 0
    failed: int = 0
    is_unreachable: bool = False


class Unwritable(ValueError):
    """A message could not be put into words: its template, one of its values or the installation's key is wrong."""


def words_of(kind: str, language: str, values: dict[str, object], *, are_sealed: bool = True) -> Rendered:
    """The message in words, whatever is wrong with it turned into Unwritable with the reason."""
    try:
        return render(kind, language, opened(values) if are_sealed else values)
    except Exception as error:
        # Templates can fail in as many ways as Python; one bad message must not stop the others.
        log.exception("message of kind %s could not be written", kind)
        raise Unwritable(f"{type(error).__name__}: {error}"[:500]) from error


def _hand_over(transport: Transport, claimed: Claimed) -> None:
    settings = config.current().mail
    rendered = words_of(claimed.kind, claimed.language, claimed.values)
    # Without its secrets, for those who look at what was sent; written before, so that little follows the server's "250".
    kept = words_of(claimed.kind, claimed.language, masked(claimed.values, MASK), are_sealed=False)
    envelope = Envelope(claimed.recipient, claimed.message_id, claimed.reply_to, clock.now())
    transport.send(build(rendered, envelope, settings), envelope)
    outbox.mark_sent(claimed, clock.now(), kept.subject, kept.body_text)


def _by_smtp(transport: Transport, should_stop: Callable[[], bool]) -> Tally:
    tally = Tally()
    pause = 1 / config.current().mail.per_second
    while not should_stop():
        claimed = outbox.claim(clock.now())
        if claimed is None:
            break
        began = time.monotonic()
        try:
            _hand_over(transport, claimed)
            tally.sent += 1
        except (DeliveryError, Unwritable) as error:
            is_permanent = isinstance(error, Unwritable) or error.is_permanent
            outbox.mark_failed(claimed, clock.now(), str(error), is_permanent=is_permanent)
            log.warning("message %s did not leave: %s", claimed.message_id, type(error).__name__)
            tally.failed += 1
            if isinstance(error, Unreachable):
                # Nobody else would get through either; the next round knocks again.
                tally.is_unreachable = True
                break
        time.sleep(max(0.0, pause - (time.monotonic() - began)))
    return tally


def _words(row: OutboxMessage) -> tuple[str, str]:
    rendered = words_of(row.kind, row.language, row.values)
    return rendered.subject, rendered.body_text


def _into_mailbox(should_stop: Callable[[], bool]) -> Tally:
    tally = Tally()
    while not should_stop():
        kept = outbox.put_into_mailbox(clock.now(), _words)
        tally.sent += kept
        if not kept:
            break
    return tally


def _never() -> bool:
    return False


def deliver(should_stop: Callable[[], bool] = _never) -> Tally:
    """Deliver everything that is due now. Needs the application's context (links are addresses of its pages)."""
    if not outbox.is_anything_due(clock.now()):
        return Tally()
    settings = config.current().mail
    # However it is served: from a demonstration no mail leaves.
    if settings.backend == "mailbox" or instance.is_demo():
        return _into_mailbox(should_stop)
    transport = Transport(settings)
    try:
        return _by_smtp(transport, should_stop)
    finally:
        transport.close()
