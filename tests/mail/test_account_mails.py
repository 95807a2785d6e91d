"""Every message about an account in words, with links that lead to real pages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask

from gnlc_apply.core import clock, totp
from gnlc_apply.mail.outbox import opened
from gnlc_apply.mail.render import render
from gnlc_apply.models import Role
from gnlc_apply.permissions import ANONYMOUS, SYSTEM
from gnlc_apply.queries import account as accounts
from gnlc_apply.services import account
from tests.accounts import actor, mails, person, portugal, reference

KINDS = {
    "account_confirm",
    "account_known",
    "address_asked",
    "address_changed",
    "address_confirm",
    "confirmation_asked",
    "invitation",
    "password_changed",
    "password_reset",
    "role_granted",
    "role_revoked",
    "second_factor_changed",
    "secretariat_role_ended",
    "sign_in_code",
}


@pytest.fixture
def all_kinds(app: Flask) -> None:
    """Everything happens once."""
    portugal()
    adam, dora = person("adam@example.org", Role.ADMINISTRATOR), person("dora@example.org", Role.DIRECTOR)
    account.register(actor=ANONYMOUS, email="new@example.org", name="New Person")
    account.register(actor=ANONYMOUS, email="adam@example.org", name="Adam")
    account.invite(actor=SYSTEM, email="natcom@example.org", name="C", role=Role.COMMISSION, country="PRT")
    person("bo@example.org", Role.COMMISSION, country="PRT")
    account.send_code(actor=ANONYMOUS, email="bo@example.org")
    account.change_password(actor=actor(dora), new_password="a quiet green bicycle")
    account.ask_for_reset(actor=ANONYMOUS, email="dora@example.org")
    bo = person("ana@example.org", name="Ana Maria Costa")
    asked = account.ask_for_role(
        actor=actor(adam), email="ana@example.org", name="Ana Officer", role=Role.OFFICER, valid_until=date(2028, 1, 1)
    )
    account.confirm_request(actor=actor(dora), request=asked)
    pending = totp.new_secret()
    account.confirm_second_factor(
        actor=actor(bo), secret=pending, code=totp.code_at(pending, totp.step_at(clock.now()))
    )
    held = accounts.roles_of(bo)[0].id
    account.revoke(actor=actor(adam), person=reference(bo), grant_id=held)
    account.ask_address_change(actor=actor(bo), email="ana@elsewhere.example")
    token = str(opened(mails("address_confirm")[-1].values)["secret_token"])
    account.confirm_address(actor=actor(bo), token=token)


def test_every_kind_has_words_and_links_that_open(app: Flask, all_kinds: None) -> None:
    client = app.test_client()
    assert {m.kind for m in mails()} == KINDS
    for message in mails():
        with app.app_context():
            words = render(message.kind, "en", opened(message.values))
        assert words.subject
        assert "secret_" not in words.body_text
        for link in re.findall(r"http://localhost(/\S*)", words.body_text):
            assert client.get(link).status_code in (200, 303, 409), (message.kind, link)


def test_secrets_stand_in_no_subject_and_not_open_in_the_outbox(app: Flask, all_kinds: None) -> None:
    for message in mails():
        plain = opened(message.values)
        with app.app_context():
            words = render(message.kind, "en", plain)
        for name, value in plain.items():
            if name.startswith("secret_"):
                assert str(value) not in words.subject
                assert str(value) in words.body_text
                assert str(value) not in str(message.values)
