"""What must never happen (process.md section 9), looked for in a whole database. Shared by rehearsals and tests."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    ApplicationState,
    ApplicationVersion,
    AuditDetail,
    AuditEntry,
    Call,
    Cohort,
    CohortCity,
    CohortState,
    Decision,
    Endorsement,
    EndorsementOutcome,
    Grant,
    Juror,
    Membership,
    OutboxMessage,
    Outcome,
    Person,
    PlacePurpose,
    QuotaException,
    QuotaPlace,
    Review,
    ReviewState,
    Role,
    Score,
    Signature,
)
from gnlc_apply.queries.questionnaire import guide_of
from gnlc_apply.queries.signature_count import STANDS
from gnlc_apply.questionnaire.totals import weighted_total
from gnlc_apply.services import ledger

Check = Callable[[Session], Iterator[str]]
# Messages about a cohort that may go to the secretariat before the announcement, and to nobody else.
_INNER = ("list_locked", "armed", "disarmed", "held", "lapsed", "announcement_blocked", "withdrawal_after_lock")
_LETTERS = ("letter_admitted", "letter_not_admitted")


def _decisions_stay_inside(session: Session) -> Iterator[str]:
    """1. No letter before the announcement; what is said of a cohort before goes to the secretariat only."""
    letters = session.execute(
        select(OutboxMessage.key, OutboxMessage.queued_at, OutboxMessage.not_before, Cohort.announced_at)
        .outerjoin(Cohort, Cohort.id == OutboxMessage.cohort_id)
        .where(OutboxMessage.kind.startswith("letter_"), OutboxMessage.kind != "letter_refused")
    )
    for row in letters:
        if row.announced_at is None or min(row.queued_at, row.not_before) < row.announced_at:
            yield f"a letter was queued before its announcement: {row.key}"
    staff = select(Grant.person_id).where(Grant.role.in_((Role.OFFICER, Role.DIRECTOR)))
    outside = select(OutboxMessage.key).where(
        OutboxMessage.kind.in_(_INNER),
        OutboxMessage.person_id.is_(None) | OutboxMessage.person_id.not_in(staff),
    )
    for key in session.scalars(outside):
        yield f"somebody outside was told of a list: {key}"
    ended = (ApplicationState.ADMITTED, ApplicationState.NOT_ADMITTED)
    early = (
        select(Application.reference)
        .outerjoin(Cohort, Cohort.call_id == Application.call_id)
        .where(Application.state.in_(ended), Cohort.announced_at.is_(None))
    )
    for reference in session.scalars(early):
        yield f"an application shows its outcome before the announcement: {reference}"


def _readers_stay_unnamed(session: Session) -> Iterator[str]:
    """2. No message to a city bears the name or address of a juror."""
    jurors = session.execute(select(Person.name, Person.email).join(Juror, Juror.person_id == Person.id)).all()
    marks = {mark for row in jurors for mark in (row.name, row.email)}
    officials = select(ApplicationMember.person_id)
    messages = session.execute(
        select(OutboxMessage.key, OutboxMessage.values, OutboxMessage.body).where(
            OutboxMessage.person_id.in_(officials)
        )
    )
    for row in messages:
        text = json.dumps(row.values, ensure_ascii=False) + row.body
        if any(mark in text for mark in marks):
            yield f"a message to a city names a juror: {row.key}"


def _nothing_is_lost(session: Session) -> Iterator[str]:
    """3. Every submitted text is what was frozen; every submitted review has its total, and its scores make it."""
    for reference, content, sha256 in session.execute(
        select(Application.reference, ApplicationVersion.content, ApplicationVersion.sha256).join(
            ApplicationVersion, ApplicationVersion.application_id == Application.id
        )
    ):
        if hashlib.sha256(content.encode()).hexdigest() != sha256:
            yield f"a frozen version of {reference} is not what was signed"
    guides = {row.id: guide_of(session, row.guide_version_id) for row in session.scalars(select(Call))}
    for review, scores, call_id in _submitted_reviews(session):
        total = weighted_total(guides[call_id].weights, scores)
        if total.value is None or review.total is None or abs(total.value - review.total) > 1e-9:
            yield f"review {review.id}: its scores do not make its total"


def _submitted_reviews(session: Session) -> Iterator[tuple[Review, dict[str, int | None], int]]:
    scores: dict[int, dict[str, int | None]] = defaultdict(dict)
    for score in session.scalars(select(Score)):
        scores[score.review_id][score.criterion] = score.value
    rows = session.execute(
        select(Review, Application.call_id)
        .join(ApplicationVersion, ApplicationVersion.id == Review.version_id)
        .join(Application, Application.id == ApplicationVersion.application_id)
        .where(Review.state == ReviewState.SUBMITTED)
    )
    for review, call_id in rows:
        yield review, scores[review.id], call_id


def _letters_are_sent_once(session: Session) -> Iterator[str]:
    """3. Each announced city's officials got exactly one letter each, and it is the one of their outcome."""
    counted: Counter[tuple[int | None, str]] = Counter()
    kinds: dict[int, set[str]] = defaultdict(set)
    letters = select(OutboxMessage.application_id, OutboxMessage.recipient, OutboxMessage.kind)
    for application_id, recipient, kind in session.execute(letters.where(OutboxMessage.kind.in_(_LETTERS))):
        counted[application_id, recipient] += 1
        if application_id is not None:
            kinds[application_id].add(kind)
    for (application_id, recipient), number in counted.items():
        if number != 1:
            yield f"application {application_id}: {number} letters to {recipient}"
    for row in session.scalars(select(Application).where(Application.state.in_(("admitted", "not_admitted")))):
        if kinds[row.id] != {f"letter_{row.state}"}:
            yield f"{row.reference} is {row.state} and got {sorted(kinds[row.id])}"
    keys = session.execute(select(func.count(OutboxMessage.id), func.count(OutboxMessage.key.distinct()))).one()
    if keys[0] != keys[1]:
        yield "two messages share a key"


def _registry_follows_decisions(session: Session) -> Iterator[str]:
    """The memberships of an announced cohort are its approved applications: no more, no fewer."""
    for cohort in session.scalars(select(Cohort).where(Cohort.call_id.is_not(None))):
        wanted = set(
            session.scalars(
                select(func.coalesce(Application.city_id, 0))
                .join(Decision, Decision.application_id == Application.id)
                .where(
                    Application.call_id == cohort.call_id,
                    Application.state != ApplicationState.WITHDRAWN,
                    Decision.outcome == Outcome.APPROVED,
                    Decision.approved_at.is_not(None),
                )
            )
        )
        is_out = cohort.state is CohortState.ANNOUNCED
        began = session.scalars(select(Membership.city_id).where(Membership.cohort_id == cohort.id)).all()
        listed = session.scalars(select(CohortCity.city_id).where(CohortCity.cohort_id == cohort.id)).all()
        expected = sorted(wanted) if is_out else []
        if sorted(began) != expected or sorted(listed) != expected:
            yield f"{cohort.reference}: {len(expected)} decided, {len(began)} memberships, {len(listed)} in the release"


def _quotas_hold(session: Session) -> Iterator[str]:
    """No country has more endorsed, approved or admitted cities than places."""
    extra: Counter[tuple[int, str]] = Counter()
    for row in session.scalars(select(QuotaException).where(QuotaException.confirmed_at.is_not(None))):
        extra[row.call_id, row.country] += row.extra
    quotas = {call.id: call.quota for call in session.scalars(select(Call))}
    for purpose in PlacePurpose:
        held = Counter(
            (row.call_id, row.country)
            for row in session.scalars(select(QuotaPlace).where(QuotaPlace.purpose == purpose))
        )
        yield from _over(held, quotas, extra, purpose.value)
    admitted = Counter(
        (row.call_id, row.country)
        for row in session.scalars(select(Application).where(Application.state == ApplicationState.ADMITTED))
    )
    yield from _over(admitted, quotas, extra, "admitted")
    endorsed = Endorsement.outcome == EndorsementOutcome.ENDORSED
    without = (
        select(Application.reference)
        .outerjoin(
            Endorsement, (Endorsement.application_id == Application.id) & Endorsement.revoked_at.is_(None) & endorsed
        )
        .where(Application.state.in_(("eligible", "in_review", "admitted")), Endorsement.id.is_(None))
    )
    for reference in session.scalars(without):
        yield f"{reference} went on without an endorsement"


def _over(
    held: Counter[tuple[int, str]], quotas: dict[int, int], extra: Counter[tuple[int, str]], what: str
) -> Iterator[str]:
    for (call_id, country), number in held.items():
        if number > quotas[call_id] + extra[call_id, country]:
            yield f"{country} has {number} {what} in call {call_id}"


def _signatures_bind(session: Session) -> Iterator[str]:
    """What the jury reads is what was signed, by everybody who had to sign it."""
    mine = (Signature.application_id == Application.id) & STANDS
    of_version = select(func.count(Signature.id)).where(mine, Signature.version_id == Application.version_id)
    rows = session.execute(
        select(
            Application.reference,
            ApplicationVersion.signatures_needed,
            select(func.count(Signature.id)).where(mine).scalar_subquery().label("standing"),
            of_version.scalar_subquery().label("of_version"),
        )
        .outerjoin(ApplicationVersion, ApplicationVersion.id == Application.version_id)
        .where(Application.state.in_(("eligible", "in_review", "admitted", "not_admitted")))
    )
    for row in rows:
        if not row.signatures_needed == row.standing == row.of_version:
            yield f"{row.reference}: the version that counts is not the one that was signed"


def _record_is_whole(session: Session) -> Iterator[str]:
    """Every change of state is in the audit log, one after the other, and the chain holds."""
    verdict = ledger.verify(session)
    if verdict.first_broken is not None:
        yield f"the audit chain breaks at entry {verdict.first_broken}: {verdict.reason}"
    states: dict[int, str] = {}
    entries = session.execute(
        select(AuditEntry.noun_id, AuditDetail.details)
        .join(AuditDetail, AuditDetail.entry_sequence == AuditEntry.sequence)
        .where(AuditEntry.noun == "application")
        .order_by(AuditEntry.sequence)
    )
    for noun_id, details in entries:
        change = _change(details)
        if noun_id is None or change is None:
            continue
        before, after = change
        if states.get(noun_id, "draft") != before:
            yield f"application {noun_id}: a change from {states.get(noun_id, 'draft')} to {before} is not in the log"
        states[noun_id] = after
    for row in session.scalars(select(Application)):
        if states.get(row.id, "draft") != str(row.state):
            yield f"{row.reference} is {row.state}; the log says {states.get(row.id, 'draft')}"


def _change(details: dict[str, Any] | None) -> tuple[str, str] | None:
    """The states before and after, where an entry is about a change of state (a correction of a spelling is none)."""
    if not details or not {"before", "after", "reason"} <= details.keys():
        return None
    return str(details["before"]), str(details["after"])


CHECKS: tuple[Check, ...] = (
    _decisions_stay_inside,
    _readers_stay_unnamed,
    _nothing_is_lost,
    _letters_are_sent_once,
    _registry_follows_decisions,
    _quotas_hold,
    _signatures_bind,
    _record_is_whole,
)


def broken() -> list[str]:
    """Everything that must never happen and has happened here, in words for an operator; empty when all is well."""
    with db.reading() as session:
        return [finding for check in CHECKS for finding in check(session)]
