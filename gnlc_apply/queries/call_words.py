"""A call in plain words: what is open to whom now, what comes next, what waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from gnlc_apply.core import clock
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Call,
    CallState,
    CohortState,
    Deadline,
    ExtensionScope,
    InformationRequest,
    QuotaException,
    RequestKind,
    ScreeningCheck,
    Signature,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import mail
from gnlc_apply.queries.call import CallPage
from gnlc_apply.queries.embargoed import assignments
from gnlc_apply.queries.embargoed.steps import Step
from gnlc_apply.queries.rows import AnyRow, AnySelect
from gnlc_apply.queries.signature_count import AWAITS_CONFIRMATION


@dataclass(frozen=True)
class Coming:
    """Something that will happen, at an instant or on a day."""

    words: Text
    at: datetime | None = None
    on: date | None = None
    place: str = ""
    country: str = ""


@dataclass(frozen=True)
class Task:
    """Something that waits for the secretariat, in a call or (empty) in none. ``kind`` says which page shows it, ``at`` what its
    address holds."""

    call: str
    words: Text
    number: int
    kind: str
    at: Mapping[str, str]


def _with_more_time(call: CallPage, deadline: Deadline, now: datetime) -> int:
    """How many countries and cities have more time than the others, still running."""
    return len(
        {
            (e.scope, e.country, e.application)
            for e in call.extensions
            if e.deadline is deadline and e.scope is not ExtensionScope.ALL and e.until_at > now
        }
    )


def for_all(call: CallPage, deadline: Deadline) -> datetime:
    """The deadline that binds everybody: the call's own, or its latest extension for all."""
    own = call.settings.deadline_at if deadline is Deadline.CITIES else call.settings.commission_deadline_at
    longer = [e.until_at for e in call.extensions if e.deadline is deadline and e.scope is ExtensionScope.ALL]
    latest: datetime = max([own, *longer])
    return latest if deadline is Deadline.CITIES else max(latest, for_all(call, Deadline.CITIES))


def open_now(call: CallPage, now: datetime, step: Step | None = None) -> list[Text]:
    """What is open to whom at this moment, and how far it is after the jury (``step``)."""
    settings = call.settings
    if settings.state is CallState.PREPARING:
        return [Text("Nothing is open yet. Only the secretariat sees this call.")]
    if settings.state is CallState.CONCLUDED:
        return [Text("The call is concluded. Cities and National Commissions read their outcome.")]
    if now < settings.opens_at:
        return [Text("Cities can read the questions. They cannot apply yet.")]
    return [*_cities_now(call, now), *_commissions_now(call, now), *_jury_now(call, step)]


def _cities_now(call: CallPage, now: datetime) -> list[Text]:
    ends = for_all(call, Deadline.CITIES)
    found = [
        Text("Cities apply, and may take back and correct.")
        if now <= ends
        else Text("Cities cannot apply any more. They answer what they are asked.")
    ]
    longer = _with_more_time(call, Deadline.CITIES, now)
    if longer:
        found.append(Text("Countries or cities with more time than the others: %(number)s", number=longer))
    return found


def _commissions_now(call: CallPage, now: datetime) -> list[Text]:
    if now <= for_all(call, Deadline.COMMISSIONS):
        return [Text("National Commissions read, ask, return and endorse.")]
    longer = _with_more_time(call, Deadline.COMMISSIONS, now)
    if longer:
        return [Text("National Commissions with more time for a file or all files: %(number)s", number=longer)]
    return [Text("National Commissions cannot endorse any more.")]


def _jury_now(call: CallPage, step: Step | None) -> list[Text]:
    if step is not None:
        return [Text("The jury has finished: its recommendation is confirmed."), *_after_the_jury(step)]
    if call.counts.get("admitted") or call.counts.get("not_admitted"):
        return [Text("The jury has finished, and the results are announced.")]
    if call.counts.get("in_review"):
        return [Text("The jury reads. Files with the jury: %(number)s", number=call.counts["in_review"])]
    return [Text("The jury has not begun.")]


def _after_the_jury(step: Step) -> list[Text]:
    if step.cohort_state is CohortState.ARMED:
        return [Text("The list is locked and its announcement armed.")]
    if step.cohort_state is CohortState.LOCKED:
        return [Text("The list is locked. Its announcement is not armed yet.")]
    return [Text("Decisions approved: %(approved)s of %(files)s", approved=step.approved, files=step.files)]


def coming(call: CallPage, now: datetime, step: Step | None = None) -> list[Coming]:
    """What comes next, the nearest first."""
    settings = call.settings
    instants = [
        Coming(Text("Cities can apply"), at=settings.opens_at),
        Coming(Text("Deadline of the cities"), at=for_all(call, Deadline.CITIES)),
        Coming(Text("Deadline of the National Commissions"), at=for_all(call, Deadline.COMMISSIONS)),
        *(_longer(e) for e in call.extensions if e.scope is not ExtensionScope.ALL),
        *([Coming(Text("Announcement"), at=step.announce_at)] if step and step.cohort_state in _FIXED else []),
    ]
    ahead = sorted((c for c in instants if c.at is not None and c.at > now), key=lambda c: c.at or now)
    if settings.state is not CallState.CONCLUDED:
        ahead.append(Coming(Text("Results promised"), on=settings.results_promised_on))
    return ahead


_FIXED = (CohortState.LOCKED, CohortState.ARMED)


def _longer(extension: AnyRow) -> Coming:
    words = Text("Extended deadline")
    if extension.deadline is Deadline.COMMISSIONS:
        words = Text("Extended deadline of the National Commission")
    return Coming(words, at=extension.until_at, place=extension.place_name or "", country=extension.country or "")


_STATES_THAT_WAIT = (
    ("endorsed", Text("Files to be checked"), "endorsed"),
    ("unanswered", Text("Files without an answer of the National Commission"), "unanswered"),
    ("eligible", Text("Eligible files, to be assigned"), "eligible"),
)


def tasks(actor: Actor, steps: Mapping[str, Step], reference: str | None = None) -> list[Task]:
    """What waits for this officer in the calls that are open (or in one): six statements, however many files.

    ``steps``: how far these calls are after their jury (``embargoed/steps.py``).
    """
    open_calls = select(Call.id).where(Call.state == CallState.OPEN)
    if reference is not None:
        open_calls = open_calls.where(Call.reference == reference)
    calls = {
        row.id: row.reference
        for row in db.reader.execute(select(Call.id, Call.reference).where(Call.id.in_(open_calls)))
    }
    found: list[Task] = []
    states = db.reader.execute(
        select(Application.call_id, Application.state, func.count(Application.id))
        .where(Application.call_id.in_(open_calls))
        .group_by(Application.call_id, Application.state)
    ).all()
    numbers = {(call_id, state.value): number for call_id, state, number in states}
    for call_id, call in calls.items():
        found += [
            Task(call, words, numbers[call_id, state], "files", {"call": call, "state": wanted})
            for state, words, wanted in _STATES_THAT_WAIT
            if numbers.get((call_id, state))
        ]
    for words, wanted, query in _waiting():
        rows = db.reader.execute(query.where(Application.call_id.in_(open_calls)).group_by(Application.call_id))
        found += [
            Task(calls[call_id], words, number, "files", {"call": calls[call_id], "state": wanted})
            for call_id, number in rows
        ]
    short = Text("Files with the jury that have too few readers")
    found += [
        Task(calls[call_id], short, number, "readers", {"call": calls[call_id]})
        for call_id, number in assignments.short_of_readers(actor, clock.now(), calls).items()
        # After the recommendation nobody reads any more.
        if calls[call_id] not in steps
    ]
    found += _exceptions_to_confirm(actor, calls)
    return [*found, *(task for call, step in steps.items() if call in calls.values() for task in _of_step(call, step))]


def _of_step(call: str, step: Step) -> list[Task]:
    """What waits between the recommendation and the announcement."""
    at, cohort = {"call": call}, {"cohort": step.cohort or ""}
    state = step.cohort_state
    wanted = [
        Task(call, Text("Files without a proposed decision"), step.undecided, "decisions", {**at, "show": "undecided"}),
        Task(call, Text("Proposed decisions to approve"), step.to_approve, "decisions", {**at, "show": "proposed"}),
        Task(call, Text("Cohorts to begin"), step.is_decided and state is None, "new_cohort", at),
        Task(call, Text("Lists to lock"), step.is_decided and state is CohortState.PREPARING, "cohort", cohort),
        Task(call, Text("Announcements to arm"), step.may_arm and state is CohortState.LOCKED, "cohort", cohort),
        Task(call, Text("Changes of a locked list to confirm"), step.changes, "cohort", cohort),
    ]
    return [replace(task, number=int(task.number)) for task in wanted if task.number]


def undelivered(actor: Actor) -> list[Task]:
    """Messages that could not be sent: one statement."""
    number = mail.undelivered(actor)
    return [Task("", Text("Messages that could not be sent"), number, "mail", {"state": "dead"})] if number else []


def _waiting() -> list[tuple[Text, str, AnySelect]]:
    counted = select(Application.call_id, func.count(Application.id.distinct()))
    letters = counted.join(Signature, Signature.application_id == Application.id).where(AWAITS_CONFIRMATION)
    replies = counted.join(ScreeningCheck, ScreeningCheck.application_id == Application.id).where(
        Application.state == "ineligible",
        ScreeningCheck.replied_at.is_not(None),
        ScreeningCheck.final_at.is_(None),
        ScreeningCheck.reversed_at.is_(None),
    )
    answers = counted.join(InformationRequest, InformationRequest.application_id == Application.id).where(
        InformationRequest.kind == RequestKind.QUESTION,
        InformationRequest.asked_for == "secretariat",
        InformationRequest.answered_at.is_not(None),
        Application.state.in_(("submitted", "endorsed", "eligible")),
    )
    return [
        (Text("Signed letters to confirm"), "letter", letters),
        (Text("Replies of cities found ineligible"), "ineligible", replies),
        (Text("Answers of cities to read"), "answered", answers),
    ]


def _exceptions_to_confirm(actor: Actor, calls: dict[int, str]) -> list[Task]:
    rows = db.reader.execute(
        select(QuotaException.call_id, func.count(QuotaException.id))
        .where(
            QuotaException.call_id.in_(calls),
            QuotaException.confirmed_at.is_(None),
            QuotaException.asked_by_id != actor.person_id,
        )
        .group_by(QuotaException.call_id)
    )
    return [
        Task(calls[call_id], Text("Exceptions of the quota to confirm"), number, "places", {"call": calls[call_id]})
        for call_id, number in rows
    ]
