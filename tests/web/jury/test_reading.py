"""The reading page: scores beside the answers, drafts, two windows, submitting, colleagues afterwards, links, files."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationVersion, Assignment, Attachment, Juror, Review
from gnlc_apply.questionnaire import default_form
from gnlc_apply.questionnaire.canonical import SignedFile, canonical
from gnlc_apply.services import assignment, review
from gnlc_apply.storage.store import Area, LocalStorage, new_key
from gnlc_apply.web.jury import held
from tests.jury_world import GUIDE, Jury, add_file, browser
from tests.questionnaire import filled
from tests.web.secretariat.desk import post, text_of


@pytest.fixture
def jury(app: Flask) -> Jury:
    world = Jury(places=(("KEN", "Kisumu"), ("JPN", "Okayama")))
    world.files["Cusco"] = add_file(
        world.call_id, "PER", "Cusco", "cusco", **{"vision.plan_link": "https://cusco.example/plan?a=1"}
    )
    return world


@pytest.fixture
def reader(app: Flask, jury: Jury) -> FlaskClient:
    """Basel's browser, with Cusco open."""
    juror = jury.add_juror("Basel Juror", "JOR")
    assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=jury.jurors["Basel Juror"])
    review.declare(actor=juror, reference=jury.files["Cusco"], has_conflict=False)
    return browser(app, juror)


def fields(value: int = 3, **more: str) -> dict[str, str]:
    given = {f"score-{code}": str(value) for code in GUIDE.weights}
    given |= {f"reason-{code}": "" for code in GUIDE.weights}
    return given | {"paragraph": "A good file.", "revision": "0"} | more


def path(jury: Jury, act: str = "read") -> str:
    return f"/en/jury/files/{jury.files['Cusco']}/{act}"


def answers_of(page: str) -> str:
    """The text of the application, without the scores beside it."""
    return page.partition('<div class="gn-reading__text">')[2].partition('<div class="gn-reading__scores">')[0]


def kept() -> Review:
    with db.reading() as session:
        return session.scalars(select(Review)).one()


def test_every_criterion_stands_beside_the_answers_that_bear_on_it(jury: Jury, reader: FlaskClient) -> None:
    page = reader.get(path(jury)).text
    for criterion in GUIDE.criteria:
        assert f'name="score-{criterion.code}"' in page
    anchors = set(re.findall(r'href="#(a-[^"]+)"', page))
    ids = set(re.findall(r'id="(a-[^"]+)"', page))
    assert anchors
    assert anchors <= ids
    assert " checked>" not in page
    assert 'data-weight="0.2"' in page
    assert "Compulsory for 0, 1, 5" in text_of(reader.get(path(jury)))


def test_a_draft_is_saved_and_comes_back(jury: Jury, reader: FlaskClient) -> None:
    answer = post(reader, path(jury), fields(4, **{"score-plan": "", "reason-plan": "No years", "act": "save"}))
    assert answer.status_code == 303
    page = reader.get(path(jury)).text
    assert "No years" in page
    assert page.count(" checked>") == 6
    assert 'name="revision" value="1"' in page
    assert ">4.00</output>" in page


def test_a_save_is_said_for_a_minute_and_only_where_it_led_to_the_page(jury: Jury, reader: FlaskClient) -> None:
    answer = post(reader, path(jury), fields(4, act="save"))
    where = answer.headers["Location"]
    assert "Saved." in text_of(reader.get(where))
    assert "Saved." not in text_of(reader.get(path(jury)))
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert "Saved." not in text_of(reader.get(where))


def test_save_and_next_goes_to_the_next_file_and_home_at_the_end(jury: Jury, reader: FlaskClient) -> None:
    assert post(reader, path(jury), fields(act="next")).headers["Location"].endswith("/en/jury")
    assignment.assign(actor=jury.officer, reference=jury.files["Kisumu"], juror=jury.jurors["Basel Juror"])
    answer = post(reader, path(jury), fields(act="next", revision="1"))
    assert answer.headers["Location"].endswith(f"/jury/files/{jury.files['Kisumu']}")


def test_a_second_window_loses_nothing_and_overwrites_nothing(jury: Jury, reader: FlaskClient) -> None:
    post(reader, path(jury), fields(2, paragraph="From the first window"))
    answer = post(reader, path(jury), fields(5, paragraph="From the second window"))
    assert answer.status_code == 409
    assert "From the second window" in answer.text
    assert "From the first window" in answer.text
    assert kept().paragraph == "From the first window"
    assert 'name="revision" value="1"' in answer.text
    assert post(reader, path(jury), fields(5, paragraph="Both, merged", revision="1")).status_code == 303
    assert kept().paragraph == "Both, merged"


def test_a_score_for_no_criterion_of_the_guide_is_refused_and_nothing_is_lost(jury: Jury, reader: FlaskClient) -> None:
    typed = fields(2, **{"score-beauty": "5", "reason-beauty": "Such a view", "paragraph": "Typed before"})
    answer = post(reader, path(jury), typed)
    assert answer.status_code == 422
    assert "Choose one of the values." in text_of(answer)
    assert "Typed before" in answer.text
    with db.reading() as session:
        assert session.scalars(select(Review)).all() == []
    assert post(reader, path(jury), fields(2, paragraph="Typed before")).status_code == 303
    assert kept().total == 2.0


def test_before_the_guide_is_frozen_there_is_no_submit_button_and_no_way_round(jury: Jury, reader: FlaskClient) -> None:
    assert "Submit for good" not in reader.get(path(jury)).text
    answer = post(reader, path(jury, "submit"), fields(), page=path(jury))
    assert answer.status_code == 409
    assert "A good file." in answer.text


def test_submitting_names_every_gap_at_its_field_and_keeps_what_was_typed(jury: Jury, reader: FlaskClient) -> None:
    jury.freeze()
    given = fields(3, **{"score-plan": "5", "score-commitment": "", "paragraph": ""})
    given["reason-resources"] = "Typed all the same"
    answer = post(reader, path(jury, "submit"), given, page=path(jury))
    assert answer.status_code == 422
    for target in ("reason-plan", "score-commitment", "paragraph"):
        assert f'href="#{target}"' in answer.text
        assert f'id="{target}"' in answer.text
    assert "Typed all the same" in answer.text


def test_a_submitted_review_is_shown_closed_and_happens_once(jury: Jury, reader: FlaskClient) -> None:
    jury.freeze()
    answer = post(reader, path(jury, "submit"), fields(), page=path(jury))
    assert answer.status_code == 303
    page = text_of(reader.get(path(jury)))
    assert "Your review is submitted" in page
    assert "No colleague has submitted a review of this file yet." in page
    assert "Save and next" not in page
    assert kept().total == 3.0
    again = post(reader, path(jury), fields(5, revision="1"))
    assert again.status_code == 400 or again.status_code == 409
    assert kept().total == 3.0


def test_submitting_asks_for_a_fresh_second_factor_and_keeps_the_text(jury: Jury, reader: FlaskClient) -> None:
    jury.freeze()
    reader.get(path(jury))
    with clock.at(clock.now().replace(hour=10)):
        answer = post(reader, path(jury, "submit"), fields(paragraph="Written long"), page=path(jury))
        assert answer.status_code == 303
        assert "/account/second-factor" in answer.headers["Location"]
        with db.reading() as session:
            assert session.scalars(select(Review)).all() == []


def test_colleagues_are_hidden_until_the_own_review_is_in_and_have_no_names(
    app: Flask, jury: Jury, reader: FlaskClient
) -> None:
    other = jury.add_juror("Chitra Secretname", "IND")
    file = jury.files["Cusco"]
    assignment.assign(actor=jury.officer, reference=file, juror=jury.jurors["Chitra Secretname"])
    jury.freeze()
    jury.review(other, file, 4)
    assert "Because of the plan." not in reader.get(path(jury)).text
    post(reader, path(jury, "submit"), fields(), page=path(jury))
    page = reader.get(path(jury))
    assert "Because of the plan." in page.text
    assert "Secretname" not in page.text
    assert re.search(r"You are Juror [A-Z] for this file", text_of(page))


def test_abstaining_needs_a_reason(jury: Jury, reader: FlaskClient) -> None:
    assert post(reader, path(jury, "abstain"), {"reason": ""}).status_code == 422
    assert post(reader, path(jury, "abstain"), {"reason": "Cannot judge"}).status_code == 303
    assert "You have abstained from this file" in text_of(reader.get(path(jury)))


def test_links_lead_through_a_page_of_our_own_and_only_to_what_the_city_named(jury: Jury, reader: FlaskClient) -> None:
    page = reader.get(path(jury)).text
    assert 'href="https://cusco.example' not in page
    between = reader.get(path(jury, "links/vision.plan_link"))
    assert 'href="https://cusco.example/plan?a=1" rel="noreferrer noopener nofollow"' in between.text
    assert between.headers["Referrer-Policy"] == "no-referrer"
    for key in ("vision.vision", "people.focal_email", "https://evil.example", "city.website"):
        assert reader.get(path(jury, f"links/{key}")).status_code == 404


def test_a_file_of_the_version_is_handed_out_under_a_neutral_name(jury: Jury, reader: FlaskClient) -> None:
    reference = _attach(jury)
    page = reader.get(path(jury)).text
    assert "The plan, signed" in page
    assert "plan-of-mayor-huaman.pdf" not in page
    answer = reader.get(path(jury, f"attachments/{reference}"))
    assert answer.status_code == 200
    assert answer.data == b"%PDF-1.7 plan"
    assert f"{jury.files['Cusco']}-1.pdf" in answer.headers["Content-Disposition"]
    assert "huaman" not in answer.headers["Content-Disposition"]
    answer.close()
    assert reader.get(path(jury, "attachments/AT-XXXX")).status_code == 404


def _attach(jury: Jury) -> str:
    """A file that the version names, kept as the storage keeps it."""
    content = b"%PDF-1.7 plan"
    digest, key = hashlib.sha256(content).hexdigest(), new_key()
    storage = LocalStorage(config.current().attachments)
    with storage.workspace() as folder:
        (folder / "in").write_bytes(content)
        storage.put(Area.SERVED, folder / "in", key)
    form = default_form()
    answers = filled.complete() | {"city.name_latin": "Cusco", "city.country": "PER"}
    files = [SignedFile("vision.plan_file", "The plan, signed", digest)]
    with db.writing() as session:
        file = session.scalars(select(Application).where(Application.reference == jury.files["Cusco"])).one()
        version = session.get_one(ApplicationVersion, file.version_id)
        version.content = canonical(form, answers, "en", form.commitment, files)
        session.add(
            Attachment(
                reference="AT-TEST1",
                application_id=file.id,
                question_key="vision.plan_file",
                name="plan-of-mayor-huaman.pdf",
                media_type="application/pdf",
                size=len(content),
                caption="The plan, signed",
                storage_key=key,
                sha256_original=digest,
                sha256_clean=digest,
                uploaded_at=clock.now(),
            )
        )
    return "AT-TEST1"


def test_a_text_that_is_kept_is_that_of_the_file_and_the_language(
    app: Flask, jury: Jury, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "MOST", 2)
    other = jury.add_juror("Chitra Juror", "IND")
    for place in ("Cusco", "Kisumu"):
        assignment.assign(actor=jury.officer, reference=jury.files[place], juror=jury.jurors["Chitra Juror"])
        review.declare(actor=other, reference=jury.files[place], has_conflict=False)
    second = browser(app, other)
    first = reader.get(path(jury)).text
    assert answers_of(reader.get(path(jury)).text) == answers_of(first)
    # Another reader of the same version gets the same text, and of another file the other one.
    assert answers_of(second.get(path(jury)).text) == answers_of(first)
    there = second.get(path(jury).replace(jury.files["Cusco"], jury.files["Kisumu"])).text
    assert jury.files["Kisumu"] in there
    assert jury.files["Cusco"] not in answers_of(there)
    assert "cusco.example" in answers_of(first)
    # Another language has its own words around the same answers.
    assert answers_of(reader.get(path(jury).replace("/en/", "/fr/")).text) != answers_of(first)
    # Only the newest are kept, and what was dropped is written out again, alike.
    assert len(held._held) == 2
    assert answers_of(reader.get(path(jury)).text) == answers_of(first)


def test_a_text_that_is_kept_opens_to_nobody_else(app: Flask, jury: Jury, reader: FlaskClient) -> None:
    assert reader.get(path(jury)).status_code == 200
    kept_before = len(held._held)
    waiting = jury.add_juror("Daichi Juror", "JPN")
    assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=jury.jurors["Daichi Juror"])
    stranger = browser(app, jury.add_juror("Esther Juror", "KEN"))
    missing = stranger.get("/en/jury/files/GNLC-2027-XXXXX/read")
    assert (stranger.get(path(jury)).status_code, stranger.get(path(jury)).data) == (404, missing.data)
    # Given to read, but no word on conflicts yet: the gate, not the text.
    answer = browser(app, waiting).get(path(jury))
    assert answer.status_code == 403
    assert "cusco.example" not in answer.text
    # The reading ends: the text goes from the very person who has just read it.
    with db.reading() as session:
        running = session.scalars(
            select(Assignment.reference).join(Juror, Juror.id == Assignment.juror_id).order_by(Assignment.id)
        ).first()
    assignment.unassign(actor=jury.officer, assignment=running or "", reason="Too many.")
    assert (reader.get(path(jury)).status_code, reader.get(path(jury)).data) == (404, missing.data)
    assert len(held._held) == kept_before
