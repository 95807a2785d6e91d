"""When a request had arrived complete: the moment that counts for a deadline, taken before anything else is done."""

from __future__ import annotations

from flask import Flask, request

from gnlc_apply.core import clock


def init_app(app: Flask) -> None:
    """Look at the clock once the whole request is there, before anything else can take time."""
    app.before_request(record)
    app.teardown_request(forget)


def record() -> None:
    """Read the whole body, of whatever kind, then look at the clock. Whoever asks what counts asks ``clock.arrived``."""
    # A thread serves one request after another: what the last one left must not count for this one.
    clock.set_arrival(None)
    if request.method not in ("GET", "HEAD"):
        request.get_data(parse_form_data=True)
    clock.set_arrival(clock.now())


def forget(_error: BaseException | None) -> None:
    """The request is answered: what this thread does next did not arrive with it."""
    clock.set_arrival(None)
