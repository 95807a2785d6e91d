"""Reference numbers: a check character that finds what people get wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.core.reference_number import ALPHABET, create, tidy


@given(st.integers(0, 3), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(position: int, wrong: str) -> None:
    reference = create("GNLC-2027")
    prefix, _, tail = reference.rpartition("-")
    if tail[position] != wrong:
        changed = tail[:position] + wrong + tail[position + 1 :]
        assert tidy(f"{prefix}-{changed}") is None


@given(st.integers(0, 2))
def test_swapped_neighbours_are_found(position: int) -> None:
    prefix, _, tail = create("GNLC-2027").rpartition("-")
    swapped = tail[:position] + tail[position + 1] + tail[position] + tail[position + 2 :]
    if swapped != tail:
        assert tidy(f"{prefix}-{swapped}") is None


@pytest.mark.parametrize("typed", ["", "-", "GNLC", "GNLC-2027-", "GNLC-2027-!!!!!", "7KQ4M"])
def test_what_cannot_be_one(typed: str) -> None:
    assert tidy(typed) is None


def test_typed_in_small_letters_and_misread() -> None:
    reference = create("GNLC-2027")
    typed = "  " + reference.lower().replace("1", "l").replace("2027", "2027") + " "
    prefix = typed.strip()[:9]
    assert tidy(prefix + typed.strip()[9:].replace("0", "o")) == reference
