"""A call with a jury and its calibration round: two files, everything through the commands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gnlc_apply.core import clock
from gnlc_apply.permissions import Actor
from gnlc_apply.services import calibration
from gnlc_apply.services.calibration import Plan
from tests.jury_world import Jury, scores

WORDS = "The city has a plan for learning.\n\nIt names three goals and a budget."


def plan(*, days: int = 20, **changes: Any) -> Plan:
    """A talk some days ahead."""
    values: dict[str, Any] = {"time_zone": "Europe/Berlin", "link": "https://talk.example/room", **changes}
    return Plan(talk_at=clock.now() + timedelta(days=days), **values)


class Calibration(Jury):
    """A jury with a round in preparation: ``texts`` are its files in their order."""

    def __init__(self, *, is_scored_twice: bool = False, files: int = 2, **settings: Any) -> None:
        super().__init__(**settings)
        self.people = self.standard_jury()
        calibration.begin(actor=self.officer, call=self.call, plan=plan(is_scored_twice=is_scored_twice))
        self.texts = [
            calibration.add_file(actor=self.officer, call=self.call, title=f"Practice file {number}", words=WORDS)
            for number in range(1, files + 1)
        ]

    def open_round(self) -> None:
        """The jury is asked to score."""
        calibration.open_round(actor=self.officer, call=self.call)

    def score(self, juror: Actor, number: int, value: int = 3, revision: int = 0, **single: int) -> float:
        """One juror scores one file, counted from 0, and submits."""
        return calibration.submit(
            actor=juror,
            call=self.call,
            file=self.texts[number],
            scores=scores(value, **single),
            paragraph="As I read it.",
            revision=revision,
        )

    def everybody_scores(self, *values: int) -> None:
        """Each juror gives one value for everything in every file; without values all give a 3."""
        for juror, value in zip(self.people, values or (3,) * len(self.people), strict=True):
            for number in range(len(self.texts)):
                self.score(juror, number, value)

    def talk(self, notes: str = "A 3 names a budget.") -> None:
        """The scoring has ended, and all have talked."""
        calibration.end_scoring(actor=self.officer, call=self.call)
        self.record(notes)

    def record(self, notes: str = "A 3 names a budget.") -> None:
        """All have talked."""
        present = list(self.jurors.values())
        calibration.record_talk(actor=self.officer, call=self.call, held_on=clock.today(), present=present, notes=notes)

    def close(self) -> None:
        """Nothing is scored any more."""
        calibration.close(actor=self.officer, call=self.call)
