"""Who a person is now: nobody once the account is closed, no juror once the call is concluded."""

from __future__ import annotations

from sqlalchemy import update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, Person, Role
from gnlc_apply.queries import person as people
from tests.city import add_person
from tests.jury_world import Jury


def test_a_closed_account_is_nobody(database: config.Settings) -> None:
    ana = add_person("ana@city.example", "Ana")
    assert people.actor(ana.person_id or 0) is not None
    with db.writing() as session:
        session.execute(update(Person).values(deactivated_at=clock.now()))
    assert people.actor(ana.person_id or 0) is None
    db.release()


def test_a_jurors_roles_end_with_the_call(database: config.Settings) -> None:
    world = Jury()
    chair = world.add_juror("Amina Chair", "SEN", is_chair=True)
    assert {grant.role for grant in chair.grants} == {Role.JUROR, Role.CHAIR}
    with db.writing() as session:
        ended = {"state": "concluded", "concluded_at": clock.now()}
        session.execute(update(Call).where(Call.id == world.call_id).values(**ended))
    found = people.actor(chair.person_id or 0)
    assert found is not None
    assert found.grants == ()
    db.release()
