"""The demonstration's calls by the real clock: one whose jury reads, one with its list locked (``open_call``: the third).

Every applicant is an invented place with a story of its own, so that every state occurs and every role has work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from gnlc_apply.scenarios import calibration_work, chain, places
from gnlc_apply.scenarios.agenda import Agenda
from gnlc_apply.scenarios.answers import Place
from gnlc_apply.scenarios.applicant import Applicant
from gnlc_apply.scenarios.calendar_of_call import Calendar
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.scenarios.chain import CallRun

FIRST_SECTIONS = ("city", "people", "motivation", "vision")


class Places:
    """Invented places, each given out once."""

    def __init__(self) -> None:
        self._numbers: Iterator[int] = iter(range(len(places.invented_names())))

    def next(self, quality: float = 3.9, *, is_good: bool = True, signs_on_paper: bool = False) -> Place:
        """The next one. Raises StopIteration when there are none left."""
        return places.invented(next(self._numbers), quality, is_good=is_good, signs_on_paper=signs_on_paper)


class Running:
    """One running call: its dates counted from today, its applicants' stories planned on the agenda."""

    def __init__(self, people: Cast, agenda: Agenda, now: datetime, days: dict[str, float], title: str) -> None:
        """``days``: the fields of the call's calendar in days from now, negative in the past."""
        self.now, self.agenda = now, agenda
        dates = Calendar(**{name: _hour_of(name, now + timedelta(days=number)) for name, number in days.items()})
        year = dates.announce_at.year
        self.run = CallRun(people, agenda, dates, title=title, cohort_title=f"New members {year}", year=year)
        self.run.has_tied_juror = True

    def at(self, days_ago: float, step: Callable[[], object]) -> None:
        """Do this so many days ago."""
        self.agenda.plan(self.now - timedelta(days=days_ago), step)

    def applicants(self, wanted: Iterable[Place]) -> list[Applicant]:
        """Applicants for these places; the call must have been made when they begin."""
        return [self.run.applicant(place) for place in wanted]

    def submitted(self, one: Applicant, begun: float, days: float = 6.0, *, is_signed: bool = True) -> None:
        """Begun so many days ago, filled, signed and submitted within ``days``."""
        self.at(begun, one.begin)
        self.at(begun - days * 0.3, one.fill)
        if one.place.signs_on_paper:
            self.at(begun - days * 0.6, one.sign_on_paper)
        else:
            self.at(begun - days * 0.4, one.ask_signature)
            if is_signed:
                self.at(begun - days * 0.8, one.sign)
        self.at(begun - days, one.submit)


def _hour_of(name: str, moment: datetime) -> datetime:
    """Deadlines end with their day, calls open and cohorts are announced in the morning; the rest as it comes."""
    if name in ("deadline_at", "commissions_at"):
        return moment.replace(hour=21, minute=59)
    return moment.replace(hour=9, minute=0) if name in ("opens_at", "announce_at") else moment


def plan_locked(people: Cast, agenda: Agenda, now: datetime, source: Places) -> CallRun:
    """A call whose list is locked: the director can arm the announcement, which is two days ahead."""
    days = {
        "created_at": -330.0,
        "opens_at": -300.0,
        "deadline_at": -200.0,
        "commissions_at": -170.0,
        "checked_at": -158.0,
        "jury_at": -150.0,
        "minutes_at": -40.0,
        "decided_at": -20.0,
        "locked_at": -1.0,
        "armed_at": 1.0,
        "announce_at": 2.0,
    }
    call = Running(people, agenda, now, days, f"Call for applications {now.year}")
    run, dates = call.run, call.run.dates
    good = [source.next(3.6 + 0.1 * number) for number in range(8)]
    weak = [source.next(2.0 + 0.1 * number, is_good=False) for number in range(3)]
    others = [source.next() for _story in range(5)]
    chain.plan_call(run, (place.country for place in (*good, *weak, *others)))

    def let_them_apply() -> None:
        way = call.applicants([*good, *weak])
        for one, share in zip(way, chain.shares(len(way), run.title), strict=True):
            chain.plan_way(run, one, share)
        _other_ends(call, call.applicants(others))

    agenda.plan(dates.created_at, let_them_apply)
    agenda.plan(dates.deadline_at + timedelta(minutes=1), chain.pass_time)
    chain.plan_jury(run)
    agenda.plan(dates.jury_at - timedelta(minutes=1), chain.pass_time)
    chain.plan_decision(run)
    return run


def _other_ends(call: Running, others: list[Applicant]) -> None:
    """Files that end before the jury, and one that was withdrawn while it was being read."""
    for one in others[:4]:
        one.goes_to_jury = False
    unanswered, not_endorsed, ineligible, expired, withdrawn = others
    for one in (unanswered, not_endorsed, ineligible):
        call.submitted(one, 260, 40)
    call.at(195, not_endorsed.not_endorse)
    call.at(190, ineligible.endorse)
    call.at(165, ineligible.find_ineligible)
    call.at(250, expired.begin)
    call.at(249, lambda: expired.fill(FIRST_SECTIONS))
    chain.plan_way(call.run, withdrawn, 0.5)
    call.at(100, lambda: _withdraw(call.run, withdrawn))


def _withdraw(run: CallRun, one: Applicant) -> None:
    one.withdraw()
    one.goes_to_jury = False
    run.seated().places.pop(one.reference)


def plan_with_jury(people: Cast, agenda: Agenda, now: datetime, source: Places) -> CallRun:
    """A small call whose jury reads: some reviews are submitted, some begun, some files not opened yet."""
    days = {
        "created_at": -140.0,
        "opens_at": -130.0,
        "deadline_at": -75.0,
        "commissions_at": -50.0,
        "checked_at": -38.0,
        "jury_at": -28.0,
        "minutes_at": 20.0,
        "decided_at": 30.0,
        "locked_at": 50.0,
        "armed_at": 59.0,
        "announce_at": 60.0,
    }
    call = Running(people, agenda, now, days, f"Special call for islands and deltas {now.year}")
    run, dates = call.run, call.run.dates
    chosen = [source.next(4.3 - 0.35 * number, is_good=number < 5) for number in range(7)]
    chain.plan_call(run, (place.country for place in chosen))

    def let_them_apply() -> None:
        way = call.applicants(chosen)
        for one, share in zip(way, chain.shares(len(way), run.title), strict=True):
            chain.plan_way(run, one, share)

    agenda.plan(dates.created_at, let_them_apply)
    agenda.plan(dates.between(dates.commissions_at, dates.checked_at, 0.95), run.invite_jury)
    agenda.plan(dates.checked_at, run.accept_jury)
    calibration_work.plan(run, dates.checked_at + timedelta(hours=2), dates.jury_at - timedelta(hours=2))
    agenda.plan(dates.jury_at, lambda: run.seated().assign(dates.minutes_at))
    for number, ago in enumerate((20, 12, 6)):
        call.at(ago, partial(_read_some, run, number))
    return run


def _read_some(run: CallRun, sitting: int) -> None:
    """Everybody reads a third first; later only some go on, and one begins a review without submitting it."""
    jury = run.seated()
    for place, email in enumerate(jury.jurors):
        if sitting == 0 or place % 3 < 2 - sitting:
            jury.read(email, sitting)
    if sitting == 2:
        jury.begin_reading(jury.jurors[-1])
