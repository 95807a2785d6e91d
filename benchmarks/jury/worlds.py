"""Simulated juries whose truth is known: who applied, who reads, and what every juror would give every file."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnlc_apply.jury.panel import File, Juror, Pair
from gnlc_apply.jury.readings import Floats, Scores, scores_of

WEIGHTS: Floats = np.array([0.20, 0.15, 0.15, 0.15, 0.15, 0.10, 0.10])
REGIONS = ("africa", "arab_states", "asia_pacific", "europe", "latin_america")
TOPICS = tuple(f"area_{number:02}" for number in range(12))
CONTEXTS = ("megacity", "town", "rural")
COUNTRIES_OF_A_REGION = 12
PLACES = 64
ANCHORS = 5


@dataclass(frozen=True)
class Setting:
    """The numbers of one kind of world; points of the scale 0 to 5 unless said otherwise.

    ``severity``: standard deviation of how strict jurors are. ``bonus``: French files are better by so much. ``strict``:
    jurors who read only French are stricter by so much, and ``french_only`` is their share. ``inverted`` jurors find the
    good files bad; ``favourers`` give their own region 1.5 more and the others 0.5 less. ``drift``: so much more at the
    end of a juror's order than at its beginning.
    """

    name: str
    files: int = 150
    jurors: int = 20
    readers: int = 4
    severity: float = 0.50
    bonus: float = 0.0
    strict: float = 0.0
    french_only: float = 0.10
    inverted: int = 0
    favourers: int = 0
    drift: float = 0.0


BASE = Setting("base")
THREE = Setting("three_readers", readers=3)
SEVERE = Setting("severity_0.8", severity=0.80)
LARGE = Setting("400x40", files=400, jurors=40)
BETTER_BLOCK = Setting("better_french_block", bonus=0.60)
INVERTED = Setting("inverted", inverted=2)
FAVOURERS = Setting("favourers", favourers=3)
STRICT_BLOCK = Setting("strict_french_block", strict=1.5, french_only=0.25)
DRIFT = Setting("drift", drift=0.60)


@dataclass(frozen=True)
class World:
    """One jury. ``truth`` (I,): what each file is worth; ``given`` (I, J): the total that each juror would give it.

    ``odd``: positions of the jurors who are inverted or favour their own region. ``anchors`` (A, J): the totals that each
    juror gives the files of a calibration round, which everybody reads and nobody ranks.
    """

    setting: Setting
    seed: int
    files: tuple[File, ...]
    jurors: tuple[Juror, ...]
    blocked: frozenset[Pair]
    truth: Floats
    given: Floats
    odd: frozenset[int]
    anchors: Floats

    @property
    def is_french(self) -> NDArray[np.bool_]:
        """(I,): which files are French."""
        return np.array([file.language == "fr" for file in self.files], dtype=np.bool_)

    def scores(
        self, pairs: tuple[Pair, ...], orders: dict[str, tuple[str, ...]] | None = None, *, with_anchors: bool = False
    ) -> Scores:
        """The readings of these pairs (juror, file); with ``orders`` the drift of the world is in them.

        ``with_anchors``: everybody's readings of the anchors behind them, as files after the last one.
        """
        rows = []
        for juror, file in pairs:
            i, j = int(file[1:]), int(juror[1:])
            total = float(self.given[i, j])
            if orders is not None:
                total += self.setting.drift * orders[juror].index(file) / max(len(orders[juror]) - 1, 1)
            rows.append((i, j, total))
        if with_anchors:
            first = len(self.files)
            rows += [(first + a, j, float(total)) for a, row in enumerate(self.anchors) for j, total in enumerate(row)]
        return scores_of(rows)

    def is_own(self, scores: Scores) -> NDArray[np.bool_]:
        """(n,): which readings are of a file of the juror's own region."""
        of_files = np.array([file.region for file in self.files])
        of_jurors = np.array([juror.region for juror in self.jurors])
        return np.asarray(of_files[scores.files] == of_jurors[scores.jurors], dtype=np.bool_)


def simulate(setting: Setting, seed: int) -> World:
    """The world of this setting and seed: a quarter of the files French, 3 % declared conflicts, scores rounded to 0..5."""
    random = np.random.default_rng([zlib.crc32(setting.name.encode()), seed])
    files, jurors, blocked = panel(setting, random)
    odd = random.permutation(setting.jurors)[: setting.inverted + setting.favourers]
    truth, given, anchors = _scores(setting, files, jurors, odd, random)
    return World(setting, seed, files, jurors, blocked, truth, given, frozenset(odd.tolist()), anchors)


def panel(setting: Setting, random: np.random.Generator) -> tuple[tuple[File, ...], tuple[Juror, ...], frozenset[Pair]]:
    """Who applied, who reads, and the conflicts declared: pairs of juror and file."""
    files, jurors = _files(setting, random), _jurors(setting, random)
    return files, jurors, frozenset((j.id, f.id) for j in jurors for f in files if random.random() < 0.03)


def _country(region: int, random: np.random.Generator) -> str:
    return f"C{region}{random.integers(COUNTRIES_OF_A_REGION):02}"


def _some(names: tuple[str, ...], count: int, random: np.random.Generator) -> list[str]:
    chosen: list[str] = random.choice(names, size=count, replace=False).tolist()
    return chosen


def _files(setting: Setting, random: np.random.Generator) -> tuple[File, ...]:
    made = []
    for number in range(setting.files):
        region = int(random.integers(len(REGIONS)))
        made.append(
            File(
                id=f"F{number:05}",
                country=_country(region, random),
                region=REGIONS[region],
                language="fr" if random.random() < 0.25 else "en",
                topics=dict.fromkeys(_some(TOPICS, 3, random), 1.0),
                context=CONTEXTS[random.integers(len(CONTEXTS))],
            )
        )
    return tuple(made)


def _jurors(setting: Setting, random: np.random.Generator) -> tuple[Juror, ...]:
    only_french = round(setting.french_only * setting.jurors)
    only_english = round(0.55 * setting.jurors)
    made = []
    for number in range(setting.jurors):
        region = int(random.integers(len(REGIONS)))
        languages = {"fr"} if number < only_french else {"en"} if number < only_french + only_english else {"en", "fr"}
        made.append(
            Juror(
                id=f"J{number:04}",
                country_codes=(_country(region, random),),
                region=REGIONS[region],
                languages=frozenset(languages),
                topics=dict.fromkeys(_some(TOPICS, 6, random), 1.0),
                contexts=frozenset(_some(CONTEXTS, 2, random)),
            )
        )
    return tuple(made)


def _scores(
    setting: Setting,
    files: tuple[File, ...],
    jurors: tuple[Juror, ...],
    odd: NDArray[np.int64],
    random: np.random.Generator,
) -> tuple[Floats, Floats, Floats]:
    """The truth (I,), the totals (I, J) and those of the anchors (A, J): what a juror sees of each criterion, moved, noisy, rounded, weighted."""
    count, many, criteria = setting.files, setting.jurors, WEIGHTS.size
    quality = random.normal(3.0, 0.70, count)
    quality += setting.bonus * np.array([file.language == "fr" for file in files])
    each = quality[:, None] + random.normal(0, 0.35, (count, criteria))
    severity = random.normal(0, setting.severity, many)
    severity += setting.strict * np.array([juror.languages == {"fr"} for juror in jurors])
    slope = np.exp(random.normal(0, 0.12, many))
    slope[odd[: setting.inverted]] *= -1
    moved = random.normal(0, 0.20, (many, criteria)) - severity[:, None]
    seen = 3.0 + slope[None, :, None] * (each[:, None, :] - 3.0) + moved[None]
    seen += random.normal(0, 0.45, (count, many))[:, :, None]
    own = np.array([[file.region == juror.region for juror in jurors] for file in files])
    partial = np.isin(np.arange(many), odd[setting.inverted :])
    seen += (np.where(own, 1.5, -0.5) * partial[None, :])[:, :, None]
    seen += random.normal(0, 0.60, seen.shape)
    # Drawn last, so that a world is the same with and without them. From weak to strong, as a secretariat chooses them.
    worth = np.linspace(2.0, 4.0, ANCHORS)[:, None] + random.normal(0, 0.35, (ANCHORS, criteria))
    read = 3.0 + slope[None, :, None] * (worth[:, None, :] - 3.0) + moved[None]
    read += random.normal(0, 0.45, (ANCHORS, many))[:, :, None]
    read += random.normal(0, 0.60, read.shape)
    return each @ WEIGHTS, np.clip(np.rint(seen), 0, 5) @ WEIGHTS, np.clip(np.rint(read), 0, 5) @ WEIGHTS
