"""The worker was down at the instant and comes back: it announces all of it then, or, after the window, nothing at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from gnlc_apply.core import clock
from gnlc_apply.models import CohortState
from gnlc_apply.queries import open_data
from gnlc_apply.scenarios.worker import Worker
from gnlc_apply.services.cohort.arming import WINDOW
from tests.services.cohort import ground

pytestmark = pytest.mark.postgres


@pytest.fixture
def armed(app: Flask) -> Iterator[tuple[ground.World, str]]:
    """Four approved and two not approved cities, armed for the next morning; the worker at work until then."""
    world = ground.build()
    reference = ground.armed(world)
    with app.app_context():
        Worker().step()
        yield world, reference


def _admitted() -> list[str]:
    return sorted(str(city["name"]) for city in json.loads(open_data.registry_json(clock.today()))["members"])


def test_an_hour_late_it_announces_all_of_it_and_writes_to_each_once(armed: tuple[ground.World, str]) -> None:
    world, reference = armed
    with clock.at(ground.INSTANT + timedelta(hours=1)):
        assert _admitted() == []
        back = Worker()
        back.step()
        assert ground.cohort_row(reference).announced_at == clock.now()
        assert _admitted() == ["Dakar", "Eindhoven", "Gent", "Utrecht"]
        assert set(ground.states_of(world)) == {"admitted", "not_admitted"}
        back.step()
        letters = [mail for mail in ground.mails() if mail.kind.startswith("letter_")]
        assert len(letters) == len({mail.key for mail in letters}) == 6 + 5


def test_after_the_window_it_announces_nothing_and_says_so(armed: tuple[ground.World, str]) -> None:
    world, reference = armed
    with clock.at(ground.INSTANT + WINDOW + timedelta(seconds=1)):
        Worker().step()
        assert ground.cohort_row(reference).state is CohortState.LOCKED
        assert _admitted() == []
        assert set(ground.states_of(world)) == {"in_review"}
        assert len(ground.mails("lapsed")) == 5
