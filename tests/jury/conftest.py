"""Simulated panels: files and jurors of several regions, languages and kinds of place, from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from gnlc_apply.jury.panel import File, Juror, Pair

REGIONS = ("africa", "arab_states", "asia_pacific", "europe", "latin_america")
TOPICS = tuple(f"area_{number:02}" for number in range(12))
CONTEXTS = ("megacity", "town", "rural")


@dataclass(frozen=True)
class Panel:
    """One simulated jury."""

    files: list[File]
    jurors: list[Juror]
    blocked: set[Pair]


def simulate(files: int, jurors: int, *, seed: int, conflict_rate: float = 0.04) -> Panel:
    """A panel in which a third of the files is French, a quarter of the jurors reads both languages."""
    random = np.random.default_rng(seed)
    regions = random.choice(5, size=files)
    made_files = [
        File(
            id=f"F{number:04}",
            country=f"C{region}{random.integers(12):02}",
            region=REGIONS[region],
            language="fr" if random.random() < 0.33 else "en",
            topics=dict.fromkeys(random.choice(TOPICS, size=3, replace=False).tolist(), 1.0),
            context=CONTEXTS[random.integers(3)],
        )
        for number, region in enumerate(regions)
    ]
    made_jurors = []
    for number in range(jurors):
        region = number % 5
        languages = [{"en"}, {"fr", "en"}, {"fr"}, {"en", "fr"}][number % 4]
        made_jurors.append(
            Juror(
                id=f"J{number:03}",
                country_codes=(f"C{region}{(number // 5) % 12:02}",),
                region=REGIONS[region],
                languages=frozenset(languages),
                topics=dict.fromkeys(random.choice(TOPICS, size=6, replace=False).tolist(), 1.0),
                contexts=frozenset(random.choice(CONTEXTS, size=2, replace=False).tolist()),
            )
        )
    blocked = {(j.id, f.id) for j in made_jurors for f in made_files if random.random() < conflict_rate}
    return Panel(made_files, made_jurors, blocked)


@pytest.fixture(scope="session")
def panel() -> Callable[..., Panel]:
    """``panel(files, jurors, seed=…)`` makes a simulated jury."""
    return simulate
