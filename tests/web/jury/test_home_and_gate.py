"""The juror's way in: the invitation, the three groups, the gate that keeps the text closed."""

from __future__ import annotations

import pytest
from flask import Flask

from gnlc_apply.core import clock
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.services import account, assignment
from tests.city import actor_of
from tests.jury_world import PASSWORD, Jury, browser
from tests.web.secretariat.desk import post, text_of


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury()


def test_an_invited_juror_accepts_checks_the_profile_and_sees_no_file_yet(app: Flask, jury: Jury) -> None:
    token = assignment.invite_juror(
        actor=jury.officer, call=jury.call, email="n@new.example", name="Nora", countries=["MEX"], languages=["en"]
    )
    person = account.accept_invitation(actor=ANONYMOUS, token=token, name="Nora", password=PASSWORD)
    client = browser(app, actor_of(person))
    assert "You are invited to the jury of this call." in text_of(client.get("/en/jury"))
    answer = post(client, f"/en/jury/calls/{jury.call}/accept", {}, page="/en/jury")
    assert answer.headers["Location"].endswith(f"/jury/calls/{jury.call}/profile")
    fields = {"residence": "MEX", "nationality": "PER", "languages": ["en"], "reading": ["ar"], "topics": ["families"]}
    answer = post(client, f"/en/jury/calls/{jury.call}/profile", fields)
    assert answer.status_code == 303
    page = client.get(f"/en/jury/calls/{jury.call}/profile").text
    assert '<option value="PER" selected>' in page
    assert "No file waits for you" in text_of(client.get("/en/jury"))


def test_a_profile_without_a_country_says_so_at_the_field(app: Flask, jury: Jury) -> None:
    juror = jury.add_juror("Basel Juror", "JOR")
    client = browser(app, juror)
    answer = post(client, f"/en/jury/calls/{jury.call}/profile", {"residence": "", "languages": ["en"]})
    assert answer.status_code == 422
    assert 'href="#residence"' in answer.text


def test_a_jury_that_is_not_ones_own_cannot_be_declined(app: Flask, jury: Jury) -> None:
    client = browser(app, jury.add_juror("Amina Juror", "SEN"))
    assert client.get("/en/jury/calls/CALL-2027-XXXXX/decline").status_code == 404


def test_who_declines_leaves(app: Flask, jury: Jury) -> None:
    juror = jury.add_juror("Basel Juror", "JOR")
    client = browser(app, juror)
    assert post(client, f"/en/jury/calls/{jury.call}/decline", {}).status_code == 303
    assert client.get("/en/jury").status_code == 404


@pytest.fixture
def reader(app: Flask, jury: Jury):  # type: ignore[no-untyped-def]
    """Basel's browser, with Cusco to read."""
    juror = jury.add_juror("Basel Juror", "JOR")
    assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=jury.jurors["Basel Juror"])
    return browser(app, juror)


def test_the_gate_shows_what_is_public_and_nothing_of_the_text(jury: Jury, reader) -> None:  # type: ignore[no-untyped-def]
    file = jury.files["Cusco"]
    home = text_of(reader.get("/en/jury"))
    assert "To declare (1)" in home
    assert "Done: 0 of 1" in home
    gate = text_of(reader.get(f"/en/jury/files/{file}"))
    for public in ("Cusco", "Peru", "Latin America and the Caribbean"):
        assert public in gate
    assert "A place to learn for everybody" not in gate
    assert reader.get(f"/en/jury/files/{file}/read").status_code == 403


def test_no_answer_is_no_default(jury: Jury, reader) -> None:  # type: ignore[no-untyped-def]
    path = f"/en/jury/files/{jury.files['Cusco']}"
    assert " checked" not in reader.get(path).text
    answer = post(reader, path, {})
    assert answer.status_code == 422
    assert "Answer yes or no." in answer.text


def test_no_conflict_opens_the_text_without_anybodys_contact_data(jury: Jury, reader) -> None:  # type: ignore[no-untyped-def]
    file = jury.files["Cusco"]
    answer = post(reader, f"/en/jury/files/{file}", {"answer": "no"})
    assert answer.headers["Location"].endswith(f"/jury/files/{file}/read")
    page = reader.get(f"/en/jury/files/{file}/read")
    assert "A place to learn for everybody." in page.text
    for hidden in ("@cusco.example", "Mehmet Kaya", "Owner of", "focal"):
        assert hidden not in page.text
    assert "To read (1)" in text_of(reader.get("/en/jury"))


def test_a_conflict_takes_the_file_away(jury: Jury, reader) -> None:  # type: ignore[no-untyped-def]
    file = jury.files["Cusco"]
    answer = post(reader, f"/en/jury/files/{file}", {"answer": "yes", "detail": " "})
    assert answer.status_code == 422
    assert "Say in a few words what the tie is." in answer.text
    assert post(reader, f"/en/jury/files/{file}", {"answer": "yes", "detail": "My cousin"}).status_code == 303
    for path in (f"/en/jury/files/{file}", f"/en/jury/files/{file}/read", f"/en/jury/files/{file}/submit"):
        assert reader.get(path).status_code == 404


def test_a_file_can_be_given_back(jury: Jury, reader) -> None:  # type: ignore[no-untyped-def]
    file = jury.files["Cusco"]
    assert post(reader, f"/en/jury/files/{file}/decline", {"reason": ""}).status_code == 422
    assert post(reader, f"/en/jury/files/{file}/decline", {"reason": "No time"}).status_code == 303
    assert reader.get(f"/en/jury/files/{file}").status_code == 404


def test_a_file_of_another_juror_is_not_there(app: Flask, jury: Jury, reader) -> None:  # type: ignore[no-untyped-def]
    missing = reader.get("/en/jury/files/GNLC-2027-XXXXX")
    other = reader.get(f"/en/jury/files/{jury.files['Kisumu']}")
    assert (missing.status_code, missing.data) == (other.status_code, other.data)
    assert missing.status_code == 404
    officer = browser(app, jury.officer)
    assert officer.get(f"/en/jury/files/{jury.files['Cusco']}").status_code == 404


def test_the_deadline_is_shown_in_the_calls_zone(jury: Jury, reader) -> None:  # type: ignore[no-untyped-def]
    until = clock.now().replace(month=6, day=30)
    assignment.set_reading_deadline(actor=jury.officer, call=jury.call, until_at=until)
    shown = text_of(reader.get("/en/jury"))
    assert "29 June 2027" in shown, shown
    assert "21:00" in shown
