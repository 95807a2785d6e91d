"""What each role does in several stories, on its pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gnlc_apply.scenarios import invented_files
from tests.city import as_sent
from tests.journeys.person import Person
from tests.journeys.site import Site
from tests.questionnaire import filled

TITLE = "Call for applications 2027"
PLACE, COUNTRY = "Şanlıurfa", "TUR"
MAYOR, MAYOR_NAME = "mayor@sanliurfa.example", "Ayşe Yılmaz"
COMMISSION = "natcom@turkiye.example"
Raw = Mapping[str, Any]

_REFERENCE = re.compile(r"GNLC-2027-\w+")

# --- the secretariat --------------------------------------------------------------------------------------------------


def of_the_secretariat(site: Site, role: str, name: str) -> Person:
    """Somebody whose account was made at the console."""
    email = f"{name.split(maxsplit=1)[0].lower()}@network.example"
    person = Person(site, name, email)
    person.come_in(site.account(email, name, role))
    return person


def make_call(officer: Person, **changes: Any) -> str:
    """Create a call on its page and open it; its reference."""
    officer.open("/secretariat/calls/new")
    usual: dict[str, Any] = {
        "title": TITLE,
        "year": "2027",
        "time_zone": "UTC",
        "opens_at": "2027-03-01T08:00",
        "deadline_at": "2027-04-30T12:00",
        "grace_minutes": "0",
        "commission_deadline_at": "2027-05-31T12:00",
        "results_promised_on": "2027-11-01",
        "languages": ["en", "ar"],
        "readers_per_file": "2",
        "contact_email": "office@network.example",
    }
    officer.fill(**(usual | changes))
    officer.press("Create the call")
    reference = officer.path.rpartition("/")[2]
    officer.follow("What cities will see")
    officer.reads("Good practices")
    officer.open(f"/secretariat/calls/{reference}/open")
    officer.fill(typed_title=TITLE)
    officer.press("Open the call")
    officer.reads("The call is open.")
    return reference


def invite_commission(site: Site, administrator: Person, *, country: str = COUNTRY, email: str = COMMISSION) -> Person:
    """A National Commission is invited, and comes in without a password."""
    administrator.open("/administration/invitations/new")
    administrator.fill(name="Nora Natcom", email=email, role="commission", country=country)
    administrator.press("Invite")
    commission = Person(site, "Nora Natcom", email, has_password=False)
    commission.come_in(site.link(email))
    return commission


def find_eligible(officer: Person, reference: str) -> None:
    """Confirm that the city is new to the registry, and find the file eligible."""
    officer.open(f"/secretariat/applications/{reference}/city")
    officer.fill(city="new", name="Sanliurfa")
    officer.press("Confirm the city")
    officer.open(f"/secretariat/applications/{reference}/eligible")
    officer.press("Find eligible")
    officer.reads("The application is eligible.")


# --- the city ---------------------------------------------------------------------------------------------------------


def register(person: Person) -> None:
    """Ask for an account and confirm the address with the mailed link."""
    person.open("/account/register")
    person.fill(name=person.name, email=person.email)
    person.press("Send me the link")
    person.come_in(person.site.link(person.email))


def official(site: Site, name: str = "Mehmet Kaya", **how: Any) -> Person:
    """A city official with an account."""
    person = Person(site, name, f"{name.split(maxsplit=1)[0].lower()}@sanliurfa.example", **how)
    register(person)
    return person


def begin(person: Person, place: str = PLACE, country: str = COUNTRY) -> str:
    """Begin an application; its reference."""
    person.open("/applications/new")
    person.fill(country=country, place_name=place)
    if "language" in person.fields():
        person.fill(language="en")
    person.press("Begin")
    found = _REFERENCE.search(person.path)
    assert found, person.path
    return found.group()


def answers(**changes: object) -> dict[str, str | list[str]]:
    """Everything a city types, as the fields of the pages; ``changes`` with double underscores for full stops."""
    complete = filled.complete() | {"people.signatory_email": MAYOR, "people.signatory_name": MAYOR_NAME}
    return as_sent(complete | {key.replace("__", "."): value for key, value in changes.items()})


def fill_page(person: Person, raw: Raw) -> None:
    """Fill what the page shows and save; once more where the answers opened further questions."""
    done: set[str] = set()
    here = person.path
    for _round in range(4):
        names = [name for name in person.fields() if name in raw and name not in done]
        for name in names:
            person.put(name, raw[name])
        done |= set(names)
        person.press("Save and continue")
        if person.path != here:
            return
    raise AssertionError(f"{here} does not let go: {person.text[:500]}")


def sections(person: Person, reference: str) -> list[str]:
    """The sections as the task list names them."""
    person.open(f"/applications/{reference}")
    hrefs = person.page.locator(".govuk-task-list a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return [str(href).rpartition("/")[2] for href in hrefs if "/sections/" in str(href)]


def fill_form(person: Person, reference: str, raw: Raw | None = None, *, only: Sequence[str] = ()) -> None:
    """Fill all twelve sections (or only some), page by page."""
    raw = raw or answers()
    for section in only or sections(person, reference):
        base = f"/applications/{reference}/sections/{section}"
        for page in (f"{base}/1", f"{base}/2") if section == "practices" else (base,):
            person.open(page)
            fill_page(person, raw)


def change_answer(person: Person, reference: str, key: str, value: str) -> None:
    """Change one answer on its page."""
    person.open(f"/applications/{reference}/sections/{key.partition('.')[0]}")
    person.put(key, value)
    person.press("Save")


def add_file(person: Person, reference: str, caption: str = "A morning on the river") -> None:
    """Attach a page of PDF to the first practice."""
    person.open(f"/applications/{reference}/sections/practices/1")
    person.follow("Add a file")
    choose_file(person, "boats.pdf", invented_files.pdf(["Reading boats", "Two boats, four villages."]))
    person.fill(caption=caption)
    person.press("Add the file")
    person.reads(caption)


def choose_file(person: Person, name: str, content: bytes) -> None:
    """Choose a file of one's own computer."""
    chosen = {"name": name, "mimeType": "application/pdf", "buffer": content}
    person.page.locator("main [type=file]").set_input_files(chosen)  # type: ignore[arg-type]


def ask_signature(person: Person, reference: str) -> None:
    """Send the link to whoever the city named as its signatory."""
    person.open(f"/applications/{reference}/signature/ask")
    person.press("Send the link")
    person.reads("Link sent")


def submit(person: Person, reference: str) -> None:
    """Submit and see the receipt."""
    person.open(f"/applications/{reference}/submit")
    person.press("Submit the application")
    person.reads("Application submitted", reference)


# --- mayor and Commission ---------------------------------------------------------------------------------------------


def mayor(site: Site, name: str = MAYOR_NAME, email: str = MAYOR, **how: Any) -> Person:
    """Whoever signs for the city: with a telephone, without an account."""
    return Person(site, name, email, **{"on_telephone": True, **how})


def ask_for_code(signatory: Person) -> None:
    """Open the mailed link, ask for the code and type what makes a signature; everything but the button."""
    signatory.open(signatory.site.link(signatory.email))
    signatory.press("Send the code")
    fill_signature(signatory)


def fill_signature(signatory: Person) -> None:
    """Name, title, function, the newest code, the tick."""
    code = signatory.site.code(signatory.email)
    signatory.fill(name=signatory.name, title="Dr", function="Mayor", code=code, is_ticked=True)


def sign(signatory: Person) -> None:
    """Read and sign."""
    ask_for_code(signatory)
    signatory.press("Sign the application")


def endorse(commission: Person, reference: str) -> None:
    """Open the file and endorse it, with name and function."""
    commission.open(f"/commission/files/{reference}")
    commission.press("Endorse")
    commission.fill(name="Nora Natcom", function="Secretary-General")
    commission.press("Endorse")
    commission.reads("The application is endorsed.")
