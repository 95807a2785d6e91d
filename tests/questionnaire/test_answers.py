"""What was typed is understood, kept even when it is odd, and shown back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.questionnaire import Choice, Kind, Question, default_form
from gnlc_apply.questionnaire.answers import Parsed, field_names, figure_of, is_empty, parse, present
from tests.questionnaire.filled import complete

FORM = default_form()
POPULATION = FORM.question("city.population")
DATE = Question("plan.adopted_on", Kind.DATE, "Adopted on", year_from=2000, year_to=2027)


def _fields(parsed: Parsed) -> list[str]:
    return [problem.field for problem in parsed.problems]


def _figure(**parts: str) -> dict[str, str]:
    return {f"city.population-{name}": text for name, text in parts.items()}


def test_compound_questions_have_a_field_for_each_part() -> None:
    assert field_names(POPULATION) == tuple(f"city.population-{part}" for part in ("value", "year", "basis", "note"))
    assert field_names(FORM.question("city.coordinates")) == ("city.coordinates-latitude", "city.coordinates-longitude")
    assert field_names(FORM.question("city.name_latin")) == ("city.name_latin",)


@pytest.mark.parametrize("question", [*FORM.questions, DATE], ids=lambda question: question.key)
def test_nothing_typed_is_no_answer_and_no_problem(question: Question) -> None:
    assert parse(question, {}) == Parsed(None, ())
    assert parse(question, dict.fromkeys(field_names(question), " \r\n\t ")) == Parsed(None, ())
    assert parse(question, dict.fromkeys(field_names(question), ())) == Parsed(None, ())


def test_a_complete_figure() -> None:
    parsed = parse(POPULATION, _figure(value="١٬٤٢٠٬٠٠٠", year="٢٠٢٣", basis="city", note=" Census "))
    assert parsed == Parsed({"value": "1420000", "year": 2023, "basis": "city", "note": "Census"}, ())
    assert figure_of(parsed.value) == Decimal(1420000)


def test_no_figure_exists_is_a_full_answer() -> None:
    parsed = parse(POPULATION, _figure(basis="none", note="The last census was lost"))
    assert parsed == Parsed({"basis": "none", "note": "The last census was lost"}, ())
    assert figure_of(parsed.value) is None


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"value": "about 5000", "year": "2023", "basis": "city"}, ["value"]),
        ({"value": "1.5", "year": "2023", "basis": "city"}, ["value"]),
        ({"value": "5000", "basis": "city"}, ["year"]),
        ({"value": "5000", "year": "1789", "basis": "city"}, ["year"]),
        ({"value": "5000", "year": "last", "basis": "city"}, ["year"]),
        ({"value": "5000", "year": "2023"}, ["basis"]),
        ({"value": "5000", "year": "2023", "basis": "planet"}, ["basis"]),
        ({"value": "5000", "year": "2023", "basis": "none"}, ["value"]),
        ({"basis": "city"}, ["value"]),
        ({"value": "5000", "year": "2023", "basis": "city", "note": "x" * 301}, ["note"]),
    ],
)
def test_an_odd_figure_is_kept_and_reported(parts: dict[str, str], fields: list[str]) -> None:
    parsed = parse(POPULATION, _figure(**parts))
    assert _fields(parsed) == [f"city.population-{name}" for name in fields]
    assert isinstance(parsed.value, dict)
    assert {name: str(part) for name, part in parsed.value.items()} == parts
    assert present(POPULATION, parsed.value)["city.population-note"] == parts.get("note", "")


def test_a_text_that_is_too_long_is_kept_and_reported() -> None:
    text = " ".join(["word"] * 151)
    parsed = parse(FORM.question("motivation.context"), text)
    assert parsed.value == text
    assert [str(problem.text) for problem in parsed.problems] == [
        "The answer must have 150 words or fewer. It has 151."
    ]
    assert parse(FORM.question("motivation.context"), " ".join(["word"] * 150)).problems == ()


def test_a_line_that_is_too_long_is_kept_and_reported() -> None:
    parsed = parse(FORM.expand("practices.1.title"), "x" * 151)
    assert parsed.value == "x" * 151
    assert [str(problem.text) for problem in parsed.problems] == [
        "Practice 1: The answer must have 150 characters or fewer. It has 151."
    ]


def test_lines_and_texts_are_cleaned_alike_everywhere() -> None:
    assert parse(FORM.question("city.name_latin"), " Sa\u0303o\r\nFilipe\x00 ").value == "São Filipe"
    assert parse(FORM.question("motivation.context"), "one\r\ntwo\u2028three\ud800\x07 ").value == "one\ntwo\nthree"


def test_a_name_is_any_name_but_not_a_trick() -> None:
    question = FORM.question("city.name_local")
    for name in ("القاهرة", "서구", "N’Zérékoré", "Maroua 1er", "กรุงเทพมหานคร", "東京"):
        assert parse(question, name) == Parsed(name, ())
    assert _fields(parse(question, "12345")) == ["city.name_local"]
    assert _fields(parse(question, "Par\u202esi")) == ["city.name_local"]


def test_choices_are_kept_in_the_order_of_the_form() -> None:
    question = FORM.question("inclusion.goals")
    sent = {"inclusion.goals": ["11", "4", "4", "99"]}
    parsed = parse(question, sent)
    assert parsed.value == ["4", "11", "99"]
    assert _fields(parsed) == ["inclusion.goals"]
    assert parse(question, ["4"]) == Parsed(["4"], ())
    assert present(question, ["4", "11"]) == {"inclusion.goals": ["4", "11"]}


@pytest.mark.parametrize(
    ("key", "typed", "value", "is_odd"),
    [
        ("city.kind", "emirate", "emirate", False),
        ("city.kind", "village", "village", True),
        ("city.country", "tur", "TUR", False),
        ("city.country", "Turkey", "TURKEY", True),
        ("people.focal_language", "fr", "fr", False),
        ("people.focal_language", "de", "de", True),
        ("focus.families", "5", 5, False),
        ("focus.families", "٣", 3, False),
        ("focus.families", "6", 6, True),
        ("focus.families", "high", "high", True),
        ("resources.year_from", "2026", 2026, False),
        ("resources.year_from", "1999", 1999, True),
        ("resources.year_from", "26", "26", True),
        ("resources.year_from", "soon", "soon", True),
        ("people.focal_email", "kaya@city.example", "kaya@city.example", False),
        ("people.focal_email", "kaya@city", "kaya@city", True),
        ("people.focal_phone", "+237 699 00 00 00", "+237 699 00 00 00", False),
        ("people.focal_phone", "ask me", "ask me", True),
        ("city.website", "www.city.example", "https://www.city.example", False),
        ("city.website", "http://city.example/a", "http://city.example/a", False),
        ("city.website", "javascript:alert(1)", "javascript:alert(1)", True),
        ("commitment.correctness", "yes", True, False),
        ("commitment.correctness", "no", None, False),
    ],
)
def test_simple_answers(key: str, typed: str, value: object, is_odd: bool) -> None:
    parsed = parse(FORM.question(key), typed)
    assert parsed.value == value
    assert type(parsed.value) is type(value)
    assert _fields(parsed) == ([key] if is_odd else [])


def test_a_number_of_partners() -> None:
    question = FORM.expand("partners.3.number")
    assert parse(question, "1 200") == Parsed(1200, ())
    assert parse(question, "many").value == "many"
    assert _fields(parse(question, "many")) == ["partners.3.number"]


def test_dates() -> None:
    assert parse(DATE, "2027-03-01") == Parsed("2027-03-01", ())
    typed = {"plan.adopted_on-day": "١", "plan.adopted_on-month": "3", "plan.adopted_on-year": "2027"}
    assert parse(DATE, typed).value == "2027-03-01"
    assert present(DATE, "2027-03-01")["plan.adopted_on-month"] == "03"
    odd = {"plan.adopted_on-day": "31", "plan.adopted_on-month": "2", "plan.adopted_on-year": "9" * 30}
    assert parse(DATE, odd).value == {"day": "31", "month": "2", "year": "9" * 30}
    assert present(DATE, parse(DATE, odd).value) == odd
    assert _fields(parse(DATE, odd)) == ["plan.adopted_on-day"]
    assert _fields(parse(DATE, "1999-12-31")) == ["plan.adopted_on-year"]


def test_coordinates() -> None:
    question = FORM.question("city.coordinates")
    typed = {"city.coordinates-latitude": "36° 43′ 17″ N", "city.coordinates-longitude": "4° 25′ 17″ W"}
    assert parse(question, typed) == Parsed({"latitude": "36.72139", "longitude": "-4.42139"}, ())
    odd = parse(question, {"city.coordinates-latitude": "91", "city.coordinates-longitude": ""})
    assert odd.value == {"latitude": "91"}
    assert _fields(odd) == ["city.coordinates-latitude", "city.coordinates-longitude"]


def test_figures_are_shown_as_the_reader_writes_them() -> None:
    shown = present(FORM.question("city.area"), {"value": "1398.25", "year": 2024, "basis": "city"}, "de")
    assert shown["city.area-value"] == "1.398,25"
    assert shown["city.area-year"] == "2024"


@pytest.mark.parametrize("locale", ["en", "fr", "es", "ar", "ru", "zh"])
@pytest.mark.parametrize(("key", "value"), list(complete().items()), ids=list(complete()))
def test_every_good_answer_comes_back_from_its_page(key: str, value: object, locale: str) -> None:
    question = FORM.expand(key)
    assert parse(question, present(question, value, locale)) == Parsed(value, ())


CHOICES = (Choice("a", "A"), Choice("b", "B"))
ANY_QUESTION = st.builds(
    Question,
    key=st.just("any.question"),
    kind=st.sampled_from(Kind),
    label=st.just("Any"),
    decimals=st.integers(0, 2),
    word_limit=st.one_of(st.none(), st.integers(1, 5)),
    choices=st.sampled_from([(), CHOICES]),
)
TYPED = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789.,'° NSEW-/:@a٠١٢٬٫\u00a0", max_size=20),
    st.sampled_from(["a", "b", "yes", "none", "city", "2027-02-30", "2027-03-01", "1,420", "12.5", "fr", "ABC"]),
)


@given(ANY_QUESTION, st.data(), st.sampled_from(["en", "fr", "ar", "de", "hi"]))
def test_whatever_is_typed_is_kept_and_comes_back(question: Question, data: st.DataObject, locale: str) -> None:
    """Showing a kept answer and sending it again changes nothing, problems included."""
    typed = {name: data.draw(TYPED) for name in field_names(question)}
    parsed = parse(question, typed)
    assert parse(question, present(question, parsed.value, locale)) == parsed
    assert json.loads(json.dumps(parsed.value)) == parsed.value
    if question.kind in {Kind.TEXT, Kind.NAME, Kind.LONG_TEXT}:
        visible = "".join(character for character in typed["any.question"] if character.isalnum())
        kept = "".join(character for character in str(parsed.value or "") if character.isalnum())
        assert len(kept) <= len(visible) or kept
        assert bool(visible) <= bool(kept)


@pytest.mark.parametrize("value", [None, "", [], {}, False])
def test_empty_values_are_no_answer(value: Any) -> None:
    assert is_empty(value) is True


@pytest.mark.parametrize("value", [0, "0", True, ["4"], {"basis": "none"}])
def test_nought_is_an_answer(value: Any) -> None:
    assert is_empty(value) is False
