"""The receipt names who submitted, whoever prints it."""

from __future__ import annotations

from gnlc_apply import config
from gnlc_apply.queries.colleagues import submitter
from gnlc_apply.services import application as applications
from tests.city import City


def test_the_one_who_sent_it_is_named(database: config.Settings) -> None:
    world = City()
    reference = world.filled()
    assert submitter(reference) == ""
    applications.submit(actor=world.owner, reference=reference)
    assert submitter(reference) == "Mehmet Kaya"
    assert submitter(world.begin("Bursa")) == ""
