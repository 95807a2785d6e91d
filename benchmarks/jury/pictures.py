"""The pictures of docs/jury.md, drawn from a simulated jury: ``python -m benchmarks.jury.pictures`` writes them anew.

Ten jurors, forty files, three readers each, sixteen places. Nothing is drawn by hand: every mark stands where a figure of the
method put it, and the words under a picture hold the same figures.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.jury import judged, worlds
from benchmarks.jury.svg import Canvas, Scale
from benchmarks.jury.worlds import Setting
from gnlc_apply.jury.aggregation import Draws, Estimate, Model, interval
from gnlc_apply.jury.certainty import Rule, Zone, expected_rank, official_order, probability, zone
from gnlc_apply.jury.readings import Floats, Scores

FOLDER = Path("docs/images")
SETTING = Setting("picture", files=40, jurors=10, readers=3, severity=0.6)
SEED, PLACES, DRAWS = 4, 16, 4_000
SHOWN = 12

INK, SOFT, LINE = "#0b0c0c", "#505a5f", "#b1b4b6"
STRICT, YES, DISCUSS, NO = "#1d70b8", "#00703c", "#8a5a00", "#942514"
ZONES = {Zone.IN: (YES, "clear yes"), Zone.GREY: (DISCUSS, "to discuss"), Zone.OUT: (NO, "clear no")}


@dataclass(frozen=True)
class Jury:
    """What the pictures show: readings, figures, and what all ten would have given on average, ``everybody`` (I,)."""

    scores: Scores
    estimate: Estimate
    draws: Draws
    everybody: Floats
    severity: Floats

    @property
    def errors(self) -> tuple[float, float]:
        """How far plain and adjusted averages lie from what everybody would give, on average over the files."""
        plain, adjusted = (np.abs(v - self.everybody).mean() for v in (self.scores.raw, self.estimate.shown))
        return float(plain), float(adjusted)


def jury() -> Jury:
    """The simulated jury, assigned and scored by the method."""
    world = worlds.simulate(SETTING, SEED)
    scores = world.scores(judged.assigned(world).pairs)
    model = Model(scores)
    everybody = world.given.mean(axis=1)
    severity = (everybody[:, None] - world.given).mean(axis=0)
    return Jury(scores, model.estimate, model.draw(DRAWS, SEED), everybody, severity)


def strictness(found: Jury) -> str:
    """How strict each juror is: the estimate with its 90 % range, beside the truth."""
    low, high = interval(found.draws.severity)
    order = np.argsort(found.estimate.severity)
    inside = int(((low <= found.severity) & (found.severity <= high)).sum())
    strictest, mildest = found.estimate.severity.max(), -found.estimate.severity.min()
    canvas = Canvas(
        "How strict each juror is",
        f"Ten jurors from generous to strict. The strictest gives {strictest:.2f} points less than the jury, the most generous "
        f"{mildest:.2f} more. For {inside} of 10 the truth lies within the 90 % range.",
        rows=10,
    )
    scale = Scale(float(min(low.min(), found.severity.min())), float(max(high.max(), found.severity.max())))
    canvas.axis(scale, (-1.0, -0.5, 0.0, 0.5, 1.0), "points: generous on the left, strict on the right", at=0.0)
    for row, j in enumerate(order.tolist()):
        canvas.label(row, f"juror {j + 1}")
        canvas.bar(row, scale(low[j]), scale(high[j]), LINE)
        canvas.dot(row, scale(found.estimate.severity[j]), STRICT)
        canvas.tick(row, scale(found.severity[j]), INK)
    canvas.legend(("dot", STRICT, "estimated"), ("bar", LINE, "90 % range"), ("tick", INK, "truth"))
    return canvas.text()


def averages(found: Jury) -> str:
    """Plain and adjusted averages of the files that strictness moved most, beside what all ten jurors would give."""
    raw, shown = found.scores.raw, found.estimate.shown
    moved = np.argsort(-np.abs(found.estimate.fair - raw), kind="stable")[:SHOWN]
    chosen = moved[np.argsort(-found.everybody[moved], kind="stable")]
    plain, adjusted = found.errors
    canvas = Canvas(
        "What the adjusted average takes out",
        f"The {SHOWN} files of 40 that met the strictest or most generous readers. Over all 40 files the average of three "
        f"readers lies {plain:.2f} points from what all ten would give, the adjusted average {adjusted:.2f}.",
        rows=SHOWN,
    )
    values = np.concatenate([raw[chosen], shown[chosen], found.everybody[chosen]])
    scale = Scale(float(values.min()), float(values.max()))
    canvas.axis(scale, (1.0, 2.0, 3.0, 4.0, 5.0), "points, 0 to 5")
    for row, i in enumerate(chosen.tolist()):
        canvas.label(row, f"file {i + 1}")
        canvas.line(row, scale(raw[i]), scale(shown[i]), SOFT)
        canvas.ring(row, scale(raw[i]), SOFT)
        canvas.dot(row, scale(shown[i]), STRICT)
        canvas.tick(row, scale(found.everybody[i]), INK)
    canvas.legend(
        ("ring", SOFT, "average of its readers"), ("dot", STRICT, "adjusted"), ("tick", INK, "all ten jurors")
    )
    return canvas.text()


def certainty(found: Jury) -> str:
    """How often each file is admitted in the repetitions, in the official order, with its zone."""
    p = probability(found.draws.shown, Rule(places=PLACES))
    order = official_order(expected_rank(found.draws.shown)).tolist()
    zones = [zone(float(p[i])) for i in order]
    counts = {name: zones.count(name) for name in ZONES}
    canvas = Canvas(
        "How sure the result is",
        f"Forty files, {PLACES} places, {DRAWS:,} repetitions. Clear yes: {counts[Zone.IN]} files, admitted in at least 9 of 10. "
        f"To discuss: {counts[Zone.GREY]}. Clear no: {counts[Zone.OUT]}, admitted in at most 1 of 10.",
        rows=SHOWN,
    )
    canvas.columns([float(p[i]) for i in order], [ZONES[name][0] for name in zones], (0.1, 0.9))
    for first, last, name in _bands(zones):
        canvas.span(first, last, len(order), ZONES[name][1], ZONES[name][0])
    return canvas.text()


def _bands(zones: Sequence[Zone]) -> list[tuple[int, int, Zone]]:
    """First and last place of each zone; one that stands apart from its own belongs to where most of them are."""
    return [
        (zones.index(name), len(zones) - 1 - list(reversed(zones)).index(name), name) for name in ZONES if name in zones
    ]


def drawn() -> dict[str, str]:
    """Every picture by its file name."""
    found = jury()
    return {
        "jury-strictness.svg": strictness(found),
        "jury-averages.svg": averages(found),
        "jury-certainty.svg": certainty(found),
    }


def main() -> int:
    """Write the pictures."""
    for name, text in drawn().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
