"""A stream of any length sealed with a key, piece by piece: what was cut off, changed or moved does not open.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM: the nonce of each piece is its number
and whether it is the last one; the key is derived anew for each stream from the given one and a random salt.
"""

from __future__ import annotations

import io
import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"GNLC sealed 1\n\0\0"
PIECE = 1024 * 1024
_SALT, _MARK, _TAG = 16, 16, 16


class WrongKey(ValueError):
    """The stream was sealed with another key."""


class Damaged(ValueError):
    """The stream was cut off or changed."""


def _derived(key: str, salt: bytes) -> tuple[bytes, bytes]:
    """The key of this stream, and a mark by which a wrong key is told from a damaged stream."""
    whole = HKDF(algorithm=hashes.SHA256(), length=32 + _MARK, salt=salt, info=b"sealed stream").derive(key.encode())
    return whole[:32], whole[32:]


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Sealer(io.RawIOBase):
    """A file to write to; what arrives below is sealed. Closing it seals the last piece and leaves the file below open."""

    def __init__(self, below: BinaryIO, key: str) -> None:
        super().__init__()
        salt = secrets.token_bytes(_SALT)
        derived, mark = _derived(key, salt)
        self._below, self._box, self._header = below, AESGCM(derived), MAGIC + salt + mark
        self._waiting, self._number = bytearray(), 0
        below.write(self._header)

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, piece: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]  # a narrower Buffer
        """Take the bytes; all of them, always."""
        self._waiting += piece
        # The last piece may be a whole one, so one is kept back until more comes.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(piece)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._below.write(self._box.encrypt(_nonce(self._number, is_last=is_last), piece, self._header))
        self._number += 1

    def close(self) -> None:
        """Seal what is left as the last piece."""
        if not self.closed:
            self._seal(bytes(self._waiting), is_last=True)
            self._waiting.clear()
        super().close()


class Opener(io.RawIOBase):
    """A file to read from, over a sealed one. Raises WrongKey at once, Damaged where a piece does not open."""

    def __init__(self, below: BinaryIO, key: str) -> None:
        super().__init__()
        self._header = below.read(len(MAGIC) + _SALT + _MARK)
        salt, mark = self._header[len(MAGIC) : -_MARK], self._header[-_MARK:]
        derived, expected = _derived(key, salt)
        if not secrets.compare_digest(mark, expected):
            raise WrongKey
        self._below, self._box = below, AESGCM(derived)
        self._next = below.read(PIECE + _TAG)
        self._opened, self._number, self._is_over = memoryview(b""), 0, False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # a narrower Buffer
        """Fill the buffer as far as the piece at hand goes; 0 at the end."""
        while not self._opened and not self._is_over:
            self._open()
        count = min(len(buffer), len(self._opened))
        buffer[:count] = self._opened[:count]
        self._opened = self._opened[count:]
        return count

    def _open(self) -> None:
        piece, self._next = self._next, self._below.read(PIECE + _TAG)
        self._is_over = not self._next
        try:
            opened = self._box.decrypt(_nonce(self._number, is_last=self._is_over), piece, self._header)
        except (InvalidTag, ValueError) as error:
            raise Damaged from error
        self._opened, self._number = memoryview(opened), self._number + 1


def is_sealed(beginning: bytes) -> bool:
    """Whether a file that begins so is a sealed stream."""
    return beginning.startswith(MAGIC)
