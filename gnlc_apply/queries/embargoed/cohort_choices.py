"""What the pages of cohorts choose from: calls, letters as they stand, persons who can stand by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Call, CallState, Cohort, CohortState, Grant, LetterKind, LetterText, Person, Role
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed.cohorts import find
from gnlc_apply.queries.embargoed.letter_texts import FIRST_TEXTS


@dataclass(frozen=True)
class CallLine:
    """A call and its cohort, if it has one."""

    call: str
    call_title: str
    cohort: str | None
    title: str | None
    state: CohortState | None
    announce_at: datetime | None


def calls(viewer: Actor, now: datetime) -> tuple[CallLine, ...]:
    """Calls that were opened, each with its cohort, the newest first: one statement."""
    require(viewer, Permission.SEE_SECRETARIAT)
    rows = db.reader.execute(
        select(
            Call.reference.label("call"),
            Call.title.label("call_title"),
            Cohort.reference.label("cohort"),
            Cohort.title,
            Cohort.state,
            Cohort.announce_at,
        )
        .outerjoin(Cohort, Cohort.call_id == Call.id)
        .where(Call.state != CallState.PREPARING)
        .order_by(Call.opens_at.desc(), Call.id.desc())
    )
    return tuple(CallLine(**row._mapping) for row in rows)


def letter(viewer: Actor, reference: str, kind: LetterKind, language: str, now: datetime) -> tuple[str, str]:
    """Subject and body of a letter as they stand, or the first text to start from."""
    require(viewer, Permission.SEE_SECRETARIAT)
    row, _call = find(db.reader, reference)
    found = db.reader.execute(
        select(LetterText.subject, LetterText.body).where(
            LetterText.cohort_id == row.id, LetterText.kind == kind, LetterText.language == language
        )
    ).one_or_none()
    return (found.subject, found.body) if found is not None else FIRST_TEXTS[kind]


def secretariat(viewer: Actor, now: datetime) -> Sequence[tuple[int, str]]:
    """The persons who may stand by: everybody of the secretariat today."""
    require(viewer, Permission.SEE_SECRETARIAT)
    today = now.date()
    rows = db.reader.execute(
        select(Person.id, Person.name)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.role.in_((Role.OFFICER, Role.DIRECTOR)),
            Grant.revoked_at.is_(None),
            Grant.valid_from.is_(None) | (Grant.valid_from <= today),
            Grant.valid_until.is_(None) | (Grant.valid_until >= today),
            Person.deactivated_at.is_(None),
        )
        .distinct()
        .order_by(Person.name)
    )
    return [(row.id, row.name) for row in rows]
