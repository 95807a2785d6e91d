"""The figures of a call in one go: what stands beside the ranking, in juries whose truth is known."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from gnlc_apply.jury.figures import compute
from gnlc_apply.jury.given import Given
from tests.jury.given_world import REGIONS, call_of


@cache
def usual() -> Given:
    return call_of(60, 10, readers=4, seed=5)


@cache
def usual_figures() -> dict[str, Any]:
    return compute(usual())


def admitted(given: Given, found: dict[str, Any]) -> set[str]:
    """Whom the standard takes: at the threshold, within the quota, the highest first."""
    taken: dict[str, int] = {}
    chosen = set()
    countries = {file.id: file.country for file in given.files}
    for file, one in sorted(found["files"].items(), key=lambda pair: -pair[1]["adjusted"]):
        country = countries[file]
        if one["adjusted"] >= given.threshold and taken.get(country, 0) < (given.quota or 99):
            chosen.add(file)
            taken[country] = taken.get(country, 0) + 1
    return (
        chosen
        if given.places is None
        else set(sorted(chosen, key=lambda f: -found["files"][f]["adjusted"])[: given.places])
    )


def test_the_order_of_reading_is_a_place_among_the_jurors_own_files() -> None:
    """The numbers that are kept only rise in the order: other numbers in the same order are the same audit."""
    given = usual()
    in_order = sorted(given.readings, key=lambda read: (read.juror, read.position))
    places = {
        id(read): number
        for _juror, group in itertools.groupby(in_order, key=lambda read: read.juror)
        for number, read in enumerate(group, 1)
    }
    counted = replace(given, readings=tuple(replace(read, position=places[id(read)]) for read in given.readings))
    assert compute(counted)["treatments"] == usual_figures()["treatments"]


def test_a_drift_from_the_first_file_to_the_last_is_measured_in_points() -> None:
    given = call_of(60, 10, readers=4, seed=5)
    ordered = sorted(given.readings, key=lambda read: (read.juror, read.position))
    late = {
        (read.juror, read.file): number / (len(group) - 1)
        for _juror, group in ((j, [*g]) for j, g in itertools.groupby(ordered, key=lambda read: read.juror))
        for number, read in enumerate(group)
    }
    # Scores leave the scale here, so that nothing is cut off.
    drifting = tuple(
        replace(read, scores={c: (v or 0) * 0.5 + 1 + late[read.juror, read.file] for c, v in read.scores.items()})
        for read in given.readings
    )
    plain = tuple(
        replace(read, scores={c: (v or 0) * 0.5 + 1 for c, v in read.scores.items()}) for read in given.readings
    )
    found, before = (compute(replace(given, readings=one))["treatments"]["later"] for one in (drifting, plain))
    assert found["effect"] - before["effect"] == pytest.approx(1.0, abs=1e-5)
    assert found["is_found"]
    assert len(found["changed"]) > 0


def test_the_panel_names_who_hardly_follows_the_others_and_no_other_juror() -> None:
    given = usual()
    upside_down = tuple(
        replace(read, scores={c: 5 - (v or 0) for c, v in read.scores.items()}) if read.juror == "j3" else read
        for read in given.readings
    )
    honest, found = usual_figures(), compute(replace(given, readings=upside_down))
    assert [(way["way"], way["juror"]) for way in honest["ways"]] == [
        ("raw", None),
        ("centred", None),
        ("weighted", None),
    ]
    without = [way for way in found["ways"] if way["way"] == "without"]
    assert [way["juror"] for way in without] == ["j3"]
    assert without[0]["changed"] == found["jurors"]["j3"]["changes"]
    share = len(without[0]["changed"]) / len(admitted(given, found))
    assert without[0]["share"] == pytest.approx(share, abs=1e-5)


def test_at_the_ends_of_the_scale_its_steps_are_looked_at_too() -> None:
    crowded = compute(call_of(60, 10, readers=4, seed=5, shift=1.8, threshold=4.2))
    assert crowded["warnings"] == ["many_extreme_scores"]
    assert [way["way"] for way in crowded["ways"] if way["juror"] is None] == ["raw", "centred", "weighted", "ordinal"]
    ordinal = crowded["ways"][-1]
    assert (ordinal["way"], len(ordinal["changed"]) > 0) == ("ordinal", True)
    assert "ordinal" not in [way["way"] for way in usual_figures()["ways"]]


def test_who_favours_the_own_region_is_found_and_nobody_else() -> None:
    found = compute(call_of(90, 10, readers=4, seed=5, favour=2.0))["affinities"]
    assert [juror for juror, one in found["own_region"].items() if one["is_flagged"]] == ["j0"]
    assert found["own_region"]["j0"]["gap"] > 1
    # Every second juror works in both languages: none of their files is foreign to them.
    assert [juror for juror, one in found["own_language"].items() if one["gap"] is None] == [
        "j1",
        "j3",
        "j5",
        "j7",
        "j9",
    ]


def test_how_sure_the_whole_is_follows_from_the_files() -> None:
    given, found = usual(), usual_figures()
    wrong = sum(1 - found["files"][file]["p"] for file in admitted(given, found))
    assert found["wrong"] == pytest.approx(wrong, abs=1e-4)


def test_languages_are_compared_like_regions() -> None:
    found = usual_figures()
    assert ([*found["outcomes"]], [*found["languages"]]) == ([*REGIONS], ["en", "fr"])
    assert found["languages"]["en"]["gap"] == pytest.approx(-found["languages"]["fr"]["gap"], abs=1e-5)


@pytest.mark.parametrize("places", [None, 12])
def test_one_more_file_of_a_group_costs_the_least_that_it_can(places: int | None) -> None:
    given = call_of(60, 10, readers=4, seed=5, threshold=3.2, places=places, quota=1)
    found = compute(given)
    now, adjusted = admitted(given, found), {file: one["adjusted"] for file, one in found["files"].items()}
    facts = {file.id: file for file in given.files}
    assert [row["value"] for row in found["prices"]] == [*REGIONS, "en", "fr"]
    for row in found["prices"]:
        of_group = {file for file in adjusted if row["value"] in (facts[file].region, facts[file].language)}
        assert row["number"] == len(now & of_group) + 1
        after = (now - set(row["leaving"])) | set(row["entering"])
        assert len(after & of_group) >= row["number"]
        countries = [facts[file].country for file in after]
        assert len(countries) == len(set(countries))
        lost = sum(adjusted[f] - given.threshold for f in row["leaving"]) - sum(
            adjusted[f] - given.threshold for f in row["entering"]
        )
        assert row["points"] == pytest.approx(lost, abs=1e-4)
        # Nobody else of the group could enter at less, alone or in the place of the weakest of the rest.
        weakest = 0.0 if places is None else min(adjusted[f] for f in now - of_group) - given.threshold
        free = [f for f in of_group - now if facts[f].country not in {facts[one].country for one in now}]
        assert row["points"] <= weakest - (max(adjusted[f] for f in free) - given.threshold) + 1e-4
