"""Deciding, locking and arming leave no trace on rows that others read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Call, City, Membership
from gnlc_apply.services import cohort as cohorts
from tests.services.cohort import ground

pytestmark = pytest.mark.usefixtures("database")


def _rows() -> list[tuple[Any, ...]]:
    with db.reading() as session:
        return [
            tuple(row)
            for table in (Application, Call, City, Membership)
            for row in session.execute(select(*table.__table__.columns).order_by(table.__table__.c.id))
        ]


def test_the_rows_of_cities_calls_and_the_registry_stay_as_they_are_until_the_announcement() -> None:
    world = ground.build()
    before = _rows()
    with clock.at(ground.NOW + timedelta(hours=1)):
        reference = ground.armed(world)
        cohorts.correct_spelling(
            actor=world.officer, cohort=reference, application=world.files[0], name="Eindhoven (Brainport)"
        )
    assert _rows() == before
    with db.reading() as session:
        assert "Eindhoven (Brainport)" not in session.scalars(select(City.name)).all()
