"""Names brought to one plain form, so that two spellings of the same name compare and are found as equal."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "ך": "כ",
        "ם": "מ",
        "ן": "נ",
        "ף": "פ",
        "ץ": "צ",
        "ک": "ك",
        "ی": "ي",
        "ى": "ي",
        "ہ": "ه",
        "ـ": None,
        "\u200c": " ",
    }
)
# Apostrophes vanish instead of parting the word: Xi'an is found as Xian, N’Zérékoré as Nzerekore.
_APOSTROPHES = frozenset("'`´‘’‛′ʹʻʼʽˈ＇׳")


def _is_loose_mark(character: str) -> bool:
    """Accents and vowel points that writers leave out; marks that carry a word (Hindi, Thai, kana) are none of them."""
    point = ord(character)
    return (
        0x0300 <= point <= 0x036F
        or 0x1DC0 <= point <= 0x1DFF
        or 0x0591 <= point <= 0x05C7
        or 0x0610 <= point <= 0x061A
        or 0x064B <= point <= 0x065F
        or point == 0x0670
        or 0x06D6 <= point <= 0x06ED
    )


def _plain(character: str) -> str:
    if character in _APOSTROPHES:
        return ""
    category = unicodedata.category(character)
    if category == "Cf" or (category.startswith("M") and _is_loose_mark(character)):
        return ""
    return character if category[0] in "LMN" else " "


class _Plain(dict[int, str]):
    """What becomes of each character, found out when it is first met; so many are kept, more than names are written in."""

    def __missing__(self, point: int) -> str:
        plain = _plain(chr(point))
        if len(self) < _KEPT_MOST:
            self[point] = plain
        return plain


_KEPT_MOST = 8_192
_PLAINLY = _Plain()


def fold(text: str) -> str:
    """The plain form of a name: no case, accents, vowel points, apostrophes or punctuation; single spaces between words.

    Compatibility forms are unified (NFKD), marks that writers leave out are dropped, ł ø ß ı and their like become plain
    letters, runs of anything but letters, marks and digits become one space. Idempotent. Folding is for comparing and
    searching: two equal folded names may still be two places.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_PLAINLY).split())
    lowered = text.casefold().translate(_LETTERS)
    parts = unicodedata.normalize("NFKD", lowered).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFC", " ".join(parts.translate(_PLAINLY).split()))
