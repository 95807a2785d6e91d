"""What a personal link withstands: scanners that post forms, wrong letters, other purposes, a double click, a look at the tables."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Base, Signature, SignatureRequest
from gnlc_apply.permissions import ANONYMOUS, SYSTEM
from gnlc_apply.services import account, signature
from tests import city
from tests.accounts import secret
from tests.services.test_signature import WHO, ask, new_code, press
from tests.signing_in import csrf_of
from tests.web.signatory.test_signing import digest_on

_FORM = re.compile(r'<form([^>]*method="post"[^>]*)>(.*?)</form>', re.DOTALL)
_ACTION = re.compile(r'action="([^"]+)"')
_INPUT = re.compile(r"<input[^>]*>")
_KEY = re.compile(r'name="idempotency_key" value="([^"]+)"')


@pytest.fixture
def world(client: FlaskClient) -> city.City:
    return city.City()


def signatures() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Signature)) or 0


def sent_by_scanner(form: str) -> dict[str, str]:
    """What a scanner that presses every button sends: all that stands in the form, and every box ticked."""
    values = {}
    for field in _INPUT.findall(form):
        name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if name:
            values[name.group(1)] = value.group(1) if value else ""
            if 'type="checkbox"' in field:
                values[name.group(1)] = values[name.group(1)] or "y"
    return values


def test_a_scanner_that_posts_every_form_signs_nothing(client: FlaskClient, world: city.City) -> None:
    token = ask(world, world.filled())
    posted = []
    for path in (f"/en/sign/{token}", f"/en/sign/{token}/decline"):
        for opening, form in _FORM.findall(client.get(path).text):
            action = _ACTION.search(opening)
            posted.append(action.group(1) if action else path)
            answer = client.post(posted[-1], data=sent_by_scanner(form))
            assert answer.status_code in (303, 409, 422), (posted[-1], answer.status_code)
    assert {f"/en/sign/{token}", f"/en/sign/{token}/decline", f"/en/sign/{token}/code"} <= set(posted)
    assert signatures() == 0
    with db.reading() as session:
        request = session.scalars(select(SignatureRequest)).one()
    assert (request.declined_at, request.revoked_at) == (None, None)
    # Whoever holds the mailbox signs all the same, with the newest code.
    press(token, new_code(token))
    assert signatures() == 1


def test_no_letter_of_a_link_may_be_another(client: FlaskClient, world: city.City) -> None:
    token = ask(world, world.filled())
    assert client.get(f"/en/sign/{token}").status_code == 200
    for place, letter in enumerate(token):
        for other in (chr(ord(letter) ^ 1), chr(ord(letter) ^ 32)):
            wrong = token[:place] + other + token[place + 1 :]
            if wrong.isascii() and wrong.replace("-", "").replace("_", "").isalnum():
                assert client.get(f"/en/sign/{wrong}").status_code == 404, (place, other)
    for wrong in (token[:-1], token[1:], token * 2, "a" * 10_000):
        assert client.get(f"/en/sign/{wrong}").status_code == 404


def test_no_link_opens_what_another_is_for(client: FlaskClient, world: city.City) -> None:
    to_sign = ask(world, world.filled())
    account.register(actor=ANONYMOUS, email="new@city.example", name="New", network="192.0.2.1")
    account.ask_for_reset(actor=SYSTEM, email="owner@city.example")
    invited = account.invite(actor=SYSTEM, email="olga@network.example", name="Olga", role="officer")
    tokens = {
        "sign": to_sign,
        "account/register": secret("account_confirm"),
        "account/password/set": secret("password_reset"),
        "account/invitation": invited,
    }
    for path, own in tokens.items():
        assert client.get(f"/en/{path}/{own}").status_code == 200, path
        for other in tokens.values():
            if other != own:
                assert client.get(f"/en/{path}/{other}").status_code == 404, path


def test_a_double_click_signs_once(client: FlaskClient, world: city.City) -> None:
    token = ask(world, world.filled())
    code = new_code(token)
    page = client.get(f"/en/sign/{token}")
    keys = _KEY.findall(page.text)
    fields = {
        "csrf_token": csrf_of(page),
        "version_digest": digest_on(page.text),
        **WHO,
        "is_ticked": "y",
        "code": code,
    }
    fields["idempotency_key"] = keys[0]
    first, second = (client.post(f"/en/sign/{token}", data=fields) for _time in range(2))
    assert [first.status_code, second.status_code] == [303, 303]
    assert first.headers["Location"] == second.headers["Location"]
    assert signatures() == 1
    # Sent again from another page, with another key: refused.
    again = client.post(f"/en/sign/{token}", data={**fields, "idempotency_key": "x" * 22})
    assert (again.status_code, signatures()) == (410, 1)


def every_value() -> str:
    """Everything that stands in any table."""
    with db.reading() as session:
        return "\n".join(
            str(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
        )


def test_no_table_holds_a_link_or_a_code(client: FlaskClient, world: city.City) -> None:
    to_sign = ask(world, world.filled())
    code = new_code(to_sign)
    client.get(f"/en/sign/{to_sign}")
    account.ask_for_reset(actor=SYSTEM, email="owner@city.example")
    reset = secret("password_reset")
    invited = account.invite(actor=SYSTEM, email="olga@network.example", name="Olga", role="officer")
    found = every_value()
    # The walk reaches every table that knows of them.
    for known in ("mayor@city.example", "olga@network.example", "asked_for_signature"):
        assert known in found
    for hidden in (to_sign, code, reset, invited):
        assert hidden not in found


def test_a_withdrawn_replaced_or_late_link_says_why_and_shows_nothing(client: FlaskClient, world: city.City) -> None:
    reference = world.filled()
    replaced, running = ask(world, reference), ask(world, reference)
    said = {"replaced": client.get(f"/en/sign/{replaced}")}
    with clock.at(city.COMMISSIONS + timedelta(seconds=1)):
        said["late"] = client.get(f"/en/sign/{running}")
    signature.revoke_request(actor=world.owner, reference=reference)
    said["revoked"] = client.get(f"/en/sign/{running}")
    for why, page in said.items():
        assert page.status_code == 410, why
        for hidden in (reference, "anlıurfa", "Ayşe", "Many of us", "mayor@city.example", "owner@city.example"):
            assert hidden not in page.text, why
    assert said["late"].text != said["revoked"].text
