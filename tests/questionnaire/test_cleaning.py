"""Texts are kept composed, without control characters, and otherwise as they were typed."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.questionnaire.cleaning import clean_line, clean_text, turns_direction


def test_a_text_keeps_its_lines() -> None:
    assert clean_text("  one\r\n\r\ntwo\rthree\u2029four\t5 \n") == "one\n\ntwo\nthree\nfour\t5"


def test_a_line_has_no_lines() -> None:
    assert clean_line(" one \r\n two\t three ") == "one two three"
    assert clean_line("10\u00a0000") == "10\u00a0000"


def test_controls_and_lone_surrogates_go() -> None:
    assert clean_text("a\x00b\x1bc\x7fd\x9fe\ud800f\uffff") == "abcdef"


def test_joiners_and_marks_of_living_scripts_stay() -> None:
    for text in ("می‌خواهم", "क्‍ष", "👩‍🏫", "ទីក្រុង\u200bសិក្សា", "\u200fعربي"):
        assert clean_text(text) == text.strip()
        assert turns_direction(text) is False
    assert turns_direction("a\u202eb") is True


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)
    assert clean_line(clean_line(text)) == clean_line(text)
    cleaned.encode("utf-8")
