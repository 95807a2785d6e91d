"""On paper: the letter printed with its code, signed, scanned, uploaded; one refused by the officer, the next confirmed."""

from __future__ import annotations

import pytest

from gnlc_apply.scenarios import cast, invented_files
from tests.documents.samples import words
from tests.journeys import roles
from tests.journeys.ground import Ground
from tests.journeys.person import Person
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.postgres]


def upload(official: Person, reference: str, code: str) -> None:
    """Upload what came back from the mayor's office."""
    official.open(f"/applications/{reference}/signature/upload")
    scan = invented_files.pdf(["Commitment", f"Version {code}", "signed and stamped"])
    roles.choose_file(official, "scan.pdf", scan)
    official.fill(version_code=code.lower())
    official.press("Upload the letter")
    official.reads("The letter counts from now on.")


def test_a_letter_is_refused_and_the_next_confirmed(site: Site) -> None:
    ground = Ground(site)
    city = ground.city(signs_on_paper=True)
    official, officer = ground.official(city), ground.before_browser(cast.OFFICER)
    panel, file = f"/applications/{city.reference}/signature", f"/secretariat/applications/{city.reference}"
    official.open(panel)
    code = official.page.locator("main strong bdi").first.inner_text()
    letter = official.download("Make the letter (PDF)")
    assert code in words(letter)
    upload(official, city.reference, code)
    official.open(panel)
    official.reads("On paper, to be looked at by the secretariat")
    roles.submit(official, city.reference)
    city.endorse()
    city.confirm_city()

    officer.open(f"{file}/eligible")
    officer.reads("The signed letter has not been confirmed yet")
    officer.follow("Look at the letter")
    officer.reads(code)
    officer.follow("The letter cannot count")
    officer.fill(reason="The stamp is missing.")
    officer.press("Refuse the letter")
    officer.reads("The letter is refused.")
    assert "The stamp is missing." in site.mail(city.owner)
    official.open(panel)
    official.reads("Letter refused", "The stamp is missing.")

    upload(official, city.reference, code)
    officer.open(f"{file}/letter")
    assert officer.download("Signed letter").startswith(b"%PDF-")
    officer.press("Confirm the letter")
    officer.reads("The letter is confirmed.")
    officer.open(f"{file}/eligible")
    officer.press("Find eligible")
    officer.reads("The application is eligible.")
    official.open(panel)
    official.reads("On paper, confirmed")
