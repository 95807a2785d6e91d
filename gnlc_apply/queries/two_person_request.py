"""Acts on accounts that one person asked for and another confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import Person, TwoPersonRequest

ACCOUNT_KINDS = ("give_role", "reset_second_factor", "erase_person", "let_in")


@dataclass(frozen=True)
class RequestRow:
    """An act that waits for (or had) a second person. ``state``: open, confirmed or refused."""

    reference: str
    kind: str
    name: str
    email: str
    role: str
    place: str
    valid_from: date | None
    valid_until: date | None
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    is_mine: bool

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.state == "open"

    @property
    def is_confirmed(self) -> bool:
        """Whether a second person said yes."""
        return self.state == "confirmed"


def _requests(*conditions: ColumnElement[bool]) -> Select[Any, Any, Any, Any]:
    asker, concerned = aliased(Person), aliased(Person)
    return (
        select(TwoPersonRequest, asker.name, concerned.name, concerned.email)
        .outerjoin(asker, asker.id == TwoPersonRequest.asked_by_id)
        .outerjoin(concerned, concerned.id == TwoPersonRequest.person_id)
        .where(TwoPersonRequest.kind.in_(ACCOUNT_KINDS), *conditions)
        .order_by(TwoPersonRequest.asked_at.desc())
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _request_row(found: Any, viewer_id: int | None) -> RequestRow:
    row, asked_by, name, email = found
    answered = "confirmed" if row.confirmed_at else "refused"
    return RequestRow(
        reference=row.reference,
        kind=row.kind,
        name=name or row.details.get("name", ""),
        email=email or row.details.get("email", ""),
        role=row.details.get("role", ""),
        place=row.details.get("place", ""),
        valid_from=_day(row.details.get("valid_from")),
        valid_until=_day(row.details.get("valid_until")),
        reason=row.reason,
        asked_by=asked_by or "",
        asked_at=row.asked_at,
        state="open" if not (row.confirmed_at or row.refused_at) else answered,
        is_mine=viewer_id is not None and viewer_id in (row.asked_by_id, row.person_id),
    )


def open_requests(viewer_id: int | None) -> list[RequestRow]:
    """Acts on accounts that wait for a director."""
    waiting = (TwoPersonRequest.confirmed_at.is_(None), TwoPersonRequest.refused_at.is_(None))
    return [_request_row(found, viewer_id) for found in db.reader.execute(_requests(*waiting))]


def request(reference: str, viewer_id: int | None) -> RequestRow:
    """One of them. Raises NotFound."""
    found = db.reader.execute(_requests(TwoPersonRequest.reference == reference)).one_or_none()
    if found is None:
        raise NotFound()
    return _request_row(found, viewer_id)
