"""The signatory's page: no account, no data once spent, nothing done by opening it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Signature, SignatureRequest
from gnlc_apply.services import application as applications
from tests import city
from tests.services.test_signature import WHO, ask, new_code
from tests.signing_in import csrf_of


@pytest.fixture
def world(client: FlaskClient) -> city.City:
    return city.City()


def digest_on(page: str) -> str:
    found = re.search(r'name="version_digest" value="([0-9a-f]{64})"', page)
    assert found
    return found.group(1)


def press(client: FlaskClient, token: str, code: str, **changes: str) -> object:
    page = client.get(f"/en/sign/{token}")
    data = {"csrf_token": csrf_of(page), "version_digest": digest_on(page.text), **WHO, "is_ticked": "y", "code": code}
    return client.post(f"/en/sign/{token}", data={**data, **changes})


def test_the_whole_application_without_contact_data(client: FlaskClient, world: city.City) -> None:
    reference = world.filled()
    page = client.get(f"/en/sign/{ask(world, reference)}")
    assert page.status_code == 200
    assert "Many of us are young." in page.text
    for private in ("kaya@city.example", "office@city.example", "Mehmet Kaya", "owner@city.example"):
        assert private not in page.text
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert '<meta name="robots" content="noindex">' in page.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_mail_scanner_changes_nothing(client: FlaskClient, world: city.City, method: str) -> None:
    token = ask(world, world.filled())
    for path in ("", "/decline", "/done", "/code"):
        client.open(f"/en/sign/{token}{path}", method=method)
    with db.reading() as session:
        request = session.scalars(select(SignatureRequest)).one()
        assert session.scalars(select(Signature)).all() == []
    assert (request.opened_at, request.code_sent_at, request.declined_at) == (None, None, None)


def test_code_then_signature_then_nothing_more(client: FlaskClient, world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference)
    page = client.get(f"/en/sign/{token}")
    sent = client.post(f"/en/sign/{token}/code", data={"csrf_token": csrf_of(page)})
    assert sent.headers["Location"] == f"/en/sign/{token}#sign"
    wrong = press(client, token, "00000000")
    assert (wrong.status_code, "This is not the code" in wrong.text) == (422, True)  # type: ignore[attr-defined]
    assert 'value="Ayşe Yılmaz"' in wrong.text  # type: ignore[attr-defined]
    code = new_code(token)
    done = press(client, token, code)
    assert done.headers["Location"] == f"/en/sign/{token}/done"  # type: ignore[attr-defined]
    assert "You have signed" in client.get(f"/en/sign/{token}/done").text
    spent = client.get(f"/en/sign/{token}")
    assert spent.status_code == 410
    for told in (reference, "anlıurfa", "Ayşe", "Many of us"):
        assert told not in spent.text


def test_a_text_changed_while_reading_is_shown_with_the_difference(client: FlaskClient, world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference)
    code = new_code(token)
    read = digest_on(client.get(f"/en/sign/{token}").text)
    applications.save_answers(actor=world.owner, reference=reference, raw={"vision.vision": "Else."}, versions={})
    refused = press(client, token, code, version_digest=read)
    assert refused.status_code == 409  # type: ignore[attr-defined]
    assert "What changed" in refused.text  # type: ignore[attr-defined]
    assert digest_on(refused.text) != read  # type: ignore[attr-defined]
    with db.reading() as session:
        assert session.scalars(select(Signature)).all() == []


def test_declining_needs_words(client: FlaskClient, world: city.City) -> None:
    token = ask(world, world.filled())
    path = f"/en/sign/{token}/decline"
    page = client.get(path)
    assert client.post(path, data={"csrf_token": csrf_of(page), "reason": ""}).status_code == 422
    done = client.post(path, data={"csrf_token": csrf_of(page), "reason": "The budget is wrong."})
    assert done.status_code == 303
    assert "You have not signed" in client.get(f"/en/sign/{token}/done").text


def test_unknown_links_are_all_alike(client: FlaskClient, world: city.City) -> None:
    token = ask(world, world.filled())
    missing = client.get("/en/sign/nothing").data
    for wrong in (token[:-1], token + "A", "a" * 5000, "%00", "..%2f"):
        answer = client.get(f"/en/sign/{wrong}")
        assert answer.status_code == 404
        assert answer.data == missing


def test_a_link_opens_no_file_of_another_application(client: FlaskClient, world: city.City) -> None:
    token = ask(world, world.filled())
    assert client.get(f"/en/sign/{token}/files/FILE-0000000").status_code == 404


def test_arabic_is_mirrored(client: FlaskClient, world: city.City) -> None:
    page = client.get(f"/ar/sign/{ask(world, world.filled())}")
    assert '<html class="govuk-template" lang="ar" dir="rtl">' in page.text


def test_withdrawn_in_between(client: FlaskClient, world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference)
    applications.withdraw(actor=world.owner, reference=reference, reason="")
    page = client.get(f"/en/sign/{token}")
    assert (page.status_code, reference in page.text) == (410, False)
