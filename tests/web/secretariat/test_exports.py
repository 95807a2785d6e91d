"""Everything of a call to take away: what is inside, what is kept from whom, how it is written and handed out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationState,
    ApplicationVersion,
    Assignment,
    Attachment,
    Decision,
    Juror,
    Notice,
    Outcome,
    Recommendation,
    Review,
    ReviewState,
    Score,
    StaffConflict,
)
from gnlc_apply.queries.embargoed import call_record
from gnlc_apply.queries.embargoed.call_record import ApplicationRecord
from gnlc_apply.questionnaire import default_form
from gnlc_apply.questionnaire.canonical import SignedFile, canonical, digest
from gnlc_apply.web.secretariat import export_files
from tests.desk import Desk
from tests.jury_world import Jury, browser
from tests.signing_in import sign_in
from tests.web.secretariat.desk import text_of
from tests.web.secretariat.test_ranking import VALUES, build
from tests.web.statements import counted

SECRETS = ("Because of the plan.", "A good file.", "Convincing throughout")


@pytest.fixture
def jury(app: Flask) -> Jury:
    return decided(build())


@pytest.fixture
def officer(app: Flask, jury: Jury) -> FlaskClient:
    return browser(app, jury.officer)


def decided(world: Jury) -> Jury:
    """The jury's recommendation and a decision for Kisumu."""
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == world.files["Kisumu"])).one()
        words = {"is_recommended": True, "average": 4.0, "readers": 2, "note": "Convincing throughout"}
        session.execute(insert(Recommendation), [{"application_id": number, "confirmed_at": clock.now(), **words}])
        made = {"outcome": Outcome.APPROVED, "prepared_at": clock.now(), "prepared_by_id": world.officer.person_id}
        signed = {"approved_at": clock.now(), "approved_by_id": world.director.person_id}
        session.execute(insert(Decision), [{"application_id": number, **made, **signed}])
    return world


def path(jury: Jury, ending: str = "") -> str:
    return f"/en/secretariat/calls/{jury.call}/export{ending}"


def document(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.data)
    return found


def by_city(answer: TestResponse) -> dict[str, dict[str, Any]]:
    return {one["city"]: one for one in document(answer)["applications"]}


def lines(answer: TestResponse) -> dict[str, dict[str, str]]:
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return {row["City"]: row for row in csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))}


def tie(world: Jury, place: str) -> None:
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == world.files[place])).one()
        row = {"person_id": world.officer.person_id, "application_id": number, "reason": "x"}
        session.execute(insert(StaffConflict), [{**row, "recorded_at": clock.now()}])


@pytest.mark.postgres
def test_the_document_holds_the_whole_call(jury: Jury, officer: FlaskClient) -> None:
    answer = officer.get(path(jury, ".json"))
    whole = document(answer)
    assert list(whole) == ["format", "made_at", "call", "guide", "forms", "applications"]
    assert whole["call"]["reference"] == jury.call
    assert list(whole["forms"]) == [default_form().version]
    kisumu = by_city(answer)["Kisumu"]
    assert (kisumu["reference"], kisumu["state"], kisumu["country"]) == (jury.files["Kisumu"], "in_review", "KEN")
    assert (kisumu["left_out"], kisumu["jury_left_out"]) == (None, None)
    assert kisumu["content"]["answers"]["city.name_latin"] == "Kisumu"
    assert [(one["name"], one["function"], one["version"]) for one in kisumu["signatures"]] == [("A Mayor", "Mayor", 1)]
    assert sorted(one["total"] for one in kisumu["readings"]) == [3.0, 5.0]
    first = kisumu["readings"][0]
    assert {score["criterion"]: (score["value"], score["reason"]) for score in first["scores"]} == {
        criterion["code"]: (round(first["total"]), "Because of the plan.") for criterion in whole["guide"]["criteria"]
    }
    assert kisumu["recommendation"] | {"confirmed_at": ""} == {
        "is_recommended": True,
        "average": 4.0,
        "readers": 2,
        "note": "Convincing throughout",
        "confirmed_at": "",
    }
    decision = kisumu["decision"]
    assert (decision["outcome"], decision["prepared_by"], decision["approved_by"]) == (
        "approved",
        "Ona Officer",
        "Dora Director",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", decision["approved_at"])
    assert [by_city(answer)[place]["decision"] for place in ("Cusco", "Okayama")] == [None, None]


@pytest.mark.postgres
def test_a_signed_text_stands_there_byte_by_byte(jury: Jury, officer: FlaskClient) -> None:
    text = officer.get(path(jury, ".json")).data.decode()
    for one in json.loads(text)["applications"]:
        content = json.dumps(one["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        assert hashlib.sha256(content.encode()).hexdigest() == one["version"]["sha256"]
        assert content in text


@pytest.mark.postgres
def test_no_juror_is_named_and_nobody_can_be_followed(jury: Jury, officer: FlaskClient) -> None:
    with db.reading() as session:
        references = set(session.scalars(select(Juror.reference)))
    for ending in (".json", ".csv"):
        text = officer.get(path(jury, ending)).data.decode()
        assert [name for name in (*jury.jurors, *references) if name in text] == []


@pytest.mark.postgres
def test_the_table_has_a_line_for_each_application(jury: Jury, officer: FlaskClient) -> None:
    answer = officer.get(path(jury, ".csv"))
    assert answer.mimetype == "text/csv"
    rows = lines(answer)
    assert set(rows) == set(VALUES)
    kisumu = rows["Kisumu"]
    assert (kisumu["Country"], kisumu["Region"], kisumu["State"]) == ("Kenya", "Africa", "In review")
    assert (kisumu["Readings"], sorted(kisumu["Totals"].split("; "))) == ("2", ["3.0", "5.0"])
    assert (kisumu["Recommendation"], kisumu["Decision"], kisumu["Approved by"]) == (
        "Recommended",
        "Approved",
        "Dora Director",
    )
    assert rows["Cusco"]["Decision"] == rows["Cusco"]["Recommendation"] == ""
    keys = {found.group(1): name for name in kisumu if (found := re.search(r"\(([a-z_]+\.[^)]*)\)$", name))}
    assert kisumu[keys["city.name_latin"]] == "Kisumu"
    assert keys["practices.2.title"].startswith("Practice 2: ")
    with db.reading() as session:
        content = session.scalars(
            select(ApplicationVersion.content)
            .join(Application, Application.version_id == ApplicationVersion.id)
            .where(Application.reference == jury.files["Kisumu"])
        ).one()
    signed = json.loads(content)["answers"]
    # Every answer has its column, each part of a figure one of its own.
    for key, value in signed.items():
        parts = value if isinstance(value, dict) else None
        assert (f"{key}-{next(iter(parts))}" if parts else key) in keys, key
    assert kisumu[keys["city.population-value"]] == signed["city.population"]["value"]
    assert kisumu[keys["city.coordinates-longitude"]] == signed["city.coordinates"]["longitude"]
    # People's addresses are no part of the text.
    assert [key for key in keys if key.startswith("people.")] == []


def test_no_cell_is_a_formula(jury: Jury, officer: FlaskClient) -> None:
    evil = "=cmd|'/C calc'!A0"
    with db.writing() as session:
        session.execute(update(Application).where(Application.place_name == "Cusco").values(place_name=evil))
        version = session.scalars(
            select(ApplicationVersion)
            .join(Application, Application.version_id == ApplicationVersion.id)
            .where(Application.place_name == evil)
        ).one()
        content = json.loads(version.content)
        content["answers"]["vision.vision"] = "@SUM(1)"
        content["answers"]["city.coordinates"] = {"latitude": "-13.5", "longitude": "+1+1"}
        version.content = json.dumps(content)
    row = lines(officer.get(path(jury, ".csv")))[f"'{evil}"]
    cells = {name: value for name, value in row.items() if value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")}
    # What stands below zero is a number and nothing else.
    assert list(cells.values()) == ["-13.5"]
    assert {"'@SUM(1)", "'+1+1"} <= set(row.values())


@pytest.mark.postgres
def test_of_a_file_with_a_conflict_the_name_stands_there_only(jury: Jury, officer: FlaskClient) -> None:
    before = by_city(officer.get(path(jury, ".json")))["Kisumu"]
    assert [name for name in ("readings", "decision", "content") if not before[name]] == []
    tie(jury, "Kisumu")
    after = by_city(officer.get(path(jury, ".json")))
    known = {"reference": jury.files["Kisumu"], "city": "Kisumu", "country": "KEN", "region": "Africa"}
    assert {name: value for name, value in after["Kisumu"].items() if value is not None} == {
        **known,
        "left_out": "conflict of interest",
    }
    assert after["Cusco"]["readings"] != []
    row = lines(officer.get(path(jury, ".csv")))["Kisumu"]
    told = {value for value in row.values() if value}
    assert told == {
        *(jury.files["Kisumu"], "Kisumu", "Kenya", "Africa"),
        "A conflict of interest: somebody else acts on this file",
    }
    # Another officer reads the file as before.
    other = document(browser_of_director(officer, jury).get(path(jury, ".json")))
    assert [one["decision"] is not None for one in other["applications"] if one["city"] == "Kisumu"] == [True]


def browser_of_director(officer: FlaskClient, jury: Jury) -> FlaskClient:
    return browser(officer.application, jury.director)


def test_before_the_own_review_is_in_scores_of_others_are_left_out(app: Flask) -> None:
    jury = decided(build())
    with db.writing() as session:
        # The officer reads as well: one of Kisumu's readers, whose review is still a draft.
        kisumu = select(Application.id).where(Application.reference == jury.files["Kisumu"]).scalar_subquery()
        readings = select(Review.id, Assignment.juror_id).join(Assignment, Assignment.id == Review.assignment_id)
        review_id, juror = session.execute(readings.where(Assignment.application_id == kisumu)).first() or (0, 0)
        session.execute(update(Juror).where(Juror.id == juror).values(person_id=jury.officer.person_id))
        values: dict[str, Any] = {"state": ReviewState.DRAFT, "submitted_at": None}
        session.execute(update(Review).where(Review.id == review_id).values(**values))
    officer = browser(app, jury.officer)
    kisumu_now = by_city(officer.get(path(jury, ".json")))["Kisumu"]
    assert kisumu_now["jury_left_out"] == "own reading not submitted"
    assert [kisumu_now[name] for name in ("readings", "recommendation", "decision")] == [None, None, None]
    assert kisumu_now["content"]["answers"]["city.name_latin"] == "Kisumu"
    row = lines(officer.get(path(jury, ".csv")))["Kisumu"]
    assert (row["Left out"], row["Readings"], row["Decision"]) == ("Scores open when your own review is in", "", "")
    with db.writing() as session:
        values = {"state": ReviewState.SUBMITTED, "submitted_at": clock.now()}
        session.execute(update(Review).where(Review.id == review_id).values(**values))
    assert len(by_city(officer.get(path(jury, ".json")))["Kisumu"]["readings"]) == 2


def test_a_review_that_is_still_written_stands_nowhere(jury: Jury, officer: FlaskClient) -> None:
    assert "Only half of it" not in officer.get(path(jury, ".json")).text
    with db.writing() as session:
        number = session.scalars(select(Review.id).where(Review.state == ReviewState.SUBMITTED)).first()
        session.execute(update(Score).where(Score.review_id == number).values(reason="Only half of it"))
    assert "Only half of it" in officer.get(path(jury, ".json")).text
    with db.writing() as session:
        values = {"state": ReviewState.DRAFT, "submitted_at": None}
        session.execute(update(Review).where(Review.id == number).values(**values))
    assert "Only half of it" not in officer.get(path(jury, ".json")).text


@pytest.mark.postgres
def test_a_draft_is_named_and_its_text_is_the_citys_own(app: Flask, client: FlaskClient) -> None:
    world = Desk(3)
    world.begin("Edirne")
    sign_in(client, "officer@network.example")
    address = f"/en/secretariat/calls/{world.call}/export"
    edirne = by_city(client.get(f"{address}.json"))["Edirne"]
    told = {name: value for name, value in edirne.items() if value is not None}
    assert told == {
        **{name: edirne[name] for name in ("reference", "country", "region")},
        "city": "Edirne",
        "state": "draft",
        "left_out": "not submitted",
    }
    row = lines(client.get(f"{address}.csv"))["Edirne"]
    assert (row["State"], row["Left out"]) == ("Draft", "Not submitted: the text is the city's own")


@pytest.mark.postgres
def test_files_of_the_version_are_named_and_later_ones_are_not(jury: Jury, officer: FlaskClient) -> None:
    sha = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("plan", "later", "twice")}
    with db.writing() as session:
        file = session.scalars(select(Application).where(Application.reference == jury.files["Kisumu"])).one()
        version = session.get_one(ApplicationVersion, file.version_id)
        content = json.loads(version.content)
        signed = [
            SignedFile("practices.1.files", 'Plan "A"', sha["plan"]),
            SignedFile("vision.plan_file", "Twice", sha["twice"]),
        ]
        text = canonical(default_form(), {**content["answers"], "vision.plan_status": "adopted"}, "en", "x", signed)
        session.execute(
            update(ApplicationVersion)
            .where(ApplicationVersion.id == version.id)
            .values(content=text, sha256=digest(text))
        )
        rows = [("plan", "practices.1.files"), ("later", "practices.1.files"), ("twice", "vision.plan_file")]
        rows += [("twice", "vision.plan_file"), ("plan", "vision.plan_file")]
        session.execute(
            insert(Attachment), [_attachment(file.id, n, name, key, sha) for n, (name, key) in enumerate(rows)]
        )
    kisumu = by_city(officer.get(path(jury, ".json")))["Kisumu"]
    assert [(one["question"], one["name"], one["sha256"]) for one in kisumu["attachments"]] == [
        ("practices.1.files", "plan-0.pdf", sha["plan"]),
        ("vision.plan_file", "twice-3.pdf", sha["twice"]),
    ]
    row = lines(officer.get(path(jury, ".csv")))["Kisumu"]
    cell = next(value for name, value in row.items() if name.endswith("(practices.1.files)"))
    assert cell == f"plan-0.pdf ({sha['plan']})"


def _attachment(application_id: int, number: int, name: str, key: str, sha: dict[str, str]) -> dict[str, Any]:
    return {
        "reference": f"ATT-{number}",
        "application_id": application_id,
        "question_key": key,
        "name": f"{name}-{number}.pdf",
        "media_type": "application/pdf",
        "size": 1,
        "storage_key": f"key-{number}",
        "sha256_original": sha[name],
        "sha256_clean": sha[name],
        "uploaded_at": clock.now(),
    }


def test_statements_do_not_grow_with_the_applications(app: Flask) -> None:
    def count(world: Jury, ending: str) -> int:
        client = browser(app, world.officer)
        client.get(path(world, ending))
        with counted() as ran:
            assert client.get(path(world, ending)).data
        return len([one for one in ran if "web_session" not in one])

    jury = build()
    few = {ending: count(jury, ending) for ending in (".json", ".csv")}
    with db.writing() as session:
        first = session.scalars(select(Application).limit(1)).one()
        same = {c.name: getattr(first, c.name) for c in Application.__table__.columns if c.name != "id"}
        more = [{**same, "reference": f"GNLC-2027-X{n:04}", "city_id": None} for n in range(90)]
        session.execute(insert(Application), more)
    assert len(lines(browser(app, jury.officer).get(path(jury, ".csv")))) == len(VALUES)
    assert {ending: count(jury, ending) for ending in few} == few
    assert max(few.values()) <= 6


def test_the_first_piece_goes_out_before_a_row_is_read(jury: Jury, app: Flask) -> None:
    read: list[int] = []

    def rows() -> Iterator[ApplicationRecord]:
        for number in range(1, 4):
            read.append(number)
            yield found

    with app.test_request_context("/en/"):
        head = call_record.call_record(jury.officer, clock.now(), jury.call)
        found = next(call_record.applications(jury.officer, clock.now(), head))
        for written in (export_files.as_json, export_files.as_csv):
            read.clear()
            pieces = written(head, rows())
            assert next(pieces)
            assert read == []
            assert b"".join(pieces)
            assert read == [1, 2, 3]
    db.release()


def test_that_somebody_took_it_away_is_kept(jury: Jury, officer: FlaskClient) -> None:
    for ending in (".json", ".csv"):
        officer.get(path(jury, ending))
    with db.reading() as session:
        kept = session.scalars(select(Notice).where(Notice.kind == "exported_call").order_by(Notice.id)).all()
    assert [(one.person_id, one.noun, one.note) for one in kept] == [
        (jury.officer.person_id, "call", f"{jury.call} {ending}") for ending in ("json", "csv")
    ]


def test_it_is_saved_and_kept_by_nobody_in_between(jury: Jury, officer: FlaskClient) -> None:
    for ending in ("json", "csv"):
        answer = officer.get(path(jury, f".{ending}"))
        assert answer.is_streamed
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{jury.call}-everything.{ending}"'
        assert "ETag" not in answer.headers


def test_a_question_about_the_file_alone_reads_no_row(jury: Jury, officer: FlaskClient) -> None:
    with counted() as ran:
        answer = officer.head(path(jury, ".json"))
    assert (answer.status_code, answer.data) == (200, b"")
    assert [one for one in ran if "application_version" in one] == []


def test_the_page_says_what_is_inside_and_leads_to_both(jury: Jury, officer: FlaskClient) -> None:
    page = officer.get(path(jury))
    assert "These files hold secrets" in text_of(page)
    for ending in (".json", ".csv"):
        assert f'href="{path(jury, ending)}"' in page.text
    for before in ("", "/applications"):
        assert f'href="{path(jury)}"' in officer.get(f"/en/secretariat/calls/{jury.call}{before}").text


def test_chair_juror_and_administrator_find_nothing(app: Flask, jury: Jury) -> None:
    others = [jury.chair, jury.add_juror("Elena Juror", "MEX")]  # type: ignore[attr-defined]
    for person in others:
        client = browser(app, person)
        for ending in ("", ".json", ".csv"):
            answer = client.get(path(jury, ending))
            assert answer.status_code == 404
            assert [word for word in SECRETS if word in answer.text] == []
    assert browser(app, jury.officer).get(path(jury).replace(jury.call, "GNLC-9999")).status_code == 404


def test_the_states_of_every_application_are_words(jury: Jury, officer: FlaskClient) -> None:
    assert {row["State"] for row in lines(officer.get(path(jury, ".csv"))).values()} == {"In review"}
    with db.writing() as session:
        file = Application.reference == jury.files["Évry"]
        values = {"state": ApplicationState.WITHDRAWN, "withdrawn_at": clock.now(), "withdrawal_reason": "A new mayor"}
        session.execute(update(Application).where(file).values(**values))
    assert by_city(officer.get(path(jury, ".json")))["Évry"]["withdrawal_reason"] == "A new mayor"
    assert lines(officer.get(path(jury, ".csv")))["Évry"]["State"] == "Withdrawn"
