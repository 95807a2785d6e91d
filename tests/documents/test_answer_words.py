"""Answers in words, and which sections a dossier prints."""

from __future__ import annotations

import pytest

from gnlc_apply.documents.answer_words import dossier_sections, in_words
from gnlc_apply.questionnaire import default_form
from tests.documents.samples import wording

FORM = default_form()


@pytest.mark.parametrize(
    ("key", "value", "language", "expected"),
    [
        ("city.name_latin", "Fez", "en", "Fez"),
        ("city.kind", "consortium", "en", "Consortium of several cities or municipalities"),
        ("city.country", "MAR", "fr", "Maroc"),
        ("city.population", {"value": "1420000", "year": 2024, "basis": "city"}, "en", "1,420,000 people · 2024"),
        (
            "city.schooling_women",
            {"value": "12.5", "year": 2023, "basis": "region"},
            "fr",
            "12,5 years · 2023 · figure of the region",
        ),
        ("city.population", {"basis": "none"}, "en", "No figure exists"),
        ("city.population", {"value": "about a million"}, "en", "about a million"),
        (
            "city.coordinates",
            {"latitude": "34.03", "longitude": "-5"},
            "en",
            "latitude \u200e34.03, longitude \u200e-5",
        ),
        ("focus.culture", 4, "en", "4 of 5"),
        ("commitment.correctness", True, "en", "Yes"),
        ("people.focal_language", "fr", "en", "French"),
        ("motivation.context", None, "en", ""),
        ("city.population", "odd", "en", "odd"),
    ],
)
def test_an_answer_in_words(key: str, value: object, language: str, expected: str) -> None:
    assert in_words(FORM.question(key), value, wording(language)) == expected


def test_several_choices_stand_on_lines_of_their_own() -> None:
    question = FORM.question("inclusion.goals")
    first, second = question.choices[:2]
    assert in_words(question, [first.value, second.value], wording("en")) == f"{first.label}\n{second.label}"


def test_a_dossier_prints_signed_sections_only_unless_told() -> None:
    signed = dossier_sections(FORM, {}, wording("en"))
    assert [section.title.split(".")[0] for section in signed] == ["1", "3", "4", "5", "6", "7", "8", "9", "10", "11"]
    people = dossier_sections(FORM, {}, wording("en"), sections=frozenset({"people"}))
    assert [section.title for section in people] == ["2. People"]


def test_contact_data_is_not_printed_by_default() -> None:
    answers: dict[str, object] = {"people.focal_email": "someone@example.org", "motivation.context": "We want to learn"}
    printed = repr(dossier_sections(FORM, answers, wording("en")))
    assert "We want to learn" in printed
    assert "someone@example.org" not in printed


def test_items_of_a_group_carry_their_number_and_words_are_counted() -> None:
    answers: dict[str, object] = {"practices.2.title": "Night school", "motivation.context": "one two three"}
    sections = dossier_sections(FORM, answers, wording("en"))
    found = {answer.label: answer for section in sections for answer in section.answers}
    labels = [label for label, answer in found.items() if answer.value == "Night school"]
    assert [" 2: " in label for label in labels] == [True]
    assert found[FORM.question("motivation.context").label].note == "3 of 150 words"


def test_attached_files_are_named_at_their_question() -> None:
    answers: dict[str, object] = {"vision.plan_status": "adopted"}
    sections = dossier_sections(FORM, answers, wording("en"), files={"vision.plan_file": ("plan.pdf", "map.png")})
    found = {answer.label: answer.value for section in sections for answer in section.answers}
    assert found[FORM.question("vision.plan_file").label] == "plan.pdf\nmap.png"
