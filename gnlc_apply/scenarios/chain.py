"""The whole chain of a call: from its making to the announcement, every role doing its part, at given dates.

``carry`` plans; the agenda does it. Nothing here writes a row: each step is the command that a page would send.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Outcome
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.embargoed import feedback as feedback_pages
from gnlc_apply.scenarios import cast, invention, tick
from gnlc_apply.scenarios.agenda import Agenda
from gnlc_apply.scenarios.answers import Place
from gnlc_apply.scenarios.applicant import Applicant
from gnlc_apply.scenarios.calendar_of_call import Calendar
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.scenarios.jury_work import SITTINGS, JuryWork
from gnlc_apply.services import call as calls
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision, feedback
from gnlc_apply.services.cohort import CohortValues
from gnlc_apply.services.cohort.tick import due as announce_what_is_due

# The mark of jurors' own words would be refused as theirs.
TOLD = "Written for a demonstration with invented people."


@dataclass
class CallRun:
    """One call with the people of a scenario: its acts, to be planned on an agenda."""

    people: Cast
    agenda: Agenda
    dates: Calendar
    title: str
    cohort_title: str
    year: int
    quota: int = 3
    first_values: CohortValues | None = None
    with_files: int = 0
    has_tied_juror: bool = False
    call: str = ""
    cohort: str = ""
    applicants: list[Applicant] = field(default_factory=list)
    jury: JuryWork | None = None

    # --- the call ---------------------------------------------------------------------------------------------------

    def create(self) -> None:
        """An officer makes the call and opens it for its day."""
        dates = self.dates
        values = calls.CallValues(
            title=self.title,
            year=self.year,
            opens_at=dates.opens_at,
            deadline_at=dates.deadline_at,
            commission_deadline_at=dates.commissions_at,
            results_promised_on=dates.announce_at.date() + timedelta(days=14),
            time_zone="Europe/Berlin",
            quota=self.quota,
            contact_email=cast.OFFICE,
        )
        officer = self.people.actor(cast.OFFICER)
        self.call = calls.create(actor=officer, values=values)
        calls.open_call(actor=officer, call=self.call)

    def invite_commissions(self, countries: Iterable[str]) -> None:
        """The National Commissions of these countries get their accounts."""
        for country in sorted(set(countries)):
            self.people.commission(country)

    def applicant(self, place: Place) -> Applicant:
        """A place that applies in this call."""
        applicant = Applicant(self.people, self.call, place)
        applicant.has_files = len(self.applicants) < self.with_files
        self.applicants.append(applicant)
        return applicant

    # --- jury -------------------------------------------------------------------------------------------------------

    def reviewed(self) -> list[Applicant]:
        """The applicants whose files go to the jury."""
        return [applicant for applicant in self.applicants if applicant.goes_to_jury]

    def invite_jury(self) -> None:
        """Officers invite as many jurors as the files need, from countries without files, and perhaps one from one with."""
        files = self.reviewed()
        self.jury = JuryWork(self.people, self.call, {one.reference: one.place for one in files})
        tied = [files[0].place.country] if self.has_tied_juror else []
        self.jury.invite(len(files), {one.place.country for one in self.applicants}, tied)

    def seated(self) -> JuryWork:
        """The jury. Raises LookupError before it was invited."""
        if self.jury is None:
            raise LookupError("no jury has been invited")
        return self.jury

    def accept_jury(self) -> None:
        """All jurors accept."""
        for email in self.seated().jurors:
            self.seated().accept(email)

    def begin_jury(self) -> None:
        """Readings are assigned, and the jurors' sittings planned."""
        jury, dates = self.seated(), self.dates
        jury.assign(dates.minutes_at)
        for sitting in range(SITTINGS):
            moment = dates.between(dates.jury_at, dates.minutes_at, (sitting + 1) / (SITTINGS + 1))
            for email in jury.jurors:
                self.agenda.plan(moment, partial(jury.read, email, sitting))

    # --- decision and cohort ----------------------------------------------------------------------------------------

    def recommend(self) -> None:
        """The chair confirms the recommendation with the minutes."""
        self.seated().confirm(self.dates.minutes_at)

    def prepare(self) -> None:
        """An officer prepares every decision as the jury recommends, and begins the cohort."""
        officer = self.people.actor(cast.OFFICER)
        outcomes = {
            one.reference: Outcome.APPROVED if one.place.is_good else Outcome.NOT_APPROVED for one in self.reviewed()
        }
        decision.prepare(actor=officer, outcomes=outcomes, reasons={})
        self.cohort = cohorts.create(
            actor=officer, call=self.call, title=self.cohort_title, announce_at=self.dates.announce_at
        )
        values = self.first_values or CohortValues(title=self.cohort_title)
        values = replace(values, title=self.cohort_title, announce_at=self.dates.announce_at)
        cohorts.change(actor=officer, cohort=self.cohort, values=values)

    def approve(self) -> None:
        """The director approves."""
        references = [one.reference for one in self.reviewed()]
        decision.approve(actor=self.people.actor(cast.DIRECTOR), references=references)

    def tell(self) -> None:
        """Feedback is drafted for every city that is not approved; an officer reads each text and adds a line."""
        if all(one.place.is_good for one in self.reviewed()):
            return
        officer = self.people.actor(cast.OFFICER)
        feedback.draft_all(actor=officer, call=self.call)
        board = feedback_pages.board(officer, self.call, clock.now())
        db.release()
        for line in board.lines:
            if line.stage == "drafted":
                body = f"{line.body}\n\n{TOLD}"
                feedback.write(actor=officer, application=line.reference, body=body, revision=line.revision)

    def lock(self) -> None:
        """The second officer locks the list."""
        cohorts.lock(actor=self.people.actor(cast.SECOND_OFFICER), cohort=self.cohort)

    def arm(self) -> None:
        """The director arms the announcement; both officers stand by."""
        stand_by = [self.people.ids[cast.OFFICER], self.people.ids[cast.SECOND_OFFICER]]
        cohorts.arm(
            actor=self.people.actor(cast.DIRECTOR), cohort=self.cohort, typed_title=self.cohort_title, stand_by=stand_by
        )

    def announce(self) -> None:
        """The instant has come: the worker announces. Raises RuntimeError when it was kept from it."""
        if self.cohort not in announce_what_is_due(actor=SYSTEM):
            raise RuntimeError(f"{self.cohort} was not announced")


def pass_time() -> None:
    """What the worker does when time passes: drafts expire, silence is recorded, reminders are written."""
    tick.deadlines()


def plan_way(run: CallRun, applicant: Applicant, share: float) -> None:
    """One city's way to the jury, spread over the call by its ``share`` of 0 to 1."""
    dates, plan = run.dates, run.agenda.plan
    last = dates.last_day_to_begin
    plan(dates.between(dates.opens_at, last, share), applicant.begin)
    ready = dates.between(last, dates.deadline_at, 0.05 + 0.4 * share)
    plan(ready, applicant.fill)
    if applicant.has_files:
        plan(ready, applicant.attach)
    plan(ready, applicant.sign_on_paper if applicant.place.signs_on_paper else applicant.ask_signature)
    signed = dates.between(last, dates.deadline_at, 0.5 + 0.3 * share)
    if not applicant.place.signs_on_paper:
        plan(signed, applicant.sign)
    plan(dates.between(signed, dates.deadline_at, 0.8), applicant.submit)
    plan(dates.between(dates.deadline_at, dates.commissions_at, 0.05 + 0.85 * share), applicant.endorse)
    plan(dates.between(dates.commissions_at, dates.checked_at, 0.1 + 0.8 * share), applicant.check)


def plan_call(run: CallRun, countries: Iterable[str]) -> None:
    """Make the call and give the Commissions their accounts; ``create`` has run when cities are planned."""
    wanted = sorted(set(countries))
    run.agenda.plan(run.dates.created_at, lambda: run.invite_commissions(wanted))
    run.agenda.plan(run.dates.created_at, run.create)


def plan_jury(run: CallRun) -> None:
    """From the Commissions' deadline to the minutes."""
    dates, plan = run.dates, run.agenda.plan
    plan(dates.commissions_at + timedelta(minutes=1), pass_time)
    plan(dates.between(dates.commissions_at, dates.checked_at, 0.95), run.invite_jury)
    plan(dates.checked_at, run.accept_jury)
    plan(dates.jury_at, run.begin_jury)
    plan(dates.minutes_at, run.recommend)


def plan_decision(run: CallRun) -> None:
    """From the minutes to the locked list."""
    dates, plan = run.dates, run.agenda.plan
    plan(dates.between(dates.minutes_at, dates.decided_at, 0.5), run.prepare)
    plan(dates.decided_at, run.approve)
    plan(dates.between(dates.decided_at, dates.locked_at, 0.5), run.tell)
    plan(dates.locked_at, run.lock)


def plan_announcement(run: CallRun) -> None:
    """Armed the day before, announced at the instant by the worker."""
    dates, plan = run.dates, run.agenda.plan
    plan(dates.armed_at, run.arm)
    plan(dates.announce_at, run.announce)


def carry(run: CallRun, places: Sequence[Place]) -> None:
    """Plan the whole chain for these places, all of which come to the jury; ``agenda.run`` then does it."""
    plan_call(run, (place.country for place in places))

    def let_them_apply() -> None:
        for place, share in zip(places, shares(len(places), run.title), strict=True):
            plan_way(run, run.applicant(place), share)

    run.agenda.plan(run.dates.created_at, let_them_apply)
    plan_jury(run)
    plan_decision(run)
    plan_announcement(run)


def shares(count: int, *seed: object) -> list[float]:
    """Shares of 0 to 1 in an order that does not follow the list."""
    order = list(range(count))
    invention.rng("shares", *seed).shuffle(order)
    return [number / max(1, count) for number in order]
