"""A member of a consortium before its link: the same text as everybody, its own name, nobody else's address."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.questionnaire import filled
from tests.services.test_consortium import ADDRESS, AKYAZI, BOZOVA, WHOLE, Consortium, live
from tests.services.test_signature import new_code
from tests.signing_in import csrf_of
from tests.web.signatory.test_signing import press


@pytest.fixture
def world(client: FlaskClient) -> Consortium:
    world = Consortium()
    world.save(filled.member(2, "Bozova", ADDRESS[BOZOVA]))
    return world


def test_the_page_says_for_whom_and_shows_no_other_address(client: FlaskClient, world: Consortium) -> None:
    pages = {number: client.get(f"/en/sign/{world.ask(number)}").text for number in (WHOLE, AKYAZI, BOZOVA)}
    for number, name in ((WHOLE, "Two Rivers"), (AKYAZI, "Akyazi"), (BOZOVA, "Bozova")):
        assert f"Will you sign for {name}?" in pages[number].replace("\u2068", "").replace("\u2069", "")
        assert "Many of us are young." in pages[number]
        for address in ADDRESS.values():
            assert address not in pages[number]
    assert 'value="Head of Akyazi"' in pages[AKYAZI]
    assert "Head of Bozova" not in pages[AKYAZI]
    assert "Head of Akyazi" not in pages[WHOLE]
    assert "Ayşe Yılmaz" not in pages[AKYAZI]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_mail_scanner_signs_for_no_member(client: FlaskClient, world: Consortium, method: str) -> None:
    token = world.ask(AKYAZI)
    for path in ("", "/decline", "/done", "/code"):
        client.open(f"/en/sign/{token}{path}", method=method)
    assert live() == []
    assert client.get(f"/en/sign/{token}").status_code == 200


def test_signing_for_a_member_leaves_the_others_links(client: FlaskClient, world: Consortium) -> None:
    mine, other = world.ask(AKYAZI), world.ask(BOZOVA)
    done = press(client, mine, new_code(mine))
    assert done.headers["Location"] == f"/en/sign/{mine}/done"  # type: ignore[attr-defined]
    assert live() == [AKYAZI]
    assert client.get(f"/en/sign/{mine}").status_code == 410
    assert client.get(f"/en/sign/{other}").status_code == 200


def test_not_signing_names_the_member(client: FlaskClient, world: Consortium) -> None:
    path = f"/en/sign/{world.ask(BOZOVA)}/decline"
    page = client.get(path)
    assert "Do not sign for Bozova" in page.text.replace("\u2068", "").replace("\u2069", "")
    sent = client.post(path, data={"csrf_token": csrf_of(page), "reason": "No."})
    assert sent.status_code == 303


def test_the_link_of_a_member_taken_off_shows_nothing(client: FlaskClient, world: Consortium) -> None:
    token = world.ask(BOZOVA)
    assert client.get(f"/en/sign/{token}").status_code == 200
    world.save({"constituents.2.name_latin": "Ceylan", "constituents.2.name_local": "Ceylan"})
    spent = client.get(f"/en/sign/{token}")
    assert spent.status_code == 410
    for words in ("Bozova", "Ceylan", "Two Rivers", world.file, "Many of us"):
        assert words not in spent.text
