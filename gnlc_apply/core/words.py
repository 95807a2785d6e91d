"""Words are counted by one published rule, the same on the server and in the browser (``tests/core/word_vectors.json``)."""

from __future__ import annotations

import re
import unicodedata

# The spaces a browser's \s knows: no-break and ideographic spaces divide words too, a zero-width space does not.
_SPACES = re.compile("[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")
# Han, Hiragana and Katakana with their iteration and length marks, half-width forms and the rare planes.
_HAN_AND_KANA = re.compile(
    "[\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u32d0-\u32fe\u3300-\u3357\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9\uff66-\uff9d"
    "\U00016fe2-\U00016ff6\U0001aff0-\U0001b167\U0001f200\U00020000-\U0003347f]"
)
# Thai, Lao, Khmer and Burmese, vowel and tone signs included: a reader of these scripts counts them as letters.
_UNSPACED = re.compile(
    "[\u0e01-\u0e3a\u0e40-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17dd\u17e0-\u17f9\u19e0-\u19ff"
    "\ua9e0-\ua9fe\uaa60-\uaa7f\U000116d0-\U000116e3]"
)
_HAN_PER_WORD = 2
_LETTERS_PER_WORD = 5


def count_words(text: str) -> int:
    """The number of words by the published rule.

    A run between spaces is a word when it holds a letter or a digit, so that a dash or the French space before an
    exclamation mark costs nothing. In scripts without spaces two Han or Kana characters, or five Thai, Lao, Khmer or
    Burmese letters, count as one word; these are added up over the whole text and rounded up once.
    """
    composed = unicodedata.normalize("NFC", text)
    rest, han = _HAN_AND_KANA.subn("", composed)
    rest, unspaced = _UNSPACED.subn("", rest)
    runs = sum(1 for run in _SPACES.split(rest) if any(unicodedata.category(character)[0] in "LN" for character in run))
    return runs - (-han // _HAN_PER_WORD) - (-unspaced // _LETTERS_PER_WORD)
