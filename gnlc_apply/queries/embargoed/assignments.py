"""Who reads what in a call: the files with their readers, and how far each reading is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import exists, func, select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Assignment,
    Call,
    Juror,
    Minutes,
    Person,
    Review,
    ReviewState,
)
from gnlc_apply.permissions import Actor, Permission, require, visible_to
from gnlc_apply.queries.embargoed import kept_apart, proposals
from gnlc_apply.queries.embargoed.roster import CallHead

_STATES = (ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW)


@dataclass(frozen=True)
class ReaderRow:
    """A juror who reads a file, and how far; ``question``: what is still open about a tie between them."""

    assignment: str
    juror: str
    name: str
    pseudonym: str
    status: Text
    tone: str
    counts: bool
    question: Text | None = None


@dataclass(frozen=True)
class EndedRow:
    """A reading that ended: it is kept, and counts nowhere. ``reasons`` in words, the rules' own where a rule ended it."""

    name: str
    ended_at: datetime
    was_submitted: bool
    reasons: tuple[Text, ...]


@dataclass(frozen=True)
class FileRow:
    """A file with its readers; ``is_seen`` is False for a viewer with a conflict, who sees the name only."""

    reference: str
    place_name: str
    country: str
    language: str
    is_with_jury: bool
    is_seen: bool
    readers: tuple[ReaderRow, ...]
    ended: tuple[EndedRow, ...]
    wanted: int

    @property
    def missing(self) -> int:
        """How many readers are still to be found."""
        return max(0, self.wanted - sum(reader.counts for reader in self.readers))


@dataclass(frozen=True)
class Overview:
    """How the assignment of a call stands."""

    files: tuple[FileRow, ...]
    is_closed: bool
    has_proposal: bool

    @property
    def waiting(self) -> int:
        """Files that were found eligible and are not with the jury yet."""
        return sum(not file.is_with_jury for file in self.files)

    @property
    def short(self) -> int:
        """Files with the jury that have too few readers."""
        return sum(file.is_with_jury and file.is_seen and file.missing > 0 for file in self.files)


def overview(viewer: Actor, now: datetime, call: CallHead) -> Overview:
    """Every file that can be read or is being read, with its readers and those who were; six statements."""
    require(viewer, Permission.RUN_CALL)
    rows = db.reader.execute(
        select(Application, visible_to(viewer, Permission.READ_AS_SECRETARIAT).label("is_seen"))
        .where(Application.call_id == call.id, Application.state.in_(_STATES))
        .order_by(Application.country, Application.place_name, Application.id)
    ).all()
    ties = kept_apart.ties(call.id)
    readers, ended = _readers(call.id, ties.open_questions), _ended(call.id, ties.reasons)
    is_closed = db.reader.scalar(select(Minutes.id).where(Minutes.call_id == call.id)) is not None
    return Overview(
        files=tuple(
            FileRow(
                reference=row.Application.reference,
                place_name=row.Application.place_name,
                country=row.Application.country,
                language=row.Application.language,
                is_with_jury=row.Application.state is ApplicationState.IN_REVIEW,
                is_seen=row.is_seen,
                readers=tuple(readers[row.Application.id]) if row.is_seen else (),
                ended=tuple(ended[row.Application.id]) if row.is_seen else (),
                wanted=call.readers_per_file,
            )
            for row in rows
        ),
        is_closed=is_closed,
        has_proposal=proposals.has_open(call.id),
    )


def short_of_readers(viewer: Actor, now: datetime, calls: Collection[int]) -> dict[int, int]:
    """In how many files of each call somebody has still to be found to read them; files closed to this viewer left out."""
    reading = (
        select(func.count(Assignment.id))
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.application_id == Application.id, Assignment.ended_at.is_(None))
        .where(func.coalesce(Review.state, ReviewState.DRAFT) != ReviewState.ABSTAINED)
        .correlate(Application)
        .scalar_subquery()
    )
    rows = db.reader.execute(
        select(Application.call_id, func.count(Application.id).label("files"))
        .join(Call, Call.id == Application.call_id)
        .where(
            Application.call_id.in_(calls),
            Application.state == ApplicationState.IN_REVIEW,
            visible_to(viewer, Permission.READ_AS_SECRETARIAT),
            ~exists().where(Minutes.call_id == Application.call_id),
            reading < Call.readers_per_file,
        )
        .group_by(Application.call_id)
    )
    return {row.call_id: row.files for row in rows}


def _readers(call_id: int, questions: Mapping[tuple[int, int], Text]) -> dict[int, list[ReaderRow]]:
    found: dict[int, list[ReaderRow]] = defaultdict(list)
    query = (
        select(Assignment, Juror.reference, Person.name, Review.state)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(Person, Person.id == Juror.person_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Juror.call_id == call_id, Assignment.ended_at.is_(None))
        .order_by(Person.name, Assignment.id)
    )
    for assignment, juror, name, state in db.reader.execute(query):
        status, tone = _reading_status(assignment, state)
        counts = state is not ReviewState.ABSTAINED
        found[assignment.application_id].append(
            ReaderRow(
                *(assignment.reference, juror, name, assignment.pseudonym, status, tone, counts),
                question=questions.get((assignment.juror_id, assignment.application_id)),
            )
        )
    return found


def _ended(call_id: int, ties: Mapping[tuple[int, int], list[Text]]) -> dict[int, list[EndedRow]]:
    found: dict[int, list[EndedRow]] = defaultdict(list)
    query = (
        select(Assignment, Person.name, Review.state)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(Person, Person.id == Juror.person_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Juror.call_id == call_id, Assignment.ended_at.is_not(None))
        .order_by(Assignment.ended_at, Assignment.id)
    )
    for row, name, state in db.reader.execute(query):
        reasons = ties.get((row.juror_id, row.application_id)) or ([Text(row.end_reason)] if row.end_reason else [])
        was_submitted = state is ReviewState.SUBMITTED
        ended_at = cast(datetime, row.ended_at)
        found[row.application_id].append(EndedRow(name, ended_at, was_submitted, tuple(reasons)))
    return found


def _reading_status(assignment: Assignment, state: ReviewState | None) -> tuple[Text, str]:
    if state is ReviewState.SUBMITTED:
        return Text("submitted"), "good"
    if state is ReviewState.ABSTAINED:
        return Text("abstained"), "bad"
    if state is ReviewState.DRAFT:
        return Text("begun"), "info"
    return (Text("declared"), "info") if assignment.declared_free_at else (Text("to declare"), "quiet")


def file(viewer: Actor, now: datetime, call: CallHead, reference: str) -> FileRow:
    """One file of the overview. Raises NotFound, also for a viewer whom a conflict keeps from it."""
    found = next((row for row in overview(viewer, now, call).files if row.reference == reference), None)
    if found is None or not found.is_seen:
        raise NotFound()
    return found


def reading(viewer: Actor, now: datetime, call: CallHead, reference: str) -> tuple[FileRow, ReaderRow]:
    """One running assignment with its file. Raises NotFound, also for a viewer whom a conflict keeps from the file."""
    for row in overview(viewer, now, call).files:
        for reader in row.readers:
            if reader.assignment == reference:
                return row, reader
    raise NotFound()
