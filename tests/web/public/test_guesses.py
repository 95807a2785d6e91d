"""Addresses that somebody would guess before the announcement: every one answers as a page that never was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.core import clock
from gnlc_apply.services import cohort as cohorts
from tests.services.cohort import ground

NAMES = ("eindhoven", "Eindhoven", "dakar", "new-members", "learning-cities-2027", "release", "draft", "preview")
YEARS = ("2025", "2026", "2027", "2028")


def _guesses(reference: str) -> list[str]:
    last = ["/en/cohorts/{}", "/cohorts/{}.json", "/en/registry/{}", "/en/members/{}", "/en/letters/{}.pdf"]
    words = [*NAMES, *YEARS, *(f"COHORT-{year}" for year in YEARS), *map(str, range(1, 60)), reference, reference[:-1]]
    return [pattern.format(word) for pattern in last for word in words]


def test_no_guess_finds_what_is_not_announced(app: Flask, client: FlaskClient) -> None:
    world = ground.build()
    reference = ground.armed(world)
    missing = client.get("/en/nothing-here-and-never-was")
    guesses = _guesses(reference)
    assert len(guesses) > 300
    told = [path for path in guesses if (a := client.get(path)).status_code != 404 or a.data != missing.data]
    assert told == []
    with clock.at(ground.INSTANT + timedelta(seconds=1)):
        cohorts.announce(actor=world.director, cohort=reference)
        # The guess was worth something: from now on two of these addresses are there.
        found = [path for path in guesses if client.get(path).status_code == 200]
    assert set(found) >= {f"/en/cohorts/{reference}", f"/cohorts/{reference}.json"}


@pytest.mark.parametrize(
    "path", ["/en/secretariat/cohorts/{}", "/en/secretariat/cohorts/{}/release", "/en/secretariat/cohorts/{}/dry-run"]
)
def test_a_preview_asks_who_comes_and_no_address_opens_it(app: Flask, client: FlaskClient, path: str) -> None:
    reference = ground.armed(ground.build())
    known, unknown = client.get(path.format(reference)), client.get(path.format("COHORT-2027-XXXXX"))
    assert (
        (known.status_code, known.location) == (unknown.status_code, unknown.location) == (303, "/en/account/sign-in")
    )
    opened = client.get(path.format(reference) + "?token=" + "x" * 43 + "&preview=1")
    assert opened.status_code == 303
