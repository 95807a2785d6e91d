"""The demonstration's calls by the real clock: one open, one whose jury reads, one with its list locked.

Every applicant is an invented place with a story of its own, so that every state occurs and every role has work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from gnlc_apply.models import Role
from gnlc_apply.scenarios import cast, chain, places
from gnlc_apply.scenarios.agenda import Agenda
from gnlc_apply.scenarios.answers import Place
from gnlc_apply.scenarios.applicant import Applicant
from gnlc_apply.scenarios.calendar_of_call import Calendar
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.scenarios.chain import CallRun
from gnlc_apply.services import account, assignment

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
        dates = Calendar(**{name: now + timedelta(days=number) for name, number in days.items()})
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


def plan_open(people: Cast, agenda: Agenda, now: datetime, source: Places) -> CallRun:
    """An open call: drafts, signatures in every condition, files before the Commissions and before the secretariat."""
    days = {
        "created_at": -50.0,
        "opens_at": -40.0,
        "deadline_at": 20.0,
        "commissions_at": 50.0,
        "checked_at": 70.0,
        "jury_at": 80.0,
        "minutes_at": 150.0,
        "decided_at": 165.0,
        "locked_at": 180.0,
        "armed_at": 188.0,
        "announce_at": 189.0,
    }
    call = Running(people, agenda, now, days, f"Call for applications {now.year + 1}")
    run = call.run
    chosen = [source.next(signs_on_paper=number == 6) for number in range(27)]
    chain.plan_call(run, (place.country for place in chosen))

    def let_them_apply() -> None:
        ones = iter(call.applicants(chosen))
        _drafts(call, ones)
        _signatures(call, ones)
        _before_commission(call, ones)
        _before_secretariat(call, ones)
        _full_quota(call, list(ones))

    agenda.plan(run.dates.created_at, let_them_apply)
    call.at(2, lambda: _next_jury(run))
    call.at(1, lambda: _second_keys(people))
    return run


def _drafts(call: Running, ones: Iterator[Applicant]) -> None:
    """Just begun; half filled with a colleague; complete with files; ready to submit."""
    begun, shared, complete, ready = (next(ones) for _ in range(4))
    call.at(3, begun.begin)
    call.at(14, shared.begin)
    call.at(13, lambda: shared.fill(FIRST_SECTIONS))
    call.at(12, lambda: shared.invite_colleague(f"library@{shared.place.domain}", shared.people.invent("colleague")))
    call.at(20, complete.begin)
    call.at(18, complete.fill)
    call.at(17, complete.attach)
    call.at(22, ready.begin)
    call.at(19, ready.fill)
    call.at(16, ready.ask_signature)
    call.at(9, ready.sign)


def _signatures(call: Running, ones: Iterator[Applicant]) -> None:
    """Outstanding; refused by the mayor; on paper, to be confirmed; signed and voided by a later change."""
    outstanding, refused, on_paper, voided = (next(ones) for _ in range(4))
    for one in (outstanding, refused):
        call.submitted(one, 25, 8, is_signed=False)
    call.at(10, refused.not_sign)
    call.submitted(on_paper, 30, 8)
    call.at(15, on_paper.endorse)
    call.submitted(voided, 28, 9)
    call.at(11, voided.take_back)
    call.at(10, lambda: voided.change("vision.vision", "A city that learns to live with its river. Invented."))
    call.at(9, voided.resubmit)


def _before_commission(call: Running, ones: Iterator[Applicant]) -> None:
    """Waiting; asked a question; returned; not endorsed; withdrawn; taken back by the city."""
    waiting, asked, returned, declined, withdrawn, taken = (next(ones) for _ in range(6))
    for number, one in enumerate((waiting, asked, returned, declined, withdrawn, taken)):
        call.submitted(one, 32 - number, 7)
    due = call.now + timedelta(days=10)
    call.at(6, lambda: asked.ask_by_commission(due))
    call.at(5, lambda: returned.return_by_commission(["practices.1.results"], due))
    call.at(7, declined.not_endorse)
    call.at(4, withdrawn.withdraw)
    call.at(3, taken.take_back)


def _before_secretariat(call: Running, ones: Iterator[Applicant]) -> None:
    """Endorsed, to be checked; eligible; returned; ineligible, with and without the city's reply."""
    *endorsed, eligible, also, returned, silent, replied = (next(ones) for _ in range(7))
    for number, one in enumerate((*endorsed, eligible, also, returned, silent, replied)):
        call.submitted(one, 34 - number, 8)
        call.at(16 - number * 0.5, one.endorse)
    for one in (eligible, also):
        call.at(8, one.check)
    due = call.now + timedelta(days=7)
    call.at(6, lambda: returned.return_by_secretariat(["city.area", "resources.resources"], due))
    for one in (silent, replied):
        call.at(5, one.find_ineligible)
    call.at(2, replied.reply)


def _full_quota(call: Running, ones: list[Applicant]) -> None:
    """The last ones come from few countries: one country's places are all taken, one more of its files waits."""
    for number, one in enumerate(ones):
        call.submitted(one, 27 - number * 0.5, 7)
    same = [one for one in ones if one.place.country == ones[-1].place.country]
    # With the file on paper, which comes from there too, all three places are taken.
    for number, one in enumerate(same[:2]):
        call.at(9 - number, one.endorse)


def _next_jury(run: CallRun) -> None:
    """Jurors of the next jury are invited; nobody has answered yet."""
    for email in sorted(name for name in run.people.ids if name.startswith("reader@"))[:4]:
        country = email.removeprefix("reader@university-").removesuffix(".example").upper()
        assignment.invite_juror(
            actor=run.people.actor(cast.OFFICER),
            call=run.call,
            email=email,
            name=run.people.name(email),
            countries=[country],
            languages=["en", "fr:reading"],
        )


def _second_keys(people: Cast) -> None:
    """An acting director has been asked for and waits for the director's confirmation."""
    account.ask_for_role(
        actor=people.actor(cast.ADMINISTRATOR),
        email="acting.director@secretariat.example",
        name=people.invent("acting director"),
        role=Role.DIRECTOR,
        reason="While the director travels. Invented for this demonstration.",
    )
