from __future__ import annotations

from dataclasses import replace

import pytest

from gnlc_apply.jury.match import Obstacle, cosine, match, obstacle
from gnlc_apply.jury.panel import File, Juror

FILE = File("F1", "SN", "africa", "fr", {"inclusion": 1.0, "families": 1.0}, "town")
JUROR = Juror("J1", ("KE", "BE"), "africa", frozenset({"en", "fr"}), {"inclusion": 1.0}, frozenset({"town", "rural"}))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1.0}, {"a": 3.0}, 1.0),
        ({"a": 1.0}, {"b": 1.0}, 0.0),
        ({"a": 1.0, "b": 1.0}, {"a": 1.0}, 0.7071067811865475),
        ({"a": 2.0, "b": 1.0}, {"a": 1.0, "b": 2.0}, 0.8),
        ({}, {"a": 1.0}, 0.0),
        ({"a": 0.0}, {"a": 1.0}, 0.0),
    ],
)
def test_cosine(left: dict[str, float], right: dict[str, float], expected: float) -> None:
    assert cosine(left, right) == pytest.approx(expected, abs=1e-12)


def test_the_published_formula() -> None:
    found = match(JUROR, FILE)
    assert (found.language, found.context) == (1.0, 1.0)
    assert found.total == pytest.approx(0.6 * 0.7071067811865475 + 0.2 + 0.2, abs=1e-12)


def test_reading_a_language_is_less_than_working_in_it() -> None:
    assert match(replace(JUROR, working_languages=frozenset({"en"})), FILE).language == 0.0
    assert obstacle(replace(JUROR, working_languages=frozenset({"en"})), FILE, frozenset()) is None


def test_an_unknown_kind_of_place_matches_nobody() -> None:
    assert match(JUROR, replace(FILE, context=None)).context == 0.0


@pytest.mark.parametrize(
    ("juror", "blocked", "expected"),
    [
        (JUROR, frozenset(), None),
        (JUROR, frozenset({("J1", "F1")}), Obstacle.CONFLICT),
        (JUROR, frozenset({("F1", "J1"), ("J1", "F2")}), None),
        (replace(JUROR, country_codes=("KE", "SN")), frozenset(), Obstacle.CONFLICT),
        (replace(JUROR, languages=frozenset({"en"})), frozenset(), Obstacle.LANGUAGE),
        (replace(JUROR, is_available=False), frozenset(), Obstacle.UNAVAILABLE),
        (replace(JUROR, is_available=False, languages=frozenset()), frozenset({("J1", "F1")}), Obstacle.CONFLICT),
    ],
)
def test_obstacles(juror: Juror, blocked: frozenset[tuple[str, str]], expected: Obstacle | None) -> None:
    assert obstacle(juror, FILE, blocked) is expected
