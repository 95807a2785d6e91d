"""What a juror sees on coming in: places in juries, and the own files in their three groups."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select

from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Assignment,
    CalibrationRound,
    CalibrationState,
    Call,
    CallState,
    Juror,
    Minutes,
    Review,
    ReviewState,
    Role,
)
from gnlc_apply.permissions import Actor, Permission, kept_per_roles, visible_to
from gnlc_apply.permissions.rules import one_of
from gnlc_apply.queries.rows import AnyRow, AnySelect

NOT_BEGUN, BEGUN, ABSTAINED = Text("not begun"), Text("begun"), Text("abstained")


@dataclass(frozen=True)
class HomeFile:
    """One of my files."""

    reference: str
    place_name: str
    country: str
    language: str
    status: Text
    is_declared: bool
    is_submitted: bool
    is_abstained: bool
    total: float | None


@dataclass(frozen=True)
class Seat:
    """My place in the jury of one call, with my files in my own order of reading."""

    call: str
    title: str
    time_zone: str
    is_chair: bool
    is_invited: bool
    is_accepted: bool
    has_profile: bool
    is_closed: bool
    deadline_at: datetime | None
    calibration: CalibrationState | None
    talk_at: datetime | None
    talk_zone: str
    files: tuple[HomeFile, ...]

    @property
    def has_calibration(self) -> bool:
        """Whether the calibration files of this call are there for me."""
        return self.calibration not in (None, CalibrationState.PREPARING)

    @property
    def scores_calibration(self) -> bool:
        """Whether they are to be scored now."""
        return self.calibration in (CalibrationState.SCORING, CalibrationState.SECOND) and not self.is_closed

    @property
    def to_declare(self) -> list[HomeFile]:
        """Files whose text is still closed to me."""
        return [file for file in self.files if not file.is_declared and not file.is_abstained]

    @property
    def to_read(self) -> list[HomeFile]:
        """Files that are open to me and not submitted."""
        return [f for f in self.files if f.is_declared and not f.is_submitted and not f.is_abstained]

    @property
    def done(self) -> list[HomeFile]:
        """Files that I submitted or abstained from."""
        return [file for file in self.files if file.is_submitted or file.is_abstained]


def home(viewer: Actor, now: datetime) -> list[Seat]:
    """My places in juries whose call is not concluded, the newest first, with my files: two statements."""
    seats = db.reader.execute(_seats(viewer), {"viewer": viewer.person_id}).all()
    files = _home_files(viewer, [row.Juror.id for row in seats])
    return [_seat(viewer, row, files[row.Juror.id]) for row in seats]


@kept_per_roles
def _seats(viewer: Actor) -> AnySelect:
    return (
        select(
            *(Juror, Call, Minutes.id.label("minutes"), CalibrationRound.state.label("calibration")),
            *(CalibrationRound.talk_at, CalibrationRound.time_zone.label("talk_zone")),
        )
        .join(Call, Call.id == Juror.call_id)
        .outerjoin(Minutes, Minutes.call_id == Call.id)
        .outerjoin(CalibrationRound, CalibrationRound.call_id == Call.id)
        .where(*_sits(viewer))
        .order_by(Call.id.desc())
    )


def _sits(viewer: Actor) -> tuple[ColumnElement[bool], ...]:
    """I sit in this jury, and its call is not concluded."""
    return (
        Juror.person_id == viewer.person_id,
        Juror.ended_at.is_(None),
        Juror.declined_at.is_(None),
        Call.state != CallState.CONCLUDED,
        one_of(Call.id, viewer.calls_of(Role.JUROR)),
    )


def _seat(viewer: Actor, row: AnyRow, files: list[HomeFile]) -> Seat:
    juror, call = row.Juror, row.Call
    return Seat(
        call=call.reference,
        title=call.title,
        time_zone=call.time_zone,
        is_chair=call.id in viewer.calls_of(Role.CHAIR),
        is_invited=juror.accepted_at is None,
        is_accepted=juror.accepted_at is not None,
        has_profile=juror.has_profile,
        is_closed=row.minutes is not None,
        deadline_at=call.reading_deadline_at,
        calibration=row.calibration,
        talk_at=row.talk_at,
        talk_zone=row.talk_zone or "",
        files=tuple(files),
    )


@dataclass(frozen=True)
class NextFile:
    """The next file that I have to read."""

    reference: str
    is_declared: bool


def next_open(viewer: Actor, now: datetime, reference: str) -> NextFile | None:
    """After this file the next in my own order that is neither submitted nor abstained from, beginning anew at the end."""
    asked = {"reference": reference, "viewer": viewer.person_id}
    files = db.reader.connection().execute(_of_the_same_seat(viewer), asked).all()
    place = next((number for number, file in enumerate(files) if file.reference == reference), None)
    if place is None:
        return None
    for file in (*files[place + 1 :], *files[:place]):
        if file.state is None or file.state is ReviewState.DRAFT:
            return NextFile(file.reference, file.declared_free_at is not None)
    return None


@kept_per_roles
def _of_the_same_seat(viewer: Actor) -> AnySelect:
    """All my files of the call that this file is of, in my order."""
    call_id = select(Application.call_id).where(Application.reference == bindparam("reference"))
    return (
        select(Application.reference, Assignment.declared_free_at, Review.state)
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(Call, Call.id == Juror.call_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            *_sits(viewer),
            Juror.call_id == call_id.correlate(None).scalar_subquery(),
            Assignment.ended_at.is_(None),
            Application.state == ApplicationState.IN_REVIEW,
            visible_to(viewer, Permission.SEE_ASSIGNED),
        )
        .order_by(Assignment.position, Assignment.id)
    )


@kept_per_roles
def _files_of_seats(viewer: Actor) -> AnySelect:
    """My files in some juries (``jurors``: my places there), in my order."""
    return (
        select(
            Assignment.juror_id,
            Assignment.declared_free_at,
            Application.reference,
            Application.place_name,
            Application.country,
            Application.language,
            Review.state,
            Review.total,
        )
        .join(Application, Application.id == Assignment.application_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Assignment.juror_id.in_(bindparam("jurors", expanding=True)),
            Assignment.ended_at.is_(None),
            Application.state == ApplicationState.IN_REVIEW,
            visible_to(viewer, Permission.SEE_ASSIGNED),
        )
        .order_by(Assignment.position, Assignment.id)
    )


def _home_files(viewer: Actor, juror_ids: list[int]) -> dict[int, list[HomeFile]]:
    asked = {"jurors": juror_ids, "viewer": viewer.person_id}
    rows = db.reader.connection().execute(_files_of_seats(viewer), asked)
    found: dict[int, list[HomeFile]] = defaultdict(list)
    for juror_id, declared_free_at, reference, place_name, country, language, found_state, total in rows:
        state: ReviewState | None = found_state
        found[juror_id].append(
            HomeFile(
                reference=reference,
                place_name=place_name,
                country=country,
                language=language,
                status=NOT_BEGUN if state is None else ABSTAINED if state is ReviewState.ABSTAINED else BEGUN,
                is_declared=declared_free_at is not None,
                is_submitted=state is ReviewState.SUBMITTED,
                is_abstained=state is ReviewState.ABSTAINED,
                total=total,
            )
        )
    return found
