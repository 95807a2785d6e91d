"""Applications as the city sees them: one's own list, and one application with its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    LIVE_STATES,
    Application,
    ApplicationMember,
    ApplicationState,
    Call,
    Deadline,
    MemberRole,
)
from gnlc_apply.permissions import Actor, Permission, kept_per_roles, visible_to
from gnlc_apply.queries.sheet import Sheet, head, longer, sheet_of


@dataclass(frozen=True)
class Mine:
    """A line of one's own list."""

    reference: str
    place_name: str
    country: str
    state: ApplicationState
    role: MemberRole
    call_title: str
    deadline_at: datetime
    time_zone: str


def of_person(actor: Actor) -> list[Mine]:
    """All applications in which this person takes part, the newest first: one statement."""
    rows = db.reader.connection().execute(_mine(), {"person_id": actor.person_id})
    return [
        Mine(
            reference=row.reference,
            place_name=row.place_name,
            country=row.country,
            state=row.state,
            role=row.role,
            call_title=row.title,
            deadline_at=max(row.deadline_at, row.longer or row.deadline_at),
            time_zone=row.time_zone,
        )
        for row in rows
    ]


@cache
def _mine() -> Any:
    return (
        select(
            Application.reference,
            Application.place_name,
            Application.country,
            Application.state,
            ApplicationMember.role,
            Call.title,
            Call.deadline_at,
            Call.time_zone,
            longer(Deadline.CITIES).label("longer"),
        )
        .join(ApplicationMember, ApplicationMember.application_id == Application.id)
        .join(Call, Call.id == Application.call_id)
        .where(ApplicationMember.person_id == bindparam("person_id"), ApplicationMember.removed_at.is_(None))
        .order_by(Application.created_at.desc(), Application.id.desc())
    )


def for_city(actor: Actor, reference: str) -> Sheet:
    """One application with its live answers and everything around it: three statements. Raises NotFound."""
    asked = {"reference": reference, "viewer": actor.person_id}
    row = db.reader.execute(_of_city(actor), asked).one_or_none()
    if row is None:
        raise NotFound()
    return sheet_of(row)


@kept_per_roles
def _of_city(who: Actor) -> Any:
    role = (
        select(ApplicationMember.role)
        .where(
            ApplicationMember.application_id == Application.id,
            ApplicationMember.person_id == who.person_id,
            ApplicationMember.removed_at.is_(None),
        )
        .correlate(Application)
        .scalar_subquery()
    )
    asked = Application.reference == bindparam("reference")
    return head().add_columns(role.label("role")).where(asked, visible_to(who, Permission.READ_AS_CITY))


def has_begun(call: str, country: str, place_name: str, *, besides: Actor) -> bool:
    """Whether somebody else has begun or submitted for a place of this name; never who."""
    mine = select(ApplicationMember.application_id).where(
        ApplicationMember.person_id == besides.person_id, ApplicationMember.removed_at.is_(None)
    )
    statement = (
        select(Application.id)
        .join(Call, Call.id == Application.call_id)
        .where(
            Call.reference == call,
            Application.country == country,
            Application.folded_name == fold(place_name),
            Application.state.in_((ApplicationState.DRAFT.value, *LIVE_STATES)),
            Application.id.not_in(mine),
        )
        .limit(1)
    )
    return db.reader.scalar(statement) is not None
