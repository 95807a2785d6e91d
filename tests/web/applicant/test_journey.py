"""From the three questions to the receipt and back, with plain requests: every page of the city once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Person, Role
from gnlc_apply.services import account
from tests import city
from tests.signing_in import csrf_of
from tests.web.applicant.conftest import Desk

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "A few questions"),
        ("ask=1&country=TUR&member=no&head=yes", "Your city can apply"),
        ("ask=1&country=ABW&member=no&head=yes", "Associate Member"),
        ("ask=1&country=ISR&member=no&head=yes", "no longer a Member State"),
        ("ask=1&country=XXX&member=no&head=yes", "not in a Member State"),
        ("ask=1&country=TUR&member=yes", "already a member"),
        ("ask=1&country=TUR&member=no&head=no", "has to sign"),
        ("ask=1&country=TUR", "Say whether your city is a member now."),
    ],
)
def test_eligibility_without_an_account(desk: Desk, query: str, words: str) -> None:
    stranger = desk.client.application.test_client()
    answer = stranger.get(f"/en/apply?{query}")
    assert answer.status_code == 200
    assert words in answer.text
    assert "Set-Cookie" not in answer.headers


def test_beginning_leads_to_the_task_list(desk: Desk) -> None:
    fields = {"call": desk.world.call, "country": "TUR", "place_name": "Bursa", "language": "en"}
    answer = desk.send("/applications/new", **fields)
    assert answer.status_code == 303
    page = desk.client.get(answer.headers["Location"])
    assert page.text.count("Not started") == 11
    assert page.text.count("In progress") == 1
    assert "not possible yet" in page.text
    assert "Bursa" in desk.open("/applications").text
    wrong = desk.send("/applications/new", **{**fields, "country": "ISR"})
    assert wrong.status_code == 422
    assert "Only cities of Member States can apply" in wrong.text
    assert 'value="Bursa"' in wrong.text


def test_somebody_has_begun_is_said_without_saying_who(desk: Desk, as_other: Callable[[str], Desk]) -> None:
    desk.world.begin("Bursa")
    other = as_other("stranger@city.example")
    fields = {"call": desk.world.call, "country": "TUR", "place_name": "BURSA", "language": "en"}
    begun = other.send("/applications/new", **fields)
    assert "Somebody has begun for this place" in begun.text
    assert "Mehmet" not in begun.text
    assert "owner@city" not in begun.text
    asked = {k: fields[k] for k in ("call", "country", "place_name")}
    joined = other.client.post(
        "/en/applications/join", data={"csrf_token": csrf_of(begun), "message": "Library", **asked}
    )
    assert joined.status_code == 303
    own = other.client.post("/en/applications/new", data={"csrf_token": csrf_of(begun), **fields})
    assert own.status_code == 303
    reference = re.search(r"GNLC-2027-\w+", desk.open("/applications").text).group()  # type: ignore[union-attr]
    page = desk.open(f"/applications/{reference}/colleagues")
    assert "Somebody asks to join" in page.text
    assert "Sam Stranger" not in page.text
    number = re.search(r'name="request" value="(\d+)"', page.text).group(1)  # type: ignore[union-attr]
    desk.send(
        f"/applications/{reference}/colleagues/join",
        on=f"/applications/{reference}/colleagues",
        request=number,
        answer="yes",
    )
    assert "Sam Stranger" in desk.open(f"/applications/{reference}/colleagues").text


def test_coordinates_are_found_without_script(desk: Desk) -> None:
    assert "Bursa" in desk.open("/applications/places?country=TUR&name=Bursa").text
    assert "No place found" in desk.open("/applications/places?country=TUR&name=Qwertyx").text


def test_submit_receipt_take_back_resubmit_withdraw(desk: Desk) -> None:
    reference = desk.world.filled()
    base = f"/applications/{reference}"
    assert "version" in desk.open(f"{base}/submit").text
    assert desk.client.get(f"/en{base}/receipt").status_code == 404
    done = desk.send(f"{base}/submit")
    assert done.headers["Location"] == f"/en{base}/receipt"
    receipt = desk.open(f"{base}/receipt")
    assert reference in receipt.text
    assert city.row(reference).state == "submitted"
    for pdf in ("receipt.pdf", "application.pdf", "signature/letter.pdf"):
        answer = desk.open(f"{base}/{pdf}")
        assert answer.data.startswith(b"%PDF-")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
    page = desk.open(base)
    assert "With the National Commission" in page.text
    assert "natcom@country.example" in page.text
    assert "cannot be changed now" in desk.open(f"{base}/sections/vision").text
    assert desk.send(f"{base}/take-back").status_code == 303
    assert city.row(reference).state == "returned"
    desk.section(reference, "vision", vision__vision="Farther.")
    assert desk.send(f"{base}/submit-changes").headers["Location"] == f"/en{base}/receipt"
    assert city.row(reference).state == "submitted"
    assert desk.send(f"{base}/withdraw", reason="We changed our mind.").status_code == 303
    assert city.row(reference).state == "withdrawn"
    assert "Withdrawn" in desk.open(base).text


def test_a_double_click_submits_once(desk: Desk) -> None:
    reference = desk.world.filled()
    path = f"/en/applications/{reference}/submit"
    page = desk.client.get(path)
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page.text).group(1)  # type: ignore[union-attr]
    data = {"csrf_token": csrf_of(page), "idempotency_key": key}
    first, second = desk.client.post(path, data=data), desk.client.post(path, data=data)
    assert first.headers["Location"] == second.headers["Location"] == f"/en/applications/{reference}/receipt"


def test_an_incomplete_application_says_why_not(desk: Desk) -> None:
    reference = desk.world.begin()
    page = desk.open(f"/applications/{reference}/submit")
    assert "answers still need your attention" in page.text
    assert 'method="post"' not in page.text


def test_files_with_captions(desk: Desk) -> None:
    reference = desk.world.begin()
    base = f"/applications/{reference}/files"
    add = f"{base}/add/practices.1.files"
    nothing = desk.send(add, caption="Boats")
    assert (nothing.status_code, 'value="Boats"' in nothing.text) == (422, True)
    fake = desk.send(add, caption="Boats", file=(io.BytesIO(b"GIF89a"), "boat.png"))
    assert (fake.status_code, 'value="Boats"' in fake.text, 'id="file-error"' in fake.text) == (422, True, True)
    no_caption = desk.send(add, file=(io.BytesIO(PNG), "boat.png"))
    assert (no_caption.status_code, 'id="caption-error"' in no_caption.text) == (422, True)
    added = desk.send(add, caption="Boats on the river", file=(io.BytesIO(PNG), "boat.png"))
    assert added.headers["Location"].endswith("/sections/practices/1")
    page = desk.open(f"/applications/{reference}/sections/practices/1")
    file = re.search(r"FILE-\w+", page.text).group()  # type: ignore[union-attr]
    answer = desk.open(f"{base}/{file}")
    headers = {name: answer.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")}
    assert headers == {"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    assert answer.headers["Content-Disposition"] == "attachment; filename=boat.png"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    answer.close()
    other = desk.world.begin("Elsewhere")
    assert desk.client.get(f"/en/applications/{other}/files/{file}").status_code == 404
    desk.send(f"{base}/{file}/caption", caption="Other words")
    assert "Other words" in desk.open(f"/applications/{reference}/sections/practices/1").text
    desk.send(f"{base}/{file}/remove")
    assert desk.client.get(f"/en{base}/{file}").status_code == 404
    assert desk.client.get(f"/en{base}/add/vision.vision").status_code == 200
    assert desk.send(f"{base}/add/vision.vision", caption="x", file=(io.BytesIO(PNG), "b.png")).status_code == 404


def test_colleagues_are_invited_changed_and_removed(desk: Desk, as_other: Callable[[str], Desk]) -> None:
    reference = desk.world.begin()
    base = f"/applications/{reference}/colleagues"
    invited = desk.send(base, name="Elif Demir", email="editor@city.example", role="editor")
    assert invited.status_code == 303
    assert "Invited" in desk.open(base).text
    token = account.invite_colleague(
        actor=desk.world.owner, reference=reference, email="editor@city.example", name="Elif", member_role="editor"
    )
    account.accept_invitation(actor=desk.world.editor, token=token, name="Elif Demir", password=None)
    other = as_other("editor@city.example")
    other.open(f"/applications/{reference}")
    desk.send(f"{base}/role", on=base, email="editor@city.example", role="viewer")
    assert "Viewer" in other.open(base).text
    assert desk.send(f"{base}/remove", on=base, email="owner@city.example").status_code == 409
    desk.send(f"{base}/remove", on=base, email="editor@city.example")
    assert other.client.get(f"/en/applications/{reference}").status_code == 404


def test_an_editor_takes_over_from_a_closed_account(desk: Desk, as_other: Callable[[str], Desk]) -> None:
    reference, world = desk.world.begin(), desk.world
    base = f"/applications/{reference}/colleagues"
    token = account.invite_colleague(
        actor=world.owner, reference=reference, email="editor@city.example", name="Elif", member_role="editor"
    )
    account.accept_invitation(actor=world.editor, token=token, name="Elif Demir", password=None)
    editor = as_other("editor@city.example")
    assert "Take over" not in editor.open(base).text
    assert editor.send(f"{base}/owner/take-over", on=base).status_code == 409
    city.add_person("admin@network.example", "Adam Administrator", (Role.ADMINISTRATOR, None))
    with db.reading() as session:
        owner = session.scalars(select(Person.reference).where(Person.email == "owner@city.example")).one()
    administrator = as_other("admin@network.example")
    closing = f"/administration/accounts/{owner}/close"
    assert f"<li><bdi>{reference}</bdi></li>" in administrator.open(closing).text
    assert administrator.send(closing, reason="left the city").status_code == 303
    page = editor.open(base).text
    assert ("account is closed" in page, "Invite a colleague" in page) == (True, False)
    assert editor.send(f"{base}/owner/take-over", on=base).status_code == 303
    page = editor.open(base).text
    assert ("account is closed" in page, "Take over" in page, "Invite a colleague" in page) == (False, False, True)


def test_the_signature_panel_follows_the_signature(desk: Desk) -> None:
    reference = desk.world.filled()
    base = f"/applications/{reference}/signature"
    assert "Not asked for yet" in desk.open(base).text
    sent = desk.send(f"{base}/ask", name="Ayşe Yılmaz", email="owner@city.example", language="en")
    assert sent.status_code == 303
    page = desk.open(base)
    assert "Link sent" in page.text
    assert "address of somebody who fills the form" in page.text
    assert desk.send(f"{base}/revoke").status_code == 303
    made = desk.send(f"{base}/letter", on=base)
    assert made.headers["Location"] == f"/en{base}/letter.pdf"
    code = re.search(r"<strong><bdi>(\w{4}-\w{4})</bdi>", page.text).group(1)  # type: ignore[union-attr]
    fields = {"name": "Ayşe Yılmaz", "function": "Mayor", "title": ""}
    wrong = desk.send(f"{base}/upload", version_code="0000-0000", file=(io.BytesIO(PNG), "l.png"), **fields)
    assert (wrong.status_code, "0000-0000" in wrong.text) == (409, True)
    right = desk.send(f"{base}/upload", version_code=code.lower(), file=(io.BytesIO(PNG), "l.png"), **fields)
    assert right.status_code == 303
    assert "to be looked at by the secretariat" in desk.open(base).text
    signature_word = desk.section(reference, "motivation", motivation__context="Another text.")
    assert signature_word.status_code == 303
    assert "Voided by a change" in desk.open(base).text


def test_pages_of_a_city_are_alike_for_strangers_and_for_nothing(desk: Desk, as_other: Callable[[str], Desk]) -> None:
    reference = desk.world.submitted()
    stranger = as_other("stranger@city.example").client
    for path in (
        "",
        "/check",
        "/submit",
        "/receipt",
        "/application.pdf",
        "/signature",
        "/colleagues",
        "/withdraw",
        "/outcome",
    ):
        found = stranger.get(f"/en/applications/{reference}{path}")
        missing = stranger.get(f"/en/applications/GNLC-2027-00000{path}")
        assert (found.status_code, found.data) == (404, missing.data), path


def test_no_outcome_before_the_announcement(desk: Desk) -> None:
    assert desk.client.get(f"/en/applications/{desk.world.submitted()}/outcome").status_code == 404
