"""Passwords: which are good enough, and how they are kept (argon2id, OWASP's 19 MiB and two passes)."""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gnlc_apply.core.text import Text

SHORTEST, LONGEST = 12, 128
PRODUCT_WORDS = (
    "unesco",
    "gnlc",
    "learning",
    "cities",
    "city",
    "network",
    "global",
    "secretariat",
    "commission",
    "jury",
)
# What must be left of a password when the words that everybody can guess are taken out.
_REST = 8
_DIFFERENT = 5
_LEET = str.maketrans("0134578@$!|", "oleastbasil")

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Some 19,600 passwords that everybody tries first, in lower case."""
    packed = Path(__file__).with_name("common_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").split())


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _hasher.hash("nobody has this password")


def normalised(password: str) -> str:
    """The one form of a password, whatever keyboard it was typed on (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """What is stored of a password. Slow on purpose: never inside a transaction."""
    return _hasher.hash(normalised(password))


def fits(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes as long for nobody's as for somebody's."""
    known = stored or _dummy()
    try:
        _hasher.verify(known, normalised(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether this was hashed with other costs than today's."""
    return _hasher.check_needs_rehash(stored)


def _folded(text: str) -> str:
    return normalised(text).casefold()


def _own_words(own: Iterable[str]) -> set[str]:
    words = set(PRODUCT_WORDS)
    for text in own:
        words.update(word for word in re.split(r"[\W_]+", _folded(text)) if len(word) >= 3)
    return words


def _is_common(folded: str) -> bool:
    for spelling in (folded, folded.translate(_LEET)):
        letters = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", spelling)
        half = letters[: len(letters) // 2]
        halved = half if letters == half * 2 else letters
        if {spelling, letters, halved} & common():
            return True
    return len(set(folded)) < _DIFFERENT


def _is_guessable(folded: str, own: Iterable[str]) -> bool:
    rest = folded
    for word in sorted(_own_words(own), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != folded and len(re.sub(r"[\W_]+", "", rest)) < _REST


def problem(password: str, own: Iterable[str] = ()) -> Text | None:
    """What is wrong with a new password, or None. ``own``: the person's name and address, which make bad passwords."""
    typed = normalised(password)
    if "\x00" in typed:
        return Text("The password contains a character that cannot be used.")
    if len(typed) < SHORTEST:
        return Text("Use at least %(shortest)s characters. Three or four words are a good password.", shortest=SHORTEST)
    if len(typed) > LONGEST:
        return Text("Use at most %(longest)s characters.", longest=LONGEST)
    folded = _folded(typed)
    if _is_common(folded):
        return Text("This password is among those that everybody tries first. Choose another.")
    if _is_guessable(folded, own):
        return Text("This password is made of your name, your address or this system's own words. Choose another.")
    return None
