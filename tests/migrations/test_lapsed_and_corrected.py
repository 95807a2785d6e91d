"""Down from 0002 and up again, with a time to object that lapsed and a text that was corrected, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict
from gnlc_apply.extensions import db
from gnlc_apply.models import Cohort, Objection
from gnlc_apply.services import application as applications
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import schema
from tests.desk import Desk, change_after_endorsement
from tests.services.cohort import ground

pytestmark = pytest.mark.postgres

DAY = timedelta(days=1)


def columns(table: str) -> set[str]:
    return {column["name"] for column in inspect(db.engine).get_columns(table)}


def test_a_time_that_lapsed_stays_over(database: config.Settings) -> None:
    world = Desk()
    change_after_endorsement(world)
    with clock.at(clock.now() + DAY):
        applications.take_back(actor=world.owner, reference=world.file)
        lapsed = clock.now()
    schema.downgrade("0001")
    assert "lapsed_at" not in columns("objection")
    with db.reading() as session:
        assert session.scalars(select(Objection.due_at)).one() == lapsed
    schema.upgrade()
    with db.reading() as session:
        row = session.scalars(select(Objection)).one()
    assert (row.lapsed_at, row.due_at, row.objected_at) == (None, lapsed, None)


def test_a_list_locked_without_its_texts_cannot_be_announced(database: config.Settings) -> None:
    """Coming from before: the hash of the texts is not there, so that two persons must unlock and lock anew."""
    world = ground.build()
    reference = ground.armed(world)
    values = cohorts.CohortValues(title="Learning Cities 2027", announce_at=ground.INSTANT, lead="A lead")
    cohorts.change(actor=world.officer, cohort=reference, values=values, reason="A slip of the pen")
    schema.downgrade("0001")
    assert "text_correction" not in inspect(db.engine).get_table_names()
    assert not {"texts_hash", "armed_texts_hash"} & columns("cohort")
    schema.upgrade()
    with db.reading() as session:
        row = session.scalars(select(Cohort)).one()
        assert (row.lead, row.texts_hash, str(row.state)) == ("A lead", None, "armed")
        assert session.scalar(text("SELECT count(*) FROM text_correction")) == 0
    with clock.at(ground.INSTANT), pytest.raises(Conflict, match="no longer match"):
        cohorts.announce(actor=world.director, cohort=reference)
