"""The list of fonts knows which characters it can show."""

from __future__ import annotations

import pytest

from gnlc_apply.documents.fonts import ARABIC, BASE, absent, choose, coverage, families

BY_NAME = {family.name: family for family in families("en")}


@pytest.mark.parametrize("sign", "aZ09éłØđßığșİЖёΩ€“’–…\ufffdếợ")
def test_the_base_shows_latin_cyrillic_greek(sign: str) -> None:
    assert sign in coverage(BY_NAME[BASE].files[0])


@pytest.mark.parametrize("sign", ["南", "ก", "ب", "😀", "\ue000", "\U00012000", "한"])
def test_the_base_does_not_show_other_scripts(sign: str) -> None:
    assert sign not in coverage(BY_NAME[BASE].files[0])


def test_the_arabic_family_shows_arabic_and_persian() -> None:
    assert [sign for sign in "الإسكندریةپچگکؤئءة٠١٩؟،" if sign not in coverage(BY_NAME[ARABIC].files[0])] == []


def test_base_and_arabic_are_always_chosen_and_suffice_for_their_scripts() -> None:
    choice = choose("Łódź الرباط", "en")
    assert ([family.name for family in choice.families], choice.missing) == ([BASE, ARABIC], frozenset())


def test_an_unknown_script_is_named_as_missing() -> None:
    assert choose("a\U00012000", "en").missing == {"\U00012000"}


@pytest.mark.skipif("Noto Sans CJK SC" in absent(), reason="no Chinese, Japanese, Korean font on this machine")
@pytest.mark.parametrize(
    ("language", "name"), [("en", "SC"), ("zh_Hans", "SC"), ("zh_Hant", "TC"), ("ja", "JP"), ("ko", "KR")]
)
def test_chinese_characters_are_drawn_as_the_reader_is_used_to(language: str, name: str) -> None:
    assert [family.name for family in choose("南京", language).families][-1] == f"Noto Sans CJK {name}"


def test_what_is_absent_is_not_offered() -> None:
    assert set(absent()) & set(BY_NAME) == set()
