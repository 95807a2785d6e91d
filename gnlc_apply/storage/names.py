"""Names of files: shown without tricks, handed out so that no system stumbles, written into a header by RFC 6266."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from gnlc_apply.storage.media_types import MediaType

NEUTRAL = "attachment"
"""The name of a file whose own name cannot be used."""

MAX_STEM_BYTES = 120
"""UTF-8 bytes of a name before its ending: below every file system's 255, with room for a prefix and an escaped copy."""

_MARKS_IN_A_ROW = 4
"""Combining marks kept on one letter: Vietnamese, Thai and vocalised Hebrew need at most that many; more is a tower."""

_JOINERS = frozenset("\u200c\u200d")
"""Invisible, but part of the spelling of Persian and of many Indian languages."""

_FORBIDDEN = frozenset('<>:"/\\|?*%;')

_RESERVED = frozenset({"con", "prn", "aux", "nul", "clock$", "conin$", "conout$"}) | {
    f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"
}
"""Names of devices on Windows, whatever stands after the first full stop."""


def plain_name(original: str) -> str:
    """The last part of a path, on one line, without control characters, direction overrides and towers of marks.

    Never empty and never longer than 255 bytes of UTF-8; for showing beside a caption. What a browser sends as a name may
    be a whole path, of either kind of system.
    """
    last = original.replace("\\", "/").rstrip("/").rpartition("/")[2]
    stem, ending = _parted(" ".join(_without_tricks(last).split()))
    # A name that is too long loses its middle: by its ending we know what the file is said to be.
    return _shorten(stem, 255 - len(ending.encode())) + ending or NEUTRAL


def download_name(original: str, media_type: MediaType) -> str:
    """A name that is safe on every system, with the ending of what the file really is.

    Kept: letters of every script, digits, and the rest but what some system gives a meaning. A device's name of Windows, a
    hidden file, or nothing at all becomes ``attachment``. At most 120 bytes and the ending.
    """
    stem, _ending = _parted(plain_name(original))
    safe = "".join("_" if character in _FORBIDDEN else character for character in stem)
    safe = _shorten(safe.strip(" ._-~$"), MAX_STEM_BYTES).rstrip(" .")
    if not safe or safe.split(".")[0].strip().lower() in _RESERVED:
        safe = NEUTRAL
    return safe + media_type.extension


def _parted(name: str) -> tuple[str, str]:
    """A name before its ending, and the ending with its full stop; nothing where there is none."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if dot and len(ending) <= 5 and ending.isalnum() else (name, "")


def content_disposition(file_name: str) -> str:
    """The header value that makes a browser save and not show a file, by RFC 6266 and RFC 8187.

    ``filename`` in plain ASCII for old programs, and, where that differs, ``filename*`` in UTF-8. No character of the name
    can end the value: quotes, backslashes, semicolons, percent signs and line ends are replaced or escaped.
    """
    ascii_name = "".join(
        character if " " <= character <= "~" and character not in '"\\%;' else "_"
        for character in _unaccented(file_name)
    )
    value = f'attachment; filename="{ascii_name}"'
    if ascii_name != file_name:
        value += f"; filename*=UTF-8''{quote(_encodable(file_name), safe='!#$&+-.^_`|~')}"
    return value


def _unaccented(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def _encodable(text: str) -> str:
    """Half a surrogate pair has no UTF-8; it becomes the replacement sign."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_tricks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", _encodable(text)):
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if marks > _MARKS_IN_A_ROW or (marks and not kept):
            continue
        if category in ("Zl", "Zp", "Zs") or character in "\t\r\n\v\f":
            kept.append(" ")
        elif category not in ("Cc", "Cf", "Cs", "Co", "Cn") or character in _JOINERS:
            kept.append(character)
    return "".join(kept)


def _shorten(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, cut between characters and never between a letter and its marks."""
    if len(text.encode()) <= limit:
        return text
    cut = text.encode()[:limit].decode(errors="ignore")
    while cut and (unicodedata.category(text[len(cut)]).startswith("M") or text[len(cut)] in _JOINERS):
        cut = cut[:-1]
    return cut.rstrip()
