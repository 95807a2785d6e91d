"""The default scoring guide carries the process's criteria and agrees with the form on what is read for them."""

from __future__ import annotations

import copy
import json
import re
from importlib import resources
from typing import Any

import pytest

from gnlc_apply.questionnaire import UnknownQuestion, default_form, default_guide, load_guide
from gnlc_apply.questionnaire.guide import InvalidGuide, UnknownCriterion

FORM, GUIDE = default_form(), default_guide()
PLAIN: dict[str, Any] = json.loads(
    resources.files("gnlc_apply.questionnaire").joinpath("data", "guide-2027.json").read_text(encoding="utf-8")
)


def test_seven_criteria_with_their_weights() -> None:
    assert GUIDE.weights == {
        "commitment": 20,
        "plan": 15,
        "practices": 25,
        "inclusion": 10,
        "partnership": 10,
        "resources": 10,
        "monitoring": 10,
    }


def test_every_value_is_described_in_its_own_words() -> None:
    for criterion in GUIDE.criteria:
        assert criterion.scores == (0, 1, 2, 3, 4, 5)
        assert len(set(criterion.values)) == 6
        assert criterion.looks_like(3) == criterion.values[3]
        with pytest.raises(ValueError, match="scale"):
            criterion.looks_like(6)


def test_reasons_are_needed_at_the_ends() -> None:
    assert [score for score in range(6) if GUIDE.needs_reason(score)] == [0, 1, 5]
    assert GUIDE.is_summary_required is True


def _read(code: str) -> set[str]:
    found: set[str] = set()
    for key in GUIDE.questions_of(code):
        try:
            found |= {question.key for question in FORM.group(key).questions if code in question.criteria}
        except UnknownQuestion:
            found.add(FORM.question(key).key)
    return found


@pytest.mark.parametrize("code", list(GUIDE.weights))
def test_form_and_guide_agree_on_what_a_criterion_reads(code: str) -> None:
    assert _read(code) == {question.key for question in FORM.questions if code in question.criteria}


def test_the_form_feeds_no_other_criterion() -> None:
    assert {code for question in FORM.questions for code in question.criteria} == set(GUIDE.weights)


def test_the_jury_reads_nothing_outside_the_signed_text() -> None:
    assert all(FORM.question(key).is_signed for code in GUIDE.weights for key in _read(code))


def test_texts_can_be_translated_with_named_values() -> None:
    assert re.findall(r"[%<>&]", json.dumps(PLAIN, ensure_ascii=False)) == []


def test_an_unknown_criterion_is_refused() -> None:
    with pytest.raises(UnknownCriterion):
        GUIDE.criterion("style")


def test_weights_must_make_a_hundred() -> None:
    plain = copy.deepcopy(PLAIN)
    assert load_guide(plain) == GUIDE
    plain["criteria"][0]["weight"] = 21
    with pytest.raises(InvalidGuide, match="100"):
        load_guide(plain)


def test_each_value_needs_words() -> None:
    plain = copy.deepcopy(PLAIN)
    del plain["criteria"][0]["values"]["4"]
    with pytest.raises(InvalidGuide, match="words"):
        load_guide(plain)
