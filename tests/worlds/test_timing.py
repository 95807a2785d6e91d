"""How long answers take tells nothing either: two worlds that differ in a secret, asked in turns, two hundred times each.

An ordinary run asks twenty times and judges no time; ``./dev prove`` asks two hundred times on a quiet machine, prints the
Mann-Whitney test and measures the largest difference of the medians. It takes a minute.
"""

from __future__ import annotations

import multiprocessing
import statistics
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from scipy.stats import mannwhitneyu

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from tests import proof
from tests.conftest import NOW
from tests.worlds import ground as acts
from tests.worlds.ground import Ground, built, copied
from tests.worlds.timing import Timed, serve

pytestmark = [pytest.mark.proof, pytest.mark.alone, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def pairs(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[Ground, Ground]]]:
    """Five scores and none for the city; all approved and armed, and one refused with the list open."""
    with clock.at(NOW):
        ground = built(sqlite_template, tmp_path_factory.mktemp("timing"))
        read = copied(ground, "read", acts.everybody_reads)
        met = copied(read, "met", acts.recommended)
        armed = copied(met, "armed", acts.proposed, acts.approved, acts.locked, acts.armed)
        refused = copied(met, "refused", partial(acts.proposed, refused="Kisumu"), acts.approved)
        yield {"scores": (ground, read), "decision": (armed, refused)}
    db.close()


def _asked(world: Ground) -> list[tuple[str, str]]:
    file = world.files["Kisumu"]
    return [
        ("owner of Kisumu", f"/en/applications/{file}"),
        ("owner of Kisumu", "/en/applications"),
        ("Commission of Kenya", f"/en/commission/files/{file}"),
        ("public", "/en/registry/?q=Kisumu&status=all"),
        ("public", f"/en/calls/{world.call}"),
        ("owner of Cusco", f"/en/applications/{file}"),
    ]


def _served(world: Ground) -> Timed:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(world, theirs), daemon=True)
    process.start()
    return Timed(process, ours)


@pytest.mark.parametrize("secret", ["scores", "decision"])
def test_both_worlds_take_as_long(
    pairs: dict[str, tuple[Ground, Ground]], secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (_served(world) for world in pairs[secret])
    try:
        for role, address in _asked(pairs[secret][0]):
            for timed in (one, two):
                # The first answers build what is kept afterwards.
                assert timed.ask(role, address)[0] == timed.ask(role, address)[0]
            times: tuple[list[float], list[float]] = ([], [])
            for turn in range(proof.amount(20, 200)):
                order = (0, 1) if turn % 2 == 0 else (1, 0)
                answered = {side: (one, two)[side].ask(role, address) for side in order}
                assert answered[0][0] == answered[1][0] in (200, 404)
                for side, (_status, milliseconds) in answered.items():
                    times[side].append(milliseconds)
            difference = abs(statistics.median(times[0]) - statistics.median(times[1]))
            proof.measured("world_timing_ms", difference)
            with capsys.disabled():
                if proof.IS_WHOLE:
                    chance = mannwhitneyu(*times).pvalue
                    print(f"\n{secret} {role} {address}: medians differ by {difference:.2f} ms, p = {chance:.3f}")
    finally:
        one.end()
        two.end()
