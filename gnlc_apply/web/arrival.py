"""When a request had arrived complete: the moment that counts for a deadline, taken before anything else is done."""

from __future__ import annotations

from flask import g, request

from gnlc_apply.core import clock


def record() -> None:
    """Read the whole body, then look at the clock."""
    if request.method == "POST":
        _ = request.form
    g.arrived_at = clock.now()
