"""``kill -9`` on the mail worker at any moment: nothing is lost, at most one repeat for each kill, with the same Message-ID.

Fifty kills in every run, 500 with ``./dev prove --only worker_kills tests/faults/test_worker.py`` (three minutes). Half of
them at the one moment that costs a repeat, between the server's "250" and our mark; half at random moments.
"""

from __future__ import annotations

import dataclasses
import json
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, rows
from gnlc_apply.models import MessageState, OutboxMessage
from gnlc_apply.services import outbox
from tests import proof, smtp_sink
from tests.conftest import NOW
from tests.faults import site

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1800)]
CHILD = Path(__file__).with_name("delivering_child.py")
KILLS = proof.amount(50, 500)
# Longer than a message stays with the one who took it.
STEP = outbox.LEASE + timedelta(seconds=1)
NEVER = "too-early@example.org"


@dataclasses.dataclass
class Mortal:
    """The worker that is killed over and over; each life begins a little later than the one before."""

    process: subprocess.Popen[str]
    moment: datetime = NOW

    def live(self, where: str, milliseconds: float = 0) -> int:
        """One life; how it ended."""
        self.moment += STEP
        order = {"where": where, "milliseconds": milliseconds, "moment": self.moment.isoformat()}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def _queue(many: int) -> None:
    messages = [Message("test", f"p{n}@example.org", {"name": f"Reader {n}"}) for n in range(many)]
    messages.append(Message("test", NEVER, {"name": "Nobody"}, not_before=NOW + timedelta(days=4000)))
    with db.writing() as session:
        session.execute(insert(OutboxMessage), rows(messages, NOW, 0))


def _states() -> dict[str, int]:
    with db.reading() as session:
        counted = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
        return {str(state): int(many) for state, many in session.execute(counted)}


def test_killed_at_any_moment_it_loses_nothing_and_repeats_little(database: config.Settings, tmp_path: Path) -> None:
    chance, many = random.Random(20270304), KILLS * 3
    _queue(many)
    with smtp_sink.running(tmp_path) as sink:
        environment = site.own_environment(database, **site.mail_environment(sink), PYTHONPATH=str(CHILD.parents[2]))
        with subprocess.Popen(
            [sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            mortal, kills = Mortal(process), 0
            for number in range(KILLS):
                ended = mortal.live("taken") if number % 2 else mortal.live("any", chance.uniform(1, 90))
                kills += ended == -signal.SIGKILL
                assert ended in (0, -signal.SIGKILL)
            repeats_by_kills = len(sink.taken) - len({taken.recipients[0] for taken in sink.taken})
            assert kills >= KILLS // 2
            # The doubt is real: a test that cannot see a repeat would prove nothing.
            assert 0 < repeats_by_kills <= kills
            while mortal.live("end") == 0 and _states().get(str(MessageState.QUEUED.value), 0) > 1:
                pass
            assert mortal.live("end") == 0
            assert process.stdin is not None
            process.stdin.close()
    taken = Counter(one.recipients[0] for one in sink.taken)
    ids: dict[str, set[str]] = {}
    for one in sink.taken:
        ids.setdefault(one.recipients[0], set()).add(str(one.message["Message-ID"]))
    assert set(taken) == {f"p{n}@example.org" for n in range(many)}
    assert sum(taken.values()) - many <= kills
    assert {len(found) for found in ids.values()} == {1}
    assert _states() == {"sent": many, "queued": 1}
    proof.reached("worker_kills", kills)


def test_without_a_kill_each_message_leaves_once(database: config.Settings, tmp_path: Path) -> None:
    _queue(20)
    with smtp_sink.running(tmp_path) as sink:
        environment = site.own_environment(database, **site.mail_environment(sink), PYTHONPATH=str(CHILD.parents[2]))
        with subprocess.Popen(
            [sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            mortal = Mortal(process)
            assert [mortal.live("end") for _life in range(3)] == [0, 0, 0]
            assert process.stdin is not None
            process.stdin.close()
    assert Counter(one.recipients[0] for one in sink.taken) == {f"p{n}@example.org": 1 for n in range(20)}
