"""The states of UNESCO as they are in this database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from gnlc_apply.extensions import db
from gnlc_apply.models import State


def all_states() -> tuple[Row[Any], ...]:
    """Every state with ``iso3``, ``region``, ``status``, ``member_from`` and ``member_until``, by code."""
    columns = (State.iso3, State.region, State.status, State.member_from, State.member_until)
    return tuple(db.reader.execute(select(*columns).order_by(State.iso3)))
