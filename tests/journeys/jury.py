"""The jury at work on its pages: invited, assigned, reading, confirming."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Person as Account
from gnlc_apply.questionnaire import default_guide
from tests.journeys.person import Person, Refused

# The chair first; one of them comes from the country of the city in the story.
JURORS = (("Amina Diop", "SEN"), ("Basel Haddad", "JOR"), ("Tuğba Şahin", "TUR"))
COUNTRIES = tuple(country for _name, country in JURORS)


def person_id(email: str) -> int:
    """The number of somebody's account."""
    with db.reading() as session:
        return session.scalars(select(Account.id).where(Account.email == email)).one()


def invited(officer: Person, call: str) -> list[Person]:
    """The officer invites; everybody follows the link, sets up an app, accepts and confirms the profile."""
    found = []
    for number, (name, country) in enumerate(JURORS):
        email = f"{country.lower()}@university.example"
        officer.open(f"/secretariat/calls/{call}/jurors/invite")
        officer.fill(name=name, email=email, residence=country, languages=["en"], is_chair=number == 0)
        officer.press("Send the invitation")
        juror = Person(officer.site, name, email)
        juror.come_in(officer.site.link(email))
        juror.open("/jury")
        juror.press("Accept")
        juror.reads("Please check what we know of you")
        juror.press("Save")
        found.append(juror)
    return found


def assigned(officer: Person, call: str, reference: str) -> None:
    """The guide is frozen, a proposal worked out and confirmed; the juror of the city's country is kept away."""
    base = f"/secretariat/calls/{call}"
    officer.open(f"{base}/freeze")
    officer.fill(typed_title="Call for applications 2027")
    officer.press("Freeze")
    officer.open(f"{base}/assignments")
    officer.press("Work out a proposal")
    officer.reads("Proposed assignment")
    officer.press("Confirm the assignment")
    officer.reads("The assignment is confirmed.")
    officer.open(f"{base}/assignments/files/{reference}")
    blocked = officer.page.locator("main [name=juror] option", has_text=JURORS[2][0]).get_attribute("value")
    officer.fill(juror=str(blocked))
    with pytest.raises(Refused, match="country"):
        officer.press("Give the file to this juror")


def reads_everything(juror: Person, values: Mapping[str, int], *, otherwise: int = 1) -> None:
    """Declare, read, score and submit every file given to this juror."""
    juror.open("/jury")
    hrefs = juror.page.locator("main .govuk-task-list a").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    for href in hrefs:
        juror.open(f"{juror.site.origin}{href}")
        value = values.get(juror.page.locator("h1").inner_text().strip(), otherwise)
        juror.fill(answer="no")
        juror.press("Continue")
        score(juror, value)
        juror.press("Submit for good")
        juror.reads("Your review is submitted")


def score(juror: Person, value: int) -> None:
    """One value for every criterion, each with a reason, and the paragraph."""
    for criterion in default_guide().criteria:
        juror.put(f"score-{criterion.code}", str(value))
        juror.put(f"reason-{criterion.code}", "As the plan and both practices show.")
    juror.put("paragraph", "Read with care from the first section to the last.")


def confirms(chair: Person, call: str) -> None:
    """The chair confirms what the standard says, with the minutes."""
    chair.open(f"/jury/calls/{call}/recommendation")
    chair.fill(held_on="2027-08-02", words="The jury met by video and went through every file.")
    chair.press("Confirm the recommendation")
    chair.reads("The recommendation is confirmed.")
