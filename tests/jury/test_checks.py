from __future__ import annotations

import numpy as np
import pytest

from gnlc_apply.jury.aggregation import Model, estimate_at
from gnlc_apply.jury.certainty import Bools, Rule, admitted
from gnlc_apply.jury.checks import affinities, centred, consistency, sensitivity, slopes
from gnlc_apply.jury.multiple import adjusted_p
from gnlc_apply.jury.readings import Floats, Scores, scores_of, without_juror
from tests.jury.simulated import simulate_scores


def test_published_vector_of_many_tests() -> None:
    # F2.
    assert adjusted_p([0.001, 0.02, 0.04, 0.3]) == pytest.approx([0.004, 0.04, 0.0533333, 0.3], abs=1e-6)
    assert adjusted_p([0.3, 0.001, 0.04, 0.02]) == pytest.approx([0.3, 0.004, 0.0533333, 0.04], abs=1e-6)
    assert adjusted_p([0.04, 0.03]) == pytest.approx([0.04, 0.04])
    assert adjusted_p([]) == []
    with pytest.raises(ValueError, match="p-value"):
        adjusted_p([1.1])


def test_upside_down_jurors_are_found_and_nobody_else() -> None:
    found, honest = [], []
    for seed in range(5):
        world = simulate_scores(150, 20, readers=4, seed=300 + seed, inverted=2)
        estimate = Model(world.scores).estimate
        found.append([j for j, slope in enumerate(slopes(world.scores, estimate.ratios)) if slope.is_flagged])
        plain = simulate_scores(150, 20, readers=4, seed=300 + seed)
        ratios = Model(plain.scores).estimate.ratios
        honest += [slope.is_flagged for slope in slopes(plain.scores, ratios)]
    assert found == [[0, 1]] * 5
    assert sum(honest) == 0


def test_a_slope_is_least_squares_on_the_estimate_of_the_others() -> None:
    scores = simulate_scores(40, 6, readers=3, seed=1).scores
    left, files, _ = without_juror(scores, 2)
    worth = dict(zip(files.tolist(), estimate_at(left, (1.2, 0.8)).shown.tolist(), strict=True))
    own = [(worth[f], y) for f, j, y in zip(scores.files, scores.jurors, scores.totals, strict=True) if j == 2]
    x, y = np.array(own).T
    fitted, covariance = np.polyfit(x, y, 1, cov=True)
    found = slopes(scores, (1.2, 0.8))[2]
    assert (found.value, found.error) == pytest.approx((fitted[0], np.sqrt(covariance[0, 0])), abs=1e-9)
    assert found.files == len(own)


def test_no_slope_without_shared_files() -> None:
    lonely = scores_of([(0, 0, 3.0), (1, 0, 2.0), (2, 0, 4.0), (3, 1, 1.0)])
    assert [(slope.value, slope.files, slope.is_flagged) for slope in slopes(lonely, (1.0, 1.0))] == [
        (None, 0, False),
        (None, 0, False),
    ]


def favoured(seed: int, favourers: int) -> tuple[Scores, Bools]:
    """A jury in which the first jurors add 1.5 to files of their own region and take 0.5 from all others."""
    scores = simulate_scores(150, 20, readers=4, seed=seed, rounded=False).scores
    is_own = scores.files % 5 == scores.jurors % 5
    tilt = np.where(scores.jurors < favourers, np.where(is_own, 1.5, -0.5), 0.0)
    return Scores(scores.files, scores.jurors, scores.totals + tilt, 150, 20), is_own


def test_who_favours_the_own_region_is_found() -> None:
    found, false = 0, 0
    for seed in range(5):
        scores, is_own = favoured(400 + seed, 3)
        flags = [a.is_flagged for a in affinities(scores, Model(scores).estimate.ratios, is_own)]
        found += sum(flags[:3])
        false += sum(flags[3:])
        honest, is_own = favoured(400 + seed, 0)
        assert not any(a.is_flagged for a in affinities(honest, Model(honest).estimate.ratios, is_own))
    assert found >= 13  # of 15: the method asks for 85 %
    assert false <= 1.5


def test_affinity_says_when_there_is_too_little_to_say() -> None:
    scores, _ = favoured(1, 0)
    none = affinities(scores, (1.0, 1.0), np.zeros(scores.totals.size, dtype=bool))
    assert {(a.gap, a.p, a.q, a.is_flagged) for a in none} == {(None, None, None, False)}
    with pytest.raises(ValueError, match="own or not"):
        affinities(scores, (1.0, 1.0), np.zeros(3, dtype=bool))


def test_what_would_change() -> None:
    scores = simulate_scores(60, 8, readers=3, seed=9, inverted=1).scores
    estimate = Model(scores).estimate

    def admit(values: Floats) -> Bools:
        return np.asarray(admitted(values[None, :], Rule(places=20))[0], dtype=np.bool_)

    panel = sensitivity(scores, estimate, admit, flagged=[0])
    assert [line.way for line in panel] == ["raw", "centred", "weighted", "without 0"]
    best = np.argsort(-estimate.shown, kind="stable")[:20]
    raw = np.argsort(-scores.raw, kind="stable")[:20]
    assert panel[0].changed == tuple(sorted(set(best.tolist()) ^ set(raw.tolist())))
    assert panel[0].share_of_cohort == len(panel[0].changed) / 20
    assert panel[3].changed != ()
    assert panel[3].must_be_shown is (len(panel[3].changed) > 2)
    # Nothing changes where nothing is different: the estimate against itself at its own weights of 1.
    assert admit(estimate_at(scores, estimate.ratios, np.ones(scores.totals.size)).shown).tolist() == (
        admit(estimate_at(scores, estimate.ratios).shown).tolist()
    )


def test_a_file_that_nobody_else_read_is_not_admitted_without_its_reader() -> None:
    rows = [(0, 0, 5.0), (1, 0, 3.0), (1, 1, 3.0), (2, 0, 2.0), (2, 1, 2.5)]
    scores = scores_of(rows)

    def admit(values: Floats) -> Bools:
        return np.asarray(admitted(values[None, :], Rule(places=1))[0], dtype=np.bool_)

    panel = sensitivity(scores, estimate_at(scores, (2.0, 0.5)), admit, flagged=[0])
    assert panel[3].changed == (0, 1)


def test_simple_ways_of_counting() -> None:
    scores = scores_of([(0, 0, 4.0), (0, 1, 2.0), (1, 0, 2.0), (1, 1, 1.0)])
    # Means 3 and 1.5: the residuals are 1, 0.5, -1, -0.5 around 2.25.
    assert centred(scores).tolist() == [3.0, 1.5]
    noisy = simulate_scores(150, 20, readers=4, seed=5, inverted=1).scores
    weights = consistency(noisy, Model(noisy).estimate)
    assert int(np.argmin(weights)) == 0
    assert weights[0] < 0.5 * np.median(weights)
