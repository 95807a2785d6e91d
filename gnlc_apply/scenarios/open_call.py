"""The demonstration's open call: one invented place for each condition in which a file can be before the jury."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from gnlc_apply.models import Role
from gnlc_apply.scenarios import cast, chain, places
from gnlc_apply.scenarios.agenda import Agenda
from gnlc_apply.scenarios.applicant import Applicant
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.scenarios.chain import CallRun
from gnlc_apply.scenarios.jury_work import ADDRESS
from gnlc_apply.scenarios.running_calls import FIRST_SECTIONS, Places, Running
from gnlc_apply.services import account, assignment


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
    chosen[4] = places.consortium(chosen[4])
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
    """Of a consortium, outstanding for the whole; refused by the mayor; on paper, to be confirmed; signed and voided by a later change."""
    outstanding, refused, on_paper, voided = (next(ones) for _ in range(4))
    for one in (outstanding, refused):
        call.submitted(one, 25, 8, is_signed=False)
    call.at(15, lambda: outstanding.ask_signature(1))
    call.at(12, lambda: outstanding.sign(1))
    call.at(11, lambda: outstanding.sign_on_paper(2))
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
    for email in sorted(name for name in run.people.ids if name.startswith(ADDRESS))[:4]:
        country = email.removeprefix(ADDRESS).removesuffix(".example").upper()
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
