"""``kill -9`` at every statement of the announcement: afterwards all of it has happened, or nothing.

A sample in every run; with GNLC_ALL_KILLS=1 every statement. On both engines.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, CohortCity, Gate, Membership, OutboxMessage, RegistryAct
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import ledger
from gnlc_apply.services.cohort import tick
from tests.services.cohort import ground

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]
CHILD = Path(__file__).with_name("announcing_child.py")
ROOT = Path(__file__).resolve().parents[2]
IS_EVERY = os.environ.get("GNLC_ALL_KILLS") == "1"


def _announce(settings: config.Settings, cohort: str, last: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHILD), settings.database_url, str(settings.instance)]
    return subprocess.run(
        [*command, ground.INSTANT.isoformat(), cohort, str(last)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _picture(world: ground.World) -> dict[str, Any]:
    """Everything that an announcement touches."""
    with db.reading() as session:
        counts = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table))
            for table in (Membership, RegistryAct, CohortCity, Gate)
        }
        letters = select(func.count()).where(OutboxMessage.key.like("announce:%"))
        verdict = ledger.verify(session)
        return {
            **counts,
            "files": ground.states_of(world),
            "letters": session.scalar(letters),
            "call": str(session.scalar(select(Call.state))),
            "entries": verdict.entries,
            "broken": verdict.first_broken,
        }


def _statements(settings: config.Settings, cohort: str) -> int:
    """How many statements an announcement takes, its COMMIT included; counted without announcing."""
    done = _announce(settings, cohort, 0)
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["statements"])


def _moments(most: int) -> list[int]:
    """Every statement; or the first, the COMMIT itself and some between."""
    if IS_EVERY:
        return list(range(1, most + 1))
    return sorted({1, most // 3, 2 * most // 3, most - 1, most})


def test_killed_at_any_statement_it_is_whole_or_not_at_all(database: config.Settings) -> None:
    world = ground.build()
    cohort = ground.armed(world)
    before = _picture(world)
    assert (before["letters"], before["broken"]) == (0, None)
    for last in _moments(_statements(database, cohort)):
        done = _announce(database, cohort, last)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert _picture(world) == before
    with clock.at(ground.INSTANT):
        assert tick.due(actor=SYSTEM) == [cohort]
        assert tick.due(actor=SYSTEM) == []
    after = _picture(world)
    assert after["files"] == ["admitted"] * 4 + ["not_admitted"] * 2
    assert (after["membership"], after["cohort_city"], after["gate"], after["call"]) == (4, 4, 2, "concluded")
    assert (after["letters"], after["broken"]) == (11, None)
