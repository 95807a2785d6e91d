"""Case N10: the privacy notice has a version; who took note of which, and when, is kept, and asked again when it changes."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.privacy_notice import VERSION
from gnlc_apply.extensions import db
from gnlc_apply.models import Person, PrivacyAcceptance, Role
from gnlc_apply.permissions import ANONYMOUS, SYSTEM
from gnlc_apply.queries import person as people
from gnlc_apply.services import account
from gnlc_apply.services.account import privacy
from tests import accounts
from tests.city import City, add_person, row
from tests.conftest import NOW
from tests.signing_in import PASSWORD, post, sign_in

pytestmark = pytest.mark.postgres
NOTICE = Path(__file__).resolve().parents[3] / "templates/public/privacy/page.html"
# The text of each version, by its digest. A text that says something else is another version: add a line, take none away.
TEXTS = {"2026-11": "b891617d34cc58e5", "2026-12": "75c3bf1f6fc74e88"}
_SENTENCES = re.compile(r'_\("([^"]+)"\)')


def digest() -> str:
    """The digest of what the notice says, whatever surrounds it."""
    return hashlib.sha256("\n".join(_SENTENCES.findall(NOTICE.read_text("utf-8"))).encode()).hexdigest()[:16]


def kept(email: str) -> list[tuple[str, object]]:
    """What was taken note of under this address, the oldest first."""
    with db.reading() as session:
        return [
            (row.version, row.accepted_at)
            for row in session.scalars(
                select(PrivacyAcceptance)
                .join(Person, Person.id == PrivacyAcceptance.person_id)
                .where(Person.email == email)
                .order_by(PrivacyAcceptance.id)
            )
        ]


def registered(email: str = "new@city.example") -> int:
    """Somebody who registered by the link of the mail."""
    account.register(actor=ANONYMOUS, email=email, name="New Person")
    token = accounts.secret("account_confirm")
    return account.confirm_registration(actor=ANONYMOUS, token=token, password=PASSWORD)


def test_another_text_has_another_version() -> None:
    assert TEXTS[VERSION] == digest(), f"the notice says something else: give it a new version ({digest()})"
    assert len(set(TEXTS.values())) == len(TEXTS)


def test_who_registers_confirms_the_notice_of_the_day(database: config.Settings) -> None:
    account.register(actor=ANONYMOUS, email="new@city.example", name="New Person")
    # Whose address it is has not been shown: a stranger may have typed it.
    assert kept("new@city.example") == []
    token = accounts.secret("account_confirm")
    account.confirm_registration(actor=ANONYMOUS, token=token, password=PASSWORD)
    assert kept("new@city.example") == [(VERSION, NOW)]


def test_who_accepts_an_invitation_confirms_it_once(database: config.Settings) -> None:
    accounts.portugal()
    token = account.invite(actor=SYSTEM, email="natcom@pt.example", name="Nora", role=Role.COMMISSION, country="PRT")
    assert kept("natcom@pt.example") == []
    person_id = account.accept_invitation(actor=ANONYMOUS, token=token)
    assert kept("natcom@pt.example") == [(VERSION, NOW)]
    actor = people.actor(person_id)
    assert actor is not None
    db.release()
    account.accept_privacy_notice(actor=actor)
    assert kept("natcom@pt.example") == [(VERSION, NOW)]


def test_a_new_version_is_asked_for_again_and_the_old_one_stays_known(
    database: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = registered()
    actor = people.actor(person_id)
    assert actor is not None
    assert actor.has_accepted_privacy
    for module in (privacy, people):
        monkeypatch.setattr(module, "VERSION", "2031-05")
    asked = people.actor(person_id)
    db.release()
    assert asked is not None
    assert not asked.has_accepted_privacy
    with clock.at(NOW + timedelta(days=1)):
        account.accept_privacy_notice(actor=asked)
    assert kept("new@city.example") == [(VERSION, NOW), ("2031-05", NOW + timedelta(days=1))]
    assert accounts.acts().count("accepted_privacy_notice") == 1
    again = people.actor(person_id)
    assert again is not None
    assert again.has_accepted_privacy
    db.release()


def test_it_is_in_the_persons_own_data_and_in_nobody_elses(database: config.Settings) -> None:
    person_id, other = registered(), add_person("other@city.example", "Other")
    own = account.export_own(actor=accounts.actor(person_id))
    assert [row["version"] for row in own["privacy_notices"]] == [VERSION]
    administrator = accounts.actor(accounts.person("admin@network.example", Role.ADMINISTRATOR))
    taken = account.export_person(actor=administrator, person=accounts.reference(person_id))
    assert taken["privacy_notices"] == own["privacy_notices"]
    assert account.export_own(actor=other)["privacy_notices"] == []


def test_it_goes_with_the_person_who_is_erased(database: config.Settings) -> None:
    person_id = registered()
    administrator = accounts.actor(accounts.person("admin@network.example", Role.ADMINISTRATOR))
    director = accounts.actor(accounts.person("director@network.example", Role.DIRECTOR))
    asked = account.ask_erasure(actor=administrator, person=accounts.reference(person_id), reason="asked by letter")
    account.confirm_request(actor=director, request=asked)
    with db.reading() as session:
        assert session.scalars(select(PrivacyAcceptance)).all() == []


def test_the_page_asks_until_it_is_confirmed_and_stops_nobody(client: FlaskClient) -> None:
    world = City()
    reference = world.filled()
    sign_in(client, "owner@city.example")
    line = "There is a privacy notice that you have not confirmed yet"
    assert line in client.get("/en/applications").text
    # Not a word stands between a city and its deadline.
    assert post(client, f"/en/applications/{reference}/submit").status_code == 303
    assert row(reference).submitted_at is not None
    assert post(client, "/en/account/privacy").status_code == 303
    assert kept("owner@city.example") == [(VERSION, NOW)]
    page = client.get("/en/account/privacy").text
    assert "You have confirmed this version." in page
    assert line not in client.get("/en/applications").text
    assert line not in client.get("/en/account").text
