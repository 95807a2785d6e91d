"""Finding the call that a command is about."""

from __future__ import annotations

from sqlalchemy import select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.models import Call
from gnlc_apply.services.command import Unit


def find(unit: Unit, reference: str) -> Call:
    """The call with this reference, locked for this unit. Raises NotFound."""
    row = unit.session.scalar(select(Call).where(Call.reference == reference).with_for_update())
    if row is None:
        raise NotFound()
    return row
