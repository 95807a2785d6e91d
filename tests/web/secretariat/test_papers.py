"""Letters signed on paper, on the officer's pages: looked at one by one, confirmed, or refused with words for the city."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Signature
from gnlc_apply.services import endorsement, screening
from tests.city import row
from tests.desk import WHO
from tests.services.test_consortium import AKYAZI, BOZOVA, WHOLE, Consortium, told
from tests.signing_in import post, sign_in


@pytest.fixture
def world(app: Flask) -> Consortium:
    world = Consortium()
    for number in (WHOLE, AKYAZI, BOZOVA):
        world.upload(number)
    world.submit()
    return world


@pytest.fixture
def officer(world: Consortium, client: FlaskClient) -> FlaskClient:
    sign_in(client, "officer@network.example")
    return client


def path(world: Consortium, act: str = "") -> str:
    return f"/en/secretariat/applications/{world.file}{act}"


def signatures() -> dict[int, tuple[bool, str]]:
    """For each: whether the letter is confirmed, and why it was refused."""
    with db.reading() as session:
        found = session.scalars(select(Signature).order_by(Signature.id)).all()
    return {one.constituent: (one.confirmed_at is not None, one.refusal_reason) for one in found}


def test_each_letter_has_a_page_of_its_own(officer: FlaskClient, world: Consortium) -> None:
    file = officer.get(path(world)).text
    for address in ("/letter", "/letter/1", "/letter/2"):
        assert f'href="{path(world, address)}"' in file
    page = officer.get(path(world, "/letter/2")).text
    assert "For Bozova" in page
    assert "For Akyazi" not in page
    assert f'href="{path(world, "/letter/2/refuse")}"' in page
    assert officer.get(path(world, "/letter/3")).status_code == 404
    assert officer.get(path(world, "/letter/0")).headers["Location"].endswith(path(world, "/letter"))


def test_opening_a_letter_confirms_nothing(officer: FlaskClient, world: Consortium) -> None:
    for method in ("GET", "HEAD"):
        officer.open(path(world, "/letter"), method=method)
    assert set(signatures().values()) == {(False, "")}


def test_confirming_is_of_this_letter_and_happens_once(officer: FlaskClient, world: Consortium) -> None:
    assert post(officer, path(world, "/letter/1")).headers["Location"] == path(world)
    assert signatures() == {WHOLE: (False, ""), AKYAZI: (True, ""), BOZOVA: (False, "")}
    again = post(officer, path(world, "/letter/1"))
    assert (again.status_code, "There is no letter that waits for a look." in again.text) == (409, True)
    assert "Confirmed on" in officer.get(path(world)).text


def test_refusing_needs_a_reason_which_the_city_reads(officer: FlaskClient, world: Consortium) -> None:
    silent = post(officer, path(world, "/letter/2/refuse"), reason="  ")
    assert (silent.status_code, "Give a reason." in silent.text) == (422, True)
    assert signatures()[BOZOVA] == (False, "")
    assert told("paper_refused") == []
    assert post(officer, path(world, "/letter/2/refuse"), reason="The stamp is missing.").status_code == 303
    assert signatures() == {WHOLE: (False, ""), AKYAZI: (False, ""), BOZOVA: (False, "The stamp is missing.")}
    assert told("paper_refused") == ["owner@city.example"]
    file = officer.get(path(world)).text
    assert "The stamp is missing." in file
    assert "Nobody has signed yet for:" in file
    assert post(officer, path(world, "/letter/2/refuse"), reason="Twice.").status_code == 409


def test_the_check_lists_what_is_still_missing(officer: FlaskClient, world: Consortium) -> None:
    endorsement.endorse(actor=world.commission, reference=world.file, **WHO)
    screening.confirm_city(actor=world.officer, reference=world.file, city=None)
    page = officer.get(path(world, "/eligible")).text
    for words in ("The signed letter has not been confirmed yet", "The signed letter of Akyazi has not been confirmed"):
        assert words in page
    post(officer, path(world, "/letter"))
    post(officer, path(world, "/letter/1"))
    post(officer, path(world, "/letter/2/refuse"), reason="The stamp is missing.")
    page = officer.get(path(world, "/eligible")).text
    assert "Not all members of the consortium have signed the version at hand" in page
    assert 'type="submit">Find eligible' not in page.replace("\n", "")
    world.upload(BOZOVA)
    post(officer, path(world, "/letter/2"))
    assert "The city has signed the version at hand" in officer.get(path(world, "/eligible")).text
    assert post(officer, path(world, "/eligible")).status_code == 303
    assert row(world.file).state == "eligible"


def test_a_letter_is_not_for_others(app: Flask, officer: FlaskClient, world: Consortium) -> None:
    assert officer.get(path(world, "/letter/1")).status_code == 200
    for email in ("owner@city.example", "natcom@country.example"):
        other = app.test_client()
        sign_in(other, email)
        for act in ("/letter", "/letter/1", "/letter/1/refuse"):
            missing = other.get(f"/en/secretariat/applications/GNLC-2027-00000{act}")
            found = other.get(path(world, act))
            assert (found.status_code, found.data) == (404, missing.data)
            assert other.post(path(world, act)).status_code in (400, 404)
    assert set(signatures().values()) == {(False, "")}


def test_whoever_declared_a_conflict_looks_at_no_letter(officer: FlaskClient, world: Consortium) -> None:
    assert officer.get(path(world, "/letter/1")).status_code == 200
    screening.declare_staff_conflict(actor=world.officer, reference=world.file, reason="A cousin is the mayor")
    for act in ("/letter", "/letter/1", "/letter/1/refuse"):
        assert officer.get(path(world, act)).status_code in (403, 404)
