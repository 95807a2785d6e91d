"""A world for tests, made by the commands: states, the secretariat, a call, places on their way. Nothing is written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.scenarios import cast, places
from gnlc_apply.scenarios.agenda import Agenda
from gnlc_apply.scenarios.answers import Place
from gnlc_apply.scenarios.applicant import Applicant
from gnlc_apply.scenarios.calendar_of_call import Calendar, counted_back
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.scenarios.chain import CallRun, carry
from gnlc_apply.scenarios.rehearsal import shipped_states
from gnlc_apply.services import member

# What is done to an application, in this order, to bring it to a stage.
STAGES = ("begun", "filled", "signed", "submitted", "endorsed", "eligible")


def some_places(count: int) -> list[Place]:
    """Invented places of different countries."""
    return [places.invented(number) for number in range(count)]


def dates_around(now: datetime) -> Calendar:
    """A call that opened ten days ago and is open to cities for twenty more."""

    def day(number: float) -> datetime:
        return now + timedelta(days=number)

    return Calendar(
        day(-20), day(-10), day(20), day(50), day(60), day(70), day(100), day(110), day(120), day(129), day(130)
    )


class World:
    """The secretariat and a call that is open now."""

    def __init__(self, dates: Calendar | None = None) -> None:
        self.people, self.agenda = Cast("tests"), Agenda()
        dates = dates or dates_around(clock.now())
        self.run = CallRun(
            self.people, self.agenda, dates, title="Call 2027", cohort_title="New members 2027", year=2027
        )
        member.import_states(actor=SYSTEM, rows=shipped_states())
        self.people.secretariat()

    @property
    def officer(self) -> Actor:
        """The officer who runs the call."""
        return self.people.actor(cast.OFFICER)

    @property
    def director(self) -> Actor:
        """The director."""
        return self.people.actor(cast.DIRECTOR)

    def open_call(self) -> str:
        """Make the call and open it; its reference."""
        self.run.create()
        return self.run.call

    def applicant(self, number: int = 0, stage: str = "submitted") -> Applicant:
        """One of the invented places, brought to a stage of ``STAGES``."""
        one = self.run.applicant(places.invented(number))
        self.people.commission(one.place.country)
        acts = {
            "begun": (one.begin,),
            "filled": (one.fill,),
            "signed": (one.ask_signature, one.sign),
            "submitted": (one.submit,),
            "endorsed": (one.endorse,),
            "eligible": (one.check,),
        }
        for name in STAGES[: STAGES.index(stage) + 1]:
            for act in acts[name]:
                act()
        return one


def announced(wanted: Sequence[Place]) -> World:
    """A whole call, announced now; it began 45 days ago. Its clock stands where the test's stands."""
    now = clock.now()
    with clock.at(now - timedelta(days=50)):
        world = World(counted_back(now))
    carry(world.run, wanted)
    world.agenda.run()
    return world


def state_of(reference: str) -> str:
    """Where an application stands."""
    with db.reading() as session:
        return str(session.scalars(select(Application.state).where(Application.reference == reference)).one())
