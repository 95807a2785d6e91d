"""A consortium on its own pages: who signs is asked for each member, and each signature has its link and its letter."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient

from gnlc_apply.services import signature
from gnlc_apply.services.signature import SIGNATORY
from tests import city, signing_in
from tests.documents.samples import words
from tests.questionnaire import filled
from tests.services.test_consortium import AKYAZI, BOZOVA, WHOLE, Consortium, live, told
from tests.services.test_signature import PNG
from tests.web.applicant.conftest import Desk


@pytest.fixture
def desk(client: FlaskClient) -> Desk:
    """The owner of a consortium's application, signed in."""
    world = Consortium()
    signing_in.sign_in(client, "owner@city.example")
    return Desk(world, client)


def base(desk: Desk) -> str:
    assert isinstance(desk.world, Consortium)
    return f"/applications/{desk.world.file}"


def cards(desk: Desk) -> dict[int, str]:
    """The signature panel's text by signature."""
    page = desk.open(f"{base(desk)}/signature").text
    found = re.findall(r'<section class="gn-card" id="signature-(\d+)">(.*?)</section>', page, re.DOTALL)
    return {int(number): " ".join(re.sub(r"<[^>]+>", " ", text).split()) for number, text in found}


def test_the_form_asks_who_signs_for_each_member_by_name(desk: Desk) -> None:
    page = desk.open(f"{base(desk)}/sections/people").text.replace("\u2068", "").replace("\u2069", "")
    for heading in ("Signature of member 1: Akyazi", "Signature of member 2: Bozova"):
        assert heading in page
    assert 'name="constituent_signatories.1.email"' in page
    assert 'name="constituent_signatories.2.email"' not in page
    assert "constituent_signatories.3" not in page
    assert "constituent_signatories" not in desk.open(f"{base(desk)}/sections/city").text


def test_a_link_instead_of_paper_asks_for_an_address_on_the_same_page(desk: Desk) -> None:
    answered = desk.section(desk.world.file, "people", constituent_signatories__2__signs_on_paper="no")  # type: ignore[attr-defined]
    assert answered.headers["Location"] == f"/en{base(desk)}/sections/people"
    assert 'name="constituent_signatories.2.email"' in desk.open(f"{base(desk)}/sections/people").text
    check = desk.open(f"{base(desk)}/check").text
    assert "Signature of member 2: Enter the e-mail address of this person, or choose to sign on paper" in check


def test_two_who_sign_with_one_address_are_shown(desk: Desk) -> None:
    desk.section(desk.world.file, "people", constituent_signatories__1__email="mayor@city.example")  # type: ignore[attr-defined]
    page = desk.client.get(f"/en{base(desk)}").text
    assert "Two of those who sign have the same address: " in page
    desk.section(desk.world.file, "people", constituent_signatories__1__email="akyazi@city.example")  # type: ignore[attr-defined]
    assert "Two of those who sign have the same address" not in desk.client.get(f"/en{base(desk)}").text


def test_the_panel_follows_each_signature(desk: Desk) -> None:
    panel = f"{base(desk)}/signature"
    assert [text.split(" Not asked")[0] for text in cards(desk).values()] == [
        "The consortium as a whole",
        "Akyazi",
        "Bozova",
    ]
    form = desk.open(f"{panel}/1/ask").text
    assert 'value="Head of Akyazi"' in form
    assert 'value="akyazi@city.example"' in form
    sent = desk.send(f"{panel}/1/ask", name="Head of Akyazi", email="akyazi@city.example", language="en")
    assert sent.status_code == 303
    assert told("signature_request") == ["akyazi@city.example"]
    assert "Akyazi Link sent To akyazi@city.example" in cards(desk)[AKYAZI]
    assert desk.send(f"{panel}/2/revoke").status_code == 409
    assert desk.send(f"{panel}/1/revoke").status_code == 303
    assert "Not asked for yet" in cards(desk)[AKYAZI]
    assert "0 of 3 signatures" in desk.open(base(desk)).text


def test_one_button_sends_all_links_that_are_outstanding(desk: Desk) -> None:
    panel = f"{base(desk)}/signature"
    shown = desk.open(panel).text
    assert re.findall(r"<li><bdi>([^<]+@[^<]+)</bdi></li>", shown) == ["mayor@city.example", "akyazi@city.example"]
    assert desk.send(f"{panel}/ask-outstanding", on=panel).status_code == 303
    assert told("signature_request") == ["akyazi@city.example", "mayor@city.example"]
    after = desk.open(panel).text
    assert "Links sent: 2." in after
    assert "Send all outstanding links" not in after
    late = desk.client.post(f"/en{panel}/ask-outstanding", data={"csrf_token": signing_in.csrf_of(desk.open(panel))})
    assert (late.status_code, "Nobody is left to whom a link could be sent" in late.text) == (409, True)


def test_a_letter_of_a_member_carries_its_name_and_the_code(desk: Desk) -> None:
    panel = f"{base(desk)}/signature"
    code = re.search(r"<strong><bdi>(\w{4}-\w{4})</bdi>", desk.open(panel).text).group(1)  # type: ignore[union-attr]
    made = desk.send(f"{panel}/2/letter", on=panel)
    assert made.headers["Location"] == f"/en{panel}/2/letter.pdf"
    letter = words(desk.client.get(made.headers["Location"]).data)
    for part in (code, "Bozova", "Two Rivers", "Head of Bozova"):
        assert part in letter
    whole = words(desk.client.get(f"/en{panel}/letter.pdf").data)
    assert "Bozova" not in whole
    fields = {"name": "Head of Bozova", "function": "Mayor", "title": ""}
    wrong = desk.send(f"{panel}/2/upload", version_code="0000-0000", file=(io.BytesIO(PNG), "l.png"), **fields)
    assert wrong.status_code == 409
    assert live() == []
    right = desk.send(f"{panel}/2/upload", version_code=code, file=(io.BytesIO(PNG), "l.png"), **fields)
    assert right.status_code == 303
    assert live() == [BOZOVA]
    assert "Signed Head of Bozova , Mayor" in cards(desk)[BOZOVA]


def test_members_that_are_not_named_have_no_pages(desk: Desk) -> None:
    panel = f"/en{base(desk)}/signature"
    for path in ("/3/ask", "/3/revoke", "/3/upload", "/3/letter.pdf", "/99/ask"):
        assert desk.client.get(panel + path).status_code == 404, path
    token = signing_in.csrf_of(desk.client.get(panel))
    assert desk.client.post(f"{panel}/3/letter", data={"csrf_token": token}).status_code == 404
    alone = desk.world.filled("Alone")
    assert desk.client.get(f"/en/applications/{alone}/signature/1/ask").status_code == 404


def test_timeline_receipt_and_submission_say_what_is_outstanding(desk: Desk) -> None:
    world = desk.world
    assert isinstance(world, Consortium)
    world.sign(WHOLE)
    assert "Not all members of the consortium have signed yet." in desk.open(f"{base(desk)}/submit").text
    world.submit()
    page = desk.open(base(desk)).text
    assert "Signatures outstanding" in page
    assert "1 of 3 signatures" in page
    assert "Signatures of the consortium must follow: 2" in desk.open(f"{base(desk)}/receipt").text
    world.sign(AKYAZI)
    world.upload(BOZOVA)
    page = desk.open(base(desk)).text
    assert "Signed for all members" in page
    assert "3 of 3 signatures" in page
    assert "must follow" not in desk.open(f"{base(desk)}/receipt").text
    dossier = words(desk.client.get(f"/en{base(desk)}/application.pdf").data)
    assert "Head of it" in dossier


def test_a_changed_text_shows_the_difference_and_who_said_no(desk: Desk) -> None:
    world = desk.world
    assert isinstance(world, Consortium)
    world.sign(AKYAZI)
    desk.section(world.file, "motivation", motivation__context="Another text.")
    assert "Voided by a change" in cards(desk)[AKYAZI]
    assert "What changed since it was signed" in desk.open(f"{base(desk)}/signature").text
    signature.decline(actor=SIGNATORY, token=world.ask(AKYAZI), reason="Our council said no.")
    assert "Not signed Our council said no." in cards(desk)[AKYAZI]


def test_a_single_city_has_its_panel_as_before(desk: Desk) -> None:
    alone = desk.world.begin("Alone")
    city.fill(desk.world.owner, alone, **{key.replace(".", "__"): value for key, value in filled.complete().items()})
    page = desk.open(f"/applications/{alone}/signature").text
    assert "Signature for the city" in page
    assert 'id="signature-0"' not in page
    assert "consortium" not in page
