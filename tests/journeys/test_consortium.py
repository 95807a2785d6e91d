"""A consortium of two: the whole and one member sign by link, on telephones, the other on paper; then all signatures end."""

from __future__ import annotations

import pytest

from gnlc_apply.scenarios import cast, invented_files, places
from tests.documents.samples import words
from tests.journeys import roles
from tests.journeys.ground import Ground
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

UPPER, LOWER = 1, 2


def test_every_member_signs_and_an_edit_ends_it_all(site: Site) -> None:
    ground = Ground(site)
    members = places.consortium(places.invented(0)).members
    city = ground.city(kind="consortium", members=members)
    official, officer = ground.official(city), ground.before_browser(cast.OFFICER)
    panel, file = f"/applications/{city.reference}/signature", f"/secretariat/applications/{city.reference}"
    official.open(panel)
    official.reads("Signatures of the consortium", "0 of 3 signatures", *members)

    for constituent, address in ((0, panel), (UPPER, f"{panel}/{UPPER}")):
        official.open(f"{address}/ask")
        official.press("Send the link")
        official.reads("The link is on its way to")
        email, name = city.signatory(constituent)
        signatory = roles.mayor(site, name, email)
        roles.sign(signatory)
        signatory.reads("Thank you. You have signed.")

    official.open(panel)
    official.reads("2 of 3 signatures")
    code = official.page.locator("main strong bdi").first.inner_text()
    letter = words(official.download("Make the letter (PDF)"))
    assert [part for part in (code, members[1]) if part not in letter] == []
    official.open(f"{panel}/{LOWER}/upload")
    roles.choose_file(official, "scan.pdf", invented_files.pdf(["Commitment", f"Version {code}", "signed and stamped"]))
    official.fill(version_code=code)
    official.press("Upload the letter")
    official.reads("The letter counts from now on.")
    official.open(panel)
    official.reads("3 of 3 signatures", "On paper, to be looked at by the secretariat")

    roles.submit(official, city.reference)
    city.endorse()
    city.confirm_city()
    officer.open(f"{file}/eligible")
    officer.reads(f"The signed letter of {members[1]} has not been confirmed yet")
    officer.follow("Look at the letter")
    officer.reads(members[1], code)
    officer.press("Confirm the letter")
    officer.open(f"{file}/eligible")
    officer.press("Find eligible")
    officer.reads("The application is eligible.")
