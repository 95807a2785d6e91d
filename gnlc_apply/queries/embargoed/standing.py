"""How a cohort's list stands: every file of the call with its decision, and what follows from that. Read inside a unit of
work by the commands, and through ``embargoed.cohorts`` by the pages, so that a dry run shows what the announcement does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from gnlc_apply.core.folding import fold
from gnlc_apply.models import (
    Application,
    ApplicationState,
    City,
    Cohort,
    CohortChange,
    Decision,
    Feedback,
    LetterKind,
    LetterText,
    Outcome,
    PublishedSpelling,
    QuotaException,
    State,
    StateStatus,
)
from gnlc_apply.models.reference_data.countries import is_capital
from gnlc_apply.queries import figures
from gnlc_apply.queries.figures import NewCity, Period, ReleaseFigures

# The answer whose spelling the release uses.
NAME_KEY = "city.name_latin"
_NEVER_SUBMITTED = (ApplicationState.DRAFT, ApplicationState.EXPIRED)


@dataclass(frozen=True)
class Line:
    """One file of the call."""

    application_id: int
    reference: str
    state: str
    language: str
    place: str
    country: str
    region: str
    is_member_state: bool
    city_id: int | None
    name: str
    is_respelled: bool
    is_capital: bool
    population: int | None
    outcome: Outcome | None
    is_approved: bool
    withdrawn_at: datetime | None
    # Outcome that the feedback was written for, its language, its text.
    written: tuple[Outcome, str, str] | None = None

    @property
    def feedback(self) -> str:
        """What the city will read of the jury's reading; empty where nothing was written for this decision."""
        return self.written[2] if self.written is not None and self.written[0] is self.outcome else ""

    @property
    def is_decided(self) -> bool:
        """Prepared and approved by two persons."""
        return self.outcome is not None and self.is_approved


@dataclass(frozen=True)
class Standing:
    """All that the lock, the dry run and the announcement look at."""

    lines: tuple[Line, ...]
    letters: dict[tuple[LetterKind, str], tuple[str, str]]
    open_changes: tuple[str, ...]
    settled_withdrawals: frozenset[int]
    held: tuple[Period, ...]
    quotas: dict[str, int]
    history_is_incomplete: bool

    def with_jury(self) -> list[Line]:
        """The files that the announcement decides."""
        return [line for line in self.lines if line.state == ApplicationState.IN_REVIEW]

    def approved(self) -> tuple[Line, ...]:
        """The cities that will be admitted, by country and name."""
        return self._by_outcome[Outcome.APPROVED]

    def not_approved(self) -> tuple[Line, ...]:
        """The cities that will not be admitted, by country and name."""
        return self._by_outcome[Outcome.NOT_APPROVED]

    def feedback(self) -> list[tuple[str, ...]]:
        """Every feedback that is written, for the hash of the texts."""
        return sorted((line.reference, *map(str, line.written)) for line in self.lines if line.written is not None)

    @cached_property
    def _by_outcome(self) -> dict[Outcome, tuple[Line, ...]]:
        """The decided files, sorted once: guards, figures, letters and release all ask for them."""
        decided = sorted(
            (line for line in self.with_jury() if line.is_decided), key=lambda line: (line.country, fold(line.name))
        )
        return {outcome: tuple(line for line in decided if line.outcome is outcome) for outcome in Outcome}

    def open_withdrawals(self, since: datetime | None) -> list[Line]:
        """Cities that withdrew after the lock and on which two persons have not acted yet."""
        if since is None:
            return []
        return [
            line
            for line in self.lines
            if line.withdrawn_at is not None
            and line.withdrawn_at >= since
            and line.application_id not in self.settled_withdrawals
        ]

    def figures(self, on: date) -> ReleaseFigures:
        """The figures as the announcement on that day would make them."""
        return figures.release_figures(
            [
                NewCity(line.city_id, line.name, line.country, line.region, line.is_capital, line.population)
                for line in self.approved()
                if line.city_id is not None
            ],
            self.held,
            on,
            history_is_incomplete=self.history_is_incomplete,
        )

    def list_hash(self, instant: datetime | None) -> str:
        """The hash over the decisions and the instant that the lock keeps and the announcement verifies."""
        listed = sorted((line.reference, str(line.outcome), line.is_approved) for line in self.with_jury())
        text = json.dumps([listed, instant.isoformat() if instant else None], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def load(session: Session, cohort: Cohort) -> Standing:
    """The standing of a cohort's list: seven statements, however many files there are."""
    changes = session.execute(
        select(CohortChange.kind, CohortChange.application_id, CohortChange.confirmed_at).where(
            CohortChange.cohort_id == cohort.id
        )
    ).all()
    letters = session.execute(
        select(LetterText.kind, LetterText.language, LetterText.subject, LetterText.body).where(
            LetterText.cohort_id == cohort.id
        )
    )
    return Standing(
        lines=tuple(_lines(session, cohort)),
        letters={(row.kind, row.language): (row.subject, row.body) for row in letters},
        open_changes=tuple(row.kind for row in changes if row.confirmed_at is None),
        settled_withdrawals=frozenset(
            row.application_id for row in changes if row.kind == "withdrawal" and row.confirmed_at is not None
        ),
        held=tuple(figures.periods(session)),
        quotas=_quotas(session, cohort),
        history_is_incomplete=figures.is_history_incomplete(session),
    )


def _lines(session: Session, cohort: Cohort) -> Iterable[Line]:
    query = (
        select(
            Application.id.label("application_id"),
            Application.reference,
            Application.state,
            Application.language,
            Application.place_name,
            Application.country,
            and_(Application.is_associate_member, Application.override_reason != "").label("is_waived"),
            Application.withdrawn_at,
            Application.city_id,
            City.name.label("city_name"),
            City.is_capital,
            City.population,
            State.region,
            State.status,
            State.member_from,
            State.member_until,
            PublishedSpelling.value.label("published"),
            Decision.outcome,
            Decision.approved_at,
            Feedback.outcome.label("told_outcome"),
            Feedback.language.label("told_language"),
            Feedback.body.label("told"),
        )
        .join(State, State.iso3 == Application.country)
        .outerjoin(City, City.id == Application.city_id)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .outerjoin(Feedback, Feedback.application_id == Application.id)
        .outerjoin(
            PublishedSpelling,
            (PublishedSpelling.application_id == Application.id) & (PublishedSpelling.key == NAME_KEY),
        )
        .where(Application.call_id == cohort.call_id, Application.state.not_in(_NEVER_SUBMITTED))
        .order_by(Application.id)
    )
    day = cohort.announce_at.date() if cohort.announce_at else None
    for row in session.execute(query):
        yield _line(row, day)


def _line(row: Any, day: date | None) -> Line:
    name = row.published or row.city_name or row.place_name
    return Line(
        application_id=row.application_id,
        reference=row.reference,
        state=str(row.state),
        language=row.language,
        place=row.place_name,
        country=row.country,
        region=str(row.region),
        is_member_state=bool(row.is_waived) or _is_member_state(row, day),
        city_id=row.city_id,
        name=name,
        is_respelled=row.published is not None,
        is_capital=bool(row.is_capital) or is_capital(row.country, name),
        population=row.population,
        outcome=row.outcome,
        is_approved=row.approved_at is not None,
        withdrawn_at=row.withdrawn_at,
        written=(row.told_outcome, row.told_language, row.told) if row.told is not None else None,
    )


def _is_member_state(row: Any, day: date | None) -> bool:
    if row.status is not StateStatus.MEMBER:
        return False
    if day is None:
        return True
    return (row.member_from is None or row.member_from <= day) and (row.member_until is None or day <= row.member_until)


def _quotas(session: Session, cohort: Cohort) -> dict[str, int]:
    """Places beyond the call's quota, by country, that two persons recorded."""
    query = (
        select(QuotaException.country, func.sum(QuotaException.extra))
        .where(QuotaException.call_id == cohort.call_id, QuotaException.confirmed_at.is_not(None))
        .group_by(QuotaException.country)
    )
    return {country: int(extra) for country, extra in session.execute(query)}
