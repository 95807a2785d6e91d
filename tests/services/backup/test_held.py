"""A restored installation is held: it sends nothing and announces nothing until a named person releases it.

Each refusal is shown beside the same act in the installation that was backed up, where it happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden
from gnlc_apply.extensions import db
from gnlc_apply.models import AuditEntry, CohortState, Instance, MessageState, OutboxMessage, Role
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import instance
from gnlc_apply.scenarios import tick
from gnlc_apply.services import backup, call, holding, member, outbox
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services.backup.afterwards import LEAVING
from gnlc_apply.services.member import CityChanges
from tests import installations
from tests.services.backup.ground import made, silently
from tests.services.cohort import ground

pytestmark = pytest.mark.postgres
AT_THE_INSTANT = ground.INSTANT + timedelta(seconds=1)


@pytest.fixture
def world(database: config.Settings) -> ground.World:
    return ground.build()


def _states() -> dict[str, int]:
    with db.reading() as session:
        found = [str(state) for state in session.scalars(select(OutboxMessage.state))]
    return {state: found.count(state) for state in sorted(set(found))}


@pytest.fixture
def armed(world: ground.World) -> str:
    return ground.armed(world, stand_by=["second_officer"])


@pytest.fixture
def restored_before(
    database: config.Settings, engine: str, tmp_path: Path, world: ground.World, armed: str
) -> Iterator[str]:
    """A copy of the time before the instant, in which the cohort is armed; the original announced at the instant."""
    archive = made(tmp_path / "out")
    with clock.at(AT_THE_INSTANT):
        assert [done.result for done in tick.announcements()] == [[armed]]
        assert outbox.claim(clock.now()) is not None
    with installations.beside(database, tmp_path / "there", engine):
        backup.restore(archive.path, tell=silently)
        yield armed


def test_a_copy_of_before_announces_nothing_by_whatever_way(restored_before: str, world: ground.World) -> None:
    with clock.at(AT_THE_INSTANT):
        assert tick.run() == []
        # Below the tick too, and for everybody who could have pressed the button.
        for actor in (SYSTEM, world.director, world.actor("second_officer")):
            with pytest.raises(Conflict, match="restored from a backup"):
                cohorts.announce(actor=actor, cohort=restored_before)
        assert ground.cohort_row(restored_before).state is CohortState.ARMED
        assert set(ground.states_of(world)) == {"in_review"}


def test_a_copy_of_before_sends_nothing(restored_before: str) -> None:
    assert _states()["queued"] > 0
    with clock.at(AT_THE_INSTANT):
        assert not outbox.is_anything_due(clock.now())
        assert outbox.claim(clock.now()) is None
        assert outbox.put_into_mailbox(clock.now(), lambda row: (row.kind, "")) == 0


def test_letting_mail_go_on_the_mail_page_does_not_release_it(restored_before: str, world: ground.World) -> None:
    with pytest.raises(Conflict, match="restored from a backup"):
        outbox.hold_all(actor=world.officer, is_held=False)
    assert outbox.claim(AT_THE_INSTANT) is None
    # Even if somebody wrote into the table: one of the two marks is enough.
    with db.writing() as session:
        session.execute(update(Instance).values(is_held=False))
    assert outbox.claim(AT_THE_INSTANT) is None


def test_nothing_happens_by_the_clock(restored_before: str) -> None:
    with clock.at(AT_THE_INSTANT), pytest.raises(Conflict, match="restored from a backup"):
        call.remind_cities(actor=SYSTEM, call=ground.CALL)


def test_the_registry_does_not_change(restored_before: str, world: ground.World) -> None:
    changes = CityChanges(name="Eindhoven aan de Dommel")
    with pytest.raises(Conflict, match="restored from a backup"):
        member.correct_city(actor=world.officer, reference="C1", changes=changes, source="letter")
    holding.release(actor=world.director)
    member.correct_city(actor=world.officer, reference="C1", changes=changes, source="letter")


def test_officers_and_cities_do_not_release_it(restored_before: str, world: ground.World) -> None:
    for who in ("officer", "city1"):
        with pytest.raises(Forbidden):
            holding.release(actor=world.actor(who))
        with pytest.raises(Forbidden):
            holding.discard_waiting(actor=world.actor(who))
    assert instance.is_held_now()


def test_released_by_a_named_person_mail_leaves_and_the_armed_announcement_is_on_hold(
    restored_before: str, world: ground.World
) -> None:
    director = world.director
    with clock.at(AT_THE_INSTANT):
        seen = instance.held(director)
        assert (seen.restored_from, [title for title, _instant in seen.armed]) == (ground.NOW, ["Learning Cities 2027"])
        holding.release(actor=director)
        assert outbox.claim(clock.now()) is not None
        tick.run()
        assert ground.cohort_row(restored_before).state is CohortState.ARMED
        assert ground.cohort_row(restored_before).held_by_id == world.people["director"]
        with pytest.raises(Conflict):
            holding.release(actor=director)
        cohorts.release_hold(actor=world.director, cohort=restored_before)
        tick.run()
        assert ground.cohort_row(restored_before).state is CohortState.ANNOUNCED
    with db.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "released")).one()
    assert (entry.actor_id, entry.noun) == (world.people["director"], "instance")


def test_what_waits_can_be_discarded_and_then_never_leaves(restored_before: str, world: ground.World) -> None:
    waiting = _states()["queued"]
    assert holding.discard_waiting(actor=world.director) == waiting
    holding.release(actor=world.director)
    assert outbox.claim(clock.now()) is None
    assert _states() == {"discarded": waiting}


def test_a_copy_of_after_sends_nothing_again(
    database: config.Settings, engine: str, tmp_path: Path, world: ground.World, armed: str
) -> None:
    with clock.at(AT_THE_INSTANT):
        tick.announcements()
        letters = list(iter(lambda: outbox.claim(clock.now()), None))
        assert len(letters) > 6
        # One is leaving when the backup is made; nobody knows whether it arrives. The rest has left.
        for claimed in letters[1:]:
            outbox.mark_sent(claimed, clock.now(), "subject", "body")
        archive = made(tmp_path / "out")
    with installations.beside(database, tmp_path / "there", engine), clock.at(AT_THE_INSTANT + timedelta(hours=1)):
        backup.restore(archive.path, tell=silently)
        assert _states() == {"held": 1, "sent": len(letters) - 1}
        with db.reading() as session:
            doubtful = session.scalars(select(OutboxMessage).where(OutboxMessage.state == MessageState.HELD)).one()
        assert (doubtful.id, doubtful.last_error) == (letters[0].id, LEAVING)
        holding.release(actor=world.director)
        tick.run()
        assert outbox.claim(clock.now()) is None
        assert ground.cohort_row(armed).state is CohortState.ANNOUNCED
    # Without the restore the lease runs out and it goes again: that is what was in doubt.
    with clock.at(AT_THE_INSTANT + timedelta(hours=1)):
        assert outbox.claim(clock.now()) is not None


def test_an_administrator_releases_too_and_is_not_told_of_armed_lists(
    restored_before: str, world: ground.World
) -> None:
    world.people["admin"] = ground._person("admin@example.org", "Ada Admin")
    ground._grant(world.people["admin"], Role.ADMINISTRATOR)
    assert instance.held(world.actor("admin")).armed == ()
    assert len(instance.held(world.director).armed) == 1
    holding.release(actor=world.actor("admin"))
    assert not instance.is_held_now()
