"""A National Commission's desk: its country's files by call, places of the quota, and who has access."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    Call,
    CallState,
    CommissionRank,
    FileOpened,
    Grant,
    Person,
    PlacePurpose,
    QuotaException,
    QuotaPlace,
    Role,
)
from gnlc_apply.permissions import Actor, Permission, visible_to
from gnlc_apply.queries import deadlines
from gnlc_apply.queries.rows import AnyRow, Rows
from gnlc_apply.workflow.application import APPLICATION


@dataclass(frozen=True)
class DeskFile:
    """One of the country's files. ``position`` is its place in the Commission's own order, None while unranked."""

    reference: str
    place_name: str
    state: str
    label: Text
    submitted_at: datetime
    until: datetime
    days_left: int | None
    is_opened: bool
    place_number: int | None
    position: int | None
    is_own: bool

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the answer of its Commission."""
        return self.state == "submitted"


@dataclass(frozen=True)
class DeskCall:
    """One call on the desk: its deadline for this country, its places, its files in the Commission's order."""

    reference: str
    title: str
    time_zone: str
    is_open: bool
    until: datetime
    days_left: int | None
    limit: int
    taken: int
    files: tuple[DeskFile, ...]

    @property
    def is_ranked(self) -> bool:
        """Whether the Commission has put its files in an order."""
        return any(file.position is not None for file in self.files)

    @property
    def can_rank(self) -> bool:
        """Whether moving rows makes sense: more than one file, time left, none of them one's own city's."""
        return len(self.files) > 1 and self.days_left is not None and not any(file.is_own for file in self.files)

    def moved(self, reference: str, step: int) -> list[str]:
        """The order of the files after moving one of them up (-1) or down (1)."""
        order = [file.reference for file in self.files]
        if reference not in order:
            return order
        here = order.index(reference)
        there = min(max(here + step, 0), len(order) - 1)
        order.insert(there, order.pop(here))
        return order


@dataclass(frozen=True)
class Desk:
    """What a National Commission sees when it comes in."""

    country: str
    calls: tuple[DeskCall, ...]
    people: Rows = field(default_factory=list)

    def call(self, reference: str) -> DeskCall:
        """One of the desk's calls. Raises NotFound."""
        for call in self.calls:
            if call.reference == reference:
                return call
        raise NotFound()


def _files(actor: Actor, country: str) -> Rows:
    mine = select(ApplicationMember.id).where(
        ApplicationMember.application_id == Application.id,
        ApplicationMember.person_id == actor.person_id,
        ApplicationMember.removed_at.is_(None),
    )
    return db.reader.execute(
        select(
            Application.id,
            Application.call_id,
            Application.reference,
            Application.place_name,
            Application.state,
            Application.submitted_at,
            FileOpened.opened_at,
            QuotaPlace.number,
            CommissionRank.position,
            mine.exists().label("is_own"),
        )
        .outerjoin(FileOpened, FileOpened.application_id == Application.id)
        .outerjoin(CommissionRank, CommissionRank.application_id == Application.id)
        .outerjoin(
            QuotaPlace,
            (QuotaPlace.application_id == Application.id) & (QuotaPlace.purpose == PlacePurpose.ENDORSEMENT),
        )
        .where(
            visible_to(actor, Permission.READ_AS_COMMISSION),
            Application.country == country,
            # A draft withdrawn before it was ever submitted was never the Commission's.
            Application.submitted_at.is_not(None),
        )
        .order_by(CommissionRank.position.is_(None), CommissionRank.position, Application.folded_name)
    ).all()


def _limits(country: str) -> dict[int, int]:
    rows = db.reader.execute(
        select(QuotaException.call_id, func.sum(QuotaException.extra))
        .where(QuotaException.country == country, QuotaException.confirmed_at.is_not(None))
        .group_by(QuotaException.call_id)
    )
    return {call_id: int(extra) for call_id, extra in rows}


def _people(country: str) -> Rows:
    return db.reader.execute(
        select(Person.name, Person.email, Grant.granted_at, Grant.valid_until)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.role == Role.COMMISSION,
            Grant.country == country,
            Grant.revoked_at.is_(None),
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(Grant.granted_at, Grant.id)
    ).all()


def desk(actor: Actor, country: str) -> Desk:
    """The desk of one country, in six statements however many files. Raises NotFound for another country's."""
    if country not in actor.countries:
        raise NotFound()
    now = clock.now()
    files = _files(actor, country)
    with_files = {file.call_id for file in files}
    calls = db.reader.execute(
        select(Call.id, Call.reference, Call.title, Call.time_zone, Call.state, Call.quota)
        .where((Call.state == CallState.OPEN) | Call.id.in_(with_files))
        .order_by(Call.deadline_at.desc())
    ).all()
    until = deadlines.of_calls([call.id for call in calls])
    extra = _limits(country)
    return Desk(
        country,
        tuple(_call(call, [f for f in files if f.call_id == call.id], until, extra, country, now) for call in calls),
        _people(country),
    )


def _call(
    call: AnyRow,
    files: Rows,
    until: deadlines.Deadlines,
    extra: dict[int, int],
    country: str,
    now: datetime,
) -> DeskCall:
    ends = until.of_commission(call.id, country)
    return DeskCall(
        reference=call.reference,
        title=call.title,
        time_zone=call.time_zone,
        is_open=call.state is CallState.OPEN,
        until=ends,
        days_left=deadlines.days_left(ends, now),
        limit=call.quota + extra.get(call.id, 0),
        taken=sum(file.number is not None for file in files),
        files=tuple(_file(file, until.of_commission(call.id, country, file.id), now) for file in files),
    )


def _file(file: AnyRow, until: datetime, now: datetime) -> DeskFile:
    return DeskFile(
        reference=file.reference,
        place_name=file.place_name,
        state=file.state.value,
        label=APPLICATION.labels[file.state.value][1],
        submitted_at=file.submitted_at,
        until=until,
        days_left=deadlines.days_left(until, now) if file.state.value == "submitted" else None,
        is_opened=file.opened_at is not None,
        place_number=file.number,
        position=file.position,
        is_own=bool(file.is_own),
    )
