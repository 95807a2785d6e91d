from __future__ import annotations

import pytest

from gnlc_apply.jury.conflicts import Level
from gnlc_apply.jury.names import FileNames, JurorNames, NameCode, NameTie, family_name, name_ties, overlap


@pytest.mark.parametrize(
    ("left", "right", "place", "expected"),
    [
        # The published vectors.
        ("University of Cape Town", "Cape Town City Council", "Cape Town", 0.0),
        ("University of Brasilia", "Universidade de Brasília", "Brasilia", 1.0),
        ("Open University", "Open Society Foundation", "", 0.0),
        ("Learning Wales Foundation", "Fondation Learning Wales", "Cardiff", 1.0),
        # The same kind, but the place is not in the name; one distinctive word is none.
        ("National University", "University of Brasilia", "Brasilia", 0.0),
        ("University", "Université", "Dakar", 0.0),
        ("Learning Institute", "Institut Learning", "", 0.0),
        ("Green Blue Red Trust", "Green Blue Yellow Trust", "", 0.75),
    ],
)
def test_overlap_of_organisations(left: str, right: str, place: str, expected: float) -> None:
    assert overlap(left, right, place) == overlap(right, left, place) == expected


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Ana Silva", "silva"),
        ("SILVA Ana", "silva"),
        ("Ana DE SOUZA", "de souza"),
        ("Núñez", "nunez"),
        (" ", ""),
        ("Ana Silva (deputy)", "silva"),
        ("(invented)", ""),
    ],
)
def test_the_family_name(name: str, family: str) -> None:
    assert family_name(name) == family


def test_the_same_person_blocks_and_the_rest_asks() -> None:
    jurors = [
        JurorNames("J1", ("Ana Núñez",), ("Learning Wales Foundation",)),
        JurorNames("J2", ("Bo Li", "Eva NUNEZ"), ("Open University",)),
        JurorNames("J3", ("Cy Roe",)),
    ]
    files = [FileNames("F1", "Cardiff", ("ana nunez",), ("Fondation Learning Wales",)), FileNames("F2")]
    assert name_ties(jurors, files) == (
        NameTie("J1", "F1", NameCode.ORGANISATION, Level.ASK, "Learning Wales Foundation / Fondation Learning Wales"),
        NameTie("J1", "F1", NameCode.SAME_PERSON, Level.BLOCK, "ana nunez"),
        NameTie("J2", "F1", NameCode.SAME_FAMILY_NAME, Level.ASK, "nunez"),
    )
