"""The ranking: what the address asks for, what a conflict hides, constant statements, files to take away."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, FiguresStatus, JuryFigures, Notice, StaffConflict
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.embargoed import counted
from gnlc_apply.queries.embargoed.ranking import ranking
from gnlc_apply.services import figures, review
from tests.jury_world import GUIDE, Jury, browser, change_scores, scores
from tests.web.secretariat.desk import text_of

VALUES = {"Kisumu": (5, 3), "Cusco": (4, 4), "Okayama": (2, 2), "Évry": (3, 3)}


def build(**settings: object) -> Jury:
    """Kisumu divides the jury, Cusco convinces it, Okayama does not, Évry stands at the line."""
    world = Jury(**settings)  # type: ignore[arg-type]
    jurors = world.standard_jury()
    world.chair = jurors[0]  # type: ignore[attr-defined]
    world.assign_all()
    world.freeze()
    places = {reference: place for place, reference in world.files.items()}
    turns = dict.fromkeys(places, 0)
    for juror in jurors:
        for reference in world.files_of(juror):
            place = places[reference]
            world.review(juror, reference, VALUES[place][turns[reference] % 2])
            turns[reference] += 1
    return world


@pytest.fixture
def jury(app: Flask) -> Jury:
    return build()


@pytest.fixture
def officer(app: Flask, jury: Jury) -> FlaskClient:
    return browser(app, jury.officer)


def path(jury: Jury, **asked: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/en/secretariat/calls/{jury.call}/ranking" + (f"?{query}" if query else "")


def order(page: str) -> list[str]:
    """The cities in the order of the table."""
    return re.findall(r'scope="row"><bdi>([^<]+)</bdi>', page)


def test_averages_ranges_and_the_standard(jury: Jury, officer: FlaskClient) -> None:
    page = officer.get(path(jury))
    assert order(page.text) == ["Cusco", "Kisumu", "Évry", "Okayama"]
    shown = text_of(page)
    assert "Average below 3" in shown
    assert "3.00–5.00" in shown
    assert "2 of 2" in shown
    assert "Meet the standard 3" in shown


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sort": "average"}, ["Okayama", "Évry", "Cusco", "Kisumu"]),
        ({"sort": "-spread"}, ["Kisumu", "Cusco", "Évry", "Okayama"]),
        ({"sort": "place"}, ["Cusco", "Évry", "Kisumu", "Okayama"]),
        ({"sort": "country"}, ["Évry", "Okayama", "Kisumu", "Cusco"]),
        ({"sort": "nonsense"}, ["Cusco", "Kisumu", "Évry", "Okayama"]),
        ({"listed": "misses"}, ["Okayama"]),
        ({"listed": "incomplete"}, []),
        ({"words": "evry"}, ["Évry"]),
        ({"region": "Africa"}, ["Kisumu"]),
        ({"listed": "meets", "sort": "place"}, ["Cusco", "Évry", "Kisumu"]),
    ],
)
def test_the_address_filters_and_sorts(
    jury: Jury, officer: FlaskClient, asked: dict[str, str], expected: list[str]
) -> None:
    assert order(officer.get(path(jury, **asked)).text) == expected


def test_a_weak_criterion_fails_the_standard_and_is_named(app: Flask) -> None:
    jury = Jury(readers=1)
    juror = jury.add_juror("Basel Juror", "JOR")
    jury.assign_all()
    jury.freeze()
    for reference in jury.files_of(juror):
        jury.review(juror, reference, 5, monitoring=1)
    page = text_of(browser(app, jury.officer).get(path(jury)))
    assert f"{GUIDE.criterion('monitoring').title}: 1, below the minimum of 2" in page
    assert "Meet the standard 0" in page


def test_a_conflicted_officer_sees_the_name_without_scores(jury: Jury, officer: FlaskClient) -> None:
    before = officer.get(path(jury, sort="place")).text
    assert "5.00" in before
    with db.writing() as session:
        file = session.scalars(select(Application).where(Application.reference == jury.files["Kisumu"])).one()
        tie = {
            "person_id": jury.officer.person_id,
            "application_id": file.id,
            "reason": "x",
            "recorded_at": clock.now(),
        }
        session.execute(insert(StaffConflict), [tie])
    after = officer.get(path(jury))
    assert order(after.text)[-1] == "Kisumu"
    assert "5.00" not in after.text
    assert "A conflict of interest keeps you from the scores of this file." in text_of(after)
    assert "Kisumu" not in officer.get(path(jury) + ".csv").text
    workbook = zipfile.ZipFile(io.BytesIO(officer.get(path(jury) + ".xlsx").data))
    assert "Kisumu" not in workbook.read("xl/sharedStrings.xml").decode()


def test_the_chair_of_this_call_sees_it_and_other_people_do_not(app: Flask, jury: Jury) -> None:
    chair = browser(app, jury.chair)  # type: ignore[attr-defined]
    assert chair.get(path(jury)).status_code == 200
    assert chair.get(path(jury).replace(jury.call, "GNLC-9999")).status_code == 404
    juror = browser(app, jury.add_juror("Elena Juror", "MEX"))
    for page in (path(jury), path(jury) + ".csv", path(jury) + ".xlsx"):
        assert juror.get(page).status_code == 404


def test_that_somebody_looked_is_kept(jury: Jury, officer: FlaskClient) -> None:
    officer.get(path(jury))
    with db.reading() as session:
        kept = session.scalars(select(Notice).where(Notice.kind == "looked_at_ranking")).one()
    assert (kept.person_id, kept.note) == (jury.officer.person_id, jury.call)


def test_the_csv_holds_every_file_and_no_formula(jury: Jury, officer: FlaskClient) -> None:
    with db.writing() as session:
        session.execute(
            update(Application).where(Application.reference == jury.files["Cusco"]).values(place_name="=1+1")
        )
    answer = officer.get(path(jury) + ".csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    by_city = {row["City"]: row for row in rows}
    assert set(by_city) == {"Kisumu", "'=1+1", "Okayama", "Évry"}
    assert (by_city["Kisumu"]["Average"], by_city["Okayama"]["Meets the standard"]) == ("4.0", "no")


def test_the_workbook_opens_and_holds_the_lists(jury: Jury, officer: FlaskClient) -> None:
    answer = officer.get(path(jury) + ".xlsx")
    workbook = zipfile.ZipFile(io.BytesIO(answer.data))
    assert workbook.testzip() is None
    words = workbook.read("xl/sharedStrings.xml").decode()
    for expected in ("Cusco", "Not confirmed yet", "Not yet confirmed"):
        assert expected in words


def test_statements_do_not_grow_with_the_files(app: Flask) -> None:
    def count(world: Jury) -> int:
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        db.release()
        ranking(world.officer, clock.now(), world.call)
        db.release()
        return len(seen)

    assert count(build()) <= 6


def test_a_saved_draft_counts_nothing_anew_and_a_reading_that_counts_or_stops_counting_does(app: Flask) -> None:
    world = Jury(readers=1)
    juror = world.add_juror("Amina Chair", "SEN", is_chair=True)
    world.assign_all()
    world.freeze()
    first, second = world.files_of(juror)[:2]

    def stands() -> tuple[object, ...]:
        with db.reading() as session:
            return counted.stand(session, world.call)

    review.declare(actor=juror, reference=first, has_conflict=False)
    before = stands()
    review.save(actor=juror, reference=first, scores=scores(2), paragraph="A draft.", revision=0)
    assert stands() == before
    review.submit(actor=juror, reference=first, scores=scores(2), paragraph="A good file.", revision=1)
    after_one = stands()
    assert after_one != before
    world.review(juror, second, 3)
    after_two = stands()
    assert after_two not in (before, after_one)
    review.declare(actor=juror, reference=second, has_conflict=True, detail="A cousin works there.")
    assert stands() not in (before, after_one, after_two)


@pytest.fixture
def linked(app: Flask) -> Jury:
    """Three of four jurors read each file: the jury can be compared, whatever the draw."""
    return build(readers=3)


def test_plain_averages_until_the_figures_are_computed_and_again_when_scores_change(app: Flask, linked: Jury) -> None:
    jury = linked
    officer = browser(app, jury.officer)
    before = text_of(officer.get(path(jury)))
    assert "Adjusted average" not in before.replace("Highest adjusted average first", "")
    assert figures.refresh(actor=SYSTEM, call=jury.call) is FiguresStatus.COMPUTED
    shown = officer.get(path(jury, sort="-adjusted"))
    words = text_of(shown)
    assert "Adjusted averages as of" in words
    assert "clear yes" in words.replace("Clear yes", "")
    found = ranking(jury.officer, clock.now(), jury.call)
    by_adjusted = sorted(found.files, key=lambda file: -(file.figures.adjusted if file.figures else 0))
    assert order(shown.text) == [file.place_name for file in by_adjusted]
    db.release()
    change_scores(4)
    late = text_of(officer.get(path(jury)))
    assert "older than the scores" in late
    assert "clear yes" not in late
    assert "Adjusted averages as of" not in late


def test_unasked_the_order_is_the_one_that_the_standard_goes_by(app: Flask) -> None:
    """Files that a strict juror did not read are a little weaker: by plain averages they stand first."""
    world = Jury(readers=3, jury_method="adjusted-1")
    jurors = world.standard_jury()
    world.assign_all()
    world.freeze()
    # Whoever reads least has not read every file, whatever the draw.
    strict = min(jurors, key=lambda juror: len(world.files_of(juror)))
    weaker = {place for place, reference in world.files.items() if reference not in world.files_of(strict)}
    for juror in jurors:
        for place, reference in world.files.items():
            if reference in world.files_of(juror):
                single = {"monitoring": 2} if place in weaker else {}
                world.review(juror, reference, 2 if juror is strict else 4, **single)
    officer, number = browser(app, world.officer), len(weaker)
    assert set(order(officer.get(path(world)).text)[:number]) == weaker
    figures.refresh(actor=SYSTEM, call=world.call)
    unasked = officer.get(path(world)).text
    assert set(order(unasked)[-number:]) == weaker
    assert order(officer.get(path(world, sort="nonsense")).text) == order(unasked)
    assert '<option value="-adjusted" selected>' in unasked


def test_files_to_discuss_stand_with_the_closest_to_one_half_first(app: Flask, linked: Jury) -> None:
    figures.refresh(actor=SYSTEM, call=linked.call)
    shares = dict(zip(linked.files, (0.2, 0.45, 0.85, 0.7), strict=True))
    with db.writing() as session:
        row = session.scalars(select(JuryFigures)).one()
        row.files = {
            linked.files[place]: {**row.files[linked.files[place]], "p": share, "zone": "grey"}
            for place, share in shares.items()
        }
        row.computed_at += timedelta(seconds=1)
    shown = order(browser(app, linked.officer).get(path(linked, listed="to_discuss")).text)
    assert shown == sorted(shares, key=lambda place: abs(shares[place] - 0.5))


def test_a_conflict_hides_the_adjusted_average_too(app: Flask, linked: Jury) -> None:
    jury = linked
    figures.refresh(actor=SYSTEM, call=jury.call)
    client = browser(app, jury.officer)
    asked = csv.DictReader(
        io.StringIO(client.get(path(jury).replace("/ranking", "/ranking.csv")).text.lstrip("\ufeff"))
    )
    rows = {row["City"]: row for row in asked}
    assert rows["Cusco"]["Standing"] in ("clear yes", "to discuss")
    workbook = zipfile.ZipFile(io.BytesIO(client.get(path(jury) + ".xlsx").data))
    assert rows["Cusco"]["Standing"] in workbook.read("xl/sharedStrings.xml").decode()
    adjusted = {file.place_name: file.figures for file in ranking(jury.officer, clock.now(), jury.call).files}["Cusco"]
    db.release()
    assert adjusted is not None
    assert f"<v>{adjusted.adjusted:.16G}</v>" in workbook.read("xl/worksheets/sheet1.xml").decode()
    assert float(rows["Cusco"]["Range from"]) < float(rows["Cusco"]["Adjusted average"]) < 5
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == jury.files["Cusco"])).one()
        row = {"person_id": jury.officer.person_id, "application_id": number, "reason": "x", "recorded_at": clock.now()}
        session.execute(insert(StaffConflict), [row])
    seen = {file.place_name: file for file in ranking(jury.officer, clock.now(), jury.call).files}
    assert seen["Cusco"].figures is None
    assert seen["Kisumu"].figures is not None
    db.release()


def test_a_jury_of_one_says_why_there_are_plain_averages_only(app: Flask) -> None:
    world = Jury(readers=1)
    juror = world.add_juror("Amina Chair", "SEN", is_chair=True)
    world.assign_all()
    world.freeze()
    world.review_all([juror])
    figures.refresh(actor=SYSTEM, call=world.call)
    words = text_of(browser(app, world.officer).get(path(world)))
    assert "Plain averages only. All readings are by one juror" in words
