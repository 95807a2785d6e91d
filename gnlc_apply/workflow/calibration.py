"""The life of a calibration round: prepared, scored alone, talked about, perhaps scored once more, closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.workflow.transition import Life, Transition

FEWEST_FILES, MOST_FILES = 2, 5
FEWEST_JURORS = 2


@dataclass
class CalibrationCase:
    """What the guards of a round look at. ``files``: of the round; ``jurors``: who can score; ``finished``: who has scored
    every file; ``has_reviews``: whether a review of an application is submitted already."""

    row: Any
    files: int
    jurors: int
    finished: int
    has_reviews: bool
    facts: Any = None


def _enough_files(case: CalibrationCase) -> Text | None:
    if FEWEST_FILES <= case.files <= MOST_FILES:
        return None
    return Text("A round has %(least)s to %(most)s calibration files.", least=FEWEST_FILES, most=MOST_FILES)


def _enough_jurors(case: CalibrationCase) -> Text | None:
    if case.jurors >= FEWEST_JURORS:
        return None
    return Text("At least two jurors must have accepted the invitation to the jury.")


def _before_the_reading(case: CalibrationCase) -> Text | None:
    return Text("The jury has begun to submit reviews: it is too late for this.") if case.has_reviews else None


def _somebody_to_compare(case: CalibrationCase) -> Text | None:
    if case.finished >= FEWEST_JURORS:
        return None
    return Text("At least two jurors must have scored every file: there is nothing to compare yet.")


def _talk_recorded(case: CalibrationCase) -> Text | None:
    return None if case.row.talk_held_on is not None else Text("Record the talk first.")


def _second_planned(case: CalibrationCase) -> Text | None:
    return None if case.row.is_scored_twice else Text("This round has no second scoring.")


CALIBRATION = Life(
    noun="calibration",
    labels={
        "preparing": (Text("In preparation"), Text("Not open yet")),
        "scoring": (Text("Everybody scores alone"), Text("Open for scoring")),
        "talk": (Text("Scored; the talk"), Text("Scored; the talk")),
        "second": (Text("Scored once more"), Text("Open for the second scoring")),
        "closed": (Text("Closed"), Text("Closed")),
    },
    transitions=(
        Transition(
            "open",
            Text("Open the round"),
            sources=("preparing",),
            target="scoring",
            permission=Permission.RUN_CALL,
            guards=(_enough_files, _enough_jurors, _before_the_reading),
        ),
        Transition(
            "end_scoring",
            Text("End the scoring"),
            sources=("scoring",),
            target="talk",
            permission=Permission.RUN_CALL,
            guards=(_somebody_to_compare,),
        ),
        Transition(
            "open_second",
            Text("Open the second scoring"),
            sources=("talk",),
            target="second",
            permission=Permission.RUN_CALL,
            guards=(_second_planned, _talk_recorded, _before_the_reading),
        ),
        Transition(
            "close",
            Text("Close the round"),
            sources=("scoring", "talk", "second"),
            target="closed",
            permission=Permission.RUN_CALL,
        ),
    ),
)
