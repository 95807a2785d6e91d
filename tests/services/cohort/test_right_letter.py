"""Many cities, some admitted and some not, in no order: each letter says of its own city what was decided of it.

A sample of sixty cities in each run; ``GNLC_PROVE=1`` does five hundred (two minutes).
"""

from __future__ import annotations

import random
import re

import pytest

from gnlc_apply.core import clock
from gnlc_apply.models import Outcome
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision
from tests import proof
from tests.services.cohort import ground

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1200), pytest.mark.usefixtures("database")]
TITLE = "Learning Cities 2027"
TOWN = re.compile(r"Town \d{4}")


def test_each_city_gets_its_own_letter() -> None:
    dice = random.Random(11)
    countries = [country for country, _region in ground.STATES]
    files = [(f"Town {n:04d}", dice.choice(countries), dice.random() < 0.5) for n in range(proof.amount(60, 500))]
    world = ground.build(files, quota=100)
    decided = ground.outcomes(world, files)
    dice.shuffle(shuffled := list(decided.items()))
    decision.prepare(actor=world.officer, outcomes=dict(shuffled), reasons={})
    decision.approve(actor=world.director, references=[reference for reference, _outcome in shuffled])
    cohort = cohorts.create(actor=world.officer, call=ground.CALL, title=TITLE, announce_at=ground.INSTANT)
    cohorts.lock(actor=world.officer, cohort=cohort)
    cohorts.arm(actor=world.director, cohort=cohort, typed_title=TITLE)
    with clock.at(ground.INSTANT):
        cohorts.announce(actor=world.actor("third_director"), cohort=cohort)
    letters = {
        mail.recipient: mail for mail in ground.mails() if mail.kind in ("letter_admitted", "letter_not_admitted")
    }
    assert len(letters) == len(files)
    for number, (reference, (town, _country, _is_recommended)) in enumerate(zip(world.files, files, strict=True), 1):
        letter = letters[f"city{number}@example.org"]
        wanted = "letter_admitted" if decided[reference] is Outcome.APPROVED else "letter_not_admitted"
        assert letter.kind == wanted
        assert set(TOWN.findall(letter.values["subject"] + letter.values["body"])) == {town}
        assert letter.key == f"announce:{cohort}:{reference}:{wanted}:{letter.recipient}"
