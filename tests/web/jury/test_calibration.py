"""The juror's pages of a calibration round: told on the home page, scored alone, others' scores once the own are in."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.services import assignment, calibration
from tests.calibration_world import WORDS, Calibration
from tests.jury_world import GUIDE, browser
from tests.web.secretariat.desk import carried, post, text_of


@pytest.fixture
def world(app: Flask) -> Calibration:
    made = Calibration()
    made.open_round()
    return made


@pytest.fixture
def juror(app: Flask, world: Calibration) -> FlaskClient:
    return browser(app, world.people[1])


def path(world: Calibration, number: int | None = None, act: str = "") -> str:
    return f"/en/jury/calls/{world.call}/calibration" + (f"/{world.texts[number]}{act}" if number is not None else "")


def fields(value: int = 3, revision: int = 0, **more: str) -> dict[str, str]:
    given = {f"score-{code}": str(value) for code in GUIDE.weights}
    given |= {f"reason-{code}": "It names a budget." for code in GUIDE.weights}
    return given | {"paragraph": "A plan.", "revision": str(revision)} | more


def test_a_juror_is_led_from_home_to_the_file_saves_and_submits(world: Calibration, juror: FlaskClient) -> None:
    assert path(world) in juror.get("/en/jury").text
    assert "You see how the others scored once you have submitted all of them." in text_of(juror.get(path(world)))
    assert WORDS.splitlines()[0] in text_of(juror.get(path(world, 0)))
    assert post(juror, path(world, 0), fields(4) | {"score-plan": ""}).status_code == 303
    page = juror.get(path(world, 0))
    assert 'value="4" data-meaning' in page.text
    assert "begun" in text_of(juror.get(path(world)))
    answer = post(juror, path(world, 0, "/submit"), fields(4, 1) | {"score-plan": ""})
    assert answer.status_code == 422
    assert "Choose a value" in text_of(answer)
    assert post(juror, path(world, 0, "/submit"), fields(4, revision=1)).status_code == 303
    assert "submitted, total 4.00" in text_of(juror.get(path(world)))
    assert "Your scores are submitted" in text_of(juror.get(path(world, 0)))


def test_two_windows_keep_both_texts(world: Calibration, juror: FlaskClient) -> None:
    assert post(juror, path(world, 0), fields(4, paragraph="From the first window.")).status_code == 303
    clash = post(juror, path(world, 0), fields(2, paragraph="From the second window."))
    assert clash.status_code == 409
    assert "From the first window." in text_of(clash)
    assert "From the second window." in clash.text


def test_others_scores_are_closed_until_the_own_are_all_in(world: Calibration, juror: FlaskClient) -> None:
    for number in (0, 1):
        world.score(world.people[0], number, 5)
        world.score(world.people[2], number, 4)
    world.score(world.people[1], 0, 2)
    assert "How everybody scored" not in text_of(juror.get(path(world)))
    world.score(world.people[1], 1, 2)
    words = text_of(juror.get(path(world)))
    assert "You are clearly stricter than the others." in words
    assert "On average your totals lie 2.50 points below theirs." in words
    assert "2, 4, 5 2 3.67" in words
    for name in ("Amina", "Chitra", "Diego"):
        assert name not in words


def test_who_recognises_the_city_sees_the_others_without_own_scores(world: Calibration, juror: FlaskClient) -> None:
    world.score(world.people[0], 0, 5)
    assert post(juror, path(world, 0, "/recognise"), {}).status_code == 303
    assert "You have recognised this city" in text_of(juror.get(path(world, 0)))
    assert "How everybody scored" not in text_of(juror.get(path(world)))
    world.score(world.people[1], 1, 3)
    words = text_of(juror.get(path(world)))
    assert "How everybody scored" in words
    assert "Jurors who recognised the city and gave no scores: 1" in words
    assert "You can be compared with the others once" in words


def test_when_the_scoring_has_ended_everybody_in_the_jury_sees_it(world: Calibration, juror: FlaskClient) -> None:
    for number in (0, 1):
        for who in (0, 2):
            world.score(world.people[who], number)
    assert "How everybody scored" not in text_of(juror.get(path(world)))
    world.talk()
    words = text_of(juror.get(path(world)))
    assert "How everybody scored" in words
    assert "A 3 names a budget." in words
    assert "The scoring is over" in text_of(juror.get(path(world, 0)))


def test_what_was_typed_and_what_was_saved_can_be_read_after_the_scoring_has_ended(
    world: Calibration, juror: FlaskClient
) -> None:
    for number in (0, 1):
        for who in (0, 2):
            world.score(world.people[who], number)
    assert post(juror, path(world, 0), fields(4, paragraph="A draft.")).status_code == 303
    opened = juror.get(path(world, 0))
    calibration.end_scoring(actor=world.officer, call=world.call)
    late = fields(4, 1, paragraph="An hour of typing.") | carried(opened.text)
    refused = juror.post(path(world, 0), data=late)
    assert refused.status_code == 409
    assert "The scoring of the calibration files is over." in text_of(refused)
    assert "An hour of typing." in text_of(refused)
    assert "Submit for good" not in text_of(refused)
    words = text_of(juror.get(path(world, 0))).partition("The scoring is over")[2]
    assert words.index("You have submitted no scores") < words.index("not submitted: 4.00") < words.index("A draft.")


def test_who_scores_as_the_others_do_reads_no_distance(world: Calibration, juror: FlaskClient) -> None:
    world.everybody_scores()
    words = text_of(juror.get(path(world)))
    assert "On average your totals are theirs." in words
    assert "0.00 points" not in words
    assert "take part in no decision" not in words


def test_the_second_scoring_hides_the_others_anew_and_then_shows_both(app: Flask) -> None:
    world = Calibration(is_scored_twice=True)
    world.open_round()
    world.everybody_scores(2, 3, 4, 4)
    world.talk()
    calibration.open_second(actor=world.officer, call=world.call)
    world.score(world.people[0], 0, 3)
    calibration.recognise(actor=world.people[3], call=world.call, file=world.texts[0])
    client = browser(app, world.people[1])
    words = text_of(client.get(path(world)))
    assert "please score the same files once more" in words
    assert "How everybody scored after the talk" not in words
    for number in (0, 1):
        world.score(world.people[1], number, 3)
    words = text_of(client.get(path(world)))
    assert words.index("How everybody scored after the talk") < words.rindex("How everybody scored")
    # Recognised in the second scoring, where the first had a value of the same juror.
    assert words.count("Jurors who recognised the city and gave no scores: 1") == 1


def test_nobody_else_sees_the_round(app: Flask, world: Calibration, juror: FlaskClient) -> None:
    assignment.end_juror(actor=world.officer, juror=world.jurors["Basel Juror"], reason="Ill.")
    for address in (path(world), path(world, 0), path(world, 0, "/submit"), path(world, 0, "/recognise")):
        assert juror.get(address).status_code == 404
        assert browser(app, world.director).get(address).status_code == 404
