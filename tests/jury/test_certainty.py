from __future__ import annotations

import itertools

import numpy as np
import pytest

from gnlc_apply.jury.aggregation import Model
from gnlc_apply.jury.certainty import (
    Rule,
    Zone,
    admitted,
    expected_rank,
    expected_wrong_admissions,
    official_order,
    probability,
    to_discuss,
    to_read_again,
    zone,
)
from tests.jury.simulated import simulate_scores
from tests.jury.test_aggregation import C1

D1 = np.array([[3, 2, 1], [2, 3, 1], [3, 1, 2], [3, 2, 2.5]], dtype=float)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(places=1), [0.75, 0.25, 0]),
        (Rule(places=2), [1, 0.5, 0.5]),
        (Rule(threshold=2.5), [0.75, 0.25, 0.25]),
        (Rule(places=2, quota=1), [0.75, 0.25, 1]),
    ],
)
def test_published_vectors(rule: Rule, expected: list[float]) -> None:
    # jury-method.md §5, vector D1.
    assert probability(D1, rule, countries=("A", "A", "B")).tolist() == expected


def test_published_vector_of_the_model() -> None:
    # Vector C1: P(top 2) and the zones.
    p = probability(Model(C1).draw(20_000, seed=2).shown, Rule(places=2))
    assert p == pytest.approx([0.815, 0.010, 0.956, 0.005, 0.215], abs=0.015)
    assert [zone(value) for value in p] == [Zone.GREY, Zone.OUT, Zone.IN, Zone.OUT, Zone.GREY]


def walk(row: np.ndarray, rule: Rule, countries: list[str]) -> set[int]:
    """The rule as a person would follow it."""
    chosen: list[int] = []
    for file in sorted(range(row.size), key=lambda i: -row[i]):
        is_full = rule.quota is not None and [countries[i] for i in chosen].count(countries[file]) >= rule.quota
        is_low = rule.threshold is not None and row[file] < rule.threshold
        if not is_full and not is_low and (rule.places is None or len(chosen) < rule.places):
            chosen.append(file)
    return set(chosen)


@pytest.mark.parametrize(
    "rule",
    [
        Rule(threshold=threshold, places=places, quota=quota)
        for threshold, places, quota in itertools.product((None, 3.0), (None, 4, 9), (None, 1, 2))
        if threshold or places
    ],
)
def test_the_rule_is_the_walk_down_the_list(rule: Rule) -> None:
    random = np.random.default_rng(8)
    rows, countries = random.normal(3, 1, (50, 20)), random.choice(list("ABCDE"), 20).tolist()
    found = admitted(rows, rule, countries=countries)
    assert [set(np.flatnonzero(row).tolist()) for row in found] == [walk(row, rule, countries) for row in rows]


def test_what_another_part_of_the_rule_rejects_takes_no_place() -> None:
    eligible = np.array([False, True, True])
    assert probability(D1, Rule(places=1), eligible=eligible).tolist() == [0, 0.5, 0.5]
    quota = Rule(places=2, quota=1)
    assert probability(D1, quota, countries=("A", "A", "B"), eligible=eligible).tolist() == [0, 1, 1]


def test_exactly_the_threshold_is_enough() -> None:
    assert admitted(np.array([[0.1 + 0.2, 0.29]]), Rule(threshold=0.3)).tolist() == [[True, False]]


@pytest.mark.parametrize(
    ("p", "expected"),
    [(0.90, Zone.IN), (0.8999, Zone.GREY), (0.10, Zone.OUT), (0.1001, Zone.GREY), (1.0, Zone.IN), (0.0, Zone.OUT)],
)
def test_zones(p: float, expected: Zone) -> None:
    assert zone(p) is expected


def test_what_is_discussed_and_read_again() -> None:
    p = np.array([0.95, 0.85, 0.50, 0.25, 0.20, 0.80, 0.05, 0.75, 0.45])
    assert to_discuss(p).tolist() == [2, 8, 3, 7, 4, 5, 1]
    assert to_read_again(p).tolist() == [2, 8, 3, 7]
    assert to_read_again(p, budget=5).tolist() == [2, 8]
    assert to_read_again(p, budget=1).tolist() == []


def test_expected_rank_and_order() -> None:
    assert expected_rank(D1).tolist() == [1.25, 2.25, 2.5]
    assert official_order(np.array([2.0, 1.0, 2.0 + 1e-12, 1.0])).tolist() == [1, 3, 0, 2]
    assert expected_wrong_admissions(np.array([0.9, 0.5, 0.1]), np.array([True, True, False])) == pytest.approx(0.6)


def test_another_seed_moves_nobody_much() -> None:
    # Metamorphic test 4: at 8,000 draws by 0.03 at most.
    model = Model(simulate_scores(150, 20, readers=4, seed=6).scores)
    p = [probability(model.draw(8_000, seed).shown, Rule(places=64)) for seed in (1, 2)]
    assert 0 < np.abs(p[0] - p[1]).max() <= 0.03


def test_surely_means_surely() -> None:
    right = []
    for seed in range(5):
        world = simulate_scores(150, 20, readers=4, seed=200 + seed)
        p = probability(Model(world.scores).draw(1_000, seed=1).shown, Rule(places=64))
        truth = np.argsort(np.argsort(-world.quality)) < 64
        sure = (p >= 0.9) | (p <= 0.1)
        right.append((p > 0.5)[sure] == truth[sure])
    assert np.concatenate(right).mean() >= 0.95


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="threshold or a number"):
        Rule(quota=2)
    with pytest.raises(ValueError, match="at least 1"):
        Rule(places=0)
    with pytest.raises(ValueError, match="country"):
        admitted(D1, Rule(places=1, quota=1))
    with pytest.raises(ValueError, match="country"):
        admitted(D1, Rule(places=1, quota=1), countries=("A", "B"))
