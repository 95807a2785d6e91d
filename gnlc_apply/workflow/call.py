"""The life of a call as a whole: prepared, open, concluded. Deadlines bind each file by the clock instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.workflow.transition import Life, Transition


@dataclass
class CallCase:
    """What the guards of a call look at."""

    row: Any
    now: datetime
    facts: Any = None
    is_cohort_announced: bool = False


def _deadline_ahead(case: CallCase) -> Text | None:
    if case.row.deadline_at > case.now:
        return None
    return Text("The deadline of the cities must lie ahead.")


def _cohort_announced(case: CallCase) -> Text | None:
    return None if case.is_cohort_announced else Text("A call ends with the announcement of its cohort.")


CALL = Life(
    noun="call",
    labels={
        "preparing": (Text("In preparation"), Text("Not open yet")),
        "open": (Text("Open"), Text("Open")),
        "concluded": (Text("Concluded"), Text("Concluded")),
    },
    transitions=(
        Transition(
            "open",
            Text("Open the call"),
            sources=("preparing",),
            target="open",
            permission=Permission.RUN_CALL,
            guards=(_deadline_ahead,),
        ),
        Transition(
            "conclude",
            Text("Conclude the call"),
            sources=("open",),
            target="concluded",
            permission=Permission.ANNOUNCE_COHORT,
            guards=(_cohort_announced,),
        ),
    ),
)
