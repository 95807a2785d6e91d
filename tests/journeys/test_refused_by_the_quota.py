"""Refused by the quota: on the desk, on an old page, and by the database itself; revoking frees the place."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, PlacePurpose, QuotaPlace
from gnlc_apply.scenarios import places
from tests.journeys import roles
from tests.journeys.ground import Ground
from tests.journeys.person import Person, Refused
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.postgres]


def fill_endorsement(commission: Person, reference: str) -> None:
    """Open the page of the act and type who acts."""
    commission.open(f"/commission/files/{reference}/endorse")
    commission.fill(name="Nora Natcom", function="Secretary-General")


def taken_by_hand(reference: str, number: int, limit: int) -> None:
    """Write a place around the command. Raises IntegrityError where the database holds the line."""
    with db.writing() as session:
        file = session.scalars(select(Application).where(Application.reference == reference)).one()
        row = {"call_id": file.call_id, "country": file.country, "purpose": PlacePurpose.ENDORSEMENT}
        place = {"number": number, "limit": limit, "application_id": file.id, "taken_at": clock.now()}
        session.execute(insert(QuotaPlace), [row | place])


def test_a_commission_cannot_pass_its_places_but_can_free_one(site: Site) -> None:
    ground = Ground(site, quota=2)
    country = places.invented(0).country
    cities = [ground.city(number, country=country) for number in range(3)]
    for city in cities:
        city.submit()
    first, second, third = (city.reference for city in cities)
    commission, elsewhere = ground.commission(cities[0]), ground.commission(cities[0])
    commission.open(f"/commission/{country}")
    commission.reads("0 of 2 places used")
    roles.endorse(commission, first)
    fill_endorsement(elsewhere, third)
    roles.endorse(commission, second)

    # On the desk and on the file the counter stands, and the button is gone with the reason in its place.
    commission.open(f"/commission/{country}")
    commission.reads("2 of 2 places used")
    commission.open(f"/commission/files/{third}")
    commission.reads("All places of this country in this call are taken.")
    assert commission.page.get_by_role("button", name="Endorse", exact=True).count() == 0
    # A page that was opened while there still was a place does not help.
    with pytest.raises(Refused, match="All places of this country in this call are taken"):
        elsewhere.press("Endorse")
    # Nor does writing around the command.
    for number, limit in ((1, 2), (2, 2), (3, 2)):
        with pytest.raises(IntegrityError):
            taken_by_hand(third, number, limit)

    commission.open(f"/commission/files/{first}/revoke")
    commission.fill(name="Nora Natcom", function="Secretary-General", reason="The council withdrew its support.")
    commission.press("Revoke the endorsement")
    commission.reads("its place is free again")
    roles.endorse(elsewhere, third)
    elsewhere.open(f"/commission/{country}")
    elsewhere.reads("2 of 2 places used")
    assert "The council withdrew its support." in site.mail(cities[0].owner)
