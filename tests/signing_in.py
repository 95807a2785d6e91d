"""Signing in as anybody, through the real pages: what all tests of pages need."""

from __future__ import annotations

import re
from functools import lru_cache

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from gnlc_apply import config
from gnlc_apply.core import clock, totp
from gnlc_apply.core.passwords import hash_password
from gnlc_apply.core.sealing import unseal
from gnlc_apply.extensions import db
from gnlc_apply.models import Person

PASSWORD = "tiny orange kettle on a hill"
# What a page carries of what it showed (web/seen.py): a browser sends it back.
_SEEN = re.compile(r'<input(?=[^>]*type="hidden")(?=[^>]*name="(seen|digest|sign)")[^>]*value="([^"]*)"')
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@lru_cache(maxsize=1)
def password_hash() -> str:
    """The hash of the password that all people of the tests have."""
    return hash_password(PASSWORD)


def csrf_of(answer: TestResponse) -> str:
    """The CSRF token of a page's form."""
    found = _CSRF.search(answer.text)
    assert found, f"no form on this page ({answer.status_code}): {answer.text[:400]}"
    return found.group(1)


def post(client: FlaskClient, path: str, form_path: str | None = None, **fields: object) -> TestResponse:
    """Open a page (``form_path``, if the form stands elsewhere), fill its form and send it."""
    page = client.get(form_path or path)
    return client.post(path, data={"csrf_token": csrf_of(page), **dict(_SEEN.findall(page.text)), **fields})


def _with_password(who: int | str) -> Person:
    """The person, given the password of the tests."""
    with db.writing() as session:
        condition = Person.id == who if isinstance(who, int) else Person.email == who
        person = session.scalars(select(Person).where(condition)).one()
        person.password_hash = password_hash()
        person.confirmed_at = person.confirmed_at or clock.now()
    return person


def app_code(email: str) -> str:
    """What the person's authenticator app shows; the clock of a test may stand still, so a used code is forgotten."""
    with db.writing() as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        assert person.totp_secret is not None
        person.totp_last_step = None
        secret = unseal(config.current().secret_key, "totp", person.totp_secret.decode())
    return totp.code_at(secret, totp.step_at(clock.now()))


def sign_in(client: FlaskClient, who: int | str, second_factor: bool = True) -> Person:
    """Sign a person (by number or address) in through the real pages, second factor included where it is asked for.

    Where the role demands an app and there is none, one is set up, and its recovery codes are put aside.
    """
    person = _with_password(who)
    answer = post(client, "/en/account/sign-in", email=person.email, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    if not second_factor:
        return person
    location = answer.headers["Location"]
    if location.endswith("/account/second-factor"):
        answer = post(client, location, code=app_code(person.email))
    elif location.endswith("/account/second-factor/set-up"):
        page = client.get(location)
        secret = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page.text)
        assert secret, page.text
        code = totp.code_at(secret.group(1).replace(" ", ""), totp.step_at(clock.now()))
        answer = client.post(location, data={"csrf_token": csrf_of(page), "code": code})
        assert answer.status_code == 303, answer.text
        answer = post(client, answer.headers["Location"])
    assert answer.status_code == 303, answer.text
    return person
