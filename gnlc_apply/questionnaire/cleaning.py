"""What is done to every text before it is kept: composed, invisible control characters out, line ends alike."""

from __future__ import annotations

import re
import unicodedata

# Everything of C0 and C1 but tab and line feed, and lone surrogates, which no database can keep.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_INNER_SPACE = re.compile(r"[ \t\n]+")
# Embedding, override and isolate marks: they let a name look like another one.
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_text(text: str) -> str:
    """A text of several lines as it is kept: NFC, one kind of line end, no control characters, ends trimmed."""
    lines = _LINE_ENDS.sub("\n", text)
    return unicodedata.normalize("NFC", _CONTROLS.sub("", lines)).strip()


def clean_line(text: str) -> str:
    """A text of one line as it is kept: like ``clean_text``, and every run of spaces and line ends becomes one space."""
    return _INNER_SPACE.sub(" ", clean_text(text))


def turns_direction(text: str) -> bool:
    """Whether the text holds invisible marks that change the order in which letters are shown."""
    return _DIRECTION_MARKS.search(text) is not None
