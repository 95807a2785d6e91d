"""The demonstration: the network's lists, the cohort of 2024 carried through the whole chain, and calls of today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

from gnlc_apply.core import clock
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.scenarios import chain, invention, open_call, places, running_calls
from gnlc_apply.scenarios.agenda import Agenda
from gnlc_apply.scenarios.calendar_of_call import Calendar
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.scenarios.chain import CallRun
from gnlc_apply.scenarios.haste import hurrying
from gnlc_apply.scenarios.progress import Progress
from gnlc_apply.scenarios.rehearsal import note_returning
from gnlc_apply.services import figures, member
from gnlc_apply.services.cohort import CohortValues
from gnlc_apply.services.member_list import MemberList, StateRow, by_code, read_list, read_states
from gnlc_apply.services.published_list import read_published

KNOWN_BY = date(2022, 9, 1)
COHORT_2022 = "COHORT-2022"
ADMITTED_2022 = date(2022, 9, 2)
ANNOUNCED_2024 = datetime(2024, 2, 14, 10, tzinfo=UTC)
SOURCE_OF_TOTALS = (
    "https://www.unesco.org/en/articles/unesco-global-network-learning-cities-64-new-members-35-countries"
)
NOT_ADMITTED_2024 = 3
CITIES_WITH_FILES = 3

# When the cohort of 2024 went through its call is not published but for the announcement; these dates are invented.
DATES_2024 = Calendar(
    created_at=datetime(2023, 4, 3, 9, tzinfo=UTC),
    opens_at=datetime(2023, 5, 2, 8, tzinfo=UTC),
    deadline_at=datetime(2023, 9, 15, 22, tzinfo=UTC),
    commissions_at=datetime(2023, 10, 15, 22, tzinfo=UTC),
    checked_at=datetime(2023, 11, 3, 12, tzinfo=UTC),
    jury_at=datetime(2023, 11, 13, 9, tzinfo=UTC),
    minutes_at=datetime(2024, 1, 16, 14, tzinfo=UTC),
    decided_at=datetime(2024, 1, 26, 10, tzinfo=UTC),
    locked_at=datetime(2024, 2, 9, 11, tzinfo=UTC),
    armed_at=datetime(2024, 2, 13, 15, tzinfo=UTC),
    announce_at=ANNOUNCED_2024,
)

Post = Callable[[], object]


def _file(name: str) -> bytes:
    return (files("gnlc_apply.scenarios") / "data" / name).read_bytes()


@dataclass
class Demo:
    """A demonstration under construction."""

    now: datetime
    people: Cast = field(default_factory=lambda: Cast("demo"))
    agenda: Agenda = field(default_factory=Agenda)
    states: Sequence[StateRow] = ()
    source: running_calls.Places = field(default_factory=running_calls.Places)

    def plan_lists(self) -> None:
        """States, members before 2022, and the cohort of 2022 as it was announced."""
        self.states = read_states(_file("states.csv"))
        earlier, cohort = self.read("members_before_2022.csv"), self.read("cohort_2022.csv")
        morning = datetime(2022, 9, 1, 8, tzinfo=UTC)

        def import_lists() -> None:
            member.import_states(actor=SYSTEM, rows=self.states)
            member.import_members(actor=SYSTEM, rows=earlier.rows, known_by=KNOWN_BY, source="members_before_2022.csv")

        def announce_2022() -> None:
            member.import_members(
                actor=SYSTEM,
                rows=cohort.rows,
                admitted_on=ADMITTED_2022,
                cohort=COHORT_2022,
                title="New members 2022",
                source="cohort_2022.csv",
            )

        self.agenda.plan(morning, import_lists)
        self.agenda.plan(morning + timedelta(days=1), announce_2022)

    def read(self, name: str) -> MemberList:
        """One of the lists that this release brings along."""
        return read_list(_file(name), by_code(self.states))

    def plan_2024(self) -> CallRun:
        """The cohort of 2024 through the whole chain, with invented applicants beside it that were not admitted."""
        cohort = self.read("cohort_2024.csv")
        run = CallRun(
            self.people,
            self.agenda,
            DATES_2024,
            title="Call for applications 2023/24",
            cohort_title="New members 2024",
            year=2024,
            first_values=_texts(),
            with_files=CITIES_WITH_FILES,
        )
        self.agenda.plan(DATES_2024.created_at, self.people.secretariat)
        listed_on = ANNOUNCED_2024.date()
        self.agenda.plan(DATES_2024.created_at, lambda: note_returning(cohort.rows, listed_on, "cohort_2024.csv"))
        admitted = [places.real(row, invention.rng("demo", row.label).uniform(3.6, 4.7)) for row in cohort.rows]
        weak = [self.source.next(2.2, is_good=False) for _ in range(NOT_ADMITTED_2024)]
        chain.carry(run, [*admitted, *weak])
        return run

    def plan_running(self) -> list[CallRun]:
        """The calls of today."""
        return [
            running_calls.plan_locked(self.people, self.agenda, self.now, self.source),
            running_calls.plan_with_jury(self.people, self.agenda, self.now, self.source),
            open_call.plan_open(self.people, self.agenda, self.now, self.source),
        ]


def _texts() -> CohortValues:
    """What is said about the cohort of 2024, marked as invented where it is; the declared figure is the published one."""
    marker = str(invention.bank()["marker"])
    return CohortValues(
        title="",
        time_zone="Europe/Berlin",
        strapline=f"New learning cities join the network. {marker}",
        lead=f"Cities from all regions become members today. {marker}",
        quotation=f"A city that learns never stops beginning. {marker}",
        quotation_by="Director of the Institute (invented)",
        campaign=f"Cities show how they learn. {marker}",
        about=f"The network supports cities in lifelong learning. {marker}",
        press_contact="press@secretariat.example",
        declared_citizens="390 million",
        declared_source=SOURCE_OF_TOTALS,
    )


def build(post: Post, progress: Progress | None = None) -> list[CallRun]:
    """Fill a fresh demonstration's database; its calls, the one of 2024 first.

    The database must be open and marked. ``post`` delivers the messages that are due, as the worker would.
    """
    demo = Demo(clock.now().replace(minute=0, second=0, microsecond=0))
    with hurrying():
        demo.plan_lists()
        runs = [demo.plan_2024(), *demo.plan_running()]
        demo.agenda.run("Cities, calls, decisions", progress)
        for run in runs[1:]:
            # As the worker does while a call is open: what the ranking shows beside the plain averages.
            figures.refresh(actor=SYSTEM, call=run.call)
        member.import_published_figures(actor=SYSTEM, rows=read_published(_file("network_totals.csv")))
        if progress is not None:
            progress.begin("Letters into the mailbox", 0)
        post()
    return runs
