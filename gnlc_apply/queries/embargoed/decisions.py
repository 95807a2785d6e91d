"""Decisions as the secretariat prepares and approves them, and the outcome as a city reads it afterwards."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    City,
    Cohort,
    CohortState,
    Decision,
    OutboxMessage,
    Outcome,
    Person,
    QuotaException,
    Recommendation,
)
from gnlc_apply.permissions import Actor, Permission, require, visible_to
from gnlc_apply.queries.cohort import is_public


@dataclass(frozen=True)
class DecisionLine:
    """One file on the decisions page. For a conflicted viewer it has its name and nothing else."""

    reference: str
    place: str
    country: str
    is_visible: bool
    is_recommended: bool | None = None
    average: float | None = None
    readers: int = 0
    note: str = ""
    outcome: Outcome | None = None
    departure_reason: str = ""
    prepared_by: str = ""
    is_own: bool = False
    approved_by: str = ""
    approved_at: datetime | None = None

    @property
    def stage(self) -> str:
        """``undecided``, ``proposed`` or ``approved``; ``hidden`` from a conflicted viewer."""
        if not self.is_visible:
            return "hidden"
        if self.outcome is None:
            return "undecided"
        return "proposed" if self.approved_at is None else "approved"

    @property
    def departs(self) -> bool:
        """Whether the decision is not what the jury recommends."""
        return self.outcome is not None and (self.outcome is Outcome.APPROVED) is not self.is_recommended


@dataclass(frozen=True)
class CountryPlaces:
    """How many of a country's places the decisions on this page would take."""

    country: str
    wanted: int
    allowed: int

    @property
    def is_over(self) -> bool:
        """More than there are."""
        return self.wanted > self.allowed


def digest_of(outcomes: Iterable[tuple[str, str]]) -> str:
    """The same for the same files with the same outcomes, in whatever order."""
    return hashlib.sha256(repr(sorted(outcomes)).encode()).hexdigest()


def sign_of(lines: Iterable[tuple[str, bool | None, float | None, str | None, bool]]) -> str:
    """A sign of what is known of these files: reference, recommendation, average, outcome, whether it is approved."""
    return hashlib.sha256(repr(sorted(lines)).encode()).hexdigest()


@dataclass(frozen=True)
class Board:
    """The decisions of a call."""

    call: str
    title: str
    time_zone: str
    cohort: str | None
    is_locked: bool
    lines: tuple[DecisionLine, ...]
    counts: dict[str, int]
    places: tuple[CountryPlaces, ...]

    @property
    def digest(self) -> str:
        """A sign of what these files get as it is shown: who approves it approves this and nothing else."""
        return digest_of((line.reference, str(line.outcome)) for line in self.lines if line.outcome is not None)

    @property
    def sign(self) -> str:
        """A sign of recommendations and decisions as they are shown: who proposes has seen this and nothing else."""
        return sign_of(
            (
                line.reference,
                line.is_recommended,
                line.average,
                str(line.outcome) if line.outcome else None,
                line.approved_at is not None,
            )
            for line in self.lines
        )

    def shown(self, stage: str) -> tuple[DecisionLine, ...]:
        """The lines of one stage, or those that depart from the recommendation, or all."""
        if stage == "departing":
            return tuple(line for line in self.lines if line.departs)
        return tuple(line for line in self.lines if not stage or line.stage == stage)

    @property
    def over(self) -> tuple[CountryPlaces, ...]:
        """Countries with more cities than places."""
        return tuple(places for places in self.places if places.is_over)


def board(viewer: Actor, call: str, now: datetime) -> Board:
    """The decisions of a call: three statements. Raises NotFound for an unknown call, Forbidden for outsiders."""
    require(viewer, Permission.SEE_SECRETARIAT)
    found = db.reader.execute(
        select(Call.id, Call.reference, Call.title, Call.time_zone, Call.quota, Cohort.reference, Cohort.state)
        .outerjoin(Cohort, Cohort.call_id == Call.id)
        .where(Call.reference == call)
    ).one_or_none()
    if found is None:
        raise NotFound()
    call_id, reference, title, time_zone, quota, cohort, state = found
    lines = _lines(viewer, Application.call_id == call_id)
    return Board(
        call=reference,
        title=title,
        time_zone=time_zone,
        cohort=cohort,
        is_locked=state not in (None, CohortState.PREPARING),
        lines=lines,
        counts=dict(Counter(line.stage for line in lines) + Counter(departing=sum(line.departs for line in lines))),
        places=_places(lines, quota, _exceptions(call_id)),
    )


def chosen(viewer: Actor, call: str, references: Sequence[str], now: datetime) -> Board:
    """The same page for some files only; files that a conflict hides from the viewer are left out."""
    whole = board(viewer, call, now)
    wanted = set(references)
    return replace(whole, lines=tuple(line for line in whole.lines if line.reference in wanted and line.is_visible))


def _lines(viewer: Actor, condition: ColumnElement[bool]) -> tuple[DecisionLine, ...]:
    preparer, approver = aliased(Person), aliased(Person)
    rows = db.reader.execute(
        select(
            Application.reference,
            Application.place_name,
            Application.country,
            visible_to(viewer, Permission.READ_AS_SECRETARIAT).label("is_visible"),
            Recommendation.is_recommended,
            Recommendation.average,
            Recommendation.readers,
            Recommendation.note,
            Decision.outcome,
            Decision.departure_reason,
            Decision.prepared_by_id,
            Decision.approved_at,
            preparer.name.label("prepared_by"),
            approver.name.label("approved_by"),
        )
        .outerjoin(Recommendation, Recommendation.application_id == Application.id)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .outerjoin(preparer, preparer.id == Decision.prepared_by_id)
        .outerjoin(approver, approver.id == Decision.approved_by_id)
        .where(condition, Application.state == ApplicationState.IN_REVIEW)
    )
    return tuple(sorted((_line(viewer, row) for row in rows), key=lambda line: (line.country, fold(line.place))))


def _line(viewer: Actor, row: Any) -> DecisionLine:
    bare = DecisionLine(row.reference, row.place_name, row.country, bool(row.is_visible))
    if not row.is_visible:
        return bare
    return replace(
        bare,
        is_recommended=row.is_recommended,
        average=row.average,
        readers=row.readers or 0,
        note=row.note or "",
        outcome=row.outcome,
        departure_reason=row.departure_reason or "",
        prepared_by=row.prepared_by or "",
        is_own=row.prepared_by_id is not None and row.prepared_by_id == viewer.person_id,
        approved_by=row.approved_by or "",
        approved_at=row.approved_at,
    )


def _exceptions(call_id: int) -> dict[str, int]:
    query = (
        select(QuotaException.country, func.sum(QuotaException.extra))
        .where(QuotaException.call_id == call_id, QuotaException.confirmed_at.is_not(None))
        .group_by(QuotaException.country)
    )
    return {country: int(extra) for country, extra in db.reader.execute(query)}


def _places(lines: Iterable[DecisionLine], quota: int, more: dict[str, int]) -> tuple[CountryPlaces, ...]:
    wanted = Counter(line.country for line in lines if line.outcome is Outcome.APPROVED)
    return tuple(
        CountryPlaces(country, number, quota + more.get(country, 0)) for country, number in sorted(wanted.items())
    )


@dataclass(frozen=True)
class CityOutcome:
    """What a city reads after the announcement."""

    is_admitted: bool
    announced_at: datetime
    cohort: str
    cohort_title: str
    city: str | None
    subject: str
    letter: str


def outcome_for_city(viewer: Actor, reference: str, now: datetime) -> CityOutcome | None:
    """The outcome of an application for its city or Commission; None until the announcement has been made.

    Read from the committed announcement, never from a decision: before it, no statement here looks at one.
    """
    row = db.reader.execute(
        select(
            Application.id,
            Application.state,
            Cohort.announced_at,
            Cohort.reference.label("cohort"),
            Cohort.title,
            City.reference.label("city"),
        )
        .join(Cohort, Cohort.call_id == Application.call_id)
        .outerjoin(City, City.id == Application.city_id)
        .where(
            Application.reference == reference,
            Application.state.in_((ApplicationState.ADMITTED, ApplicationState.NOT_ADMITTED)),
            is_public(),
            visible_to(viewer, Permission.READ_AS_CITY) | visible_to(viewer, Permission.READ_AS_COMMISSION),
        )
    ).one_or_none()
    if row is None:
        return None
    letter = db.reader.scalar(
        select(OutboxMessage.values)
        .where(
            OutboxMessage.application_id == row.id,
            OutboxMessage.kind.in_(("letter_admitted", "letter_not_admitted")),
            OutboxMessage.person_id == viewer.person_id,
        )
        .limit(1)
    )
    values: dict[str, Any] = letter or {}
    return CityOutcome(
        is_admitted=row.state is ApplicationState.ADMITTED,
        announced_at=row.announced_at,
        cohort=row.cohort,
        cohort_title=row.title,
        city=row.city if row.state is ApplicationState.ADMITTED else None,
        subject=str(values.get("subject", "")),
        letter=str(values.get("body", "")),
    )
