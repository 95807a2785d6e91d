"""Each page of ours beside the page of pretalx that does its work, by turns on the same machine."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.acts import figures
from benchmarks.client import Ask, Client
from benchmarks.exports import refresh
from benchmarks.ground.building import Facts
from benchmarks.ground.people import token_of
from benchmarks.measuring import Series, block
from benchmarks.pretalx import asks, installed
from benchmarks.probes import PROBES, Scene
from benchmarks.rows import Row
from benchmarks.servers import Server, product

Say = Callable[[str], None]
# Proposals in the public programme, where there are so many.
LISTED = 128
# Reviews of each proposal, as our instance has them.
READERS = 4


@dataclass(frozen=True)
class Against:
    """A probe of ours, the page there, and how many times cheaper ours must be (performance.md)."""

    ours: str
    words: str
    theirs: asks.Prepare
    times: int
    # Requests in one round, here and there; what takes them seconds is asked once.
    requests: int = 12
    there: int = 12


PAGES = (
    Against("registry_html", "public list", asks.same("/{f.event}/talk/"), 60),
    Against("registry_json", "public list, JSON", asks.same("/{f.event}/schedule/export/schedule.json"), 60),
    Against("city_page", "one public page", asks.listed, 40),
    Against("cohort_page", "one public page", asks.listed, 40),
    Against("official_home", "own proposals", asks.own, 20),
    Against("form_open", "open the form", asks.form, 12),
    Against("form_save", "send the form", asks.saving(asks.form, "notes"), 20),
    Against("juror_home", "reviewer's list", asks.reviewing, 400, there=1),
    Against("review_open", "open a review", asks.review, 40),
    Against("review_save", "send a review", asks.saving(asks.review, "text"), 25),
    Against("ranking", "every page of the organiser's list", asks.ranking, 400, requests=4, there=1),
)


@dataclass
class Beside:
    """What one page cost here and there, round by round."""

    ours: Series = field(default_factory=Series)
    theirs: Series = field(default_factory=Series)

    @property
    def times(self) -> float:
        """How many times dearer theirs is; median of the rounds."""
        each = zip(self.theirs.processor_ms, self.ours.processor_ms, strict=True)
        return statistics.median(theirs / ours for theirs, ours in each)


def rows(folder: Path, facts: Facts, rounds: int, say: Say) -> list[Row]:
    """All rows beside pretalx. Raises RuntimeError or CalledProcessError where it cannot be had."""
    files = len(facts.files)
    wanted = {
        "submissions": files,
        "reviewers": len(facts.jurors),
        "readers": READERS,
        "listed": min(LISTED, files // 4),
    }
    say(f"filling pretalx with {files:,} proposals (a few minutes)")
    with (
        product(folder) as ours,
        installed.filled(folder, wanted) as (theirs, filled),
        closing(Client(ours.port)) as here,
        closing(Client(theirs.port)) as there,
    ):
        refresh(folder)
        measuring = _Measuring(ours, theirs, Scene(facts, here), asks.Scene(filled, there, files), here, there)
        found = {against.ours: Beside() for against in PAGES}
        for number in range(rounds + 1):
            say(f"beside pretalx, round {number} of {rounds}" if number else "beside pretalx, warming up")
            for against in PAGES:
                measuring.page(against, found[against.ours], is_measured=number > 0)
        made = [_row(against.ours, against.words, found[against.ours], against.times) for against in PAGES]
        return made + _exports(measuring, folder, rounds) + [_announcement(measuring, rounds)]


@dataclass
class _Measuring:
    ours: Server
    theirs: Server
    scene: Scene
    there: asks.Scene
    client: Client
    client_there: Client

    def page(self, against: Against, found: Beside, *, is_measured: bool) -> None:
        """One round of one page, here and there."""
        probe = next(probe for probe in PROBES if probe.name == against.ours)
        here = probe.prepare(self.scene, against.requests)
        block(self.ours, [self.client], here, found.ours if is_measured else None)
        self.other(against.theirs, against.there, found.theirs if is_measured else None)

    def other(self, prepare: asks.Prepare, count: int, series: Series | None) -> None:
        """One round of a page there; what takes several requests counts as one."""
        sent = prepare(self.there, count)
        noted = Series()
        block(self.theirs, [self.client_there], sent, noted)
        if series is not None:
            series.processor_ms.append(noted.processor_ms[0] * len(sent) / count)
            series.waits_ms.append(sum(noted.waits_ms) / count)


def _exports(measuring: _Measuring, folder: Path, rounds: int) -> list[Row]:
    facts, made = measuring.scene.facts, []
    for kind, times in (("csv", 150), ("json", 300)):
        ask = Ask(f"/en/secretariat/calls/{facts.call}/export.{kind}", f"gnlc={token_of(facts.officer)}")
        found = Beside()
        for _ in range(rounds):
            refresh(folder)
            block(measuring.ours, [measuring.client], [ask], found.ours)
            measuring.other(asks.exporting(kind), 1, found.theirs)
        made.append(_row(f"export_{kind}", f"all reviews, {kind}", found, times))
    return made


def _announcement(measuring: _Measuring, rounds: int) -> Row:
    """64 cities announced, in a process of its own as everywhere, beside 64 proposals accepted; each time others."""
    found = Beside()
    for _ in range(min(rounds, (len(measuring.there.filled.codes)) // asks.ACCEPTED)):
        found.ours.processor_ms.append(figures("announce", str(asks.ACCEPTED))["cpu_ms"])
        measuring.other(asks.accepting, 1, found.theirs)
    return _row("announce", f"accept {asks.ACCEPTED} in one act", found, 150)


def _row(name: str, words: str, found: Beside, times: int) -> Row:
    more = {"cpu_ms": round(found.ours.cost, 2), "pretalx_cpu_ms": round(found.theirs.cost, 1)}
    text = f"times as dear in pretalx: {words}"
    return Row(f"{name}_pretalx", text, times, round(found.times, 1), is_at_least=True, more=more)
