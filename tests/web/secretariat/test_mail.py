"""The secretariat's mail page: what waits, what left, what may be done, and nothing secret."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message, opened, rows
from gnlc_apply.mail.render import MASK
from gnlc_apply.models import AuditEntry, Instance, MessageState, OutboxMessage, Role, StaffConflict
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import mail as queries
from gnlc_apply.queries.mail import Wanted
from gnlc_apply.services import outbox
from tests.accounts import actor, person
from tests.city import City, row
from tests.conftest import NOW
from tests.desk import Desk
from tests.signing_in import csrf_of, sign_in
from tests.web.statements import counted

TOKEN = "a-token-that-nobody-may-read-0123456789"


@pytest.fixture
def officer(app: Flask) -> Actor:
    """An officer."""
    return actor(person("olga@example.org", Role.OFFICER))


def queue(recipient: str, kind: str = "invitation", language: str = "en", **changed: object) -> str:
    """Put a message with a secret into the outbox; its reference."""
    values = {"name": "Ana", "inviter": "", "role": "juror", "expires_at": NOW.isoformat(), "secret_token": TOKEN}
    message = Message(kind, recipient, values, language=language, **changed)  # type: ignore[arg-type]  # as named
    with db.writing() as session:
        (made,) = rows([message], clock.now(), 0)
        session.execute(insert(OutboxMessage), [made])
    return str(made["message_id"]).split("@")[0]


def state(reference: str) -> MessageState:
    with db.reading() as session:
        query = select(OutboxMessage.state).where(OutboxMessage.message_id.startswith(reference))
        return session.scalars(query).one()


def test_only_the_secretariat_sees_it(client: FlaskClient) -> None:
    reference = queue("ana@example.org")
    sign_in(client, person("ana@example.org"))
    assert client.get("/en/secretariat/mail").status_code == 404
    assert client.get(f"/en/secretariat/mail/{reference}").status_code == 404


def test_the_list_says_how_many_people_and_languages(client: FlaskClient, officer: Actor) -> None:
    for number in range(3):
        queue(f"p{number}@example.org", language="ar" if number else "en")
    queue("p0@example.org")
    sign_in(client, officer.person_id or 0)
    page = client.get("/en/secretariat/mail?kind=invitation").text
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "4 messages, to 3 addresses, in 2 languages." in words
    assert "p2@example.org" in words
    assert "p1@example.org" not in client.get("/en/secretariat/mail?query=P2@example").text


def test_the_preview_is_what_the_reader_sees_without_the_secret(client: FlaskClient, officer: Actor) -> None:
    reference = queue("ana@example.org")
    sign_in(client, officer.person_id or 0)
    page = client.get(f"/en/secretariat/mail/{reference}").text
    assert "Your invitation to the membership system" in page
    assert "Dear Ana," in page
    assert MASK in page
    assert TOKEN not in page
    arabic = queue("leila@example.org", language="ar")
    assert 'lang="ar" dir="rtl"' in client.get(f"/en/secretariat/mail/{arabic}").text


def test_a_message_that_cannot_be_written_says_why(client: FlaskClient, officer: Actor) -> None:
    reference = queue("ana@example.org", kind="nothing")
    sign_in(client, officer.person_id or 0)
    page = client.get(f"/en/secretariat/mail/{reference}")
    assert page.status_code == 200
    assert "TemplateNotFound" in page.text


def test_holding_releasing_and_discarding_by_the_buttons(client: FlaskClient, officer: Actor) -> None:
    reference = queue("ana@example.org")
    sign_in(client, officer.person_id or 0)
    path = f"/en/secretariat/mail/{reference}"
    for act, after in (("hold", "held"), ("retry", "queued"), ("hold", "held"), ("discard", "discarded")):
        page = client.get(path)
        assert f'action="{path}/{act}"' in page.text
        answer = client.post(f"{path}/{act}", data={"csrf_token": csrf_of(page)})
        assert answer.status_code == 303
        assert state(reference) == after
    assert "<button" not in client.get(path).text.split("What its reader sees")[1].split("<dialog")[0]
    with db.reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.noun == "message").order_by(AuditEntry.id)).all()
        values = session.scalars(
            select(OutboxMessage.values).where(OutboxMessage.recipient == "ana@example.org")
        ).first()
    assert list(acts) == ["held", "queued_again", "held", "discarded"]
    assert values is not None
    assert values["secret_token"] == MASK


def test_what_has_left_cannot_be_called_back_or_sent_again(officer: Actor) -> None:
    reference = queue("ana@example.org")
    for now in (MessageState.SENT, MessageState.SENDING):
        with db.writing() as session:
            sent_at = NOW if now is MessageState.SENT else None
            session.execute(update(OutboxMessage).values(state=now, sent_at=sent_at))
        for act in (outbox.hold, outbox.retry, outbox.discard):
            with pytest.raises(Conflict):
                act(actor=officer, message=reference)


def test_a_dead_message_goes_out_again_but_not_before_its_time(officer: Actor) -> None:
    reference = queue("ana@example.org", not_before=NOW + timedelta(days=1))
    with db.writing() as session:
        session.execute(update(OutboxMessage).values(state="dead", attempts=20, last_error="550"))
    outbox.retry(actor=officer, message=reference)
    assert outbox.claim(NOW + timedelta(hours=23)) is None
    claimed = outbox.claim(NOW + timedelta(days=1))
    assert claimed is not None
    assert opened(claimed.values)["secret_token"] == TOKEN


def test_all_mail_is_held_and_released(client: FlaskClient, officer: Actor) -> None:
    sign_in(client, officer.person_id or 0)
    for is_held, words in (("yes", "All mail is held."), ("no", "Mail leaves again.")):
        page = client.get("/en/secretariat/mail")
        data = {"csrf_token": csrf_of(page), "is_held": is_held}
        answer = client.post("/en/secretariat/mail/hold-all", data=data, follow_redirects=True)
        assert words in answer.text
        with db.reading() as session:
            assert session.scalars(select(Instance.is_held)).one() is (is_held == "yes")


def test_a_test_message_goes_to_whoever_asks(client: FlaskClient, officer: Actor) -> None:
    sign_in(client, officer.person_id or 0)
    page = client.get("/en/secretariat/mail")
    client.post("/en/secretariat/mail/test", data={"csrf_token": csrf_of(page)})
    with db.reading() as session:
        sent = session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.kind == "test")).all()
    assert list(sent) == ["olga@example.org"]


def test_mail_about_a_file_is_not_for_whoever_has_a_conflict_in_it(app: Flask) -> None:
    world = City()
    file = row(world.submitted())
    with db.reading() as session:
        query = select(OutboxMessage.message_id).where(OutboxMessage.application_id == file.id)
        reference = session.scalars(query).first()
    assert reference is not None
    reference = reference.split("@")[0]
    with app.app_context():
        assert queries.message(world.officer, reference) is not None
        before = queries.listed(world.officer, Wanted()).reach.messages
        with db.writing() as session:
            values = {"application_id": file.id, "person_id": world.officer.person_id, "recorded_at": NOW}
            session.execute(insert(StaffConflict), [{**values, "reason": "my home town"}])
        assert queries.message(world.officer, reference) is None
        assert queries.listed(world.officer, Wanted()).reach.messages < before
        with pytest.raises(NotFound):
            outbox.hold(actor=world.officer, message=reference)


def test_a_tie_in_another_file_hides_no_message_that_could_not_be_sent(app: Flask) -> None:
    world = Desk(2)
    file, other = (row(reference).id for reference in world.files)
    with db.writing() as session:
        about = select(OutboxMessage.id).where(OutboxMessage.application_id == file).limit(1).scalar_subquery()
        session.execute(update(OutboxMessage).where(OutboxMessage.id == about).values(state=MessageState.DEAD))
        tie = {"application_id": other, "person_id": world.officer.person_id, "recorded_at": NOW, "reason": "x"}
        session.execute(insert(StaffConflict), [tie])
        session.execute(insert(StaffConflict), [{**tie, "application_id": file, "person_id": world.second.person_id}])
    with app.app_context():
        assert [queries.undelivered(who) for who in (world.officer, world.second)] == [1, 0]


def test_the_list_asks_the_same_number_of_statements_for_any_length(client: FlaskClient, officer: Actor) -> None:
    sign_in(client, officer.person_id or 0)
    numbers = []
    for length in (1, 60):
        for number in range(length):
            queue(f"{length}-{number}@example.org")
        with counted() as ran:
            assert client.get("/en/secretariat/mail").status_code == 200
        numbers.append(len(ran))
    assert numbers[0] == numbers[1]
    assert numbers[0] < 15
