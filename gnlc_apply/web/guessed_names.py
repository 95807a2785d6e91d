"""Names that lead to nothing, counted by the network that asks for them.

In tens, so that a crawler of dead links costs a write for every tenth; what a process has not written yet is lost with it.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

from flask import Flask, Response, g, request

from gnlc_apply.extensions import is_machine_fault
from gnlc_apply.services import guessed_names

log = logging.getLogger(__name__)

STEP = 10
MOST_NETWORKS = 10_000


@dataclass
class Misses:
    """What this process has not written down yet, by network."""

    held: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def is_a_step(self, network: str) -> bool:
        """Count one more; whether that makes ten, which begin anew."""
        with self.lock:
            if len(self.held) >= MOST_NETWORKS:
                self.held.clear()
            self.held[network] += 1
            if self.held[network] < STEP:
                return False
            del self.held[network]
            return True


def init_app(app: Flask) -> None:
    """Count from now on."""
    misses = Misses()

    def note(response: Response) -> Response:
        network = request.remote_addr or ""
        if response.status_code == 404 and _is_a_name() and misses.is_a_step(network):
            try:
                guessed_names.count(network, STEP)
            except Exception as error:
                # Whoever asked gets the answer of every other address, whatever becomes of the count.
                if not is_machine_fault(error):
                    raise
                log.exception("names that lead to nothing could not be counted")
        return response

    app.after_request(note)


def _is_a_name() -> bool:
    """Whether the address has the shape of one of ours, with something in the place of a name; not a file of an old page."""
    access = g.get("access")
    return bool(request.view_args) and access is not None and access.cache != "immutable"
