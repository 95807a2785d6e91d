"""Names that look the same and are not: letters of another script, or digits, in the place of Latin ones.

Only what a reader takes for a Latin letter in print (the single letters of Unicode's list of confusables that names are written
in); accents, case and spelling are what ``folding`` is for.
"""

from __future__ import annotations

import unicodedata

from gnlc_apply.core.folding import fold

_LOOK_LIKE = {
    "A": "АΑ",
    "B": "ВΒ",
    "C": "СϹ",
    "E": "ЕΕ",
    "H": "НΗ",
    "I": "ІΙӀ",
    "J": "Ј",
    "K": "КΚ",
    "M": "МΜ",
    "N": "Ν",
    "O": "ОΟ",
    "P": "РΡ",
    "S": "Ѕ",
    "T": "ТΤ",
    "X": "ХΧ",
    "Y": "УҮΥ",
    "Z": "Ζ",
    "a": "аα",
    "c": "сϲ",
    "d": "ԁ",
    "e": "е",
    "h": "һ",
    "i": "іι",
    "j": "ј",
    "k": "κ",
    "l": "ӏ1|",
    "o": "оο0",
    "p": "рρ",
    "q": "ԛ",
    "s": "ѕ",
    "v": "ν",
    "w": "ԝ",
    "x": "х",
    "y": "уγ",
}
_LATIN = {ord(other): latin for latin, others in _LOOK_LIKE.items() for other in others}


def seen(name: str) -> str:
    """What a reader sees of a name, in plain Latin letters where it looks like them."""
    return fold(unicodedata.normalize("NFKC", name).translate(_LATIN))


def look_alike(one: str, other: str) -> bool:
    """Whether two names that are written differently look the same."""
    return fold(one) != fold(other) and seen(one) == seen(other) != ""


def mixes_scripts(name: str) -> bool:
    """Whether letters of another script stand among Latin ones, as in no name of a place."""
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in name if letter.isalpha()}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK"})
