"""Who cannot apply is told so in plain words before there is an account."""

from __future__ import annotations

import pytest

from gnlc_apply.questionnaire.eligibility import EligibilityAnswers, Standing, is_complete, notes, stops

GOOD = EligibilityAnswers(Standing.MEMBER, is_member_city=False, head_will_sign=True)


def test_a_city_of_a_member_state_may_apply() -> None:
    assert (stops(GOOD), notes(GOOD), is_complete(GOOD)) == (None, None, True)


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        (EligibilityAnswers(Standing.FORMER, is_member_city=False, head_will_sign=True), "no longer a Member State"),
        (EligibilityAnswers(Standing.NONE, is_member_city=False, head_will_sign=True), "not in a Member State"),
        (EligibilityAnswers(Standing.MEMBER, is_member_city=True, head_will_sign=True), "already a member"),
        (EligibilityAnswers(Standing.MEMBER, is_member_city=False, head_will_sign=False), "the mayor"),
        (EligibilityAnswers(Standing.ASSOCIATE, is_member_city=True, head_will_sign=True), "already a member"),
    ],
)
def test_others_are_stopped_with_the_reason(answers: EligibilityAnswers, word: str) -> None:
    stop = stops(answers)
    assert stop is not None
    assert str(stop).startswith("You cannot apply because ")
    assert word in str(stop)


def test_an_associate_members_city_goes_on_and_is_told() -> None:
    answers = EligibilityAnswers(Standing.ASSOCIATE, is_member_city=False, head_will_sign=True)
    assert stops(answers) is None
    assert "Associate Member" in str(notes(answers))


def test_an_open_question_stops_nobody_and_completes_nothing() -> None:
    assert stops(EligibilityAnswers()) is None
    assert is_complete(EligibilityAnswers(Standing.MEMBER, is_member_city=False)) is False
