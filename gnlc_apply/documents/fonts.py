"""The fixed list of fonts for printing, and which characters they can show (read from the fonts' own `cmap` tables)."""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from mmap import ACCESS_READ, mmap
from pathlib import Path

Bytes = bytes | mmap

SYSTEM_FOLDERS = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/opentype/noto"))
BASE = "Noto Sans"
ARABIC = "Noto Sans Arabic"
# Besides the two that are always there, in the order in which a missing character is looked for.
# fmt: off
SCRIPTS = (
    "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada", "Khmer",
    "Lao", "Malayalam", "Mongolian", "Myanmar", "NKo", "Oriya", "Sinhala", "Syriac", "Tamil", "Telugu", "Thaana", "Thai",
    "Tifinagh", "Symbols", "Symbols2", "Math",
)
# fmt: on
# The same character is drawn differently in China, Taiwan, Japan and Korea.
CJK_FLAVOURS = {"ja": "JP", "ko": "KR", "zh_Hant": "TC", "zh_TW": "TC", "zh_HK": "HK"}


@dataclass(frozen=True)
class Family:
    """A family as the typesetter calls it, and the files it consists of."""

    name: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Choice:
    """The families needed for a text, in order of preference, and the characters that none of the list can show."""

    families: tuple[Family, ...]
    missing: frozenset[str]


class Coverage:
    """The characters of one font file, as sorted ranges."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(ranges)
        self._starts = array("L", (start for start, _ in ordered))
        self._ends = array("L", (end for _, end in ordered))

    def __contains__(self, character: str) -> bool:
        at = bisect_right(self._starts, ord(character)) - 1
        return at >= 0 and ord(character) <= self._ends[at]


def _cmap_offset(font: Bytes) -> int:
    """Where the `cmap` table begins, in a single font or the first font of a collection."""
    start = struct.unpack_from(">I", font, 12)[0] if font[:4] == b"ttcf" else 0
    (count,) = struct.unpack_from(">H", font, start + 4)
    for index in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, start + 12 + 16 * index)
        if tag == b"cmap":
            return int(offset)
    raise ValueError("a font without a cmap table")


def _format_4(font: Bytes, at: int) -> Iterator[tuple[int, int]]:
    """Segments of the basic plane; characters that map to no glyph are left out one by one."""
    (double,) = struct.unpack_from(">H", font, at + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + double)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * double)
    offsets_at = at + 16 + 3 * double
    offsets = struct.unpack_from(f">{count}H", font, offsets_at)
    for index, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for point in range(start, min(end, 0xFFFE) + 1):
            glyph = point
            if offset:
                (glyph,) = struct.unpack_from(">H", font, offsets_at + 2 * index + offset + 2 * (point - start))
            if glyph and (glyph + delta) & 0xFFFF:
                yield point, point


def _format_12(font: Bytes, at: int) -> Iterator[tuple[int, int]]:
    """Groups of the whole of Unicode."""
    (count,) = struct.unpack_from(">I", font, at + 12)
    for start, end, glyph in struct.iter_unpack(">III", font[at + 16 : at + 16 + 12 * count]):
        yield (start, end) if glyph else (start + 1, end)


@cache
def coverage(path: Path) -> Coverage:
    """The characters a font file can show. Raises ValueError for a file without a usable Unicode table."""
    # A font with Chinese characters has 20 MB, of which its table is a few thousand bytes.
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as font:
        return Coverage(_ranges(font, path.name))


def _ranges(font: Bytes, name: str) -> Iterator[tuple[int, int]]:
    table = _cmap_offset(font)
    (count,) = struct.unpack_from(">H", font, table + 2)
    found = {}
    for index in range(count):
        (offset,) = struct.unpack_from(">I", font, table + 4 + 8 * index + 4)
        (kind,) = struct.unpack_from(">H", font, table + offset)
        found[kind] = table + offset
    if 12 in found:
        return _format_12(font, found[12])
    if 4 in found:
        return _format_4(font, found[4])
    raise ValueError(f"{name} has no Unicode table that is understood here")


def _packaged(package: str) -> tuple[Path, ...]:
    """Font files that came with an installed package, none when it is not installed."""
    spec = find_spec(package)
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()] if spec else []
    return tuple(sorted(path for folder in folders for path in folder.rglob("*.tt[fc]")))


def _installed(stem: str) -> tuple[Path, ...]:
    """The regular and bold files of a family in the system's folders."""
    names = [f"{stem}-{weight}.{kind}" for weight in ("Regular", "Bold") for kind in ("ttf", "otf", "ttc")]
    return tuple(path for folder in SYSTEM_FOLDERS for name in names if (path := folder / name).is_file())


@cache
def families(language: str) -> tuple[Family, ...]:
    """Every family of the fixed list that is present on this machine, in order of preference for a language."""
    flavour = CJK_FLAVOURS.get(language.replace("-", "_"), CJK_FLAVOURS.get(language[:2], "SC"))
    listed = [
        Family(BASE, _packaged("fontpkg_noto_sans") or _installed("NotoSans")),
        Family(ARABIC, _packaged("fontpkg_noto_sans_arabic") or _installed("NotoSansArabic")),
        Family(f"Noto Sans CJK {flavour}", _installed("NotoSansCJK") or _packaged("manimgx_fonts_cjk")),
        *(Family(f"Noto Sans {_spelled(script)}", _installed(f"NotoSans{script}")) for script in SCRIPTS),
    ]
    return tuple(family for family in listed if family.files)


def _spelled(script: str) -> str:
    return "Symbols 2" if script == "Symbols2" else script


def absent(language: str = "en") -> tuple[str, ...]:
    """Families of the list that are not on this machine (for the self-test of an installation)."""
    wanted = [BASE, ARABIC, "Noto Sans CJK SC", *(f"Noto Sans {_spelled(script)}" for script in SCRIPTS)]
    present = {family.name for family in families(language)}
    return tuple(name for name in wanted if name not in present)


def choose(characters: Iterable[str], language: str) -> Choice:
    """The smallest set of families that shows these characters; the base and the Arabic family are always in it."""
    remaining = set(characters)
    chosen = []
    for family in families(language):
        shown = {character for character in remaining if character in coverage(family.files[0])}
        if shown or family.name in (BASE, ARABIC):
            chosen.append(family)
            remaining -= shown
        if not remaining and len(chosen) > 1:
            break
    return Choice(tuple(chosen), frozenset(remaining))
