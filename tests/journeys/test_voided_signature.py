"""Signed, then edited: the signature is void, both are told, the difference stands on the page, and it is signed again."""

from __future__ import annotations

import pytest

from tests.journeys import roles
from tests.journeys.ground import Ground
from tests.journeys.person import Refused
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

OTHER_WORDS = "A library in every quarter, open until midnight."


def test_an_edit_voids_the_signature_and_it_is_signed_again(site: Site) -> None:
    ground = Ground(site)
    city = ground.city()
    official, mayor = ground.official(city), ground.mayor(city)
    panel = f"/applications/{city.reference}/signature"
    roles.ask_signature(official, city.reference)
    roles.sign(mayor)
    mayor.reads("Thank you. You have signed.")
    official.open(panel)
    official.reads("Signed", city.mayor[1])

    roles.change_answer(official, city.reference, "vision.vision", OTHER_WORDS)
    official.reads("The signature no longer stands")
    official.open(panel)
    official.reads("Voided by a change", "What changed since it was signed", OTHER_WORDS)
    for told in (city.owner, city.mayor[0]):
        words = site.mail(told)
        assert "no longer stands" in words, words

    site.pass_time(minutes=5)
    roles.ask_signature(official, city.reference)
    mayor.open(site.link(mayor.email))
    mayor.reads("after it had been signed", OTHER_WORDS)
    roles.sign(mayor)
    official.open(panel)
    official.reads("Signed")
    official.does_not_read("What changed since it was signed")
    roles.submit(official, city.reference)


def test_a_text_changed_between_opening_and_signing_is_not_signed(site: Site) -> None:
    ground = Ground(site)
    city = ground.city()
    official, mayor = ground.official(city), ground.mayor(city)
    roles.ask_signature(official, city.reference)
    roles.ask_for_code(mayor)
    mayor.does_not_read(OTHER_WORDS)
    roles.change_answer(official, city.reference, "vision.vision", OTHER_WORDS)
    with pytest.raises(Refused):
        mayor.press("Sign the application")
    mayor.reads("The application was changed after you opened it", OTHER_WORDS)
    official.open(f"/applications/{city.reference}/signature")
    official.does_not_read("Signed")
    # What was typed is still there; the new text can be read and signed.
    mayor.press("Sign the application")
    mayor.reads("Thank you. You have signed.")
