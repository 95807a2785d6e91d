"""The smallest population on every path of a file, and the exception that the secretariat records."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import Role, State
from gnlc_apply.permissions import Actor
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, offers, screening, signature
from gnlc_apply.services.screening_exception import allow_exception
from tests.city import City, add_person, fill, row
from tests.desk import WHO, Desk, mailed, sign, state

OWN = {"value": "9999", "year": 2024, "basis": "city"}
REGION = {"value": "9999", "year": 2024, "basis": "region"}


def draft(world: City, **figure: object) -> str:
    reference = world.begin()
    fill(world.owner, reference, city__population=figure)
    return reference


def checked(world: Desk, reference: str) -> str:
    """Endorsed, signed, its city confirmed: what is left is who may apply."""
    endorsement.endorse(actor=world.commission, reference=reference, **WHO)
    sign(reference)
    screening.confirm_city(actor=world.officer, reference=reference, city=None)
    return reference


def test_a_city_below_the_smallest_population_cannot_sign_or_submit(database: config.Settings) -> None:
    world = Desk(cities=0, smallest_population=10000)
    reference = draft(world, **OWN)
    with pytest.raises(Conflict, match="1 answers still need your attention"):
        applications.submit(actor=world.owner, reference=reference)
    with pytest.raises(Conflict, match="The text is not complete yet: 1 answers"):
        signature.ask(actor=world.owner, reference=reference, email="m@city.example", name="Ayşe")
    allow_exception(actor=world.officer, reference=reference, reason="An island, and the only city of it")
    assert [(m.recipient, m.values["reason"]) for m in mailed("exception_allowed")] == [
        ("owner@city.example", "An island, and the only city of it")
    ]
    applications.submit(actor=world.owner, reference=reference)
    screening.find_eligible(actor=world.officer, reference=checked(world, reference))
    assert state(reference) == "eligible"


def test_correcting_below_it_is_refused_as_submitting_is(database: config.Settings) -> None:
    world = Desk(smallest_population=10000)
    applications.take_back(actor=world.owner, reference=world.file)
    fill(world.owner, world.file, city__population=OWN)
    with pytest.raises(Conflict, match="1 answers still need your attention"):
        applications.resubmit(actor=world.owner, reference=world.file)


def test_a_regions_figure_is_a_full_answer_and_flagged(database: config.Settings) -> None:
    world = Desk(cities=0, smallest_population=10000)
    reference = draft(world, **REGION)
    applications.submit(actor=world.owner, reference=reference)
    case = offers.look(world.officer, checked(world, reference))
    assert (case.is_size_unknown, case.is_too_small) == (True, False)
    screening.find_eligible(actor=world.officer, reference=reference)
    assert state(reference) == "eligible"


def test_without_a_smallest_population_every_size_is_good(database: config.Settings) -> None:
    world = Desk(cities=0)
    reference = draft(world, **OWN)
    applications.submit(actor=world.owner, reference=reference)
    case = offers.look(world.officer, reference)
    assert (case.is_size_unknown, case.is_too_small) == (False, False)


def test_an_associate_members_city_is_eligible_by_an_exception_only(database: config.Settings) -> None:
    world = Desk(cities=0)
    reference = world.begin("Oranjestad", country="ABW")
    fill(world.owner, reference)
    applications.submit(actor=world.owner, reference=reference)
    aruba = _commission_of("ABW")
    endorsement.endorse(actor=aruba, reference=reference, **WHO)
    sign(reference)
    screening.confirm_city(actor=world.officer, reference=reference, city=None)
    with pytest.raises(Conflict, match="Only cities of UNESCO Member States can apply"):
        screening.find_eligible(actor=world.officer, reference=reference)
    allow_exception(actor=world.officer, reference=reference, reason="By the Executive Board's decision")
    screening.find_eligible(actor=world.officer, reference=reference)
    assert (state(reference), row(reference).override_reason) == ("eligible", "By the Executive Board's decision")


def test_an_exception_for_size_does_not_stand_for_a_state_that_leaves(database: config.Settings) -> None:
    world = Desk(smallest_population=10000)
    allow_exception(actor=world.officer, reference=world.file, reason="An island")
    checked(world, world.file)
    with db.writing() as session:
        session.get_one(State, "TUR").member_until = clock.today() - timedelta(days=1)
    with pytest.raises(Conflict, match="Only cities of UNESCO Member States can apply"):
        screening.find_eligible(actor=world.officer, reference=world.file)


def _commission_of(country: str) -> Actor:
    return add_person("natcom@aruba.example", "Ana Natcom", (Role.COMMISSION, country))


def test_who_allows_an_exception_when_and_how_often(database: config.Settings) -> None:
    world = Desk()

    def allow(actor: Actor = world.officer, reason: str = "An island") -> None:
        allow_exception(actor=actor, reference=world.file, reason=reason)

    for actor in (world.owner, world.commission):
        with pytest.raises((Forbidden, NotFound)):
            allow(actor)
    screening.declare_staff_conflict(actor=world.second, reference=world.file, reason="My home town")
    with pytest.raises(Forbidden):
        allow(world.second)
    with pytest.raises(Invalid):
        allow(reason=" ")
    allow()
    with pytest.raises(Conflict, match="recorded for this city already"):
        allow()
    applications.withdraw(actor=world.owner, reference=world.file)
    with pytest.raises(Conflict, match="the state has changed"):
        allow()
