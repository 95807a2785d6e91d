"""How far calls are after their jury, for the pages that say so; that somebody looked is kept."""

from __future__ import annotations

from datetime import datetime

from gnlc_apply.queries.embargoed import steps
from gnlc_apply.queries.embargoed.steps import Step
from gnlc_apply.services.record import notice
from gnlc_apply.web.identity import current_actor


def steps_of(now: datetime, call: str | None = None) -> dict[str, Step]:
    """The steps of all open calls whose jury has recommended, or of one, by reference."""
    found = steps.of_open_calls(current_actor(), now, call)
    for reference in found:
        notice("looked_at_steps", person_id=current_actor().person_id, noun="call", note=reference)
    return found
