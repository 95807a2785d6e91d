"""Calls as everybody reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, Cohort, CohortState, ExtensionScope
from gnlc_apply.models import Deadline as Which
from gnlc_apply.queries import public_call
from gnlc_apply.services import call as calls
from tests.registry_lists import bring_states, counted, create_call, officer, open_call


def test_only_opened_calls_are_public(database: object) -> None:
    actor = officer()
    hidden, shown = create_call(actor), open_call(actor, title="Opened")
    assert [call.reference for call in public_call.index()] == [shown]
    with pytest.raises(NotFound):
        public_call.page(hidden)
    with pytest.raises(NotFound):
        public_call.page("none")


def test_an_extension_for_all_moves_the_deadline_and_one_for_a_country_does_not(database: object) -> None:
    bring_states()
    actor = officer()
    reference = open_call(actor)
    plain = public_call.page(reference)
    later = plain.deadline_at + timedelta(days=7)
    common: dict[str, Any] = {"actor": actor, "call": reference, "deadline": Which.CITIES, "reason": "Storm"}
    calls.extend(**common, scope=ExtensionScope.COUNTRY, until_at=later + timedelta(days=9), country="GHA")
    assert public_call.page(reference) == plain
    calls.extend(**common, scope=ExtensionScope.ALL, until_at=later)
    extended = public_call.page(reference)
    assert (extended.deadline_at, extended.is_extended, plain.is_extended) == (later, True, False)


def test_the_stage_follows_the_clock_and_the_announcement_alone(database: object) -> None:
    reference = open_call(officer(), opens_at=datetime(2027, 3, 2, tzinfo=UTC))
    with db.writing() as session:
        call_id = session.scalars(select(Call.id).where(Call.reference == reference)).one()
        row = {"call_id": call_id, "reference": "C-1", "title": "C", "created_at": clock.now(), "stand_by_ids": []}
        session.execute(insert(Cohort), [{**row, "figures": {}}])

    def stage(*moment: int) -> str:
        with clock.at(datetime(*moment, tzinfo=UTC)):  # type: ignore[arg-type, misc]
            return public_call.page(reference).stage

    assert stage(2027, 3, 1, 10) == "coming"
    assert stage(2027, 3, 2, 1) == "open"
    assert stage(2027, 6, 2) == "commissions"
    assert stage(2027, 8, 1) == "jury"
    with db.writing() as session:
        cohort = session.scalars(select(Cohort)).one()
        cohort.state, cohort.lock_hash, cohort.locked_at = CohortState.LOCKED, "x" * 64, clock.now()
    assert stage(2027, 8, 1) == "jury"
    with db.writing() as session:
        cohort = session.scalars(select(Cohort)).one()
        cohort.state, cohort.announced_at = CohortState.ANNOUNCED, datetime(2027, 9, 1, tzinfo=UTC)
    assert (stage(2027, 8, 1), stage(2027, 9, 2)) == ("jury", "announced")


def test_one_statement_whatever_the_number_of_calls(database: object) -> None:
    actor = officer()
    first = open_call(actor)
    with counted() as one:
        public_call.index()
    for number in range(3):
        open_call(actor, title=f"Call {number}")
    with counted() as four:
        public_call.index()
    with counted() as page:
        public_call.page(first)
    assert (len(one), len(four), len(page)) == (1, 1, 1)
