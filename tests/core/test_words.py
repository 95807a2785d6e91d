"""Words are counted by the published rule; the browser's counter is held to the same vectors."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.core.words import count_words

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("word_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_vector(vector: dict[str, Any]) -> None:
    assert count_words(vector["text"]) == vector["words"]


def test_there_are_vectors_for_every_kind_of_script() -> None:
    assert len(VECTORS) >= 25


@given(st.text())
def test_composition_changes_nothing(text: str) -> None:
    assert count_words(unicodedata.normalize("NFD", text)) == count_words(unicodedata.normalize("NFC", text))


@given(st.lists(st.from_regex(r"[a-zé0-9]{1,8}", fullmatch=True)))
def test_spaced_words_are_counted_one_by_one(words: list[str]) -> None:
    assert count_words("  ".join(words)) == len(words)


@given(st.integers(0, 400))
def test_han_counts_by_two_and_thai_by_five(length: int) -> None:
    assert count_words("学" * length) == (length + 1) // 2
    assert count_words("ก" * length) == (length + 4) // 5
