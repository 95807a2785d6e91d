"""A state machine over the whole chain: many roles' acts in any order, time moving on, through the commands only.

Whatever happens: what must never happen (process.md section 9, ``scenarios.invariants``) has not happened.
A sample, always the same, in every run; ``./dev prove --only state_machine_runs tests/workflow/test_state_machine.py`` does
500 runs of 50 steps, in another order each time (a quarter of an hour).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Refusal
from gnlc_apply.extensions import db
from gnlc_apply.permissions import Actor
from gnlc_apply.scenarios import invariants, tick
from tests import proof
from tests.workflow import chain_facts
from tests.workflow.chain_acts import ACTS, Act, likely, natural_acts, natural_end
from tests.workflow.chain_facts import Seen
from tests.workflow.chain_world import CITIES, JURORS, STAGES, Library, built, throw_away

RUNS, STEPS = proof.amount(50, 500), proof.amount(30, 50)
# What succeeds in every set of runs worth the name.
OFTEN = {
    *(
        "signs",
        "submit",
        "withdraw",
        "resubmit",
        "endorse",
        "decline",
        "confirm_city",
        "find_eligible",
        "find_ineligible",
    ),
    *("assign", "record_conflict", "declare", "review", "recommend", "propose_all", "approve_all", "undo"),
    *("create_cohort", "set_instant", "lock", "arm", "announced"),
}
pytestmark = [pytest.mark.slow, pytest.mark.proof, pytest.mark.timeout(14400 if proof.IS_WHOLE else 900)]


class _Faults(logging.Handler):
    """What the tick caught and wrote down: acts of the clock swallow their faults, so that the others go on."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.words.append(self.format(record))


class ChainMachine(RuleBasedStateMachine):
    """One call with four cities, two Commissions, four jurors and a secretariat of three."""

    library: ClassVar[Library]
    done: ClassVar[Counter[str]] = Counter()
    url = ""

    @initialize(stage=st.sampled_from(STAGES), chance=st.randoms(use_true_random=True))
    def begin(self, stage: str, chance: Random) -> None:
        """The call stands somewhere on its way. ``chance`` is even-handed, where hypothesis has its favourites."""
        self.chance = chance
        self.chain, self.now, self.faults = self.library.chain, self.library.moments[stage], _Faults()
        logging.getLogger(tick.__name__).addHandler(self.faults)
        self.url = self.library.lend(stage)
        db.open(self.url)
        self.seen = Seen.now()
        self.done["begun"] += 1

    def teardown(self) -> None:
        if self.url:
            logging.getLogger(tick.__name__).removeHandler(self.faults)
            db.close()
            throw_away(self.url)

    # --- acts -------------------------------------------------------------------------------------------------------

    def _try(self, act: Callable[[], object], *, is_one: bool = True) -> bool:
        """Do it, or be refused; a refusal changes nothing, one act changes each application at most once."""
        before, was_done = self.seen, True
        with clock.at(self.now):
            try:
                act()
            except Refusal:
                was_done = False
        db.release()
        self.seen = Seen.now()
        chain_facts.require_growth(before, self.seen)
        if not was_done:
            assert self.seen == before, "a refused act changed something"
        elif is_one:
            chain_facts.require_one_entry_for_each_change(before, self.seen)
        return was_done

    def _do(self, act: Act, actor: Actor, city: int, juror: int) -> bool:
        return self._try(lambda: act.do(self.chain, actor, city, juror), is_one=act.is_one)

    def _act(self, name: str, city: int, juror: int) -> None:
        act = ACTS[name]
        with clock.at(self.now):
            actor = act.actor(self.chain, city, juror)
        was_done = self._do(act, actor, city, juror)
        self.done[name] += was_done
        note(f"{name} by the {act.who}, city {city}, juror {juror}: {'done' if was_done else 'refused'}")

    def _draw(self) -> tuple[str, int, int]:
        """An act, a city and a juror: mostly an act for which it may be the time, sometimes any."""
        city, juror = self.chance.randrange(CITIES), self.chance.randrange(JURORS)
        cohort = max((state for _reference, state in self.seen.cohorts), default="none")
        fitting = likely(self.seen.states[self.chain.cities[city].reference], cohort)
        names = fitting if fitting and self.chance.random() < 0.8 else sorted(ACTS)
        return self.chance.choice(names), city, juror

    def act(self) -> None:
        """Somebody who may do such things tries one, whether it is the time for it or not."""
        self._act(*self._draw())

    def usurp(self) -> None:
        """Somebody in another's place tries it: refused, whatever the time."""
        name, city, juror = self._draw()
        act, other = ACTS[name], ACTS[self.chance.choice(sorted(ACTS))]
        if other.who in act.allowed:
            return
        with clock.at(self.now):
            actor = other.actor(self.chain, city, juror)
        assert not self._do(act, actor, city, juror), f"{other.who} could do what only {act.who} may: {name}"
        self.done["usurped"] += 1

    def go_on(self) -> None:
        """A city's application goes one natural step further."""
        city = self.chance.randrange(CITIES)
        for name, juror in natural_acts(self.seen.states[self.chain.cities[city].reference]):
            self._act(name, city, juror)

    def conclude(self) -> None:
        """The call goes on as far as it can: recommendation, decisions, cohort, lock, arming."""
        for name in natural_end():
            self._act(name, 0, 0)

    def time_passes(self) -> None:
        """Time moves on, and the worker comes round."""
        self.now += timedelta(hours=self.chance.choice((1, 12, 36, 24 * 8, 24 * 25)))
        note(f"it is {self.now}")
        self._try(lambda: (tick.announcements(), tick.deadlines()), is_one=False)

    def instant_comes(self) -> None:
        """Time moves on to the instant of the announcement, if one is set, and the worker comes round."""
        self.now = max(self.now, self.chain.instant or self.now)
        note(f"it is {self.now}")
        self._try(tick.announcements, is_one=False)

    # One rule, because hypothesis would leave out some of several in most runs: how often each kind of thing happens.
    KINDS: ClassVar[dict[str, int]] = {
        "act": 60,
        "usurp": 10,
        "go_on": 16,
        "conclude": 5,
        "time_passes": 6,
        "instant_comes": 3,
    }

    @rule()
    def something_happens(self) -> None:
        """Anybody does anything, or time passes."""
        kind = self.chance.choices(list(self.KINDS), list(self.KINDS.values()))[0]
        getattr(self, kind)()
        assert self.faults.words == []
        self.done["announced"] += "admitted" in self.seen.states.values()

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_broken(self) -> None:
        """What must never happen has not happened."""
        if self.url:
            assert invariants.broken() == []
            assert chain_facts.broken(self.now) == []


def profile(runs: int, steps: int, *, is_sample: bool = not proof.IS_WHOLE) -> settings:
    """So many runs of so many steps; always the same ones in a sample, of which it is known that enough happens."""
    return settings(
        max_examples=runs,
        stateful_step_count=steps,
        derandomize=is_sample,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.postgres
def test_no_order_of_acts_breaks_a_promise(database: config.Settings, frozen_clock: datetime, engine: str) -> None:
    ChainMachine.library = built(database.database_url, database.instance, frozen_clock)
    ChainMachine.done.clear()
    is_short = engine != "sqlite"
    run_state_machine_as_test(
        ChainMachine, settings=profile(12, 30, is_sample=True) if is_short else profile(RUNS, STEPS)
    )
    happened = {name for name, times in ChainMachine.done.items() if times}
    assert {"usurped", "announced", "change", "submit", "endorse"} <= happened, "too little happens to prove anything"
    assert is_short or happened >= OFTEN, "too little happens to prove anything"
    if not is_short:
        proof.reached("state_machine_runs", ChainMachine.done["begun"])


def test_the_machine_sees_a_promise_that_is_broken(database: config.Settings, frozen_clock: datetime) -> None:
    """A chain whose announcement came by itself is found out, so the machine's silence says something."""
    library = built(database.database_url, database.instance, frozen_clock)
    url = library.lend("armed")
    db.open(url)
    chain_facts.announce_by_hand(library.chain.cohort)
    assert chain_facts.broken(frozen_clock) != []
    assert invariants.broken() != []
    db.close()
    throw_away(url)
