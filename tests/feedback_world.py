"""A call whose jury has met and whose decisions are approved: five cities admitted, two not; nobody has been told."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Feedback, Outcome
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import assignment, decision, recommendation, review, screening
from gnlc_apply.services import cohort as cohorts
from tests.jury_world import Jury, scores

TITLE = "New members 2027"
PLACES = (
    ("KEN", "Kisumu"),
    ("KEN", "Nakuru"),
    ("PER", "Cusco"),
    ("PER", "Puno"),
    ("JPN", "Okayama"),
    ("FRA", "Évry"),
    ("FRA", "Nantes"),
)
# What every reader gives: one value, and single criteria.
VALUES = {
    "Nakuru": (4, {"commitment": 5, "practices": 5, "inclusion": 1, "monitoring": 2}),
    "Nantes": (2, {"partnership": 5}),
}
REFUSED = tuple(VALUES)
PARAGRAPH = "I met the mayor at dinner and heard that the fund is a promise only. It rests on one person."


class Told(Jury):
    """Every file read by three of four jurors; ``Nantes`` is written in French."""

    def __init__(self, refused: tuple[str, ...] = REFUSED) -> None:
        super().__init__(readers=3, places=PLACES)
        for reference in self.files.values():
            screening.confirm_city(actor=self.officer, reference=reference, city=None)
        self.readers = self.standard_jury()
        for turn, reference in enumerate(self.files.values()):
            for seat, name in enumerate(self.jurors.values()):
                if seat != turn % 4:
                    assignment.assign(actor=self.officer, reference=reference, juror=name)
        self.freeze()
        places = {reference: place for place, reference in self.files.items()}
        for juror in self.readers:
            for reference in self.files_of(juror):
                value, single = VALUES.get(places[reference], (4, {}))
                review.declare(actor=juror, reference=reference, has_conflict=False)
                marks = scores(value, **single)
                review.submit(actor=juror, reference=reference, scores=marks, paragraph=PARAGRAPH, revision=0)
        files = self.files
        recommendation.confirm(
            actor=self.readers[0],
            call=self.call,
            recommendations={files[place]: (place not in refused, "Discussed.") for _land, place in PLACES},
            present=["Amina Chair"],
            recusals={},
            words="All were discussed.",
            held_on=clock.today(),
        )
        outcomes = {
            files[place]: Outcome.NOT_APPROVED if place in refused else Outcome.APPROVED for _land, place in PLACES
        }
        decision.prepare(actor=self.officer, outcomes=outcomes, reasons={})
        decision.approve(actor=self.director, references=list(files.values()))
        with db.writing() as session:
            french = update(Application).where(Application.reference == self.files["Nantes"])
            session.execute(french.values(language="fr"))
        self.cohort = cohorts.create(
            actor=self.officer, call=self.call, title=TITLE, announce_at=clock.now() + timedelta(days=1)
        )

    def text(self, place: str) -> Feedback | None:
        """What stands for this place."""
        with db.reading() as session:
            query = select(Feedback).join(Application, Application.id == Feedback.application_id)
            return session.scalar(query.where(Application.reference == self.files[place]))

    def lock(self) -> None:
        """The list is locked."""
        cohorts.lock(actor=self.officer, cohort=self.cohort)

    def announce(self) -> None:
        """Armed, and announced a day later."""
        cohorts.arm(actor=self.director, cohort=self.cohort, typed_title=TITLE)
        with clock.at(clock.now() + timedelta(days=1)):
            cohorts.announce(actor=SYSTEM, cohort=self.cohort)
