"""Who has to sign for a consortium, read from the answers; and what the form asks about each."""

from __future__ import annotations

import pytest

from gnlc_apply.questionnaire import default_form, load_form
from gnlc_apply.questionnaire.completeness import missing
from gnlc_apply.questionnaire.constituents import (
    Constituent,
    constituents,
    names_constituents,
    parties,
    shared_addresses,
)
from gnlc_apply.questionnaire.default import form_definition
from gnlc_apply.questionnaire.loading import InvalidForm
from tests.questionnaire.filled import complete, consortium, member

FORM = default_form()


def fields(answers: dict[str, object]) -> list[str]:
    return [problem.field for problem in missing(FORM, answers, {})]


def without(*keys: str) -> dict[str, object]:
    return {key: value for key, value in consortium().items() if key not in keys}


def test_only_a_consortium_has_constituents() -> None:
    assert constituents(consortium()) == (Constituent(1, "Akyazi"), Constituent(2, "Bozova"))
    assert constituents({**consortium(), "city.kind": "city"}) == ()
    assert constituents(complete()) == ()


def test_a_constituent_is_named_in_latin_script_where_it_can_be() -> None:
    named = {"city.kind": "consortium", "constituents.10.name_local": "بلدة", "constituents.2.name_latin": "Balda"}
    assert constituents(named) == (Constituent(2, "Balda"), Constituent(10, "بلدة"))
    assert constituents({"city.kind": "consortium", "constituents.3.population": {"basis": "none"}}) == ()


def test_a_complete_consortium_misses_nothing() -> None:
    assert fields(consortium()) == []


@pytest.mark.parametrize("part", ["name", "function", "signs_on_paper"])
def test_somebody_must_sign_for_each_member(part: str) -> None:
    key = f"constituent_signatories.2.{part}"
    (problem,) = missing(FORM, without(key), {})
    assert (problem.field, str(problem.text).startswith("Signature of member 2: ")) == (key, True)


def test_an_address_is_asked_for_by_link_and_not_on_paper() -> None:
    assert fields(without("constituent_signatories.1.email")) == ["constituent_signatories.1.email"]
    assert (
        fields({**without("constituent_signatories.1.email"), "constituent_signatories.1.signs_on_paper": "yes"}) == []
    )


def test_a_third_member_needs_a_third_person() -> None:
    third = {key: value for key, value in member(3, "Ceylan").items() if key.startswith("constituents.")}
    assert fields({**consortium(), **third}) == [
        f"constituent_signatories.3.{part}" for part in ("name", "function", "signs_on_paper")
    ]


def test_who_signed_for_a_removed_member_is_asked_about_no_more() -> None:
    shown = {question.key for question in FORM.section("people").concrete({**consortium(), **member(3, "Ceylan")})}
    assert "constituent_signatories.3.name" in shown
    left = {key: value for key, value in member(3, "Ceylan").items() if not key.startswith("constituents.")}
    shown = {question.key for question in FORM.section("people").concrete({**consortium(), **left})}
    assert "constituent_signatories.2.name" in shown
    assert "constituent_signatories.3.name" not in shown


def test_shared_addresses_are_found() -> None:
    assert shared_addresses(consortium()) == ()
    both = {"constituent_signatories.1.email": "Mayor@City.example"}
    assert shared_addresses({**consortium(), **both}) == ("mayor@city.example",)
    assert shared_addresses({**complete(), **both}) == ()


def test_which_answers_name_the_constituents() -> None:
    assert [names_constituents(key) for key in ("city.kind", "constituents.2.name_latin", "constituents_else.1.x")] == [
        True,
        True,
        False,
    ]


def test_a_group_cannot_follow_what_is_not_there() -> None:
    plain = form_definition()
    groups = [item for section in plain["sections"] for item in section["items"] if "one_for_each" in item]
    assert [group["one_for_each"] for group in groups] == ["constituents"]
    groups[0]["one_for_each"] = "nothing"
    with pytest.raises(InvalidForm, match="nothing"):
        load_form(plain)


def test_a_version_frozen_before_members_signed_takes_one_signature() -> None:
    answers = consortium()
    assert len(parties(answers, "Valley")) == 1 + len(constituents(answers)) > 2
    assert parties(answers, "Valley", needed=1) == {0: "Valley"}
    assert parties(answers, "Valley", needed=len(constituents(answers)) + 1) == parties(answers, "Valley")
