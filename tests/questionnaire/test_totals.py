"""The weighted total, with the vectors of the jury's method (T1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.questionnaire import default_guide
from gnlc_apply.questionnaire.totals import weighted_total

WEIGHTS = {"a": 0.5, "b": 0.3, "c": 0.2}


def test_vector_t1() -> None:
    assert weighted_total(WEIGHTS, {"a": 4, "b": 3, "c": None}).value == 3.625
    assert weighted_total(WEIGHTS, {"a": 5, "b": 2, "c": 1}).value == 3.3


def test_not_applicable_is_not_nought() -> None:
    assert weighted_total(WEIGHTS, {"a": 4}).value == 4.0
    assert weighted_total(WEIGHTS, {"a": 4, "b": 0, "c": 0}).value == 2.0


def test_sixty_percent_of_the_weight_make_a_reading() -> None:
    weights = {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4}
    exactly = weighted_total(weights, {"a": 1, "b": 1, "c": 1})
    assert (exactly.share, exactly.is_complete) == (0.6, True)
    assert weighted_total({"a": 59, "b": 41}, {"a": 5}).is_complete is False
    assert weighted_total({"a": 60, "b": 40}, {"a": 5}).is_complete is True


def test_nothing_scored_has_no_total() -> None:
    total = weighted_total(default_guide().weights, {})
    assert (total.value, total.share, total.is_complete) == (None, 0.0, False)


def test_a_score_needs_a_weight() -> None:
    with pytest.raises(KeyError):
        weighted_total(WEIGHTS, {"style": 5})
    with pytest.raises(ValueError, match="nothing"):
        weighted_total({}, {})


@given(st.fixed_dictionaries({code: st.one_of(st.none(), st.integers(0, 5)) for code in default_guide().weights}))
def test_a_total_lies_between_the_scores(scores: dict[str, int | None]) -> None:
    total = weighted_total(default_guide().weights, scores).value
    given_scores = [score for score in scores.values() if score is not None]
    assert (total is None) == (not given_scores)
    assert total is None or min(given_scores) <= total <= max(given_scores)
