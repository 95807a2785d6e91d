"""A cohort as the secretariat sees it on its way to the announcement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Call,
    Cohort,
    CohortChange,
    CohortState,
    LetterKind,
    LetterText,
    Person,
)
from gnlc_apply.permissions import Actor, CohortFacts, Permission, can, require, visible_to
from gnlc_apply.queries.embargoed import standing as standings
from gnlc_apply.queries.embargoed.standing import Line, Standing
from gnlc_apply.queries.embargoed.texts import Correction, corrections, hash_of
from gnlc_apply.queries.embargoed.unfinished import CHANGE_NAMES, unfinished


@dataclass(frozen=True)
class ChangeLine:
    """A request that waits for its second person."""

    kind: str
    words: Text
    application: str | None
    place: str | None
    reason: str
    asked_by: str
    asked_at: datetime
    is_own: bool


@dataclass(frozen=True)
class LetterLine:
    """A letter's text in one language."""

    kind: LetterKind
    language: str
    subject: str
    edited_at: datetime


@dataclass(frozen=True)
class FileLine:
    """A file of the list; without its outcome where a conflict hides it."""

    reference: str
    name: str
    country: str
    state: str
    is_visible: bool
    is_approved: bool | None

    @property
    def is_in_review(self) -> bool:
        """Whether it is with the jury, and gets its outcome with this list."""
        return self.state == "in_review"


@dataclass(frozen=True)
class CohortPage:
    """All of a cohort's own page."""

    row: Cohort
    call: str
    call_title: str
    names: dict[int, str]
    files: tuple[FileLine, ...]
    unfinished: tuple[Text, ...]
    changes: tuple[ChangeLine, ...]
    withdrawals: tuple[FileLine, ...]
    letters: tuple[LetterLine, ...]
    is_unchanged: bool
    corrections: tuple[Correction, ...]
    are_texts_confirmed: bool
    may_announce: bool
    is_own_lock: bool

    @property
    def state(self) -> str:
        """Where the cohort stands."""
        return str(self.row.state)

    @property
    def step(self) -> int:
        """At which of the four steps it is: 0 in preparation, 3 announced."""
        return list(CohortState).index(self.row.state)

    @property
    def is_preparing(self) -> bool:
        """Decisions can still change freely."""
        return self.row.state is CohortState.PREPARING

    @property
    def is_locked(self) -> bool:
        """The list is locked and nothing is armed."""
        return self.row.state is CohortState.LOCKED

    @property
    def is_armed(self) -> bool:
        """From the instant on it is announced."""
        return self.row.state is CohortState.ARMED

    @property
    def is_announced(self) -> bool:
        """It has happened."""
        return self.row.state is CohortState.ANNOUNCED

    @property
    def is_editable(self) -> bool:
        """Texts and letters can still change; after the lock each change is a correction with a reason."""
        return not self.is_announced

    @property
    def number_approved(self) -> int:
        """How many cities will be admitted; counts are for everybody of the secretariat."""
        return sum(line.is_approved is True for line in self.files)

    def name(self, person_id: int | None) -> str:
        """A person's name."""
        return self.names.get(person_id or 0, "")


def find(session: Session, reference: str) -> tuple[Cohort, Call]:
    """A cohort of a call with its call. Raises NotFound, also for lists that came in from outside."""
    found = session.execute(
        select(Cohort, Call).join(Call, Call.id == Cohort.call_id).where(Cohort.reference == reference)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found[0], found[1]


def page(viewer: Actor, reference: str, now: datetime) -> CohortPage:
    """A cohort's page: twelve statements, however many files there are. Raises NotFound, Forbidden."""
    require(viewer, Permission.SEE_SECRETARIAT)
    session = db.reader
    row, call = find(session, reference)
    standing = standings.load(session, row)
    day = (row.announce_at or now).date()
    hidden = hidden_from(viewer, session, row)
    files = tuple(_file(line, hidden) for line in standing.lines)
    late = {line.reference for line in standing.open_withdrawals(row.locked_at)}
    return CohortPage(
        row=row,
        call=call.reference,
        call_title=call.title,
        names=_names(session, row),
        files=files,
        unfinished=_unfinished(standing, hidden, row, call, day),
        changes=_changes(viewer, session, row),
        withdrawals=tuple(file for file in files if file.reference in late),
        letters=_letters(session, row),
        is_unchanged=_is_unchanged(row, standing),
        corrections=corrections(session, row, [file.reference for file in files if not file.is_visible]),
        are_texts_confirmed=row.armed_at is None or row.armed_texts_hash == row.texts_hash,
        may_announce=can(viewer, Permission.ANNOUNCE_COHORT, CohortFacts(frozenset(row.stand_by_ids))),
        is_own_lock=row.locked_by_id is not None and row.locked_by_id == viewer.person_id,
    )


def _is_unchanged(row: Cohort, standing: Standing) -> bool:
    if row.lock_hash is None:
        return True
    texts = hash_of(row, standing.letters, standing.feedback())
    return standing.list_hash(row.announce_at) == row.lock_hash and texts == row.texts_hash


def _unfinished(standing: Standing, hidden: frozenset[int], row: Cohort, call: Call, day: date) -> tuple[Text, ...]:
    """What stands in the way; of files that a conflict hides only how many points there are."""
    if row.state is CohortState.ANNOUNCED:
        return ()
    found = [] if row.announce_at else [Text("The instant of the announcement is not set.")]
    points = unfinished(standing, call.quota, day)
    secret = {line.name for line in standing.lines if line.application_id in hidden}
    shown = [point for point in points if point.values.get("city") not in secret]
    if len(shown) < len(points):
        more = len(points) - len(shown)
        shown.append(Text("%(number)s more, on files that a conflict of interest hides from you.", number=more))
    return (*found, *shown)


def hidden_from(viewer: Actor, session: Session, row: Cohort) -> frozenset[int]:
    """The files of this call that a conflict hides from the viewer."""
    return frozenset(
        session.scalars(
            select(Application.id).where(
                Application.call_id == row.call_id,
                visible_to(viewer, Permission.LIST_AS_SECRETARIAT),
                ~visible_to(viewer, Permission.READ_AS_SECRETARIAT),
            )
        )
    )


def _file(line: Line, hidden: frozenset[int]) -> FileLine:
    is_visible = line.application_id not in hidden
    is_settled = is_visible and line.is_decided and line.state in ("in_review", "admitted", "not_admitted")
    return FileLine(
        reference=line.reference,
        name=line.name,
        country=line.country,
        state=line.state,
        is_visible=is_visible,
        is_approved=(line.outcome == "approved") if is_settled else None,
    )


def _names(session: Session, row: Cohort) -> dict[int, str]:
    wanted = {row.locked_by_id, row.armed_by_id, row.held_by_id, row.announced_by_id, *row.stand_by_ids} - {None}
    return {
        found.id: found.name for found in session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    }


def _changes(viewer: Actor, session: Session, row: Cohort) -> tuple[ChangeLine, ...]:
    asker = aliased(Person)
    rows = session.execute(
        select(
            CohortChange.kind,
            CohortChange.reason,
            CohortChange.asked_at,
            CohortChange.asked_by_id,
            asker.name.label("asked_by"),
            Application.reference,
            Application.place_name,
        )
        .outerjoin(asker, asker.id == CohortChange.asked_by_id)
        .outerjoin(Application, Application.id == CohortChange.application_id)
        .where(CohortChange.cohort_id == row.id, CohortChange.confirmed_at.is_(None))
        .order_by(CohortChange.id)
    )
    return tuple(
        ChangeLine(
            kind=found.kind,
            words=CHANGE_NAMES[found.kind],
            application=found.reference,
            place=found.place_name,
            reason=found.reason,
            asked_by=found.asked_by or "",
            asked_at=found.asked_at,
            is_own=found.asked_by_id == viewer.person_id,
        )
        for found in rows
    )


def _letters(session: Session, row: Cohort) -> tuple[LetterLine, ...]:
    rows = session.execute(
        select(LetterText.kind, LetterText.language, LetterText.subject, LetterText.edited_at)
        .where(LetterText.cohort_id == row.id)
        .order_by(LetterText.kind, LetterText.language)
    )
    return tuple(LetterLine(**found._mapping) for found in rows)
