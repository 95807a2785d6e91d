"""A session is found with the person behind it, who is the same that is found without it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Grant, Person, Role, WebSession
from gnlc_apply.queries import person as people
from gnlc_apply.queries import session as sessions
from tests.accounts import person

HASH = "a" * 64


@pytest.fixture
def signed_in(database: config.Settings) -> int:
    number = person("amina@network.example", Role.OFFICER, name="Amina Officer")
    with db.writing() as session:
        at = clock.now()
        row = {"id_hash": HASH, "person_id": number, "contents": {"a": 1}, "created_at": at, "seen_at": at}
        ends = {"expires_at": at + timedelta(hours=1), "signed_in_at": at, "second_factor_at": at}
        session.execute(insert(WebSession), [{**row, **ends, "network": "", "browser": ""}])
    return number


def _change(table: type[WebSession] | type[Person] | type[Grant], **values: Any) -> None:
    with db.writing() as session:
        session.execute(update(table).values(**values))


def test_the_person_of_a_session_is_the_person(signed_in: int) -> None:
    stored, found = sessions.find_with_actor(HASH)
    assert stored == sessions.find(HASH)
    assert stored is not None
    at = stored.signed_in_at
    assert found == people.actor(signed_in, signed_in_at=at, second_factor_at=at, session_hash=HASH)
    assert found is not None
    assert found.holds(Role.OFFICER)
    db.release()


def test_a_person_in_two_roles_has_both(signed_in: int) -> None:
    with db.writing() as session:
        row = {"person_id": signed_in, "role": Role.DIRECTOR, "granted_at": clock.now()}
        session.execute(insert(Grant), [row])
    stored, found = sessions.find_with_actor(HASH)
    assert stored is not None
    assert found is not None
    assert {grant.role for grant in found.grants} == {Role.OFFICER, Role.DIRECTOR}
    db.release()


def test_who_lost_a_role_has_lost_it_at_the_next_page(signed_in: int) -> None:
    _change(Grant, revoked_at=clock.now())
    _stored, found = sessions.find_with_actor(HASH)
    assert found is not None
    assert found.grants == ()
    db.release()


def test_the_session_of_a_closed_account_is_nobodys(signed_in: int) -> None:
    assert sessions.find_with_actor(HASH)[1] is not None
    db.release()
    _change(Person, deactivated_at=clock.now())
    stored, found = sessions.find_with_actor(HASH)
    assert stored is not None
    assert found is None
    db.release()


@pytest.mark.parametrize("values", [{"ended_at": 0}, {"expires_at": -1}])
def test_a_session_that_is_over_is_none(signed_in: int, values: dict[str, int]) -> None:
    _change(WebSession, **{name: clock.now() + timedelta(minutes=minutes) for name, minutes in values.items()})
    assert sessions.find_with_actor(HASH) == (None, None)
    assert sessions.find(HASH) is None
    db.release()


def test_a_session_that_nobody_has_signed_in_with_has_no_person(signed_in: int) -> None:
    _change(WebSession, person_id=None, signed_in_at=None, second_factor_at=None)
    stored, found = sessions.find_with_actor(HASH)
    assert stored is not None
    assert stored.contents == {"a": 1}
    assert found is None
    db.release()
