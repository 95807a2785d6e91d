"""The silent grace after a deadline is the same for everybody, whatever clock the call goes by and wherever one lives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict
from gnlc_apply.services import application as applications
from tests import city

MINUTES = 15
TICK = timedelta(milliseconds=1)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati", "Pacific/Chatham", "Asia/Kolkata", "UTC"])
def test_the_grace_is_equal_in_all_zones(zone: str) -> None:
    world = city.City(time_zone=zone, grace_minutes=MINUTES)
    last, late = world.filled("Bursa"), world.filled("Konya")
    end = city.DEADLINE + timedelta(minutes=MINUTES)
    with clock.at(end):
        applications.submit(actor=world.owner, reference=last)
    with clock.at(end + TICK), pytest.raises(Conflict):
        applications.submit(actor=world.owner, reference=late)
    assert (city.row(last).state, city.row(late).state) == ("submitted", "draft")
