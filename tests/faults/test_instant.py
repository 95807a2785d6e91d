"""Around the instant: public pages polled over HTTP while a real worker announces. Never early, never in part, soon everywhere.

``gnlc serve`` with three web processes and a worker. A thousand polls in every run, ten thousand with
``./dev prove --only announcement_polls tests/faults/test_instant.py`` (two minutes).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import schema
from gnlc_apply.services.cohort import tick
from tests import proof
from tests.faults import site
from tests.faults.site import Served
from tests.services.cohort import ground

NAMES = tuple(name for name, _country, is_recommended in ground.FILES if is_recommended)
POLLS, HANDS = proof.amount(1000, 10_000), 4


@dataclass(frozen=True)
class Poll:
    """One answer: which page, when it was asked for and answered, and how many of the new members it shows."""

    path: str
    asked: datetime
    answered: datetime
    status: int
    shown: int


@dataclass
class Watch:
    """Everybody who keeps reloading the public pages."""

    served: Served
    pages: tuple[str, ...]
    until: datetime
    polls: list[Poll] = field(default_factory=list)

    def _look(self, path: str) -> None:
        asked = clock.now()
        answer = self.served.ask("GET", path)
        words = answer.body.decode("utf-8", "replace")
        shown = sum(name in words for name in NAMES)
        self.polls.append(Poll(path, asked, clock.now(), answer.status, shown))

    def _keep_looking(self, first: int) -> None:
        number = first
        while len(self.polls) < POLLS or clock.now() < self.until:
            self._look(self.pages[number % len(self.pages)])
            number += 1

    def run(self) -> None:
        """Look until enough has been seen, and the instant is well over."""
        threads = [threading.Thread(target=self._keep_looking, args=(n,), daemon=True) for n in range(HANDS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


@contextmanager
def _armed(settings: config.Settings, instant: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A cohort armed for this instant of the real clock; its reference."""
    config.use(settings)
    db.open(settings.database_url)
    schema.mark(is_demo=True)
    monkeypatch.setattr(ground, "INSTANT", instant)
    reference = ground.armed(ground.build())
    db.close()
    yield reference


@pytest.mark.proof
@pytest.mark.alone
@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"] if proof.IS_WHOLE else ["sqlite"])
def test_the_public_sees_all_of_it_at_once_and_never_before(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    instant = clock.now() + timedelta(seconds=proof.amount(25, 45))
    with _armed(settings, instant, monkeypatch) as cohort:
        lists = ("/en/registry/", "/registry.json", "/registry.csv", "/en/registry/map")
        pages = (*lists, f"/en/cohorts/{cohort}")
        with site.serving(settings, "--processes", "3", "--with-worker") as served:
            assert clock.now() < instant, "the machine is too slow to have looked before the instant"
            watch = Watch(served, pages, instant + timedelta(seconds=6))
            watch.run()
    _assert_never_early_nor_in_part(watch.polls, cohort, instant)
    old = max(poll.asked for poll in watch.polls if poll.shown == 0)
    seconds = max(0.0, (old - instant).total_seconds())
    sys.stderr.write(f"{len(watch.polls)} polls; the last old page was asked for {seconds:.2f} s after the instant\n")
    proof.reached("announcement_polls", len(watch.polls))
    if proof.IS_WHOLE:
        proof.measured("announcement_seen_s", seconds)


def _assert_never_early_nor_in_part(polls: list[Poll], cohort: str, instant: datetime) -> None:
    before, after = {p.shown for p in polls if p.answered < instant}, {p.shown for p in polls}
    assert before == {0}
    # All of the new members or none: on no page and in no file a part of them.
    assert after == {0, len(NAMES)}
    assert {p.status for p in polls if not p.path.endswith(cohort)} == {200}
    assert {(p.status, p.shown) for p in polls if p.path.endswith(cohort)} == {(404, 0), (200, len(NAMES))}
    # Once anybody has read it, nobody who asks later reads the old page, whichever process answers.
    first = min(poll.answered for poll in polls if poll.shown)
    assert [poll for poll in polls if poll.asked > first and not poll.shown] == []


@pytest.mark.postgres
def test_the_worker_wakes_at_the_instant_and_not_a_round_later(database: config.Settings) -> None:
    ground.armed(ground.build())
    for before, seconds in ((timedelta(seconds=90), 90), (timedelta(milliseconds=300), 0.3), (timedelta(), 0)):
        with clock.at(ground.INSTANT - before):
            assert tick.seconds_until_next() == pytest.approx(seconds)
    with clock.at(ground.INSTANT):
        assert len(tick.due(actor=SYSTEM)) == 1
        assert tick.seconds_until_next() is None
