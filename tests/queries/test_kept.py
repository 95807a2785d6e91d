"""What is built from the registry is kept under the number of the registry that was read, never under a later one."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.models import AuditEntry, Person
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries import kept
from gnlc_apply.services.command import Unit, command


@command()
def change(unit: Unit, *, actor: Actor) -> None:
    """An act on the registry, as an announcement notes one."""
    unit.note("told", "registry", 1)


def test_an_act_between_the_look_and_the_number_is_seen_by_the_next_request(database: config.Settings) -> None:
    view = db.reader
    # Somebody signed in was looked up already: this request sees the database as it stood then.
    view.execute(select(func.count()).select_from(Person)).scalar_one()
    db._reader.set(None)
    change(actor=SYSTEM)
    db._reader.set(view)
    entries = select(func.count()).select_from(AuditEntry).where(AuditEntry.noun == "registry")
    assert kept.revision()[1] == 0
    assert view.scalar(entries) == 0
    db.release()
    assert kept.revision()[1] > 0
    assert db.reader.scalar(entries) == 1
    db.release()


def test_bytes_that_are_the_whole_answer_are_built_again_after_an_act_and_follow_a_view_that_is_open(
    database: config.Settings,
) -> None:
    built: list[int] = []

    def build() -> int:
        built.append(len(built))
        return len(built)

    def asked() -> int:
        return kept.kept_alone("bytes", build)

    assert [asked(), asked()] == [1, 1]
    db.release()
    # A request that has read something already goes on in its own view of the database, whatever is committed meanwhile.
    view = db.reader
    view.execute(select(func.count()).select_from(Person)).scalar_one()
    db._reader.set(None)
    change(actor=SYSTEM)
    assert asked() == 2
    db.release()
    db._reader.set(view)
    assert asked() == 1
    db.release()
    assert asked() == 2
    db.release()


class Evicting(dict[object, object]):
    """What is kept while another thread makes room: every entry is gone after one look."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) and self.pop(key, self) is not self

    def get(self, key: object, default: object = None) -> object:
        return self.pop(key, default)


def test_what_another_thread_forgets_between_two_looks_is_built_again(
    database: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_kept", Evicting())
    assert [kept.kept("one", lambda: 1) for _ in range(3)] == [1, 1, 1]
    db.release()
    assert [kept.kept_alone("one", lambda: 1) for _ in range(3)] == [1, 1, 1]
    db.release()


def test_the_oldest_goes_first(database: config.Settings) -> None:
    kept.forget()
    built: list[int] = []
    for number in (*range(kept._KEPT_MOST + 1), kept._KEPT_MOST, 1, 0):
        kept.kept("one", partial(built.append, number), number)
    assert built == [*range(kept._KEPT_MOST + 1), 0]
    db.release()
