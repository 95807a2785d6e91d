"""``gnlc jury rank`` beside its ranking: other ways of counting, and the order of reading taken out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.test_jury import folder, ranked, run
from tests.jury.simulated import simulate_scores

__all__ = ["folder"]


def drifting(folder: Path, drift: float) -> tuple[str, str]:
    """Readings of a jury whose last file gets so much more than its first, and the order of reading."""
    world = simulate_scores(40, 8, readers=4, seed=2)
    scores, random = world.scores, np.random.default_rng(3)
    rows, order = ["application,juror,score"], ["application;juror;place"]
    for juror in range(8):
        own = random.permutation(np.flatnonzero(scores.jurors == juror))
        for place, reading in enumerate(own.tolist()):
            score = min(5.0, scores.totals[reading] * 0.8 + drift * place / (own.size - 1))
            rows.append(f"A{scores.files[reading]:02},J{juror},{score}")
            order.append(f"A{scores.files[reading]:02};J{juror};{place + 1}")
    (folder / "order.csv").write_text("\n".join(order), encoding="utf-8")
    return "\n".join(rows), "\n".join(order)


def test_the_order_of_reading_is_taken_out_only_when_asked_for_and_said(folder: Path) -> None:
    readings, _ = drifting(folder, 0.8)
    rule = ("--places", 10, "--draws", 1_000)
    plain = ranked(folder, *rule, readings=readings)
    assert plain["order"] is None
    found = ranked(folder, *rule, "--order", folder / "order.csv")
    assert list(found["order"]) == ["effect", "low", "high", "p", "justified"]
    assert found["order"]["low"] < 0.8 < found["order"]["high"]
    assert (found["order"]["p"], found["order"]["justified"]) == (0.0005, True)
    assert found["variance"]["residual"] < plain["variance"]["residual"]
    assert found["applications"] != plain["applications"]
    words = run("rank", "--readings", folder / "readings.csv", *rule, "--order", folder / "order.csv").stdout
    assert words.startswith("Order of reading taken out: a last file had 0.")
    steady, _ = drifting(folder, 0.0)
    without = ranked(folder, *rule, "--order", folder / "order.csv", readings=steady)["order"]
    assert found["order"]["effect"] - without["effect"] == pytest.approx(0.8, abs=0.1)
    assert without["justified"] is False
    words = run("rank", "--readings", folder / "readings.csv", *rule, "--order", folder / "order.csv").stdout
    assert "do not justify" in words.splitlines()[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.rpartition("\n")[0], "no line for A"),
        (lambda text: text.replace(";1\n", ";x\n", 1), "x is not a number"),
        (lambda text: text.replace(";2\n", ";1\n", 1), "twice"),
        (lambda text: text.replace("place", "number"), "missing column place"),
        (lambda text: text.replace(";J0;", ";;", 1), "is empty"),
    ],
)
def test_an_order_of_reading_that_cannot_be_used(folder: Path, change: Callable[[str], str], words: str) -> None:
    readings, order = drifting(folder, 0.8)
    (folder / "readings.csv").write_text(readings, encoding="utf-8")
    (folder / "order.csv").write_text(change(order), encoding="utf-8")
    done = run("rank", "--readings", folder / "readings.csv", "--places", 10, "--order", folder / "order.csv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "order" in done.stderr
    assert words in done.stderr


def test_how_sure_the_whole_is(folder: Path) -> None:
    found = ranked(folder, "--places", 2)
    p = {row["application"]: row["p_admitted"] for row in found["applications"]}
    # The two highest adjusted averages of the published vector are A2 and A0.
    assert found["expected_wrong_admissions"] == pytest.approx(2 - p["A2"] - p["A0"], abs=2e-6)
    close = [name for name in p if 0.2 < p[name] < 0.8]
    assert found["read_again"] == sorted(close, key=lambda name: abs(p[name] - 0.5)) != []
    words = run("rank", "--readings", folder / "readings.csv", "--places", 2).stdout.splitlines()
    zones = [row["zone"] for row in found["applications"]]
    assert words[0].startswith(f"Surely in: {zones.count('in')}; in at least 9 of 10 repetitions")
    assert (
        words[1]
        == f"Of those admitted, a repetition would leave out {found['expected_wrong_admissions']:.2f} on average."
    )
    assert words[2] == f"Two more readers help most for: {', '.join(found['read_again'])}"


def test_what_other_ways_of_counting_would_change(folder: Path) -> None:
    scores = simulate_scores(60, 8, readers=3, seed=9, inverted=1).scores
    rows = zip(scores.files.tolist(), scores.jurors.tolist(), scores.totals.tolist(), strict=True)
    readings = "application,juror,score\n" + "".join(f"A{i:02},J{j},{y}\n" for i, j, y in rows)
    found = ranked(folder, "--places", 20, "--draws", 500, readings=readings)
    assert [(row["way"], row["juror"]) for row in found["sensitivity"]] == [
        *[("raw_mean", None), ("juror_centred", None), ("reliability_weighted", None), ("without", "J0")]
    ]
    by_score = sorted(found["applications"], key=lambda row: -row["corrected_score"])[:20]
    by_mean = sorted(found["applications"], key=lambda row: -row["raw_mean"])[:20]
    differ = {row["application"] for row in by_score} ^ {row["application"] for row in by_mean}
    raw = found["sensitivity"][0]
    assert (set(raw["applications"]), raw["changed"], raw["share"]) == (differ, len(differ), len(differ) / 20)
    assert [row["must_be_shown"] for row in found["sensitivity"]] == [
        row["changed"] > 2 for row in found["sensitivity"]
    ]
    assert found["sensitivity"][3]["changed"] > 0
    anchored = ranked(folder, "--places", 20, "--draws", 500, "--anchors", anchors_of(folder, found["sensitivity"]))
    named = {name for row in anchored["sensitivity"] for name in row["applications"]}
    assert named.isdisjoint(found["sensitivity"][3]["applications"])
    words = run("rank", "--readings", folder / "readings.csv", "--places", 20, "--draws", 500).stdout
    assert (
        words.splitlines()[-4]
        == f"raw_mean\t{raw['changed']}\t{raw['share']:.2f}" + "\tthe board must see this" * raw["must_be_shown"]
    )


def anchors_of(folder: Path, panel: list[dict[str, Any]]) -> Path:
    """A file that names the applications that change without the last juror."""
    path = folder / "anchors.csv"
    path.write_text("application\n" + "\n".join(panel[-1]["applications"]), encoding="utf-8")
    return path
