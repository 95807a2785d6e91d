"""What the state machine looks at: the facts before and after each act, and promises beside those of the scenarios."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationState,
    ApplicationVersion,
    Assignment,
    AuditDetail,
    AuditEntry,
    Cohort,
    CohortState,
    Decision,
    Endorsement,
    EndorsementOutcome,
    JurorFile,
    Membership,
    OutboxMessage,
    Outcome,
    QuotaPlace,
    Recommendation,
    Review,
    ReviewState,
    Signature,
)


@dataclass(frozen=True)
class Seen:
    """What there is at a moment: states, frozen versions, entries about changes of state, messages, reviews, places."""

    states: dict[str, str]
    versions: dict[int, str]
    changes: dict[str, int]
    messages: frozenset[str]
    reviews: frozenset[int]
    places: frozenset[tuple[str, int]]
    cohorts: frozenset[tuple[str, str]]

    @staticmethod
    def now() -> Seen:
        """Look."""
        with db.reading() as session:
            return _seen(session)


def _seen(session: Session) -> Seen:
    rows = session.execute(select(Application.id, Application.reference, Application.state)).all()
    names = {row.id: row.reference for row in rows}
    entries = session.execute(
        select(AuditEntry.noun_id, AuditDetail.details)
        .join(AuditDetail, AuditDetail.entry_sequence == AuditEntry.sequence)
        .where(AuditEntry.noun == "application")
    )
    changes = Counter(names[row.noun_id] for row in entries if _is_change(row.details))
    submitted = select(Review.id).where(Review.state == ReviewState.SUBMITTED)
    return Seen(
        states={row.reference: str(row.state) for row in rows},
        versions={
            row.id: row.sha256 for row in session.execute(select(ApplicationVersion.id, ApplicationVersion.sha256))
        },
        changes=dict(changes),
        messages=frozenset(session.scalars(select(OutboxMessage.key))),
        reviews=frozenset(session.scalars(submitted)),
        places=frozenset((str(row.purpose), row.application_id) for row in session.scalars(select(QuotaPlace))),
        cohorts=frozenset((row.reference, str(row.state)) for row in session.scalars(select(Cohort))),
    )


def _is_change(details: dict[str, object] | None) -> bool:
    """Whether an entry is about a change of state; a transition back into the same state is none."""
    return bool(details) and {"before", "after", "reason"} <= details.keys() and details["before"] != details["after"]  # type: ignore[union-attr,index]


def require_growth(before: Seen, after: Seen) -> None:
    """Nothing frozen, queued, submitted or announced is ever lost or altered."""
    assert before.versions.items() <= after.versions.items(), "a frozen version changed or is gone"
    assert before.messages <= after.messages, "a message is gone"
    assert before.reviews <= after.reviews, "a submitted review is gone"
    for reference, state in before.states.items():
        if state in ("admitted", "not_admitted"):
            assert after.states[reference] == state, f"{reference} is no longer {state}"


def require_one_entry_for_each_change(before: Seen, after: Seen) -> None:
    """After one command: as many entries as changes of state, one for each application at most."""
    for reference, state in after.states.items():
        entries = after.changes.get(reference, 0) - before.changes.get(reference, 0)
        assert entries == (state != before.states[reference]), f"{reference}: {entries} entries, now {state}"


# --- promises ---------------------------------------------------------------------------------------------------------


def _no_way_around(session: Session) -> Iterator[str]:
    """Admitted only with signature, endorsement, a reading, an approval by two and a list that was locked and armed."""
    announced = {row.call_id: row for row in session.scalars(select(Cohort).where(Cohort.announced_at.is_not(None)))}
    for row in session.scalars(select(Application).where(Application.state == ApplicationState.ADMITTED)):
        cohort = announced.get(row.call_id)
        for what, is_there in (
            (
                "signature",
                _count(session, Signature, row, Signature.voided_at.is_(None), Signature.version_id == row.version_id),
            ),
            (
                "endorsement",
                _count(
                    session,
                    Endorsement,
                    row,
                    Endorsement.revoked_at.is_(None),
                    Endorsement.outcome == EndorsementOutcome.ENDORSED,
                ),
            ),
            ("recommendation", _count(session, Recommendation, row)),
            ("reading", _readings(session, row)),
            (
                "decision",
                _count(
                    session,
                    Decision,
                    row,
                    Decision.outcome == Outcome.APPROVED,
                    Decision.approved_at.is_not(None),
                    Decision.approved_by_id != Decision.prepared_by_id,
                ),
            ),
            ("lock", cohort is not None and cohort.locked_at is not None),
            ("arming", cohort is not None and cohort.armed_by_id not in (None, cohort.locked_by_id)),
        ):
            if not is_there:
                yield f"{row.reference} was admitted without {what}"


def _count(session: Session, table: type, row: Application, *conditions: object) -> int:
    query = select(func.count()).select_from(table).where(table.application_id == row.id, *conditions)  # type: ignore[attr-defined,arg-type]
    return session.scalar(query) or 0


def _readings(session: Session, row: Application) -> int:
    query = (
        select(func.count(Review.id))
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.application_id == row.id, Review.state == ReviewState.SUBMITTED)
    )
    return session.scalar(query) or 0


def _not_before_its_instant(session: Session, now: datetime) -> Iterator[str]:
    for row in session.scalars(select(Cohort)):
        if row.announced_at is not None and (row.announce_at is None or row.announced_at < row.announce_at):
            yield f"{row.reference} was announced before its instant"
        if (row.state is CohortState.ANNOUNCED) is not (row.announced_at is not None):
            yield f"{row.reference} is {row.state}, announced at {row.announced_at}"
        members = session.scalar(select(func.count(Membership.id)).where(Membership.cohort_id == row.id))
        if row.announced_at is None and members:
            yield f"{row.reference} has {members} members before it was announced"


def _conflicts_keep_away(session: Session) -> Iterator[str]:
    blocked = (
        select(Assignment.reference)
        .join(
            JurorFile,
            (JurorFile.juror_id == Assignment.juror_id) & (JurorFile.application_id == Assignment.application_id),
        )
        .where(Assignment.ended_at.is_(None), JurorFile.is_blocked)
    )
    for reference in session.scalars(blocked):
        yield f"a conflicted juror still reads: {reference}"


def _places_are_held_by_the_right_ones(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(Application.reference, Application.state, QuotaPlace.purpose).join(
            Application, Application.id == QuotaPlace.application_id
        )
    )
    for row in rows:
        if row.state in (ApplicationState.DRAFT, ApplicationState.EXPIRED, ApplicationState.NOT_ENDORSED):
            yield f"{row.reference} is {row.state} and holds a place ({row.purpose})"


CHECKS: tuple[Callable[[Session], Iterator[str]], ...] = (
    _no_way_around,
    _conflicts_keep_away,
    _places_are_held_by_the_right_ones,
)


def broken(now: datetime) -> list[str]:
    """Every promise that does not hold, in words."""
    with db.reading() as session:
        found = [finding for check in CHECKS for finding in check(session)]
        return [*found, *_not_before_its_instant(session, now)]


def announce_by_hand(cohort: str) -> None:
    """What nobody may do: a cohort announced, its files admitted, around the command and before the instant."""
    with db.writing() as session:
        row = session.scalars(select(Cohort).where(Cohort.reference == cohort)).one()
        values = {"announced_at": clock.now(), "state": CohortState.ANNOUNCED}
        session.execute(update(Cohort).where(Cohort.id == row.id).values(values))
        in_review = (Application.call_id == row.call_id, Application.state == ApplicationState.IN_REVIEW)
        session.execute(update(Application).where(*in_review).values(state=ApplicationState.ADMITTED))
