"""What the clock has to look after: the calls that are open."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Call, CallState


def open_calls() -> list[str]:
    """The references of the calls in which deadlines bind somebody, oldest first."""
    with db.reading() as session:
        query = select(Call.reference).where(Call.state == CallState.OPEN).order_by(Call.opens_at, Call.id)
        return list(session.scalars(query))
