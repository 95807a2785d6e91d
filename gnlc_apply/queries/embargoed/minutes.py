"""The jury's minutes: what the chair's page is filled with, and what the spreadsheet of both lists and minutes holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationState, Decision, Juror, JurorFile, Minutes, Outcome, Person, Role
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed.ranking import RankedFile, Ranking


@dataclass(frozen=True)
class Prefill:
    """Who could have been there, and whom a conflict kept from which file, by the file's reference."""

    present: tuple[str, ...]
    recusals: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class KeptMinutes:
    """The minutes as they were confirmed."""

    chair: str
    confirmed_at: datetime
    held_on: str
    present: tuple[str, ...]
    recusals: tuple[tuple[str, str], ...]
    words: str
    sha256: str
    inputs: str | None


@dataclass(frozen=True)
class DecidedFile:
    """A decision in the list."""

    reference: str
    outcome: Outcome
    prepared_by: str
    approved_by: str
    decided_on: date | None
    reason: str


def open_files(ranking: Ranking) -> list[RankedFile]:
    """The files for which this chair has still to confirm, the highest first, by the averages that the standard looks at."""
    listed = [file for file in ranking.files if file.closed is None and file.recommended is None]

    def height(file: RankedFile) -> float:
        if ranking.is_by_adjusted and file.figures is not None:
            return file.figures.adjusted
        return -1.0 if file.average is None else file.average

    return sorted(listed, key=lambda file: (-height(file), file.place_name))


def prefill(viewer: Actor, now: datetime, ranking: Ranking) -> Prefill:
    """What the chair's page begins with: two statements."""
    require(viewer, Permission.SEE_RANKING)
    of_call = (Juror.call_id == ranking.call.id, Juror.accepted_at.is_not(None), Juror.ended_at.is_(None))
    names = select(Person.name).join(Juror, Juror.person_id == Person.id).where(*of_call).order_by(Person.name)
    blocked = (
        select(Application.reference, Person.name)
        .join(JurorFile, JurorFile.application_id == Application.id)
        .join(Juror, Juror.id == JurorFile.juror_id)
        .join(Person, Person.id == Juror.person_id)
        .where(*of_call, JurorFile.is_blocked.is_(True), Application.state == ApplicationState.IN_REVIEW)
        .order_by(Application.reference, Person.name)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for reference, name in db.reader.execute(blocked):
        found[reference].append(name)
    return Prefill(tuple(db.reader.scalars(names)), {file: tuple(left) for file, left in found.items()})


def minutes(viewer: Actor, now: datetime, ranking: Ranking) -> KeptMinutes | None:
    """The confirmed minutes of the call, None before."""
    require(viewer, Permission.SEE_RANKING)
    row = db.reader.execute(
        select(Minutes, Minutes.frozen["figures"]["inputs"].as_string().label("inputs"), Person.name)
        .outerjoin(Person, Person.id == Minutes.confirmed_by_id)
        .where(Minutes.call_id == ranking.call.id)
    ).one_or_none()
    if row is None:
        return None
    kept: Any = row.Minutes
    return KeptMinutes(
        chair=row.name or "",
        confirmed_at=kept.confirmed_at,
        held_on=kept.held_on,
        present=tuple(kept.present),
        recusals=tuple((entry["reference"], entry["juror"]) for entry in kept.recusals),
        words=kept.words,
        sha256=kept.sha256,
        inputs=row.inputs,
    )


def decided(viewer: Actor, now: datetime, ranking: Ranking) -> list[DecidedFile]:
    """The decisions on the files whose scores this viewer sees; none for anybody outside the secretariat."""
    require(viewer, Permission.SEE_RANKING)
    if not viewer.holds(Role.OFFICER, Role.DIRECTOR):
        return []
    officer, director = aliased(Person), aliased(Person)
    open_to_viewer = {file.reference for file in ranking.files if file.closed is None}
    rows = db.reader.execute(
        select(Application.reference, Decision, officer.name.label("prepared"), director.name.label("approved"))
        .join(Application, Application.id == Decision.application_id)
        .outerjoin(officer, officer.id == Decision.prepared_by_id)
        .outerjoin(director, director.id == Decision.approved_by_id)
        .where(Application.call_id == ranking.call.id)
        .order_by(Application.id)
    )
    return [
        DecidedFile(
            reference=row.reference,
            outcome=row.Decision.outcome,
            prepared_by=row.prepared or "",
            approved_by=row.approved or "",
            decided_on=row.Decision.approved_at.date() if row.Decision.approved_at else None,
            reason=row.Decision.departure_reason,
        )
        for row in rows
        if row.reference in open_to_viewer
    ]
