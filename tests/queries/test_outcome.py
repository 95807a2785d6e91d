"""What a city reads of its outcome: nothing until the announcement, then its own letter."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.queries.embargoed.decisions import CityOutcome, outcome_for_city
from gnlc_apply.services import cohort as cohorts
from tests.services.cohort import ground

pytestmark = pytest.mark.usefixtures("database")


def _read(world: ground.World, who: str, file: str) -> CityOutcome | None:
    viewer = world.actor(who)
    found = outcome_for_city(viewer, file, clock.now())
    db.release()
    return found


def test_nothing_before_the_announcement_not_even_after_the_instant() -> None:
    world = ground.build()
    ground.armed(world)
    with clock.at(ground.INSTANT):
        for who in ("city1", "commission_NLD", "officer"):
            assert _read(world, who, world.files[0]) is None


def test_no_statement_looks_at_a_decision_before_it() -> None:
    world = ground.build()
    ground.armed(world)
    said: list[str] = []

    def listen(*args: object) -> None:
        said.append(str(args[2]))

    viewer = world.actor("city1")
    event.listen(db.engine, "before_cursor_execute", listen)
    outcome_for_city(viewer, world.files[0], clock.now())
    event.remove(db.engine, "before_cursor_execute", listen)
    assert said
    assert not any(table in statement for statement in said for table in ("decision", "recommendation", "score"))


def test_afterwards_each_city_reads_its_own() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with clock.at(ground.INSTANT):
        cohorts.announce(actor=world.director, cohort=reference)
        yes, no = _read(world, "city1", world.files[0]), _read(world, "city5", world.files[4])
        assert yes is not None
        assert (yes.is_admitted, yes.cohort, yes.announced_at) == (True, reference, ground.INSTANT)
        assert "Eindhoven has been admitted" in yes.letter
        assert no is not None
        assert (no.is_admitted, no.city) == (False, None)
        assert "has not been admitted" in no.letter
        commission = _read(world, "commission_NLD", world.files[0])
        assert commission is not None
        assert commission.letter == ""
        assert _read(world, "city1", world.files[4]) is None
        assert _read(world, "commission_BEL", world.files[0]) is None
        assert outcome_for_city(ANONYMOUS, world.files[0], clock.now()) is None
        db.release()
