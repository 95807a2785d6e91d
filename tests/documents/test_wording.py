"""Dates, figures and typed text in the language and direction of their readers."""

from __future__ import annotations

from datetime import date

import pytest

from gnlc_apply.core.text import Text
from gnlc_apply.documents.wording import clean, direction, isolated, prose
from tests.documents.samples import MOMENT, ZONE, wording


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "1 March 2027"), ("fr", "1 mars 2027"), ("ar", "1 مارس 2027"), ("zh_Hans", "2027年3月1日")],
)
def test_a_date_is_written_as_the_language_writes_it(language: str, expected: str) -> None:
    assert wording(language).date(date(2027, 3, 1)) == expected


def test_a_moment_names_its_zone() -> None:
    assert wording("en").moment(MOMENT, ZONE) == "1 March 2027, 11:05:07 (Central European Standard Time)"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wording("en").moment(MOMENT.replace(tzinfo=None), ZONE)


def test_values_of_a_sentence_take_the_shape_of_the_language() -> None:
    text = Text("%(count)s people on %(day)s", count=1_420_000, day=date(2027, 3, 1))
    assert wording("fr").text(text) == "1\u202f420\u202f000 people on 1 mars 2027"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\u202eevil\u202c", "evil"),
        ("a\x00b\ufeff", "ab"),
        ("e\u0301", "é"),
        ("\ud800", "\ufffd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_typed_text_is_cleaned(typed: str, expected: str) -> None:
    assert clean(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("12 مدرسة", "rtl"), ("School مدرسة", "ltr"), ("1,420 (2024)", ""), ("", ""), ("עיר", "rtl"), ("南京", "ltr")],
)
def test_direction_is_that_of_the_first_letter(typed: str, expected: str) -> None:
    assert direction(typed) == expected


def test_a_name_is_isolated_once_and_cannot_break_out() -> None:
    assert isolated(" الإسكندرية\u2069\n x ") == "\u2068الإسكندرية x\u2069"
    assert isolated(" ") == ""


def test_prose_keeps_lines_and_drops_empty_ones() -> None:
    assert prose("one  two\n\n \nthree") == {"direction": "ltr", "paragraphs": ["one two", "three"]}
