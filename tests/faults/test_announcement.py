"""``kill -9`` before and after every statement of the announcement, and around its COMMIT: all of it has happened, or nothing.

A sample in every run, every point with ``./dev prove --only announcement_kills tests/faults/test_announcement.py`` (two
minutes). On both engines. An announcement writes no file; what SQLite writes, it writes within COMMIT, and there the
process is killed at random microseconds.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
from sqlalchemy import func, select, text

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, CohortCity, Gate, Membership, OutboxMessage, RegistryAct
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import ledger, outbox
from gnlc_apply.services.cohort import tick
from tests import engines, proof
from tests.services.cohort import ground

pytestmark = [pytest.mark.postgres, pytest.mark.proof, pytest.mark.timeout(1200)]
CHILD = Path(__file__).with_name("announcing_child.py")
ROOT = Path(__file__).resolve().parents[2]
WHOLE = {"membership": 4, "cohort_city": 4, "gate": 2, "call": "concluded", "letters": 11}


@dataclass
class Dying:
    """The process that announces and dies, over and over."""

    orders: IO[str]
    answers: IO[str]

    def at(self, url: str, where: str, number: int = 0) -> dict[str, int]:
        """Announce and die there; how it ended."""
        self.orders.write(json.dumps({"url": url, "where": where, "number": number}) + "\n")
        self.orders.flush()
        answer: dict[str, int] = json.loads(self.answers.readline())
        return answer


@contextmanager
def dying(settings: config.Settings) -> Iterator[Dying]:
    """Started once: loading the product takes longer than announcing."""
    command = [sys.executable, str(CHILD), str(settings.instance), ground.INSTANT.isoformat()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Dying(process.stdin, process.stdout)
        process.stdin.close()
        assert process.wait(30) == 0


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
            "sound": _is_sound(),
        }


def _is_sound() -> bool:
    """What the database itself says of its pages and of rows that point at rows."""
    if db.dialect != "sqlite":
        return True
    with db.reading() as session:
        pages = session.scalars(text("PRAGMA integrity_check")).all()
        return pages == ["ok"] and not session.execute(text("PRAGMA foreign_key_check")).all()


def _nothing_leaves() -> bool:
    """Whether no letter of a decision could be handed to the mail server now, were the instant here."""
    while (claimed := outbox.claim(ground.INSTANT)) is not None:
        if claimed.kind.startswith("letter_"):
            return False
    return True


def _points(statements: int) -> list[tuple[str, int]]:
    """Before and after every statement and before the COMMIT; or a tenth of them, and those around the COMMIT always."""
    every = [(where, number) for number in range(1, statements + 1) for where in ("before", "after")]
    few = random.Random(20270302).sample(every, proof.amount(max(4, len(every) // 10), len(every)))
    return [*sorted(few, key=lambda point: point[1]), ("at_commit", 0)]


def _repaired(cohort: str) -> None:
    """The next round of a worker does what is still to do, once."""
    began = time.monotonic()
    with clock.at(ground.INSTANT):
        assert tick.due(actor=SYSTEM) == [cohort]
        assert tick.due(actor=SYSTEM) == []
    proof.measured("announcement_repair_s", time.monotonic() - began)


def _assert_whole(picture: dict[str, Any]) -> None:
    assert picture["files"] == ["admitted"] * 4 + ["not_admitted"] * 2
    assert {name: picture[name] for name in WHOLE} == WHOLE
    assert (picture["broken"], picture["sound"]) == (None, True)


def test_killed_at_any_statement_it_has_not_happened_and_happens_then(database: config.Settings) -> None:
    world = ground.build()
    cohort = ground.armed(world)
    assert _nothing_leaves()
    before = _picture(world)
    assert (before["letters"], before["broken"], before["sound"]) == (0, None, True)
    with dying(database) as process:
        counted = process.at(database.database_url, "count")
        points = _points(counted["statements"])
        for where, number in points:
            assert process.at(database.database_url, where, number)["ended"] == -signal.SIGKILL, (where, number)
            assert _picture(world) == before, (where, number)
    assert _nothing_leaves()
    _repaired(cohort)
    _assert_whole(_picture(world))
    assert not _nothing_leaves()
    proof.reached("announcement_kills", len(points))


def test_killed_after_the_commit_it_has_happened_and_happens_no_more(database: config.Settings) -> None:
    world = ground.build()
    ground.armed(world)
    with dying(database) as process:
        assert process.at(database.database_url, "committed")["ended"] == -signal.SIGKILL
    after = _picture(world)
    _assert_whole(after)
    with clock.at(ground.INSTANT):
        assert tick.due(actor=SYSTEM) == []
    assert _picture(world) == after
    proof.reached("announcement_kills", 1)


@contextmanager
def _copy(settings: config.Settings) -> Iterator[str]:
    """The URL of a copy of the database, which is open for the length of the block."""
    db.close()
    if settings.database_url.startswith("sqlite"):
        folder = settings.instance / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copyfile(settings.instance / "gnlc.sqlite3", folder / "gnlc.sqlite3")
        url = f"sqlite:///{folder / 'gnlc.sqlite3'}"
    else:
        url = engines.fresh_database(settings.database_url)
    try:
        yield url
    finally:
        db.close()
        if not url.startswith("sqlite"):
            engines.drop_database(url)


def test_killed_within_the_commit_it_is_whole_or_not_at_all(database: config.Settings) -> None:
    world = ground.build()
    cohort = ground.armed(world)
    before = _picture(world)
    chance, kills = random.Random(20270303), proof.amount(3, 60)
    with dying(database) as process:
        for _kill in range(kills):
            with _copy(database) as url:
                ended = process.at(url, "during", chance.randrange(6000))["ended"]
                assert ended in (0, -signal.SIGKILL)
                db.open(url)
                if _picture(world) == before:
                    assert ended == -signal.SIGKILL
                    _repaired(cohort)
                _assert_whole(_picture(world))
    proof.reached("announcement_kills", kills)
