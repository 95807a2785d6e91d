"""Saving: per answer, never over somebody else's text, only what is open, within eight statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, Application, ApplicationMember, InformationRequest, MemberRole, RequestKind
from gnlc_apply.permissions import Actor
from gnlc_apply.services import application as applications
from gnlc_apply.services.application.save import fingerprint
from tests import city


@pytest.fixture
def world(database: object) -> city.City:
    return city.City()


def stored(reference: str, key: str) -> tuple[object, int]:
    number = city.row(reference).id
    with db.reading() as session:
        found = session.execute(
            select(Answer.value, Answer.version).where(Answer.application_id == number, Answer.key == key)
        ).one()
    return found.value, found.version


def add_editor(world: city.City, reference: str, role: MemberRole = MemberRole.EDITOR) -> None:
    with db.writing() as session:
        session.add(
            ApplicationMember(
                application_id=city.row(reference).id,
                person_id=world.editor.person_id,
                role=role,
                added_at=clock.now(),
            )
        )


def save(
    world: city.City, reference: str, text: str, version: int, *, actor: Actor | None = None, **more: Any
) -> applications.Saved:
    return applications.save_answers(
        actor=actor or world.owner,
        reference=reference,
        raw={"motivation.context": text},
        versions={"motivation.context": version},
        **more,
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database inside the block, without the bounds of transactions."""
    sent: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if not statement.upper().startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.postgres
def test_each_answer_has_its_own_version(world: city.City) -> None:
    reference = world.begin()
    assert save(world, reference, "one", 0).saved == ("motivation.context",)
    assert save(world, reference, "two", 1).saved == ("motivation.context",)
    assert save(world, reference, "two", 2).saved == ()
    assert stored(reference, "motivation.context") == ("two", 2)
    other = applications.save_answers(
        actor=world.owner, reference=reference, raw={"vision.vision": "far"}, versions={"vision.vision": 0}
    )
    assert other.clashes == ()


@pytest.mark.postgres
def test_a_second_editor_loses_nothing(world: city.City) -> None:
    reference = world.begin()
    add_editor(world, reference)
    save(world, reference, "first", 0)
    late = save(world, reference, "mine", 0, actor=world.editor)
    assert (late.saved, [(c.mine, c.theirs, c.version) for c in late.clashes]) == ((), [("mine", "first", 1)])
    assert stored(reference, "motivation.context") == ("first", 1)
    assert save(world, reference, "mine", 1, actor=world.editor).clashes == ()
    assert stored(reference, "motivation.context") == ("mine", 2)


def test_an_untouched_answer_never_clashes(world: city.City) -> None:
    reference = world.begin()
    save(world, reference, "old", 0)
    save(world, reference, "new", 1)
    again = save(world, reference, "old", 1, seen={"motivation.context": fingerprint("old")})
    assert (again.saved, again.clashes) == ((), ())
    assert stored(reference, "motivation.context") == ("new", 2)


def test_what_is_wrong_is_kept_and_named(world: city.City) -> None:
    reference = world.begin()
    saved = save(world, reference, "word " * 151, 0)
    assert saved.saved == ("motivation.context",)
    assert [problem.key for problem in saved.problems] == ["motivation.context"]


def test_fields_that_are_no_question_are_ignored(world: city.City) -> None:
    reference = world.begin()
    raw = {"state": "admitted", "owner_id": "7", "practices.9.title": "x", "vision.plan_file": "x", "csrf_token": "y"}
    assert applications.save_answers(actor=world.owner, reference=reference, raw=raw, versions={"x.y": 1}).saved == ()
    assert city.row(reference).state == "draft"


def test_strangers_find_nothing_and_viewers_may_not(world: city.City) -> None:
    reference = world.begin()
    add_editor(world, reference, MemberRole.VIEWER)
    with pytest.raises(NotFound):
        save(world, reference, "x", 0, actor=world.stranger)
    with pytest.raises(Forbidden):
        save(world, reference, "x", 0, actor=world.editor)
    with pytest.raises(NotFound):
        save(world, "GNLC-2027-00000", "x", 0)


def test_a_submitted_text_is_locked(world: city.City) -> None:
    reference = world.submitted()
    with pytest.raises(Conflict):
        save(world, reference, "late", 1)
    applications.take_back(actor=world.owner, reference=reference)
    assert save(world, reference, "now", 1).saved == ("motivation.context",)


def test_after_the_deadline_only_what_arrived_before(world: city.City) -> None:
    reference = world.begin()
    with clock.at(city.DEADLINE + timedelta(seconds=5)):
        with pytest.raises(Conflict):
            save(world, reference, "late", 0)
        with clock.arriving(city.DEADLINE):
            assert save(world, reference, "in time", 0).saved == ("motivation.context",)


def test_a_return_opens_only_what_it_names(world: city.City) -> None:
    reference = world.submitted()
    with db.writing() as session:
        number = city.row(reference).id
        state = {"state": "returned", "returned_from": "submitted"}
        session.execute(update(Application).where(Application.id == number).values(**state))
        session.add(
            InformationRequest(
                reference="REQ-1",
                application_id=number,
                kind=RequestKind.RETURN,
                asked_for="secretariat",
                keys=["vision.vision", "practices"],
                message="More, please.",
                due_at=city.AFTER,
                asked_at=clock.now(),
            )
        )
    raw = {"motivation.context": "new", "vision.vision": "new", "practices.1.title": "new"}
    with clock.at(city.DEADLINE + timedelta(hours=1)):
        saved = applications.save_answers(actor=world.owner, reference=reference, raw=raw, versions={})
    assert (saved.saved, saved.locked) == (("vision.vision", "practices.1.title"), ("motivation.context",))
    with clock.at(city.AFTER + timedelta(seconds=1)), pytest.raises(Conflict):
        save(world, reference, "late", 1)


def test_six_statements_for_a_save(world: city.City) -> None:
    reference = world.begin()
    save(world, reference, "one", 0)
    with statements() as sent:
        applications.save_answers(
            actor=world.owner,
            reference=reference,
            raw=city.as_sent({"motivation.context": "two", "vision.vision": "three"}),
            versions={"motivation.context": 1, "vision.vision": 0},
        )
    # Two more before it, for who acts and whether they may, make the eight of the budget.
    assert len(sent) == 6
