"""Names that only look alike are told apart; what is written differently and reads differently is left alone."""

from __future__ import annotations

import unicodedata

import pytest

from gnlc_apply.core.lookalikes import look_alike, mixes_scripts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nyeri", "Nуеrі"),
        ("Porto", "Рorto"),
        ("Köln", "Κöln"),
        ("Hoima", "Нoima"),
        ("Oslo", "0sl0"),
        ("Milano", "Mi1ano"),
        ("Xanthi", "Χanthi"),
    ],
)
def test_another_script_in_the_place_of_latin_letters_is_seen(one: str, other: str) -> None:
    assert look_alike(one, other)
    assert look_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nyeri", "Nyeri"),
        ("Nyeri", "NYERI"),
        ("Évora", unicodedata.normalize("NFD", "Évora")),
        ("Xi'an", "Xian"),
        ("Nyeri", "Nakuru"),
        ("Москва", "Moskva"),
        ("", ""),
        ("!", "?"),
    ],
)
def test_the_same_name_and_another_name_are_no_lookalikes(one: str, other: str) -> None:
    assert not look_alike(one, other)


def test_a_name_of_two_scripts_is_noticed() -> None:
    assert mixes_scripts("Nуeri")
    assert mixes_scripts("Κöln")
    assert [
        name for name in ("Köln", "Москва", "Αθήνα", "北京", "Şanlıurfa", "القاهرة", "") if mixes_scripts(name)
    ] == []
