"""What the life of a cohort asks for by itself, whichever command comes to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gnlc_apply.models import Cohort, CohortState
from gnlc_apply.workflow import engine
from gnlc_apply.workflow.cohort import COHORT, CohortCase
from tests.conftest import NOW


@pytest.mark.parametrize(("name", "state"), [("arm", CohortState.LOCKED), ("confirm_texts", CohortState.ARMED)])
def test_nothing_is_armed_without_a_fresh_second_factor(name: str, state: CohortState) -> None:
    row = Cohort(state=state, announce_at=NOW + timedelta(hours=2), locked_by_id=1)
    fresh = CohortCase(row, NOW, actor_id=2, is_fresh=True)
    stale = CohortCase(row, NOW, actor_id=2)
    assert "second factor" not in str(engine.obstacle(COHORT[name], fresh))
    assert str(engine.obstacle(COHORT[name], stale)) == "Show your second factor again."
