"""The double click (case I1): every form that acts, as it stands on its page and sent twice, has one effect.

Which routes act is read from the address map: each takes the key of its form, so that the act happens once (``web/once.py``), or
is named below with the reason why a second sending has no second effect. An ordinary run opens every sixth page and sends what
stands on it; ``./dev prove`` all of them.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from gnlc_apply.extensions import db
from gnlc_apply.web.access import access_of
from tests import proof
from tests.access.asking import Asker
from tests.access.pages import pages
from tests.access.test_matrix import TRACES
from tests.proof import amount
from tests.worlds.forms import Form, forms_of

CANDIDATES = 8
HANDED_OUT = ("account.profile.export", "administration.accounts.export")
REPEATABLE = {
    **dict.fromkeys(
        (
            "account.address.confirm",
            "account.invitation.accept",
            "account.mailed_code.enter_code",
            "account.password.reset",
            "account.registration.confirm",
        ),
        "the link or code is good once, and the session has another number afterwards",
    ),
    **dict.fromkeys(
        (
            "account.confirm.form",
            "account.second_factor.form",
            "account.second_factor.recovery",
            "account.second_factor.set_up",
            "account.signin.form",
            "account.signout.form",
            "demo.sign_in",
        ),
        "the session has another number afterwards, and none of the forms of the one before",
    ),
    "account.second_factor.codes": "says that the codes are kept; they are forgotten the first time",
    **dict.fromkeys(
        ("account.profile.export", "administration.accounts.export"), "hands out a file, as often as wanted"
    ),
    **dict.fromkeys(
        ("applicant.sections.save", "applicant.sections.save_item", "jury.calibration.read", "jury.reviews.read"),
        "the browser saves by itself while somebody types; the same text again changes nothing",
    ),
}
_WRITES = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@dataclass
class Sent:
    """A form of one page, as one role would send it."""

    role: str
    form: Form
    values: dict[str, Any] = field(default_factory=dict)

    def by(self, asker: Asker) -> TestResponse:
        """Send it in the browser of this role as it was when everybody came in."""
        return asker.browser(self.role).post(self.form.action, data=self.values)


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that statements change meanwhile, but for the traces that every look may leave."""
    found: set[str] = set()

    def note(_connection: Any, cursor: Any, statement: str, *_more: Any) -> None:
        table = _WRITES.match(statement)
        if table and table[1] not in TRACES and cursor.rowcount != 0:
            found.add(table[1])

    event.listen(db.engine, "after_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "after_cursor_execute", note)


def _endpoint(asker: Asker, action: str) -> str | None:
    try:
        return str(asker.app.url_map.bind("localhost").match(action.partition("?")[0], method="POST")[0])
    except HTTPException:
        return None


def found(asker: Asker, pages: Iterable[tuple[str, str]]) -> dict[str, list[Sent]]:
    """By route, the forms on these pages that lead there."""
    sent: dict[str, dict[object, Sent]] = defaultdict(dict)
    for role, address in pages:
        given = asker.browser(role).get(address)
        if given.status_code != 200 or given.mimetype != "text/html":
            continue
        for form in forms_of(address, given.text):
            endpoint = _endpoint(asker, form.action)
            if endpoint is not None and len(sent[endpoint]) < CANDIDATES:
                sent[endpoint].setdefault((role, form.name), Sent(role, form, {**form.values}))
    return {endpoint: list(forms.values()) for endpoint, forms in sent.items()}


def test_every_act_happens_once_or_says_why_not(asker: Asker) -> None:
    acting = {rule.endpoint for rule in asker.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    once = {endpoint for endpoint in acting if (access := access_of(asker.app, endpoint)) and access.is_once}
    assert len(once) > 100
    assert acting - once == set(REPEATABLE)


@pytest.mark.proof
@pytest.mark.timeout(amount(300, 1800))
def test_a_form_sent_twice_as_it_stands_has_one_effect(asker: Asker) -> None:
    every = list(pages(asker))
    forms = found(asker, random.Random(20270301).sample(every, len(every) // amount(6, 1)))
    kept, acted, wrong = asker.ground.kept(), set(), []
    for endpoint, sendings in forms.items():
        for sent in sendings:
            with written() as first:
                answers = [sent.by(asker)]
            with written() as second:
                answers.append(sent.by(asker))
            if first and answers[0].status_code == 303:
                acted.add(endpoint)
            if second and endpoint not in HANDED_OUT:
                wrong.append((endpoint, sent.role, [answer.status_code for answer in answers], sorted(second)))
            if first or second:
                asker.restored(kept)
    proof.reached("sent_twice", len(acted), len(wrong))
    assert wrong == []
    assert len(acted) >= amount(8, 60)


def test_a_second_effect_would_be_seen(asker: Asker) -> None:
    """Without its key, asking for another address twice writes two mails: what the proof above looks for."""
    page = next(address for role, address in pages(asker) if role == "owner" and address.endswith("/account/address"))
    (sent,) = found(asker, [("owner", page)])["account.address.form"]
    del sent.values["idempotency_key"]
    effects = []
    for _turn in range(2):
        with written() as tables:
            assert sent.by(asker).status_code == 303
        effects.append("outbox_message" in tables)
    assert effects == [True, True]
