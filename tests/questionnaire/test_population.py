"""The smallest population of a call: only a figure of the city itself can be too small."""

from __future__ import annotations

import pytest

from gnlc_apply.questionnaire import default_form
from gnlc_apply.questionnaire.completeness import Status, missing, section_problems, statuses
from gnlc_apply.questionnaire.eligibility import EligibilityAnswers, Standing, is_complete, notes, stops
from gnlc_apply.questionnaire.population import POPULATION, Size, binding, size
from tests.questionnaire.filled import complete

FORM = default_form()


def _figure(value: str, basis: str = "city") -> dict[str, object]:
    return {POPULATION: {"value": value, "year": 2024, "basis": basis}}


@pytest.mark.parametrize(
    ("answers", "smallest", "expected"),
    [
        (_figure("9999"), None, Size.FITS),
        (_figure("10000"), 10000, Size.FITS),
        (_figure("9999"), 10000, Size.TOO_SMALL),
        (_figure("9999", "region"), 10000, Size.NOT_KNOWN),
        (_figure("9999", "country"), 10000, Size.NOT_KNOWN),
        ({POPULATION: {"basis": "none"}}, 10000, Size.NOT_KNOWN),
        (_figure("about ten thousand"), 10000, Size.NOT_KNOWN),
        ({}, 10000, Size.NOT_KNOWN),
    ],
)
def test_only_the_citys_own_figure_is_too_small(
    answers: dict[str, object], smallest: int | None, expected: Size
) -> None:
    assert size(answers, smallest) is expected


def test_it_is_said_at_its_field_and_nowhere_else() -> None:
    answers, first = complete() | _figure("9999"), FORM.sections[0]
    assert missing(FORM, answers, {}) == ()
    (problem,) = missing(FORM, answers, {}, 10000)
    assert (problem.field, str(problem.text)) == (
        "city.population-value",
        "The city must have at least 10000 inhabitants to apply in this call.",
    )
    assert section_problems(first, answers, {}, 10000) == (problem,)
    states = statuses(FORM, answers, {}, 10000)
    assert [key for key, state in states.items() if state is not Status.COMPLETED] == [first.key]
    assert missing(FORM, complete() | _figure("9999", "region"), {}, 10000) == ()


def test_an_exception_binds_nobody() -> None:
    assert (binding(10000, ""), binding(10000, "An island"), binding(None, "")) == (10000, None, None)


def test_before_any_account_the_reason_is_said() -> None:
    small = EligibilityAnswers(
        Standing.MEMBER, is_member_city=False, head_will_sign=True, population=9999, smallest=10000
    )
    assert str(stops(small)) == (
        "You cannot apply because this call asks for at least 10000 inhabitants, and your city has 9999."
    )
    unknown = EligibilityAnswers(Standing.MEMBER, is_member_city=False, head_will_sign=True, smallest=10000)
    assert (stops(unknown), is_complete(unknown)) == (None, True)
    assert str(notes(unknown)) == (
        "The call asks for at least 10000 inhabitants. Where no figure of the city itself exists, you can go on: "
        "the secretariat will look at it."
    )
