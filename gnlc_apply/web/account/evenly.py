"""Answers that take as long for an address somebody has as for one that nobody has."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from gnlc_apply import config

R = TypeVar("R")

# Longer than what is written for a known address takes on a slow disk; short enough that nobody notices.
SECONDS = 0.25


def evenly(act: Callable[[], R]) -> R:
    """Do it, and answer when ``SECONDS`` have passed. What is refused is refused at once: it hangs on no address.

    Tests do not wait, but for the one that measures it.
    """
    began = time.monotonic()
    done = act()
    if not config.current().is_testing:
        time.sleep(max(0.0, SECONDS - (time.monotonic() - began)))
    return done
