"""The jurors of a call as the secretariat sees them, and the profile as a juror sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.conflicts import Conflict, ConflictCode, Level
from gnlc_apply.jury.names import NameCode, NameTie
from gnlc_apply.jury.spoken import level_of
from gnlc_apply.models import (
    Application,
    Assignment,
    Call,
    ConflictOfInterest,
    Grant,
    Juror,
    Person,
    Review,
    ReviewState,
    Role,
    TieAnswer,
)
from gnlc_apply.permissions import Actor, Permission, require, visible_to

_DECLARED = (ConflictCode.DECLARED_APPLICATION.value, ConflictCode.DECLARED_COUNTRY.value)
_OF_NAMES = tuple(code.value for code in NameCode)
_CAME_TO: Mapping[str | None, Text] = {
    None: Text("not answered yet"),
    TieAnswer.NO_TIE: Text("no tie"),
    TieAnswer.TIE: Text("a tie"),
    TieAnswer.SECRETARIAT: Text("left to the secretariat"),
    TieAnswer.TOO_LATE: Text("no answer in time"),
}


@dataclass(frozen=True)
class CallHead:
    """The call that a page of the jury belongs to."""

    id: int
    reference: str
    title: str
    time_zone: str
    readers_per_file: int
    is_guide_frozen: bool
    reading_deadline_at: datetime | None
    contact_email: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """What the assignment needs to know of a juror, in the parts of a form."""

    countries: tuple[str, ...]
    languages: tuple[tuple[str, str], ...]
    topics: tuple[str, ...]
    contexts: tuple[str, ...]
    capacity: int | None
    organisations: tuple[str, ...] = ()
    related_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class JurorRow:
    """A juror in the list."""

    reference: str
    name: str
    email: str
    is_chair: bool
    status: Text
    tone: str
    is_active: bool
    is_invited: bool
    profile: Profile
    region: str
    files: int
    submitted: int
    conflicts: int


@dataclass(frozen=True)
class ConflictRow:
    """A conflict in words, or a question on a tie with what came of it; ``is_open``: it is still to be answered."""

    juror: str
    reference: str
    place_name: str
    country: str
    sentence: Text
    said: str
    recorded_at: datetime
    code: str
    is_block: bool
    is_open: bool
    came_to: Text


def call_head(viewer: Actor, now: datetime, reference: str) -> CallHead:
    """The call, for the secretariat's pages of its jury. Raises NotFound."""
    require(viewer, Permission.RUN_CALL)
    row = db.reader.scalar(select(Call).where(Call.reference == reference))
    if row is None:
        raise NotFound()
    return head_of(row)


def head_of(row: Call) -> CallHead:
    """The head of a call's row."""
    return CallHead(
        id=row.id,
        reference=row.reference,
        title=row.title,
        time_zone=row.time_zone,
        readers_per_file=row.readers_per_file,
        is_guide_frozen=row.guide_frozen_at is not None,
        reading_deadline_at=row.reading_deadline_at,
        contact_email=row.contact_email,
        languages=tuple(row.languages),
    )


def jurors(viewer: Actor, now: datetime, call: CallHead) -> list[JurorRow]:
    """Everybody who was invited to this jury, by name; three statements."""
    require(viewer, Permission.RUN_CALL)
    is_chair = exists(
        select(1).where(
            Grant.person_id == Juror.person_id,
            Grant.call_id == Juror.call_id,
            Grant.role == Role.CHAIR,
            Grant.revoked_at.is_(None),
        )
    )
    rows = db.reader.execute(
        select(Juror, Person.name, Person.email, is_chair.label("is_chair"))
        .join(Person, Person.id == Juror.person_id)
        .where(Juror.call_id == call.id)
        .order_by(Person.name, Juror.id)
    ).all()
    readings, conflicts = _readings(call.id), _conflict_counts(call.id)
    return [
        _juror_row(row.Juror, row.name, row.email, row.is_chair, readings.get(row.Juror.id, (0, 0)), conflicts)
        for row in rows
    ]


def _readings(call_id: int) -> dict[int, tuple[int, int]]:
    query = (
        select(
            Assignment.juror_id,
            func.count(Assignment.id),
            func.count(Review.id).filter(Review.state == ReviewState.SUBMITTED),
        )
        .join(Juror, Juror.id == Assignment.juror_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Juror.call_id == call_id, Assignment.ended_at.is_(None))
        .group_by(Assignment.juror_id)
    )
    return {juror_id: (files, submitted) for juror_id, files, submitted in db.reader.execute(query)}


def _conflict_counts(call_id: int) -> dict[int, int]:
    query = (
        select(ConflictOfInterest.juror_id, func.count(ConflictOfInterest.application_id.distinct()))
        .join(Juror, Juror.id == ConflictOfInterest.juror_id)
        .where(Juror.call_id == call_id, ConflictOfInterest.level == Level.BLOCK.value)
        .group_by(ConflictOfInterest.juror_id)
    )
    return dict(db.reader.execute(query).all())


def _juror_row(
    row: Juror, name: str, email: str, is_chair: bool, readings: tuple[int, int], conflicts: dict[int, int]
) -> JurorRow:
    status, tone = _status(row)
    return JurorRow(
        reference=row.reference,
        name=name,
        email=email,
        is_chair=is_chair,
        status=status,
        tone=tone,
        is_active=row.ended_at is None and row.declined_at is None,
        is_invited=row.accepted_at is None,
        profile=profile_of(row),
        region=row.region,
        files=readings[0],
        submitted=readings[1],
        conflicts=conflicts.get(row.id, 0),
    )


def _status(row: Juror) -> tuple[Text, str]:
    if row.ended_at is not None:
        return Text("Has left the jury"), "quiet"
    if row.declined_at is not None:
        return Text("Declined"), "bad"
    if row.accepted_at is None:
        return Text("Invited"), "caution"
    return (Text("Accepted"), "good") if row.has_profile else (Text("Accepted, profile not checked"), "info")


def profile_of(row: Juror) -> Profile:
    """The profile in a juror's row."""
    return Profile(
        countries=tuple(row.countries),
        languages=tuple(level_of(entry) for entry in row.languages),
        topics=tuple(row.topics),
        contexts=tuple(row.contexts),
        capacity=row.capacity,
        organisations=tuple(row.organisations),
        related_names=tuple(row.related_names),
    )


def my_profile(viewer: Actor, now: datetime, call: str) -> tuple[CallHead, Profile]:
    """The call and my own profile in its jury. Raises NotFound."""
    row = db.reader.execute(
        select(Juror, Call)
        .join(Call, Call.id == Juror.call_id)
        .where(Call.reference == call, Juror.person_id == viewer.person_id, Juror.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound()
    return head_of(row.Call), profile_of(row.Juror)


def juror(viewer: Actor, now: datetime, call: CallHead, reference: str) -> JurorRow:
    """One juror of this call. Raises NotFound."""
    found = next((row for row in jurors(viewer, now, call) if row.reference == reference), None)
    if found is None:
        raise NotFound()
    return found


def conflicts_of(viewer: Actor, now: datetime, call: CallHead, reference: str) -> list[ConflictRow]:
    """The conflicts of one juror with the files of the call that this viewer may read, in words."""
    require(viewer, Permission.RUN_CALL)
    rows = db.reader.execute(
        select(ConflictOfInterest, Juror.reference.label("juror"), Application)
        .join(Juror, Juror.id == ConflictOfInterest.juror_id)
        .join(Application, Application.id == ConflictOfInterest.application_id)
        .where(
            Juror.reference == reference,
            Juror.call_id == call.id,
            visible_to(viewer, Permission.READ_AS_SECRETARIAT),
        )
        .order_by(Application.country, Application.place_name, ConflictOfInterest.code)
    )
    found = []
    for conflict, juror_reference, file in rows:
        is_declared = conflict.code in _DECLARED
        is_block = conflict.level == Level.BLOCK
        found.append(
            ConflictRow(
                juror=juror_reference,
                reference=file.reference,
                place_name=file.place_name,
                country=file.country,
                sentence=sentence_of(conflict, file.country),
                said=conflict.detail if is_declared else "",
                recorded_at=conflict.recorded_at,
                code=conflict.code,
                is_block=is_block,
                is_open=not is_block and conflict.answer != TieAnswer.NO_TIE,
                came_to=_CAME_TO[conflict.answer],
            )
        )
    return found


def sentence_of(row: ConflictOfInterest, country: str = "") -> Text:
    """A recorded conflict in words; what a person typed is not among them. ``country``: the file's."""
    if row.code in _OF_NAMES:
        return NameTie("", "", NameCode(row.code), Level(row.level), row.detail).sentence
    detail = country if row.code in _DECLARED else row.detail
    return Conflict("", "", ConflictCode(row.code), Level(row.level), detail).sentence


def is_there_a_juror(session: Session, call_id: int) -> bool:
    """Whether anybody has been invited to the jury of a call: all that other rooms need to know of it."""
    query = select(Juror.id).where(Juror.call_id == call_id, Juror.ended_at.is_(None)).limit(1)
    return session.scalar(query) is not None
