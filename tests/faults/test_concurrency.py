"""Many at once on the same thing: one legal end, nothing half, nothing lost, the audit log whole.

A sample of rounds in every run; ``./dev prove tests/faults/test_concurrency.py`` does a thousand of submitting, taking back
and returning, and a hundred of pressing "announce" (ten minutes).
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Refusal
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message
from gnlc_apply.mail.outbox import rows as mail_rows
from gnlc_apply.models import (
    Application,
    ApplicationVersion,
    AuditEntry,
    Cohort,
    CohortState,
    Decision,
    Membership,
    OutboxMessage,
    Outcome,
    Person,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import open_data
from gnlc_apply.queries.embargoed import decisions
from gnlc_apply.services import application as applications
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision, ledger, outbox, screening
from gnlc_apply.services.cohort import tick
from tests import engines, proof
from tests.city import City, add_person, row
from tests.conftest import NOW
from tests.faults import site
from tests.services.cohort import ground

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]
Act = Callable[[], Any]


def together(*acts: Act) -> list[str]:
    """All at the same moment; what each came to: ``done`` or the words of its refusal, in their order."""
    start, got = threading.Barrier(len(acts)), [""] * len(acts)

    def one(number: int, act: Act) -> None:
        start.wait()
        try:
            act()
            got[number] = "done"
        except Refusal as refusal:
            got[number] = str(refusal.message.msgid)
        finally:
            db.release()

    threads = [threading.Thread(target=one, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "" not in got, "an act ended in a fault"
    return got


def chain_is_whole() -> bool:
    """Whether every entry of the audit log fits the one before."""
    with db.reading() as session:
        return ledger.verify(session).first_broken is None


def _entries(act: str) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == act)) or 0


@pytest.mark.postgres
def test_submitting_taking_back_and_returning_at_once_end_legally(database: config.Settings, engine: str) -> None:
    world, due = City(), NOW + timedelta(days=10)
    reference = world.submitted()
    rounds = proof.amount(100, 1000) if engine == "sqlite" else proof.amount(20, 200)
    ends: Counter[str] = Counter()
    for number in range(rounds):
        before = row(reference)
        is_last = number == rounds - 1
        got = together(
            partial(applications.take_back, actor=world.owner, reference=reference),
            partial(applications.resubmit, actor=world.owner, reference=reference),
            partial(
                screening.return_questions,
                actor=world.officer,
                reference=reference,
                keys=["motivation.context"],
                message="Say more.",
                due_at=due,
            ),
            partial(applications.withdraw if is_last else applications.submit, actor=world.owner, reference=reference),
        )
        after = row(reference)
        ends[str(after.state)] += 1
        assert str(after.state) in ("submitted", "returned", "withdrawn")
        assert (after.state == "returned") == (after.returned_from is not None)
        assert "done" in got, got
        assert after.version_id is not None
        assert before.version_id is not None
        assert after.version_id >= before.version_id
    assert len(ends) >= 2, "only one end: nothing met"
    with db.reading() as session:
        numbers = session.scalars(select(ApplicationVersion.number).order_by(ApplicationVersion.number)).all()
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert chain_is_whole()


@pytest.mark.postgres
def test_two_officers_who_decide_differently_leave_one_decision(database: config.Settings) -> None:
    world = ground.build()
    files = world.files[:1]
    for _round in range(proof.amount(5, 50)):
        officer, second = world.officer, world.actor("second_officer")
        shown = decisions.chosen(officer, ground.CALL, files, clock.now())
        db.release()
        propose = partial(decision.prepare, reasons=dict.fromkeys(files, "Because."), seen=shown.sign)
        got = together(
            partial(propose, actor=officer, outcomes={files[0]: Outcome.APPROVED}),
            partial(propose, actor=second, outcomes={files[0]: Outcome.NOT_APPROVED}),
        )
        # Whoever comes second reads that the file is no longer as it was shown, and overwrites nothing.
        assert got.count("done") == 1
        with db.reading() as session:
            (found,) = session.scalars(select(Decision)).all()
        assert found.outcome is (Outcome.APPROVED if got[0] == "done" else Outcome.NOT_APPROVED)
        decision.undo(actor=officer, references=files)
    assert chain_is_whole()


@pytest.mark.postgres
def test_a_director_approves_what_was_read_and_not_what_was_changed_meanwhile(database: config.Settings) -> None:
    world = ground.build()
    files = world.files[:1]
    for _round in range(proof.amount(5, 50)):
        decision.prepare(actor=world.officer, outcomes={files[0]: Outcome.APPROVED}, reasons={})
        director, officer = world.director, world.officer
        read = decisions.chosen(director, ground.CALL, files, clock.now()).digest
        db.release()
        got = together(
            partial(decision.approve, actor=director, references=files, digest=read),
            partial(
                decision.prepare,
                actor=officer,
                outcomes={files[0]: Outcome.NOT_APPROVED},
                reasons={files[0]: "Because."},
            ),
        )
        assert got.count("done") == 1
        with db.reading() as session:
            (found,) = session.scalars(select(Decision)).all()
        assert (found.outcome is Outcome.APPROVED) == (found.approved_at is not None) == (got[0] == "done")
        for _step in range(1 + (found.approved_at is not None)):
            decision.undo(actor=world.officer, references=files)
    assert chain_is_whole()


@pytest.mark.postgres
def test_announcing_unlocking_and_deciding_at_once_end_legally(database: config.Settings) -> None:
    world = ground.build()
    reference = ground.armed(world)
    with clock.at(ground.INSTANT):
        actors = [world.director, world.officer, world.actor("second_director")]
        got = together(
            lambda: cohorts.announce(actor=SYSTEM, cohort=reference),
            lambda: decision.undo(actor=actors[1], references=world.files[:1]),
            lambda: cohorts.lock(actor=actors[1], cohort=reference),
            lambda: cohorts.disarm(actor=actors[2], cohort=reference),
        )
    state = ground.cohort_row(reference).state
    assert (got[0] == "done") == (state is CohortState.ANNOUNCED)
    assert (got[3] == "done") == (state is not CohortState.ANNOUNCED)
    assert got[1:3].count("done") == 0
    whole = ["admitted"] * 4 + ["not_admitted"] * 2
    assert ground.states_of(world) == (whole if state is CohortState.ANNOUNCED else ["in_review"] * 6)
    assert chain_is_whole()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_pressed_by_two_and_done_by_two_workers_it_is_announced_once(database: config.Settings, engine: str) -> None:
    world = ground.build()
    reference = ground.armed(world)
    for _try in range(proof.amount(10, 100)):
        with clock.at(ground.INSTANT):
            director, second = world.director, world.actor("second_director")
            got = together(
                partial(cohorts.announce, actor=director, cohort=reference),
                partial(cohorts.announce, actor=second, cohort=reference),
                partial(tick.due, actor=SYSTEM),
                partial(tick.due, actor=SYSTEM),
            )
        assert got[:2].count("done") <= 1
        assert all(words == "done" or words.startswith("Already announced by") for words in got)
        assert _entries("announce") == 1
        assert ground.states_of(world) == ["admitted"] * 4 + ["not_admitted"] * 2
        assert len([m for m in ground.mails() if m.kind.startswith("letter_")]) == 11
        _take_back_by_hand()
    assert chain_is_whole() is False, "taking back by hand must be seen, or the test above proves nothing"


def _take_back_by_hand() -> None:
    """As before the announcement, past all commands, so that it can be raced for once more."""
    with db.writing() as session:
        (last,) = session.execute(select(func.min(AuditEntry.sequence)).where(AuditEntry.act == "announce")).one()
        for table in ("cohort_city", "registry_act", "membership", "gate"):
            session.execute(text(f"DELETE FROM {table} WHERE 1 = 1"))  # noqa: S608  # our own names
        session.execute(delete(OutboxMessage).where(OutboxMessage.cohort_id.is_not(None)))
        session.execute(update(Application).where(Application.state != "draft").values(state="in_review"))
        session.execute(
            update(Cohort).values(state=CohortState.ARMED, announced_at=None, announced_by_id=None, figures={})
        )
        session.execute(text("UPDATE call SET state = 'open', concluded_at = NULL"))
        session.execute(update(AuditEntry).where(AuditEntry.sequence >= last).values(act="undone by hand"))


@pytest.mark.postgres
def test_two_workers_never_hand_over_the_same_message(database: config.Settings) -> None:
    many = proof.amount(60, 600)
    _queue(many)
    taken: list[int] = []

    def work() -> None:
        while (claimed := outbox.claim(NOW)) is not None:
            taken.append(claimed.id)

    assert together(work, work, work) == ["done"] * 3
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == many


def _queue(many: int) -> None:
    messages = [Message("test", f"q{n}@example.org", {"name": "A"}, key=f"q{n}") for n in range(many)]
    with db.writing() as session:
        session.execute(insert(OutboxMessage), mail_rows(messages, NOW, 0))


@pytest.mark.postgres
def test_cities_that_begin_at_once_have_references_of_their_own(database: config.Settings) -> None:
    world = City()
    people = [add_person(f"p{n}@city.example", f"Person {n}") for n in range(8)]
    begun: list[str] = []
    got = together(*[lambda who=who: begun.append(world.begin("Bursa", actor=who)) for who in people])
    assert got == ["done"] * 8
    assert len(set(begun)) == 8
    assert chain_is_whole()


@pytest.mark.postgres
def test_a_person_removed_while_acting_leaves_nothing_dangling(database: config.Settings) -> None:
    world = City()
    reference = world.filled()

    def close() -> None:
        with db.writing() as session:
            session.execute(update(Person).where(Person.email == "owner@city.example").values(deactivated_at=NOW))

    got = together(close, lambda: applications.submit(actor=world.owner, reference=reference))
    assert got[0] == "done"
    assert (got[1] == "done") == (row(reference).submitted_at is not None)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Membership)) == 0
        if db.dialect == "sqlite":
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert chain_is_whole()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_long_reader_stops_no_writer(database: config.Settings) -> None:
    world = City()
    file = Path(database.database_url.removeprefix("sqlite:///") + "-wal")
    with db.reading() as session:
        session.execute(select(func.count()).select_from(Application))
        began = time.monotonic()
        for number in range(proof.amount(20, 100)):
            # Each by somebody of their own: one person begins no hundred.
            world.begin(f"Place {number}", actor=add_person(f"w{number}@city.example", "Writer"))
        assert time.monotonic() - began < 100
        assert file.stat().st_size < 64 * 1024 * 1024
        assert session.scalar(select(func.count()).select_from(Application)) == 0
    assert open_data.registry_json(NOW.date())


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_two_installations_that_start_at_once_migrate_once(settings: config.Settings, engine: str) -> None:
    folder = settings.instance / "fresh"
    folder.mkdir()
    url = f"sqlite:///{folder / 'gnlc.sqlite3'}" if engine == "sqlite" else engines.fresh_database()
    environment = site.own_environment(settings, GNLC_INSTANCE=str(folder), GNLC_DATABASE_URL=url)
    started = [
        subprocess.Popen([*site.GNLC, "init"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=100)[0].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    db.open(url)
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        assert session.scalar(text("SELECT count(*) FROM instance")) == 1
    db.close()
    if engine != "sqlite":
        engines.drop_database(url)
