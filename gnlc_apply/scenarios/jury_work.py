"""A jury at work on a call: invited, assigned, reading, confirming. Through the commands of the jury's pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.jury.names import NameCode
from gnlc_apply.models import (
    Call,
    State,
    StateStatus,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.embargoed import jury as homes
from gnlc_apply.queries.embargoed import readings
from gnlc_apply.queries.questionnaire import guide_of
from gnlc_apply.questionnaire import Guide
from gnlc_apply.scenarios import cast, invention
from gnlc_apply.scenarios.answers import Place
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.services import assignment, call, figures, recommendation, review

ADDRESS = "reader@university-"
FILES_EACH = 12
SMALLEST = 5
SITTINGS = 3
# Names agree by chance in an invented world.
NO_TIES = {code.value: "no_tie" for code in NameCode}


def countries_without_files(taken: Iterable[str], wanted: int, *seed: object) -> list[str]:
    """Countries of jurors, none of them with a file, from all regions in turn.

    The first one, the chair's, is an Associate Member's, whose cities are never on a list: the chair confirms every file.
    """
    with db.reading() as session:
        states = session.execute(select(State.iso3, State.region, State.status).order_by(State.iso3)).all()
    avoided = set(taken)
    associates = [row.iso3 for row in states if row.status is StateStatus.ASSOCIATE and row.iso3 not in avoided]
    by_region: dict[str, list[str]] = {}
    for row in states:
        if row.status is StateStatus.MEMBER and row.iso3 not in avoided:
            by_region.setdefault(row.region, []).append(row.iso3)
    chance = invention.rng("jury", *seed)
    for pool in by_region.values():
        chance.shuffle(pool)
    turns = [iso3 for turn in range(wanted) for pool in by_region.values() for iso3 in pool[turn : turn + 1]]
    return [*associates[:1], *turns, *associates[1:]][:wanted]


class JuryWork:
    """The jury of one call."""

    def __init__(self, people: Cast, call_reference: str, places: dict[str, Place]) -> None:
        """``places``: by reference of the application, what its readers are to find."""
        self.people, self.call, self.places = people, call_reference, places
        self.jurors: list[str] = []
        self.links: dict[str, str] = {}

    @property
    def chair(self) -> str:
        """The address of the chair."""
        return self.jurors[0]

    def invite(self, files: int, countries: Iterable[str], tied: Iterable[str] = ()) -> None:
        """Officers invite; the first one is the chair. ``tied``: countries of further jurors, who have files there."""
        wanted = max(SMALLEST, -(-files * 3 // FILES_EACH))
        chosen = [*countries_without_files(countries, wanted, self.people.seed), *tied]
        for number, country in enumerate(chosen):
            email = f"{ADDRESS}{country.lower()}.example"
            self.jurors.append(email)
            self.links[email] = assignment.invite_juror(
                actor=self.people.actor(cast.OFFICER),
                call=self.call,
                email=email,
                name=self._name(email),
                is_chair=number == 0,
                **self._profile(email),
            )

    def _profile(self, email: str) -> dict[str, Any]:
        """What a juror says of themselves: where they live, what they read, what they know."""
        chance = invention.rng("profile", email)
        return {
            "countries": [email.removeprefix(ADDRESS).removesuffix(".example").upper()],
            "languages": ["en"],
            "topics": sorted(chance.sample(["families", "workplace", "quality", "culture"], 2)),
            "contexts": chance.choice((["town"], ["megacity", "rural"])),
        }

    def _name(self, email: str) -> str:
        # Only jurors bear this title, so that no message can name one of them by chance.
        return f"Dr {self.people.invent(email)}"

    def accept(self, email: str) -> None:
        """A juror follows the link, takes the place and looks at the profile."""
        self.people.juror(self.links[email], email, self._name(email))
        actor = self.people.actor(email)
        assignment.accept_invitation(actor=actor, call=self.call)
        assignment.set_profile(actor=actor, call=self.call, **self._profile(email))

    def assign(self, deadline_at: datetime, seed: int = 1) -> None:
        """An officer freezes the guide, has an assignment proposed and confirms it."""
        officer = self.people.actor(cast.OFFICER)
        call.freeze_guide(actor=officer, call=self.call)
        proposal = assignment.propose(actor=officer, call=self.call, seed=seed)
        assignment.confirm(actor=officer, proposal=proposal, reading_deadline_at=deadline_at)

    def files_of(self, email: str) -> list[str]:
        """What this juror still has to read, in the juror's own order."""
        seats = homes.home(self.people.actor(email), clock.now())
        db.release()
        files = (file for seat in seats if seat.call == self.call for file in seat.files)
        return [file.reference for file in files if not file.is_submitted and not file.is_abstained]

    def read(self, email: str, sitting: int, of: int = SITTINGS) -> None:
        """One sitting: this juror's share of the files, declared free of conflicts, scored and submitted; one saved before."""
        actor, guide = self.people.actor(email), self._guide()
        severity = invention.rng("severity", email).uniform(-0.4, 0.4)
        left = self.files_of(email)
        for number, reference in enumerate(left[: -(-len(left) // (of - sitting))]):
            place = self.places[reference]
            given = invention.scores(guide, place.quality, severity, place.is_good, email, place.country, place.name)
            words = invention.paragraph(email, place.country, place.name)
            review.declare(actor=actor, reference=reference, has_conflict=False, answers=NO_TIES)
            revision = 0
            if number == 0:
                revision = review.save(actor=actor, reference=reference, scores=given, paragraph=words, revision=0)
            review.submit(actor=actor, reference=reference, scores=given, paragraph=words, revision=revision)

    def begin_reading(self, email: str) -> None:
        """Declare freedom from conflicts for the first file and save a draft of a review."""
        actor, guide = self.people.actor(email), self._guide()
        for reference in self.files_of(email)[:1]:
            place = self.places[reference]
            given = invention.scores(guide, place.quality, 0.0, place.is_good, email, place.country, place.name)
            review.declare(actor=actor, reference=reference, has_conflict=False, answers=NO_TIES)
            review.save(
                actor=actor, reference=reference, scores=dict(list(given.items())[:4]), paragraph="", revision=0
            )

    def _guide(self) -> Guide:
        with db.reading() as session:
            row = session.scalars(select(Call.guide_version_id).where(Call.reference == self.call)).one()
            return guide_of(session, row)

    def confirm(self, held_at: datetime) -> dict[str, bool]:
        """The chair confirms what the standard says, and departs from it with a note where the scenario wants another end."""
        # As the worker does while a call is open: the standard may start from adjusted averages.
        figures.refresh(actor=SYSTEM, call=self.call)
        with db.reading() as session:
            row = session.scalars(select(Call).where(Call.reference == self.call)).one()
            judged = readings.judged(session, row)
        wanted = {reference: place.is_good for reference, place in self.places.items()}
        note = f"The jury weighed this for a long time. {invention.bank()['marker']}"
        recommendation.confirm(
            actor=self.people.actor(self.chair),
            call=self.call,
            recommendations={
                reference: (is_good, "" if judged.outcome(reference).is_recommended == is_good else note)
                for reference, is_good in wanted.items()
            },
            present=[self._name(email) for email in self.jurors],
            recusals={},
            words=f"The jury met for two days and went through every file. {invention.bank()['marker']}",
            held_on=held_at.date(),
        )
        return wanted
