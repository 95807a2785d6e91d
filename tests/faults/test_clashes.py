"""Case I19: PostgreSQL ends a transaction because two met (deadlock, serialisation); it is done again, then said in words."""

from __future__ import annotations

import threading

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, AuditEntry, Person
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.services.command import Unit, command
from tests.city import City, add_person
from tests.faults.test_concurrency import chain_is_whole, together
from tests.signing_in import csrf_of, sign_in

pytestmark = pytest.mark.parametrize("engine", ["postgresql"])
KINDS = {"serialisation": "40001", "deadlock": "40P01"}


def clash(times: int, sqlstate: str) -> None:
    """Let the server itself end the next transactions that write an answer, so many times.

    A sequence is not rolled back: it counts the attempts that failed as well.
    """
    with db.writing() as session:
        session.execute(text("CREATE SEQUENCE attempts"))
        session.execute(
            text(
                "CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF nextval('attempts') <= {times} THEN RAISE EXCEPTION 'met' USING ERRCODE = '{sqlstate}'; END IF;"
                " RETURN NEW; END $$"
            )
        )
        session.execute(text("CREATE TRIGGER clash BEFORE INSERT ON answer FOR EACH ROW EXECUTE FUNCTION clash()"))


def attempts() -> int:
    """How often a row of an answer was tried."""
    with db.reading() as session:
        return session.scalars(text("SELECT last_value FROM attempts")).one()  # type: ignore[no-any-return]


def answers() -> list[object]:
    """What is stored of the vision."""
    with db.reading() as session:
        return list(session.scalars(select(Answer.value).where(Answer.key == "vision.vision")))


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("times", [1, 3])
def test_what_met_another_act_is_done_again_and_nobody_notices(client: FlaskClient, kind: str, times: int) -> None:
    reference = City().begin()
    sign_in(client, "owner@city.example")
    path = f"/en/applications/{reference}/sections/vision"
    token = csrf_of(client.get(path))
    clash(times, KINDS[kind])
    saved = client.post(path, data={"csrf_token": token, "vision.vision": "A town that reads"})
    assert saved.status_code == 303
    assert (answers(), attempts()) == (["A town that reads"], times + 1)
    assert chain_is_whole()


def test_what_meets_others_for_ever_is_refused_in_words_that_keep_the_text(client: FlaskClient) -> None:
    reference = City().begin()
    sign_in(client, "owner@city.example")
    path = f"/en/applications/{reference}/sections/vision"
    token = csrf_of(client.get(path))
    clash(1000, "40001")
    refused = client.post(path, data={"csrf_token": token, "vision.vision": "A town that reads"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "The system is very busy. Nothing was lost" in refused.text
    assert "A town that reads" in refused.text
    assert (answers(), attempts()) == ([], 4)
    with db.writing() as session:
        session.execute(text("DROP TRIGGER clash ON answer"))
    assert client.post(path, data={"csrf_token": token, "vision.vision": "A town that reads"}).status_code == 303
    assert answers() == ["A town that reads"]


@command()
def rename(unit: Unit, *, actor: Actor, first: str, then: str, met: threading.Barrier) -> None:
    """Rename two people one after the other; at the first attempt, only when another act holds the second."""
    for number, email in enumerate((first, then)):
        unit.session.execute(update(Person).where(Person.email == email).values(organisation=first))
        if number == 0 and not met.broken:
            try:
                met.wait(timeout=5)
            except threading.BrokenBarrierError:
                continue
            met.abort()
    unit.note("renamed", "person", None)


def test_a_deadlock_of_two_acts_lets_both_happen(database: config.Settings) -> None:
    for name in ("a", "b"):
        add_person(f"{name}@example.org", name)
    met = threading.Barrier(2)

    def act(first: str, then: str) -> None:
        rename(actor=SYSTEM, first=f"{first}@example.org", then=f"{then}@example.org", met=met)

    with db.reading() as session:
        before = session.execute(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        deadlocks = before.scalar_one()
    assert together(lambda: act("a", "b"), lambda: act("b", "a")) == ["done", "done"]
    with db.reading() as session:
        renamed = session.scalars(select(AuditEntry).where(AuditEntry.act == "renamed")).all()
        # What the server counts reaches its view a moment after the session that met it.
        session.execute(text("SELECT pg_stat_clear_snapshot(), pg_sleep(1)"))
        after = session.execute(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        assert after.scalar_one() == deadlocks + 1, "they did not meet: nothing was proven"
    assert len(renamed) == 2
    assert chain_is_whole()


def test_what_is_no_clash_is_not_done_again(client: FlaskClient) -> None:
    reference = City().begin()
    sign_in(client, "owner@city.example")
    path = f"/en/applications/{reference}/sections/vision"
    token = csrf_of(client.get(path))
    clash(1, "53100")
    refused = client.post(path, data={"csrf_token": token, "vision.vision": "A town that reads"})
    assert (refused.status_code, attempts(), answers()) == (503, 1, [])
