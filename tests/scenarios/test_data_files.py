"""The lists of member cities are the collected ones, byte for byte, and every row of them says where it comes from."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from importlib.resources import files

import pytest

FOLDER = files("gnlc_apply.scenarios") / "data"


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines()))


def test_every_list_has_the_bytes_it_was_collected_with() -> None:
    lines = [line.split("  ") for line in (FOLDER / "CHECKSUMS").read_text(encoding="utf-8").splitlines()]
    noted = {name: digest for digest, name in lines}
    found = {
        entry.name: hashlib.sha256(entry.read_bytes()).hexdigest()
        for entry in FOLDER.iterdir()
        if entry.name.endswith(".csv")
    }
    assert found == noted


@pytest.mark.parametrize(("name", "count"), [("members_before_2022", 144), ("cohort_2022", 66), ("cohort_2024", 56)])
def test_lists_of_cities_are_never_padded(name: str, count: int) -> None:
    listed = rows(f"{name}.csv")
    assert len(listed) == count
    assert [row for row in listed if not row["source_url"].startswith("http")] == []


def test_states_are_194_members_12_associates_and_one_former() -> None:
    assert Counter(row["status"] for row in rows("states.csv")) == {"member": 194, "associate": 12, "former": 1}


def test_cities_lie_in_states_of_the_list_and_in_their_region() -> None:
    regions = {row["iso3166_alpha3"]: row["unesco_region"] for row in rows("states.csv")}
    cities = [row for name in ("members_before_2022", "cohort_2022", "cohort_2024") for row in rows(f"{name}.csv")]
    assert [row for row in cities if regions.get(row["iso3166_alpha3"]) != row["unesco_region"]] == []
