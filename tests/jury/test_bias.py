from __future__ import annotations

import numpy as np
import pytest

from gnlc_apply.jury.bias import Treatment, outcome, treatments
from gnlc_apply.jury.readings import Floats, Scores, scores_of
from tests.jury.simulated import simulate_scores

F1 = scores_of(zip([0, 0, 1, 1, 2, 2, 3, 3], [0, 1, 1, 2, 2, 0, 0, 1], [4, 3, 3.5, 3, 2.8, 2.2, 1.5, 2.5], strict=True))
F1_Z = np.array([1, 0, 1, 0, 1, 0, 0, 1], dtype=float)


def test_published_vector() -> None:
    assert treatments(F1, {"z": F1_Z}, seed=1)["z"].effect == pytest.approx(0.80, abs=1e-9)


def test_the_effect_is_least_squares_with_files_and_jurors() -> None:
    # Independent of the elimination: one dense regression.
    scores = simulate_scores(30, 6, readers=3, seed=4).scores
    z = np.random.default_rng(1).normal(size=scores.totals.size)
    columns = [scores.files == i for i in range(30)] + [scores.jurors == j for j in range(6)]
    x = np.column_stack([z, *columns]).astype(float)
    solved = np.linalg.lstsq(x, scores.totals, rcond=None)[0]
    assert treatments(scores, {"z": z}, seed=1, count=10)["z"].effect == pytest.approx(solved[0], abs=1e-9)


def drifting(seed: int, drift: float) -> tuple[Scores, dict[str, Floats]]:
    """A jury whose scores rise along the reading order, and a second property that does nothing."""
    scores = simulate_scores(150, 20, readers=4, seed=seed, rounded=False).scores
    random = np.random.default_rng(seed)
    place = np.empty(scores.totals.size)
    for juror in range(20):
        own = np.flatnonzero(scores.jurors == juror)
        place[own] = random.permutation(own.size) / own.size
    noise = random.integers(0, 2, scores.totals.size).astype(float)
    moved = Scores(scores.files, scores.jurors, scores.totals + drift * place, 150, 20)
    return moved, {"position": place, "noise": noise}


def test_a_planted_drift_is_found_and_noise_is_not() -> None:
    scores, properties = drifting(11, 0.5)
    found = treatments(scores, properties, seed=1)
    assert found["position"].is_found
    assert found["position"].p == 1 / 2000
    assert found["position"].low is not None
    assert found["position"].high is not None
    assert found["position"].low < 0.5 < found["position"].high
    assert not found["noise"].is_found
    honest, properties = drifting(11, 0.0)
    assert not any(treatment.is_found for treatment in treatments(honest, properties, seed=1).values())


def test_p_is_even_where_there_is_nothing() -> None:
    # 40 honest juries: p below a half in about half of them (three standard errors: 0.24), below 0.05 in few.
    p = []
    for seed in range(40):
        scores, properties = drifting(1_000 + seed, 0.0)
        value = treatments(scores, {"position": properties["position"]}, seed=seed, count=199)["position"].p
        assert value is not None
        p.append(value)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.24)
    assert np.mean(np.array(p) <= 0.05) <= 0.16


def test_what_cannot_be_measured_is_said() -> None:
    of_file = F1.files.astype(float)
    of_juror = F1.jurors.astype(float)
    found = treatments(F1, {"file": of_file, "juror": of_juror, "z": F1_Z}, seed=1)
    assert found["file"] == found["juror"] == Treatment(None)
    assert found["z"].p == found["z"].q  # the only one that was tested


def test_files_handed_out_by_hand_have_no_p() -> None:
    drawn = treatments(F1, {"z": F1_Z}, seed=1)["z"]
    by_hand = treatments(F1, {"z": F1_Z}, seed=1, is_random=False)["z"]
    assert (by_hand.effect, by_hand.low, by_hand.p, by_hand.q) == (drawn.effect, drawn.low, None, None)
    assert drawn.p is not None


def test_outcomes_are_described() -> None:
    draws = np.random.default_rng(3).normal(0, 0.1, (2_000, 40)) + np.where(np.arange(40) < 20, 3.5, 3.0)
    admitted = np.arange(40) % 4 == 0
    admitted[:10] = True
    group = np.arange(40) < 20
    found = outcome(draws, admitted, group)
    assert found.gap == pytest.approx(0.5, abs=0.01)
    assert found.low < 0.5 < found.high
    assert (found.rate, found.rate_of_rest, found.ratio) == (12 / 20, 5 / 20, 2.4)
    assert found.p == pytest.approx(0.05360, abs=1e-4)
    assert outcome(draws, admitted, np.arange(40) < 9).ratio is None


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="property"):
        treatments(F1, {"z": F1_Z[:3]}, seed=1)
    with pytest.raises(ValueError, match="property"):
        treatments(F1, {"z": F1_Z}, seed=1, count=0)
    with pytest.raises(ValueError, match="rest"):
        outcome(np.zeros((2, 3)), np.zeros(3, dtype=bool), np.ones(3, dtype=bool))
