"""The pictures of docs/jury.md are what the method computes, and can be read without being seen."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.jury import pictures
from benchmarks.jury.pictures import DRAWS, PLACES
from gnlc_apply.jury.certainty import Rule, Zone, probability, zone

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    """Every picture, drawn anew."""
    return pictures.drawn()


def test_the_pictures_of_the_docs_are_those_that_the_script_draws(drawn: dict[str, str]) -> None:
    assert {path.name for path in IMAGES.glob("jury-*.svg")} == set(drawn)
    docs = (IMAGES.parent / "jury.md").read_text(encoding="utf-8")
    for name, text in drawn.items():
        kept = (IMAGES / name).read_text(encoding="utf-8")
        # Another processor may round a tenth of a point otherwise; every mark and word is the same.
        assert NUMBER.sub("#", kept) == NUMBER.sub("#", text)
        assert [float(n) for n in NUMBER.findall(kept)] == pytest.approx(
            [float(n) for n in NUMBER.findall(text)], abs=0.3
        )
        assert f"](images/{name})" in docs


def test_each_picture_says_in_words_what_it_shows(drawn: dict[str, str]) -> None:
    found = pictures.jury()
    p = probability(found.draws.shown, Rule(places=PLACES)).tolist()
    counts = [sum(zone(value) is name for value in p) for name in (Zone.IN, Zone.GREY, Zone.OUT)]
    roots = {name: ET.fromstring(text) for name, text in drawn.items()}  # noqa: S314 (our own text)
    words = {name: root.findtext(f"{SVG}desc") or "" for name, root in roots.items()}
    assert re.findall(r"(?:yes|discuss|no): (\d+)", words["jury-certainty.svg"]) == [str(count) for count in counts]
    assert f"{DRAWS:,} repetitions" in words["jury-certainty.svg"]
    plain, adjusted = found.errors
    assert adjusted < plain
    assert re.findall(r"\d\.\d\d", words["jury-averages.svg"]) == [f"{plain:.2f}", f"{adjusted:.2f}"]
    bars = [rect for rect in roots["jury-certainty.svg"].iter(f"{SVG}rect") if rect.get("fill") != "#ffffff"]
    assert len(bars) == len(p) == 40
    for root in roots.values():
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == "title desc"
        assert [root.find(f"{SVG}title[@id='title']") is None, root.find(f"{SVG}desc[@id='desc']") is None] == [
            False,
            False,
        ]
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg",
            "title",
            "desc",
            "rect",
            "text",
            "path",
            "circle",
        }
