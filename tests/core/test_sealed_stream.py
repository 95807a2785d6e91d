"""A sealed stream gives back what went in, and nothing else: cut, changed, swapped or with another key it does not open."""

from __future__ import annotations

import io
import secrets

import pytest

from gnlc_apply.core.sealed_stream import MAGIC, PIECE, Damaged, Opener, Sealer, WrongKey, is_sealed

KEY = "k" * 40
HEADER = len(MAGIC) + 32
SEALED_PIECE = PIECE + 16


def sealed(content: bytes, key: str = KEY) -> bytes:
    below = io.BytesIO()
    with Sealer(below, key) as into:
        into.write(content)
    return below.getvalue()


def opened(content: bytes, key: str = KEY) -> bytes:
    return io.BufferedReader(Opener(io.BytesIO(content), key)).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 5])
def test_what_went_in_comes_out(size: int) -> None:
    content = secrets.token_bytes(size)
    assert opened(sealed(content)) == content


def test_many_small_writes_are_one_stream() -> None:
    below = io.BytesIO()
    with Sealer(below, KEY) as into:
        for number in range(1000):
            into.write(str(number).encode())
    assert opened(below.getvalue()) == "".join(map(str, range(1000))).encode()


def test_nothing_of_it_can_be_read() -> None:
    content = b"a name that must not be seen" * 10
    found = sealed(content)
    assert content[:10] not in found
    assert is_sealed(found)
    assert not is_sealed(content)


def test_another_key_is_told_from_damage() -> None:
    with pytest.raises(WrongKey):
        opened(sealed(b"words"), "x" * 40)


CONTENT = secrets.token_bytes(2 * PIECE + 100)


def test_cut_off_at_the_end_of_a_piece_it_does_not_open() -> None:
    whole = sealed(CONTENT)
    assert opened(whole) == CONTENT
    for end in (HEADER, HEADER + SEALED_PIECE, HEADER + 2 * SEALED_PIECE, len(whole) - 1):
        with pytest.raises(Damaged):
            opened(whole[:end])


def test_a_changed_byte_anywhere_is_found() -> None:
    whole = bytearray(sealed(CONTENT))
    for at in (HEADER, HEADER + SEALED_PIECE + 7, len(whole) - 1):
        changed = bytearray(whole)
        changed[at] ^= 1
        with pytest.raises(Damaged):
            opened(bytes(changed))


def test_pieces_cannot_change_places() -> None:
    whole = sealed(CONTENT)
    first, second = HEADER + SEALED_PIECE, HEADER + 2 * SEALED_PIECE
    swapped = whole[:HEADER] + whole[first:second] + whole[HEADER:first] + whole[second:]
    with pytest.raises(Damaged):
        opened(swapped)


def test_something_cannot_be_added() -> None:
    with pytest.raises(Damaged):
        opened(sealed(CONTENT) + b"x" * 40)
