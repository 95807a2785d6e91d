"""The ground of the state machine: a small call with everybody in it, kept at several moments of its life, to be copied."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationState,
    Assignment,
    Cohort,
    Juror,
    Outcome,
    Recommendation,
    Review,
    ReviewState,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.questionnaire import default_guide
from gnlc_apply.scenarios import cast, places
from gnlc_apply.scenarios.applicant import Applicant
from gnlc_apply.scenarios.jury_work import countries_without_files
from gnlc_apply.services import assignment, decision, recommendation, review
from gnlc_apply.services import call as calls
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services.cohort import CohortValues
from tests import engines
from tests.world import World

QUOTA = 2
CITIES = 4
JURORS = 4
COHORT_TITLE = "New members 2027"
STAGES = ("filled", "checked", "reading", "read", "decided", "armed")


class Chain(World):
    """Four cities, three of them in one country that has two places; four jurors, the last one from that country."""

    def __init__(self) -> None:
        super().__init__()
        self.call = self.run.call = self._open()
        first = places.invented(0).country
        self.cities = [self._city(number, first if number < CITIES - 1 else None) for number in range(CITIES)]
        others = countries_without_files({city.place.country for city in self.cities}, JURORS - 1, "machine")
        self.jurors = [self._juror(number, country) for number, country in enumerate([*others, first])]
        with db.reading() as session:
            rows = session.execute(select(Juror.person_id, Juror.reference)).all()
        self.juror_references = {row.person_id: row.reference for row in rows}

    def _open(self) -> str:
        dates, officer = self.run.dates, self.officer
        values = calls.CallValues(
            title="Call 2027",
            year=2027,
            opens_at=dates.opens_at,
            deadline_at=dates.deadline_at,
            commission_deadline_at=dates.commissions_at,
            results_promised_on=date(2027, 11, 1),
            quota=QUOTA,
            readers_per_file=2,
            # Hundreds of chains: no child computes figures in each of them.
            jury_method="plain-1",
        )
        reference = calls.create(actor=officer, values=values)
        calls.open_call(actor=officer, call=reference)
        return reference

    def _city(self, number: int, country: str | None) -> Applicant:
        place = places.invented(number)
        city = self.run.applicant(replace(place, country=country or place.country))
        self.people.commission(city.place.country)
        city.begin()
        city.fill()
        return city

    def _juror(self, number: int, country: str) -> str:
        email, name = f"reader{number}@university.example", f"Dr Reader {number}"
        token = assignment.invite_juror(
            actor=self.officer,
            call=self.call,
            email=email,
            name=name,
            countries=[country],
            languages=["en"],
            is_chair=number == 0,
        )
        self.people.juror(token, email, name)
        assignment.accept_invitation(actor=self.people.actor(email), call=self.call)
        return email

    # --- who and what -----------------------------------------------------------------------------------------------

    @property
    def second(self) -> Actor:
        """The second officer."""
        return self.people.actor(cast.SECOND_OFFICER)

    def juror(self, number: int) -> Actor:
        """One of the jurors; the first is the chair."""
        return self.people.actor(self.jurors[number])

    def juror_reference(self, number: int) -> str:
        """What the secretariat calls a juror."""
        return str(self.juror_references[self.people.ids[self.jurors[number]]])

    @property
    def cohort(self) -> str:
        """The cohort's reference; of none while there is none."""
        with db.reading() as session:
            return session.scalar(select(Cohort.reference).where(Cohort.call_id.is_not(None))) or "COHORT-NONE"

    @property
    def instant(self) -> datetime | None:
        """The instant of the cohort's announcement, if one is set."""
        with db.reading() as session:
            return session.scalar(select(Cohort.announce_at).where(Cohort.call_id.is_not(None)))

    def version(self, reference: str, key: str) -> int:
        """The version of an answer."""
        query = select(Answer.version).join(Application, Application.id == Answer.application_id)
        with db.reading() as session:
            return session.scalars(query.where(Application.reference == reference, Answer.key == key)).one()

    def in_review(self, *, without_recommendation: bool = False) -> list[str]:
        """The files that are with the jury."""
        query = select(Application.reference).where(Application.state == ApplicationState.IN_REVIEW)
        if without_recommendation:
            query = query.where(Application.id.not_in(select(Recommendation.application_id)))
        with db.reading() as session:
            return list(session.scalars(query.order_by(Application.id)))

    def read_files(self) -> set[str]:
        """The references of the files of which a review counts."""
        query = (
            select(Application.reference)
            .join(Assignment, Assignment.application_id == Application.id)
            .join(Review, Review.assignment_id == Assignment.id)
            .where(Assignment.ended_at.is_(None), Review.state == ReviewState.SUBMITTED)
        )
        with db.reading() as session:
            return set(session.scalars(query))

    def running(self, reference: str) -> str:
        """A running reading of a file; of none while there is none."""
        query = (
            select(Assignment.reference)
            .join(Application, Application.id == Assignment.application_id)
            .where(Application.reference == reference, Assignment.ended_at.is_(None))
            .order_by(Assignment.id)
        )
        with db.reading() as session:
            return session.scalars(query).first() or "READ-NONE"

    def revision(self, reference: str, person_id: int) -> int:
        """The revision of a juror's draft."""
        query = (
            select(Review.revision)
            .join(Assignment, Assignment.id == Review.assignment_id)
            .join(Application, Application.id == Assignment.application_id)
            .join(Juror, Juror.id == Assignment.juror_id)
            .where(Application.reference == reference, Juror.person_id == person_id, Assignment.ended_at.is_(None))
        )
        with db.reading() as session:
            return session.scalar(query) or 0

    # --- acts that need more than a line ----------------------------------------------------------------------------

    def submit_review(self, actor: Actor, reference: str, value: int) -> None:
        """One value for every criterion, with reasons."""
        given = {criterion.code: (value, "As the plan shows.") for criterion in default_guide().criteria}
        review.submit(
            actor=actor,
            reference=reference,
            scores=given,
            paragraph="Read with care.",
            revision=self.revision(reference, actor.person_id or 0),
        )

    def confirm_recommendation(self, actor: Actor, *, is_recommended: bool = True) -> None:
        """The chair recommends all that were read, or none, with a note everywhere; for the others all readers left."""
        files = self.in_review(without_recommendation=True)
        unread = [reference for reference in files if reference not in self.read_files()]
        note = "After discussion."
        recommendation.confirm(
            actor=actor,
            call=self.call,
            recommendations=dict.fromkeys(files, (is_recommended, note)) | dict.fromkeys(unread, (False, note)),
            present=["Everybody"],
            recusals={key: ["All who could read it"] for key in unread},
            words="The jury met.",
            held_on=clock.today(),
        )

    def set_instant(self, actor: Actor, hours: int = 30) -> None:
        """The cohort's instant, so many hours ahead, and its texts."""
        values = CohortValues(title=COHORT_TITLE, announce_at=clock.now() + timedelta(hours=hours))
        cohorts.change(actor=actor, cohort=self.cohort, values=values)

    def arm(self, actor: Actor) -> None:
        """Arm, with both officers standing by."""
        cohorts.arm(actor=actor, cohort=self.cohort, typed_title=COHORT_TITLE)

    # --- the stages -------------------------------------------------------------------------------------------------

    def to_checked(self) -> None:
        """All submitted, both places of the first country taken, three files eligible."""
        for city in self.cities:
            city.ask_signature()
            city.sign()
            city.submit()
        for city in (*self.cities[:QUOTA], self.cities[-1]):
            city.endorse()
            city.check()

    def to_reading(self) -> None:
        """The guide is frozen, each eligible file has two readers."""
        calls.freeze_guide(actor=self.officer, call=self.call)
        for city in (*self.cities[:QUOTA], self.cities[-1]):
            for number in (0, 1):
                assignment.assign(actor=self.officer, reference=city.reference, juror=self.juror_reference(number))
                review.declare(actor=self.juror(number), reference=city.reference, has_conflict=False)

    def to_read(self) -> None:
        """All reviews are in."""
        for reference in self.in_review():
            for number in (0, 1):
                self.submit_review(self.juror(number), reference, 4)

    def to_decided(self) -> None:
        """Recommended, proposed, approved: the last file is not to be admitted; the city without a place withdrew."""
        self.cities[QUOTA].withdraw()
        self.confirm_recommendation(self.juror(0))
        references = self.in_review()
        outcomes = dict.fromkeys(references, Outcome.APPROVED) | {references[-1]: Outcome.NOT_APPROVED}
        decision.prepare(actor=self.officer, outcomes=outcomes, reasons={references[-1]: "Too few places."})
        decision.approve(actor=self.director, references=references)
        cohorts.create(actor=self.officer, call=self.call, title=COHORT_TITLE)
        self.set_instant(self.officer)

    def to_armed(self) -> None:
        """Locked by the second officer, armed by the director."""
        cohorts.lock(actor=self.second, cohort=self.cohort)
        self.arm(self.director)


@dataclass
class Library:
    """The chain's database at every stage, each to be copied as often as one likes."""

    chain: Chain
    folder: Path
    moments: dict[str, datetime] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    copies: int = 0

    def lend(self, stage: str) -> str:
        """A copy of the database at this stage."""
        self.copies += 1
        return copied(self.urls[stage], self.folder / f"copy-{self.copies}.sqlite3")


def copied(url: str, target: Path) -> str:
    """A copy of a database that nobody has open: of a file, or inside PostgreSQL."""
    if url.startswith("sqlite"):
        shutil.copyfile(make_url(url).database or "", target)
        return f"sqlite:///{target}"
    return engines.fresh_database(url)


def throw_away(url: str) -> None:
    """Drop a copy."""
    if url.startswith("sqlite"):
        Path(make_url(url).database or "").unlink()
    else:
        engines.drop_database(url)


def built(url: str, folder: Path, now: datetime) -> Library:
    """Build the chain in this empty database, keeping a copy of every stage. The database is open before and closed after."""
    chain = Chain()
    library = Library(chain, folder)
    steps: dict[str, Callable[[], None]] = {stage: getattr(chain, f"to_{stage}", lambda: None) for stage in STAGES}
    for stage, step in steps.items():
        if stage != STAGES[0]:
            db.open(url)
        library.moments[stage] = now + timedelta(hours=len(library.moments))
        with clock.at(library.moments[stage]):
            step()
        db.close()
        library.urls[stage] = copied(url, folder / f"{stage}.sqlite3")
    return library
