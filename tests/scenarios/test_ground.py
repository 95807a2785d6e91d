"""A demonstration stands on new ground, or on an old demonstration's, and on no other."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, select, update

from gnlc_apply import config
from gnlc_apply.core.errors import Conflict
from gnlc_apply.extensions import db
from gnlc_apply.models import Instance, PublishedFigure, Region, State, StateStatus
from gnlc_apply.scenarios import ground

pytestmark = pytest.mark.postgres


def fill(*, is_demo: bool) -> None:
    """Some rows, and the mark."""
    with db.writing() as session:
        session.execute(update(Instance).values(is_demo=is_demo))
        session.execute(insert(State), [{"iso3": "BEL", "region": Region.AFRICA, "status": StateStatus.MEMBER}])


def states() -> list[str]:
    """The states that are known."""
    with db.reading() as session:
        return list(session.scalars(select(State.iso3)))


def test_a_real_installation_is_refused_and_left_as_it_is(database: config.Settings) -> None:
    fill(is_demo=False)
    with pytest.raises(Conflict, match="not a demonstration"):
        ground.clear(database)
    assert states() == ["BEL"]


def test_an_old_demonstration_gives_way_with_its_files(database: config.Settings) -> None:
    fill(is_demo=True)
    (database.attachments / "old").write_text("x")
    ground.clear(database)
    assert states() == []
    assert list(database.attachments.iterdir()) == []
    with db.reading() as session:
        assert session.scalars(select(Instance.is_demo)).all() == [True]


def test_only_a_finished_demonstration_is_kept(database: config.Settings) -> None:
    assert not ground.holds_demo()
    fill(is_demo=True)
    assert not ground.holds_demo()
    with db.writing() as session:
        row = {"on": date(2024, 2, 14), "source": "https://example.org"}
        session.execute(insert(PublishedFigure), [row])
    assert ground.holds_demo()
