"""The public standard: threshold, minimum, quota and places, by plain and by adjusted averages; equals are never parted."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from gnlc_apply.jury.averages import FileAverage
from gnlc_apply.jury.certainty import Rule, admitted
from gnlc_apply.jury.standard import Outcome, Shortfall, Standard, apply_standard, awaited


def average(file_id: str, value: float | None, **criteria: float | None) -> FileAverage:
    return FileAverage(file_id, value, criteria, value, value, 3, 0)


@pytest.mark.parametrize(
    ("value", "criteria", "shortfalls"),
    [
        (3.0, {"a": 2.0}, ()),
        (2.9999, {"a": 5.0}, (Shortfall.BELOW_THRESHOLD,)),
        (4.0, {"a": 5.0, "b": 1.99}, (Shortfall.CRITERION_BELOW_MINIMUM,)),
        (1.0, {"a": 1.0}, (Shortfall.BELOW_THRESHOLD, Shortfall.CRITERION_BELOW_MINIMUM)),
        (4.0, {"a": 5.0, "b": None}, ()),
        (None, {"a": None}, (Shortfall.NO_READING,)),
    ],
)
def test_the_standard(
    value: float | None, criteria: dict[str, float | None], shortfalls: tuple[Shortfall, ...]
) -> None:
    outcome = apply_standard({"F1": average("F1", value, **criteria)}, Standard(3.0, 2.0))["F1"]
    assert outcome.shortfalls == shortfalls
    assert outcome.is_recommended is (shortfalls == ())
    assert outcome.is_tied is False


def test_the_last_bit_of_a_float_decides_nothing() -> None:
    # 3 on paper, less in plain float arithmetic.
    nearly = sum([0.3] * 10)
    assert nearly < 3.0
    assert apply_standard({"F1": average("F1", nearly, a=nearly)}, Standard(3.0, 3.0))["F1"].is_recommended


def test_weak_criteria_are_named() -> None:
    outcome = apply_standard({"F1": average("F1", 4.0, a=5.0, b=1.0, c=1.5)}, Standard())["F1"]
    assert outcome.weak_criteria == ("b", "c")


def test_places_go_from_the_top_down() -> None:
    averages = {name: average(name, value, a=3.0) for name, value in [("A", 3.5), ("B", 4.5), ("C", 4.0), ("D", 2.0)]}
    outcomes = apply_standard(averages, Standard(places=2))
    assert {name for name, o in outcomes.items() if o.is_recommended} == {"B", "C"}
    assert outcomes["A"] == Outcome("A", False, False, (Shortfall.NO_PLACE_LEFT,))
    assert outcomes["D"].shortfalls == (Shortfall.BELOW_THRESHOLD,)


def test_a_tie_over_the_last_place_is_shown_and_not_broken() -> None:
    averages = {name: average(name, value, a=3.0) for name, value in [("A", 4.0), ("B", 3.5), ("C", 3.5), ("D", 3.2)]}
    outcomes = apply_standard(averages, Standard(places=2))
    assert outcomes["A"].is_recommended
    assert outcomes["B"] == Outcome("B", False, True, ())
    assert outcomes["C"] == Outcome("C", False, True, ())
    assert outcomes["D"].shortfalls == (Shortfall.NO_PLACE_LEFT,)


def test_equal_averages_that_all_fit_are_no_tie() -> None:
    averages = {name: average(name, 3.5, a=3.0) for name in "ABC"}
    assert all(o.is_recommended for o in apply_standard(averages, Standard(places=3)).values())
    assert all(o.is_tied for o in apply_standard(averages, Standard(places=1)).values())
    none_left = apply_standard(averages, Standard(places=0)).values()
    assert [o.shortfalls for o in none_left] == [(Shortfall.NO_PLACE_LEFT,)] * 3


def test_adjusted_averages_replace_the_average_but_not_the_minimum() -> None:
    averages = {"A": average("A", 2.8, a=3.0), "B": average("B", 3.4, a=1.0), "C": average("C", 3.1, a=3.0)}
    outcomes = apply_standard(averages, Standard(), adjusted={"A": 3.2, "B": 3.9, "C": 2.9})
    assert {name: o.is_recommended for name, o in outcomes.items()} == {"A": True, "B": False, "C": False}
    assert outcomes["B"].shortfalls == (Shortfall.CRITERION_BELOW_MINIMUM,)


def placed(*given: tuple[str, float], quota: int | None = 1, places: int | None = None, **extra: int) -> dict[str, str]:
    """What becomes of files called ``KEN1`` and so on (their country first) with these adjusted averages."""
    averages = {name: average(name, 2.5, a=3.0) for name, _ in given}
    outcomes = apply_standard(
        averages,
        Standard(places=places, quota=quota, extra=extra),
        adjusted=dict(given),
        countries={name: name[:3] for name, _ in given},
    )
    return {
        name: "yes"
        if one.is_recommended
        else "tied in country"
        if one.is_tied_in_country
        else "tied"
        if one.is_tied
        else str(one.shortfalls[0])
        for name, one in outcomes.items()
    }


def test_a_full_country_is_passed_over_and_the_next_one_goes_on() -> None:
    found = placed(("KEN1", 4.5), ("KEN2", 4.0), ("PER1", 3.5), ("PER2", 2.0), places=2)
    assert found == {"KEN1": "yes", "KEN2": "country_full", "PER1": "yes", "PER2": "below_threshold"}


def test_an_exception_gives_one_country_more_places() -> None:
    given = (("KEN1", 4.5), ("KEN2", 4.0), ("PER1", 3.5), ("PER2", 3.4))
    assert placed(*given, KEN=1) == {"KEN1": "yes", "KEN2": "yes", "PER1": "yes", "PER2": "country_full"}


def test_equals_over_a_full_quota_are_shown_and_not_parted() -> None:
    found = placed(("KEN1", 4.5), ("KEN2", 4.0), ("KEN3", 4.0), ("KEN4", 3.5), ("PER1", 3.5), quota=2)
    both = dict.fromkeys(("KEN2", "KEN3"), "tied in country")
    assert found == {"KEN1": "yes", **both, "KEN4": "country_full", "PER1": "yes"}


def test_equals_over_a_full_quota_hold_the_places_that_one_of_them_will_take() -> None:
    given = (("KEN1", 4.0), ("KEN2", 4.0), ("PER1", 3.5), ("JPN1", 3.2))
    assert placed(*given, places=2)["PER1"] == "yes"
    assert placed(*given, places=2)["JPN1"] == "no_place_left"
    assert placed(*given, places=1)["PER1"] == "no_place_left"


def test_equals_at_the_last_place_are_tied_whatever_their_country() -> None:
    found = placed(("KEN1", 4.0), ("PER1", 3.5), ("PER2", 3.5), ("JPN1", 3.5), ("JPN2", 3.0), places=2)
    assert found == {"KEN1": "yes", "PER1": "tied", "PER2": "tied", "JPN1": "tied", "JPN2": "country_full"}


def test_nobody_is_recommended_while_adjusted_averages_are_awaited() -> None:
    averages = {"A": average("A", 5.0, a=5.0), "B": average("B", 5.0, a=1.0), "C": average("C", None, a=None)}
    assert apply_standard(averages, Standard())["A"].is_recommended
    found = {name: (one.is_recommended, one.shortfalls) for name, one in awaited(averages, Standard()).items()}
    assert found == {
        "A": (False, (Shortfall.AWAITED,)),
        "B": (False, (Shortfall.CRITERION_BELOW_MINIMUM,)),
        "C": (False, (Shortfall.NO_READING,)),
    }


@pytest.mark.parametrize("seed", range(20))
def test_without_equals_the_standard_is_the_rule_that_the_draws_are_judged_by(seed: int) -> None:
    chance = Random(seed)
    names = [f"{chance.choice(('KEN', 'PER', 'JPN', 'FRA'))}{number}" for number in range(30)]
    values = {name: round(chance.uniform(1, 5), 6) for name in names}
    assert len(set(values.values())) == len(names)
    averages = {name: average(name, 2.0, a=chance.choice((1.5, 2.0, 4.0))) for name in names}
    countries, extra = [name[:3] for name in names], {"PER": 2}
    for places in (None, 5, 12):
        outcomes = apply_standard(
            averages,
            Standard(3.0, 2.0, places, 3, extra),
            adjusted=values,
            countries=dict(zip(names, countries, strict=True)),
        )
        rule = admitted(
            np.array([[values[name] for name in names]]),
            Rule(3.0, places, 3, extra),
            countries=countries,
            eligible=np.array([averages[name].criteria["a"] != 1.5 for name in names]),
        )
        assert [outcomes[name].is_recommended for name in names] == rule[0].tolist()
