"""One command, one transaction: nothing half, no nesting, chained entries."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, insert, select, update

from gnlc_apply import config
from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import AuditDetail, AuditEntry, OutboxMessage, Person
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.services import ledger
from gnlc_apply.services.command import Unit, command

pytestmark = pytest.mark.postgres


@command()
def add_person(unit: Unit, *, actor: Actor, email: str, fails: bool = False) -> None:
    """Write a person, note it, write to them; then fail if asked to."""
    unit.session.execute(
        insert(Person), [{"email": email, "name": "", "language": "en", "organisation": "", "created_at": unit.now}]
    )
    unit.note("added", "person", 1, email=email)
    unit.send(Message(kind="welcome", recipient=email))
    if fails:
        raise Conflict(Text("No."))


def count(model: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def verdict() -> ledger.Verdict:
    with db.reading() as session:
        return ledger.verify(session)


def test_row_entry_and_message_are_there_together(database: config.Settings) -> None:
    add_person(actor=SYSTEM, email="a@example.org")
    assert (count(Person), count(AuditEntry), count(OutboxMessage)) == (1, 1, 1)


def test_nothing_is_there_after_a_refusal(database: config.Settings) -> None:
    with pytest.raises(Conflict):
        add_person(actor=SYSTEM, email="a@example.org", fails=True)
    assert (count(Person), count(AuditEntry), count(OutboxMessage)) == (0, 0, 0)


def test_a_command_takes_no_positional_arguments(database: config.Settings) -> None:
    with pytest.raises(TypeError, match="keyword arguments only"):
        add_person(SYSTEM, email="a@example.org")  # type: ignore[call-arg]  # what is shown
    assert (count(Person), count(AuditEntry)) == (0, 0)
    add_person(actor=SYSTEM, email="a@example.org")
    assert (count(Person), count(AuditEntry)) == (1, 1)


def test_broken_constraint_becomes_words_at_its_field(database: config.Settings) -> None:
    add_person(actor=SYSTEM, email="a@example.org")
    with pytest.raises(Conflict) as refusal:
        add_person(actor=SYSTEM, email="a@example.org")
    assert set(refusal.value.fields) == {"email"}
    assert count(Person) == 1


def test_commands_do_not_nest(database: config.Settings) -> None:
    @command()
    def outer(unit: Unit, *, actor: Actor) -> None:
        add_person(actor=actor, email="a@example.org")

    with pytest.raises(RuntimeError, match="nest"):
        outer(actor=SYSTEM)


def test_prepare_runs_outside_the_transaction(database: config.Settings) -> None:
    seen: list[str] = []

    def prepare(**given: object) -> dict[str, object]:
        add_person(actor=SYSTEM, email="prepared@example.org")  # would block for ever inside a writer on SQLite
        return {"prepared": 7}

    @command(prepare)
    def act(unit: Unit, *, actor: Actor, prepared: int = 0) -> None:
        seen.append(str(prepared))

    act(actor=SYSTEM)
    assert seen == ["7"]


def test_many_writers_make_one_unbroken_chain(database: config.Settings) -> None:
    def write(start: int) -> None:
        for number in range(start, start + 10):
            add_person(actor=SYSTEM, email=f"p{number}@example.org")
        db.release()

    threads = [threading.Thread(target=write, args=(n * 100,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verdict()
    assert (found.entries, found.first_broken) == (40, None)


def _change_entry(sequence: int) -> None:
    with db.writing() as session:
        session.execute(update(AuditEntry).where(AuditEntry.sequence == sequence).values(act="other"))


def _change_detail(sequence: int) -> None:
    with db.writing() as session:
        session.execute(
            update(AuditDetail).where(AuditDetail.entry_sequence == sequence).values(details={"email": "b@example.org"})
        )


def _drop_last(_sequence: int) -> None:
    with db.writing() as session:
        session.execute(AuditEntry.__table__.delete().where(AuditEntry.sequence == 3))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("tamper", "broken"), [(_change_entry, 2), (_change_detail, 2), (_drop_last, 2)])
def test_tampering_is_found(database: config.Settings, tamper: Callable[[int], None], broken: int) -> None:
    for number in range(3):
        add_person(actor=SYSTEM, email=f"p{number}@example.org")
    assert verdict().first_broken is None
    tamper(2)
    assert verdict().first_broken == broken


def test_erased_details_still_verify(database: config.Settings) -> None:
    add_person(actor=SYSTEM, email="a@example.org")
    with db.writing() as session:
        session.execute(update(AuditDetail).values(details=None))
    assert verdict().first_broken is None
