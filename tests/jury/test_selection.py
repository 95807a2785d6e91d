from __future__ import annotations

import itertools

import numpy as np
import pytest

from gnlc_apply.jury.certainty import Rule, admitted
from gnlc_apply.jury.selection import Minimum, Passed, Price, lottery, price, select

COUNTRIES = ["A", "A", "B", "A", "B", "C"]
ORDER = range(6)


def test_published_vectors() -> None:
    # jury-method.md §8, G1 to G3.
    first = select(ORDER, COUNTRIES, places=3, quota=2)
    assert first.chosen == (0, 1, 2)
    second = select(ORDER, COUNTRIES, places=4, quota=2, must={5}, never={1})
    assert sorted(second.chosen) == [0, 2, 3, 5]
    assert lottery("GNLC-2026", ["A3", "B7", "C1", "D9"]) == ["B7", "D9", "C1", "A3"]


def test_each_file_that_is_passed_over_has_its_reason() -> None:
    found = select(ORDER, COUNTRIES, places=3, quota=1, never={2})
    assert found.chosen == (0, 4, 5)
    assert found.passed == {1: Passed.COUNTRY_FULL, 2: Passed.NEVER, 3: Passed.COUNTRY_FULL}
    assert select(ORDER, COUNTRIES, places=2).passed == dict.fromkeys((2, 3, 4, 5), Passed.NO_PLACE_LEFT)
    assert select(ORDER, COUNTRIES, places=None, quota=2).chosen == (0, 1, 2, 4, 5)
    assert select([3, 1], COUNTRIES, places=2, must={5}).chosen == (5, 3)


def test_the_walk_is_the_rule_of_the_draws() -> None:
    random = np.random.default_rng(2)
    for _ in range(30):
        scores, countries = random.normal(3, 1, 12), random.choice(list("ABC"), 12).tolist()
        walked = select(np.argsort(-scores).tolist(), countries, places=5, quota=2)
        drawn = admitted(scores[None, :], Rule(places=5, quota=2), countries=countries)[0]
        assert set(walked.chosen) == set(np.flatnonzero(drawn).tolist())


@pytest.mark.parametrize(
    ("must", "never", "words"),
    [({1}, {1}, "must and never"), ({0, 1, 3}, (), "exceed its quota"), ({0, 1, 2, 5}, (), "than places")],
)
def test_what_is_refused(must: set[int], never: set[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        select(ORDER, COUNTRIES, places=3, quota=2, must=must, never=never)


def test_an_order_names_each_file_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        select([0, 0], COUNTRIES, places=3)


def test_the_price_of_a_minimum() -> None:
    scores = np.array([4.5, 4.4, 4.0, 3.9, 3.5, 3.2])
    least = Minimum("of C", frozenset({5}), 1)
    assert price(scores, COUNTRIES, [least], places=3) == Price((5,), (2,), 0.8)
    assert price(scores, COUNTRIES, [Minimum("of A", frozenset({0, 1, 3}), 1)], places=3) == Price((), (), 0.0)
    assert price(scores, COUNTRIES, [Minimum("of C", frozenset({5}), 2)], places=3) is None


def test_the_price_is_exact() -> None:
    # Against every cohort there is.
    random = np.random.default_rng(3)
    scores, countries = random.uniform(2, 5, 9).round(2), list("AAABBBCCC")
    minima = [Minimum("x", frozenset({6, 7, 8}), 2), Minimum("y", frozenset({0, 8}), 1)]

    def best(is_bound: bool) -> float:
        return max(
            float(scores[list(cohort)].sum())
            for cohort in itertools.combinations(range(9), 4)
            if max(sum(countries[i] == c for i in cohort) for c in "ABC") <= 2
            and (not is_bound or all(len(m.members & set(cohort)) >= m.number for m in minima))
        )

    found = price(scores, countries, minima, places=4, quota=2)
    assert found is not None
    assert found.points == pytest.approx(best(False) - best(True), abs=1e-9)
    assert len(found.entering) == len(found.leaving)
