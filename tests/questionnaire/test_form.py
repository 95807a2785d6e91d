"""The default form has what the process asks for, and a form with a mistake in it is refused."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from gnlc_apply.questionnaire import Kind, UnknownQuestion, default_form, load_form
from gnlc_apply.questionnaire.form import template_key
from gnlc_apply.questionnaire.loading import InvalidForm

FORM = default_form()
PLAIN: dict[str, Any] = json.loads(
    resources.files("gnlc_apply.questionnaire").joinpath("data", "form-2027.json").read_text(encoding="utf-8")
)
FOCUS_AREAS = [
    "Individual empowerment and social cohesion",
    "Economic development and cultural prosperity",
    "Sustainable development",
    "Inclusive learning in the education system",
    "Revitalised learning in families and communities",
    "Effective learning for and in the workplace",
    "Extended use of modern learning technologies",
    "Enhanced quality in learning",
    "A vibrant culture of learning throughout life",
    "Strong political will and commitment",
    "Governance and participation of all stakeholders",
    "Mobilisation and use of resources",
]


def test_twelve_sections_in_order() -> None:
    assert [section.number for section in FORM.sections] == list(range(1, 13))


def test_only_people_and_commitment_are_outside_the_signed_text() -> None:
    assert [section.number for section in FORM.sections if not section.is_signed] == [2, 12]
    assert all(question.is_signed == FORM.section(question.section).is_signed for question in FORM.questions)


def test_word_limits_of_the_process() -> None:
    limits = {question.key: question.word_limit for question in FORM.questions if question.word_limit}
    assert limits == {
        "motivation.context": 150,
        "vision.vision": 100,
        "vision.objectives_near": 100,
        "vision.objectives_far": 100,
        "governance.coordination": 150,
        "governance.participation": 50,
        "focus_words.words": 60,
        "practices.description": 100,
        "practices.results": 150,
        "inclusion.inclusion": 150,
        "resources.resources": 100,
        "monitoring.monitoring": 150,
        "contribution.share": 100,
    }


def test_about_nineteen_hundred_words() -> None:
    items = {"focus_words": 5, "practices": 2}
    words = sum((question.word_limit or 0) * items.get(question.group or "", 1) for question in FORM.questions)
    assert words == 1950


def test_the_twelve_official_names_are_verbatim() -> None:
    ratings = [question.label for question in FORM.questions if question.kind is Kind.RATING]
    assert ratings == FOCUS_AREAS
    assert [choice.label for choice in FORM.question("focus_words.area").choices] == FOCUS_AREAS


def test_an_area_has_one_code_for_rating_and_words() -> None:
    rated = [question.key for question in FORM.questions if question.kind is Kind.RATING]
    assert [f"focus.{choice.value}" for choice in FORM.question("focus_words.area").choices] == rated


def test_two_practices_a_third_optional() -> None:
    practices = FORM.group("practices")
    assert (practices.minimum, practices.maximum) == (2, 3)


def test_required_questions_say_what_to_do() -> None:
    silent = [question.key for question in FORM.questions if question.is_required and not question.prompt]
    assert silent == []


def test_texts_can_be_translated_with_named_values() -> None:
    """Templates write these texts through gettext, which reads a percent sign as a placeholder and escapes nothing."""
    texts = json.dumps(PLAIN, ensure_ascii=False)
    assert re.findall(r"[%<>&]", texts) == []


def test_a_key_of_a_group_expands_to_its_question() -> None:
    question = FORM.expand("practices.2.title")
    assert (question.key, question.group, question.number) == ("practices.2.title", "practices", 2)
    assert template_key(question) == "practices.title"
    assert FORM.expand("city.name_latin") is FORM.question("city.name_latin")


@pytest.mark.parametrize(
    "key",
    [
        "practices.4.title",
        "practices.0.title",
        "practices.01.title",
        "practices.١.title",
        "practices.1.nothing",
        "practices.title",
        "practices",
        "practices.1",
        "city.1.name_latin",
        "city.nothing",
        "",
        "practices.1.title.x",
    ],
)
def test_a_key_that_means_nothing_is_refused(key: str) -> None:
    with pytest.raises(UnknownQuestion):
        FORM.expand(key)


def test_hidden_questions_appear_with_the_answer_they_depend_on() -> None:
    def shown(answers: dict[str, object]) -> list[str]:
        keys = [question.key for question in FORM.section("city").concrete(answers)]
        return [key for key in keys if key == "city.kind_other" or key.startswith("constituents.")]

    assert shown({}) == []
    assert shown({"city.kind": "other"}) == ["city.kind_other"]
    names = ("name_local", "name_latin", "population")
    assert shown({"city.kind": "consortium"}) == [f"constituents.{n}.{name}" for n in (1, 2) for name in names]


def test_items_run_up_to_the_last_one_in_use() -> None:
    practices = FORM.group("practices")
    assert practices.item_numbers([]) == (1, 2)
    assert practices.item_numbers(["practices.3.title", "practices_else.9.title"]) == (1, 2, 3)
    assert practices.item_numbers(["practices.99.title"]) == (1, 2)
    assert FORM.group("constituent_signatories").item_numbers([]) == ()


def test_a_criterion_reads_its_questions_beside_the_answers() -> None:
    read = FORM.read_by(("practices.audience", "inclusion.inclusion"), {"practices.3.title": "x"})
    assert [question.key for question in read] == [
        "practices.1.audience",
        "practices.2.audience",
        "practices.3.audience",
        "inclusion.inclusion",
    ]
    assert {question.group for question in FORM.read_by(("partners",), {})} == {"partners"}


def _repeat_a_key(plain: dict[str, Any]) -> None:
    plain["sections"][2]["items"].append(plain["sections"][2]["items"][0])


def _unknown_kind(plain: dict[str, Any]) -> None:
    plain["sections"][2]["items"][0]["kind"] = "essay"


def _dangling_condition(plain: dict[str, Any]) -> None:
    plain["sections"][2]["items"][0]["shown_if"] = {"key": "city.kind", "values": ["village"]}


def _three_decimals(plain: dict[str, Any]) -> None:
    plain["sections"][2]["items"][0]["decimals"] = 3


def _bad_key(plain: dict[str, Any]) -> None:
    plain["sections"][2]["items"][0]["key"] = "motivation.Context-1"


def _no_label(plain: dict[str, Any]) -> None:
    del plain["sections"][2]["items"][0]["label"]


def _no_choices(plain: dict[str, Any]) -> None:
    plain["sections"][2]["items"][0]["kind"] = "choice"


def _minimum_above_maximum(plain: dict[str, Any]) -> None:
    plain["sections"][6]["items"][0]["minimum"] = 4


def _year_before_a_text(plain: dict[str, Any]) -> None:
    plain["sections"][8]["items"][2]["not_before"] = "motivation.context"


@pytest.mark.parametrize(
    "spoil",
    [
        _repeat_a_key,
        _unknown_kind,
        _dangling_condition,
        _three_decimals,
        _bad_key,
        _no_label,
        _no_choices,
        _minimum_above_maximum,
        _year_before_a_text,
    ],
)
def test_a_form_with_a_mistake_is_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    plain = copy.deepcopy(PLAIN)
    assert load_form(plain) == FORM
    spoil(plain)
    with pytest.raises(InvalidForm):
        load_form(plain)
