"""The quota is hard: the database holds the line on both engines, also for takers at one moment."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Refusal
from gnlc_apply.extensions import db
from gnlc_apply.models import PlacePurpose, QuotaPlace
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement
from tests.city import row
from tests.desk import WHO, Desk, places, state, words

pytestmark = pytest.mark.postgres


def place(reference: str, number: int, limit: int = 3, purpose: PlacePurpose = PlacePurpose.ENDORSEMENT) -> None:
    file = row(reference)
    with db.writing() as session:
        values = {"call_id": file.call_id, "country": file.country, "purpose": purpose, "number": number}
        session.execute(
            insert(QuotaPlace), [{**values, "limit": limit, "application_id": file.id, "taken_at": clock.now()}]
        )


def test_places_are_numbered_and_end_at_the_quota(database: config.Settings) -> None:
    world = Desk(4)
    assert [world.endorse(reference) for reference in world.files[:3]] == [1, 2, 3]
    with pytest.raises(Conflict, match="All places of this country"):
        world.endorse(world.files[3])
    assert state(world.files[3]) == "submitted"
    assert words(world.files[3]) == []
    assert places() == [1, 2, 3]


def test_a_freed_place_is_taken_next(database: config.Settings) -> None:
    world = Desk(4)
    for reference in world.files[:3]:
        world.endorse(reference)
    endorsement.revoke(actor=world.deputy, reference=world.files[1], reason="Merged", **WHO)
    assert places() == [1, 3]
    assert world.endorse(world.files[3]) == 2


def test_withdrawing_frees_the_place(database: config.Settings) -> None:
    world = Desk(2, quota=1)
    world.endorse(world.files[0])
    applications.withdraw(actor=world.owner, reference=world.files[0], reason="Elections")
    assert places() == []
    assert world.endorse(world.files[1]) == 1


def test_the_database_refuses_a_number_twice_and_one_above_the_limit(database: config.Settings) -> None:
    world = Desk(3)
    place(world.files[0], 1)
    with pytest.raises(IntegrityError):
        place(world.files[1], 1)
    with pytest.raises(IntegrityError):
        place(world.files[1], 4)
    with pytest.raises(IntegrityError):
        place(world.files[1], 0)
    with pytest.raises(IntegrityError):
        place(world.files[0], 2)
    place(world.files[0], 1, purpose=PlacePurpose.APPROVAL)
    place(world.files[1], 2)


@pytest.mark.parametrize("quota", [1, 3])
def test_takers_at_one_moment_never_pass_the_quota(database: config.Settings, quota: int) -> None:
    world = Desk(4, quota=quota)
    start = threading.Barrier(len(world.files))
    outcomes: dict[str, int | str] = {}

    def take(reference: str) -> None:
        start.wait()
        try:
            outcomes[reference] = world.endorse(reference)
        except Refusal as refusal:
            outcomes[reference] = str(refusal)
        finally:
            db.release()

    takers = [threading.Thread(target=take, args=(reference,)) for reference in world.files]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    taken = sorted(outcome for outcome in outcomes.values() if isinstance(outcome, int))
    refused = {outcome for outcome in outcomes.values() if isinstance(outcome, str)}
    assert taken == list(range(1, quota + 1)) == places()
    assert refused == {"All places of this country in this call are taken."}
    assert sorted(state(reference) for reference in world.files) == ["endorsed"] * quota + ["submitted"] * (4 - quota)
