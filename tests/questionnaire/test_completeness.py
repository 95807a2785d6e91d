"""What is missing, how far each section is, and how long the texts are."""

from __future__ import annotations

import pytest

from gnlc_apply.questionnaire import default_form
from gnlc_apply.questionnaire.completeness import (
    Status,
    missing,
    section_problems,
    status_of,
    statuses,
    word_counts,
)
from tests.questionnaire.filled import complete, practice

FORM = default_form()


def _fields(answers: dict[str, object], attached: dict[str, int] | None = None) -> list[str]:
    return [problem.field for problem in missing(FORM, answers, attached or {})]


def _without(*keys: str) -> dict[str, object]:
    return {key: value for key, value in complete().items() if key not in keys}


def test_nothing_is_missing_from_a_complete_application() -> None:
    assert missing(FORM, complete(), {}) == ()
    assert set(statuses(FORM, complete(), {}).values()) == {Status.COMPLETED}


REQUIRED = [key for key in complete() if FORM.expand(key).is_required and key != "city.kind"]


@pytest.mark.parametrize("key", REQUIRED)
@pytest.mark.parametrize("emptied", [False, True], ids=["absent", "empty"])
def test_each_required_answer_is_asked_for(key: str, emptied: bool) -> None:
    answers = complete()
    if emptied:
        answers[key] = {dict: {}, list: [], bool: False, str: "", int: None}[type(answers[key])]
    else:
        del answers[key]
    # The e-mail address of the signatory is hidden until the way of signing has been chosen.
    (problem,) = missing(FORM, answers, {})
    question = FORM.expand(key)
    assert problem.key == key
    assert str(problem.text).endswith(question.prompt)


def test_an_empty_form_asks_for_everything_in_the_order_of_the_form() -> None:
    fields = _fields({})
    order = [question.key for question in FORM.concrete({})]
    places = [order.index(field.partition("-")[0]) for field in fields]
    assert places == sorted(places)
    assert len(fields) == len([question for question in FORM.concrete({}) if question.is_required])
    assert fields[:3] == ["city.name_local", "city.name_latin", "city.kind"]


def test_what_depends_on_another_answer_is_asked_for_only_then() -> None:
    assert _fields(_without("people.signatory_email")) == ["people.signatory_email"]
    assert _fields({**_without("people.signatory_email"), "people.signs_on_paper": "yes"}) == []
    assert _fields({**complete(), "city.kind": "other"}) == ["city.kind_other"]
    names = ("name_local", "name_latin", "population-value")
    assert _fields({**complete(), "city.kind": "consortium"}) == [
        f"constituents.{number}.{name}" for number in (1, 2) for name in names
    ]


def test_a_hidden_answer_is_not_judged() -> None:
    assert _fields({**complete(), "people.signs_on_paper": "yes", "people.signatory_email": "nonsense"}) == []


def test_the_third_practice_is_asked_for_once_it_has_begun() -> None:
    begun = {**complete(), "practices.3.title": "A third"}
    wanted = [
        f"practices.3.{name}" for name in ("description", "since", "audience", "learners-value", "results", "publish")
    ]
    assert _fields(begun) == wanted
    assert _fields(complete(), {"practices.3.files": 1}) == ["practices.3.title", *wanted]
    assert _fields({**complete(), **practice(3)}) == []
    assert _fields({**complete(), "practices.3.title": ""}) == []


def test_a_problem_in_a_group_says_which_item_is_meant() -> None:
    (problem,) = missing(FORM, _without("practices.2.title"), {})
    assert str(problem.text) == "Practice 2: Enter the title of the practice"


def test_a_gap_between_items_asks_for_nothing() -> None:
    answers = {**complete(), "partners.3.sector": "culture", "partners.3.number": 2}
    assert _fields(answers) == []


def test_a_text_over_its_limit_is_kept_but_not_complete() -> None:
    answers = {**complete(), "vision.vision": " ".join(["word"] * 101)}
    assert _fields(answers) == ["vision.vision"]
    assert statuses(FORM, answers, {})["vision"] is Status.IN_PROGRESS
    count = next(count for count in word_counts(FORM, answers) if count.key == "vision.vision")
    assert (count.words, count.limit, count.is_over) == (101, 100, True)


def test_word_counts_of_all_visible_texts() -> None:
    counts = {count.key: count.words for count in word_counts(FORM, complete())}
    assert counts["vision.vision"] == 6
    assert counts["governance.participation"] == 0
    assert counts["practices.2.results"] == 7
    assert "practices.3.results" not in counts


def test_the_last_year_is_not_before_the_first() -> None:
    answers = {**complete(), "resources.year_from": 2029, "resources.year_to": 2028}
    assert _fields(answers) == ["resources.year_to"]
    assert _fields({**answers, "resources.year_to": 2029}) == []


def test_attachments_are_limited_by_question_and_by_application() -> None:
    assert _fields(complete(), {"vision.plan_file": 2, "practices.1.files": 5, "practices.2.files": 3}) == []
    assert _fields(complete(), {"vision.plan_file": 3}) == ["vision.plan_file"]
    over = {"vision.plan_file": 2, "practices.1.files": 5, "practices.2.files": 4}
    assert _fields(complete(), over) == ["attachments"]


def test_a_section_is_not_started_in_progress_or_completed() -> None:
    section = FORM.section("vision")
    assert status_of(section, {}, {}) is Status.NOT_STARTED
    assert status_of(section, {"vision.vision": "", "city.kind": "city"}, {}) is Status.NOT_STARTED
    assert status_of(section, {"vision.vision": "A city."}, {}) is Status.IN_PROGRESS
    assert status_of(section, complete(), {}) is Status.COMPLETED
    begun = {"vision.plan_status": "draft"}
    assert status_of(section, begun, {"vision.plan_file": 1}) is Status.IN_PROGRESS


def test_the_problems_of_one_section() -> None:
    problems = section_problems(FORM.section("resources"), _without("resources.year_to", "vision.vision"), {})
    assert [problem.field for problem in problems] == ["resources.year_to"]
