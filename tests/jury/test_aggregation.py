"""The model of jury-method.md §4: its vectors, its metamorphic tests, and coverage in a world whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau

from gnlc_apply.jury.aggregation import Model, estimate_at, estimate_reml, interval, ranks_of
from gnlc_apply.jury.readings import NotComparable, Obstacle, Scores, obstacle, scores_of, without_juror
from tests.jury.simulated import simulate_scores

C1_ROWS = [
    *[(0, 0, 4.0), (0, 1, 3.0), (0, 2, 3.5), (1, 0, 3.0), (1, 1, 2.0), (1, 2, 2.5)],
    *[(2, 0, 4.5), (2, 1, 3.5), (3, 1, 2.0), (3, 2, 1.5), (4, 0, 3.5), (4, 2, 3.2)],
]
C1 = scores_of(C1_ROWS)


def test_published_vector_of_the_grid() -> None:
    found = Model(C1).estimate
    assert found.mean == pytest.approx(3.0195, abs=5e-5)
    assert found.file_variance == pytest.approx(0.7684, abs=5e-5)
    assert found.juror_variance == pytest.approx(0.4050, abs=5e-5)
    assert found.noise_variance == pytest.approx(0.1774, abs=5e-5)
    assert found.shown == pytest.approx([3.4406, 2.5640, 3.7950, 2.1166, 3.1814], abs=5e-5)
    assert found.fair == pytest.approx([3.5000, 2.5000, 3.9436, 1.9417, 3.2147], abs=5e-5)
    assert found.severity == pytest.approx([-0.3834, 0.2706, 0.1128], abs=5e-5)


def test_published_vector_of_the_draws() -> None:
    draws = Model(C1).draw(20_000, seed=1)
    assert draws.shown.shape == (20_000, 5)
    assert ranks_of(draws.shown).mean(axis=0) == pytest.approx([2.07, 4.03, 1.22, 4.88, 2.80], abs=0.05)
    low, high = interval(draws.shown)
    assert low == pytest.approx([3.05, 2.21, 3.23, 1.64, 2.74], abs=0.05)
    assert high == pytest.approx([3.80, 2.96, 4.26, 2.69, 3.62], abs=0.05)
    # The draws have the means that the grid has.
    assert draws.shown.mean(axis=0) == pytest.approx(Model(C1).estimate.shown, abs=0.01)
    assert draws.severity.mean(axis=0) == pytest.approx(Model(C1).estimate.severity, abs=0.01)


def test_published_vector_of_the_greatest_restricted_likelihood() -> None:
    found = estimate_reml(C1)
    assert found.mean == pytest.approx(3.0198, abs=1e-4)
    assert found.file_variance == pytest.approx(0.5857, abs=2e-4)
    assert found.juror_variance == pytest.approx(0.1710, abs=2e-4)
    assert found.noise_variance == pytest.approx(0.0785, abs=1e-4)
    assert found.quality == pytest.approx([0.4596, -0.4976, 0.8645, -0.9869, 0.1603], abs=2e-4)
    assert found.leniency == pytest.approx([0.4337, -0.3183, -0.1155], abs=2e-4)


def test_a_jury_without_noise_is_recovered() -> None:
    # Vector C2.
    truth, severity = np.array([1.0, 2.0, 2.5, 3.0, 3.5, 4.0]), np.array([-0.4, 0.1, 0.3])
    rows = [(i, j, float(truth[i] - severity[j])) for i in range(6) for j in range(3)]
    found = Model(scores_of(rows)).estimate
    assert found.fair == pytest.approx(truth, abs=1e-9)
    assert found.severity == pytest.approx(severity, abs=5e-3)
    assert found.shown == pytest.approx(truth, abs=0.02)


def test_at_fixed_ratios_the_shown_score_is_the_fair_mean_drawn_to_the_middle() -> None:
    r1 = 1.3
    found = estimate_at(C1, (r1, 0.8))
    pull = C1.readers * r1**2 / (1 + C1.readers * r1**2)
    level = found.mean + found.leniency.mean()
    assert found.quality == pytest.approx(pull * (found.fair - level), abs=1e-12)


def test_the_estimate_solves_the_penalised_least_squares() -> None:
    # Independent of the elimination: one dense system over mu, theta and beta.
    r1, r2 = 0.9, 0.4
    n = C1.totals.size
    x = np.zeros((n, 1 + 5 + 3))
    x[:, 0] = 1
    x[np.arange(n), 1 + C1.files] = 1
    x[np.arange(n), 6 + C1.jurors] = 1
    penalty = np.diag([0.0, *[r1**-2] * 5, *[r2**-2] * 3])
    solved = np.linalg.solve(x.T @ x + penalty, x.T @ C1.totals)
    found = estimate_at(C1, (r1, r2))
    assert [found.mean, *found.quality, *found.leniency] == pytest.approx(solved, abs=1e-10)


def test_a_strict_day_of_one_juror_hardly_moves_anybody() -> None:
    # Metamorphic test 1, at 400 files and 40 jurors.
    scores = simulate_scores(400, 40, readers=4, seed=3).scores
    stricter = scores.totals + 0.5 * (scores.jurors == 7)
    moved = Scores(scores.files, scores.jurors, stricter, 400, 40)
    before, after = Model(scores).estimate, Model(moved).estimate
    raw_change = np.abs(moved.raw - scores.raw).max()
    # The whole jury became more generous by 0.5 / 40; beyond that a file moves by hundredths.
    assert raw_change == pytest.approx(0.125, abs=1e-12)
    assert np.abs(after.shown - before.shown).max() <= 0.02
    assert after.severity[7] - before.severity[7] == pytest.approx(-0.46, abs=0.03)
    assert kendalltau(before.shown, after.shown).statistic >= 0.99
    assert kendalltau(scores.raw, moved.raw).statistic < kendalltau(before.shown, after.shown).statistic


@pytest.mark.parametrize("reading", range(len(C1_ROWS)))
def test_a_better_score_never_hurts(reading: int) -> None:
    better = [(i, j, y + 0.5 * (k == reading)) for k, (i, j, y) in enumerate(C1_ROWS)]
    before, after = Model(C1).estimate, Model(scores_of(better)).estimate
    file = C1_ROWS[reading][0]
    rise = (after.shown[file] - after.shown.mean()) - (before.shown[file] - before.shown.mean())
    assert rise >= 0


def test_names_do_not_matter() -> None:
    files, jurors = np.array([3, 0, 4, 1, 2]), np.array([2, 0, 1])
    renamed = [(int(files[i]), int(jurors[j]), y) for i, j, y in reversed(C1_ROWS)]
    before, after = Model(C1).estimate, Model(scores_of(renamed)).estimate
    assert after.shown[files] == pytest.approx(before.shown, abs=1e-10)
    assert after.fair[files] == pytest.approx(before.fair, abs=1e-10)
    assert after.severity[jurors] == pytest.approx(before.severity, abs=1e-10)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    model = Model(C1)
    first, again, other = model.draw(500, seed=4), model.draw(500, seed=4), model.draw(500, seed=5)
    assert np.array_equal(first.shown, again.shown)
    assert np.array_equal(first.severity, again.severity)
    assert not np.array_equal(first.shown, other.shown)
    assert other.shown.shape == (500, 5)


def test_the_ranges_hold_the_truth_as_often_as_they_say() -> None:
    covered = []
    for seed in range(6):
        world = simulate_scores(150, 20, readers=4, seed=seed, rounded=False)
        draws = Model(world.scores).draw(1_000, seed=1)
        low, high = interval(draws.shown - draws.shown.mean(axis=1, keepdims=True))
        truth = world.quality - world.quality.mean()
        covered.append((low <= truth) & (truth <= high))
    # 900 files: three standard errors of 0.90 are 0.03.
    assert np.mean(covered) == pytest.approx(0.90, abs=0.03)


def test_the_model_orders_better_than_plain_averages() -> None:
    gains = []
    for seed in range(6):
        world = simulate_scores(150, 20, readers=4, seed=100 + seed)
        shown, raw = Model(world.scores).estimate.shown, world.scores.raw
        gains.append(kendalltau(shown, world.quality).statistic - kendalltau(raw, world.quality).statistic)
    assert np.mean(gains) > 0.02


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, 0, 3.0), (1, 0, 2.0), (2, 0, 2.0), (3, 0, 4.0)], Obstacle.ONE_JUROR),
        ([(0, 0, 3.0), (0, 1, 2.0), (1, 0, 3.0)], Obstacle.TOO_FEW_READINGS),
        ([(0, 0, 3.0), (0, 1, 2.0), (1, 2, 3.0), (1, 3, 4.0)], Obstacle.NOT_LINKED),
    ],
)
def test_what_cannot_be_compared_is_not(rows: list[tuple[int, int, float]], expected: Obstacle) -> None:
    scores = scores_of(rows)
    assert obstacle(scores) is expected
    for method in (Model, estimate_reml):
        with pytest.raises(NotComparable) as refused:
            method(scores)
        assert refused.value.obstacle is expected
    assert obstacle(C1) is None


def test_a_jury_of_equal_scores_has_equal_files() -> None:
    found = Model(scores_of([(i, j, 3.0) for i in range(4) for j in range(3)]))
    assert found.estimate.shown == pytest.approx([3.0] * 4, abs=1e-9)
    assert np.isfinite(found.draw(50, seed=1).shown).all()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(0, 0, 3.0), (0, 0, 2.0)], "two readings"),
        ([(0, 0, 3.0), (2, 0, 2.0)], "every file"),
        ([(0, 0, 3.0), (0, 2, 2.0)], "every juror"),
        ([(0, 0, float("nan"))], "finite"),
        ([(-1, 0, 3.0), (0, 0, 3.0)], "every file"),
    ],
)
def test_readings_that_are_refused(rows: list[tuple[int, int, float]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        scores_of(rows)


def test_a_jury_without_one_of_its_jurors() -> None:
    left, files, jurors = without_juror(scores_of([*C1_ROWS, (5, 1, 2.0)]), 1)
    assert (files.tolist(), jurors.tolist()) == ([0, 1, 2, 3, 4], [0, 2])
    assert left.totals.tolist() == [4.0, 3.5, 3.0, 2.5, 4.5, 1.5, 3.5, 3.2]


def test_what_else_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        estimate_at(C1, (0.0, 1.0))
    with pytest.raises(ValueError, match="positive"):
        estimate_at(C1, (1.0, 1.0), weights=np.zeros(12))
    with pytest.raises(ValueError, match="draw"):
        Model(C1).draw(0, seed=1)
    with pytest.raises(ValueError, match="level"):
        interval(np.zeros((2, 2)), level=1.0)
