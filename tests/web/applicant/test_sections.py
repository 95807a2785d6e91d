"""Section pages: five statements to open, eight to save, nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, ApplicationMember, MemberRole
from gnlc_apply.questionnaire import default_form
from gnlc_apply.services import application as applications
from tests import city, signing_in
from tests.services.application.test_save import statements
from tests.signing_in import csrf_of
from tests.web.applicant.conftest import Desk


def stored(reference: str, key: str) -> object:
    number = city.row(reference).id
    with db.reading() as session:
        return session.scalar(select(Answer.value).where(Answer.application_id == number, Answer.key == key))


def sent(answers: dict[str, object]) -> Any:
    """Fields of a page."""
    return city.as_sent(answers)


def counted(asked: list[str]) -> list[str]:
    """Without the look-up of the session and what its page view costs once a minute."""
    return [one for one in asked if "web_session" not in one]


@pytest.mark.parametrize("section", [section.key for section in default_form().sections])
def test_every_section_opens_in_five_statements(desk: Desk, section: str) -> None:
    reference = desk.world.filled()
    path = f"/applications/{reference}/sections/{section}"
    desk.open(path)
    with statements() as asked:
        desk.open(path)
    assert len(counted(asked)) <= 5, asked


@pytest.mark.parametrize("language", ["ar", "en-XA"])
def test_every_section_opens_in_other_languages(desk: Desk, language: str) -> None:
    reference = desk.world.filled()
    for section in default_form().sections:
        answer = desk.client.get(f"/{language}/applications/{reference}/sections/{section.key}")
        assert answer.status_code == 200
    assert desk.client.get(f"/{language}/applications/{reference}/sections/practices/2").status_code == 200


def test_a_save_costs_eight_statements(desk: Desk) -> None:
    reference = desk.world.filled()
    path = f"/en/applications/{reference}/sections/motivation"
    page = desk.client.get(path)
    data = {"csrf_token": csrf_of(page), "version:motivation.context": "1.x", "motivation.context": "Changed."}
    with statements() as asked:
        # "Save" comes back to the same page; what is shown then is another request.
        answer = desk.client.post(path, data={**data, "then": "stay"})
    assert answer.status_code == 303
    assert len(counted(asked)) <= 8, asked


def test_saving_goes_on_to_the_next_section(desk: Desk) -> None:
    reference = desk.world.begin()
    answer = desk.section(reference, "motivation", motivation__context="Because.")
    assert answer.headers["Location"] == f"/en/applications/{reference}/sections/vision"
    assert stored(reference, "motivation.context") == "Because."


def test_a_wrong_answer_is_saved_and_said_at_its_field(desk: Desk) -> None:
    reference = desk.world.begin()
    long = "word " * 151
    answer = desk.section(reference, "motivation", motivation__context=long)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert '<a href="#motivation.context">' in answer.text
    assert 'id="motivation.context-error"' in answer.text
    assert stored(reference, "motivation.context") == long.strip()


def test_figures_are_understood_and_shown_back(desk: Desk) -> None:
    reference = desk.world.begin()
    fields = {"city.population-value": "1 420 000", "city.population-year": "2023", "city.population-basis": "city"}
    answer = desk.send(f"/applications/{reference}/sections/city", then="stay", **fields)
    assert answer.status_code == 303
    assert "Saved." in desk.client.get(answer.headers["Location"]).text
    unchanged = desk.send(f"/applications/{reference}/sections/city", then="stay", **fields)
    assert "Saved." in desk.client.get(unchanged.headers["Location"]).text
    assert stored(reference, "city.population") == {"value": "1420000", "year": 2023, "basis": "city"}
    assert 'value="1,420,000"' in desk.open(f"/applications/{reference}/sections/city").text


def test_a_second_editor_sees_both_texts(desk: Desk, as_other: Callable[[str], Desk]) -> None:
    reference = desk.world.begin()
    with db.writing() as session:
        session.add(
            ApplicationMember(
                application_id=city.row(reference).id,
                person_id=desk.world.editor.person_id,
                role=MemberRole.EDITOR,
                added_at=clock.now(),
            )
        )
    colleague = as_other("editor@city.example")
    path = f"/en/applications/{reference}/sections/motivation"
    open_page = colleague.client.get(path)
    desk.section(reference, "motivation", motivation__context="Theirs.")
    data = {"csrf_token": csrf_of(open_page), "version:motivation.context": "0.x", "motivation.context": "Mine."}
    clash = colleague.client.post(path, data=data)
    assert clash.status_code == 409
    assert "Theirs." in clash.text
    assert "\nMine.</textarea>" in clash.text
    assert stored(reference, "motivation.context") == "Theirs."
    assert 'name="version:motivation.context" value="1.' in clash.text
    again = {**data, "csrf_token": csrf_of(clash), "version:motivation.context": "1.x"}
    assert colleague.client.post(path, data=again).status_code == 303
    assert stored(reference, "motivation.context") == "Mine."


def test_after_the_deadline_the_text_stands_on_the_page(desk: Desk) -> None:
    reference = desk.world.begin()
    path = f"/en/applications/{reference}/sections/motivation"
    page = desk.client.get(path)
    data = {"csrf_token": csrf_of(page), "version:motivation.context": "0.x", "motivation.context": "Too late."}
    with clock.at(city.DEADLINE + timedelta(seconds=1)):
        # The session of two hours has ended long before: what was typed waits behind the sign-in.
        answer = desk.client.post(path, data=data)
    assert answer.status_code in (303, 400)
    assert stored(reference, "motivation.context") is None


def test_an_expired_session_keeps_what_was_typed(desk: Desk) -> None:
    reference = desk.world.begin()
    path = f"/en/applications/{reference}/sections/motivation"
    page = desk.client.get(path)
    data = {"csrf_token": csrf_of(page), "version:motivation.context": "0.x", "motivation.context": "Long thoughts."}
    with clock.at(clock.now() + timedelta(hours=3)):
        gone = desk.client.post(path, data=data)
        assert gone.status_code in (303, 400)
        signing_in.sign_in(desk.client, "owner@city.example")
        assert "Long thoughts." in desk.client.get(path).text


def test_more_items_and_practices_of_their_own(desk: Desk) -> None:
    reference = desk.world.begin()
    path = f"/applications/{reference}/sections/governance"
    assert 'name="partners.1.number"' in desk.open(path).text
    answer = desk.send(path, then="add:partners:2", **sent({"partners.1.number": 3}))
    assert answer.headers["Location"].endswith(f"{path}?partners=2#partners.2")
    assert 'name="partners.2.number"' in desk.open(f"{path}?partners=2").text
    listed = desk.open(f"/applications/{reference}/sections/practices")
    assert f"{reference}/sections/practices/3" in listed.text
    saved = desk.send(
        f"/applications/{reference}/sections/practices/1", then="next", **sent({"practices.1.title": "Boats"})
    )
    assert saved.headers["Location"].endswith("/sections/practices")
    assert "Boats" in desk.open(f"/applications/{reference}/sections/practices").text
    for wrong in ("practices/4", "practices/0", "vision/1", "nothing"):
        assert desk.client.get(f"/en/applications/{reference}/sections/{wrong}").status_code == 404


def test_an_answer_that_opens_questions_stays_on_the_page(desk: Desk) -> None:
    reference = desk.world.begin()
    answer = desk.section(reference, "vision", vision__plan_status="adopted")
    assert answer.headers["Location"].endswith("/sections/vision")
    assert 'name="vision.plan_link"' in desk.open(f"/applications/{reference}/sections/vision").text


def test_strangers_see_nothing_and_viewers_cannot_write(desk: Desk, as_other: Callable[[str], Desk]) -> None:
    reference = desk.world.begin()
    path = f"/en/applications/{reference}/sections/motivation"
    stranger = as_other("stranger@city.example").client
    missing = stranger.get("/en/applications/GNLC-2027-00000/sections/motivation")
    found = stranger.get(path)
    assert found.status_code == missing.status_code == 404
    assert found.data == missing.data
    with db.writing() as session:
        session.add(
            ApplicationMember(
                application_id=city.row(reference).id,
                person_id=desk.world.editor.person_id,
                role=MemberRole.VIEWER,
                added_at=clock.now(),
            )
        )
    viewer = as_other("editor@city.example").client
    page = viewer.get(path)
    assert (page.status_code, "<textarea" in page.text) == (200, False)
    token = csrf_of(viewer.get("/en/applications/new"))
    assert viewer.post(path, data={"csrf_token": token, "motivation.context": "x"}).status_code == 403


def test_check_page_names_what_is_missing_and_leads_back(desk: Desk) -> None:
    reference = desk.world.filled()
    applications.save_answers(actor=desk.world.owner, reference=reference, raw={"vision.vision": ""}, versions={})
    page = desk.open(f"/applications/{reference}/check")
    assert "1 answers still need your attention" in page.text
    assert f"/en/applications/{reference}/sections/vision?back=check#vision.vision" in page.text
    answer = desk.send(
        f"/applications/{reference}/sections/vision?back=check", then="next", **sent({"vision.vision": "Far."})
    )
    assert answer.headers["Location"] == f"/en/applications/{reference}/check"
