"""Words that stand nowhere else, in the places of secrets, looked for on every surface that outsiders can read.

HTML, JSON, CSV, PDF (text and metadata), headers, redirects, error pages, log lines, mail as a server receives it: no
canary before the announcement for anybody outside, none of the jury for cities, ever. An officer finds each of them.
An ordinary run takes some twenty seconds, ``./dev prove`` (with all probes) a minute.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import update
from werkzeug.test import TestResponse

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Person
from gnlc_apply.services.delivery import deliver
from tests import proof, smtp_sink
from tests.conftest import NOW
from tests.worlds import ground as acts
from tests.worlds.asking import HOMES, Asked, answers, came_in, chosen, everything
from tests.worlds.ground import Ground, built, copied, email_of, opened

pytestmark = [pytest.mark.proof, pytest.mark.timeout(900)]

NAME, ADDRESS = "Quillon Zephyrdyne", "quillon.zephyrdyne@zephyrdyne.example"
OF_THE_JURY = ("Zephyrdyne", "zephyrdyne", "Reasonwort", "Tiewort")
OF_THE_DECISION = ("Notewort", "Groundwort")
OF_THE_FEEDBACK = ("Feedwort",)
CITIES = ("owner of Kisumu", "editor of Kisumu", "viewer of Kisumu", "owner of Cusco")
OUTSIDE = ("public", *CITIES, "Commission of Kenya", "Commission of Peru", "administrator")
JURORS = ("Chitra Juror", "Diego Juror", "Farid Juror", "Gustav Juror")
PDFS = ("application.pdf", "receipt.pdf", "signature/letter.pdf")


def _renamed(world: Ground) -> None:
    with db.writing() as session:
        person = update(Person).where(Person.id == world.people["Basel Juror"])
        session.execute(person.values(name=NAME, email=ADDRESS))


@pytest.fixture(scope="module")
def armed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Everything secret has happened, in words that stand nowhere else; nothing is announced."""
    with clock.at(NOW):
        ground = built(sqlite_template, tmp_path_factory.mktemp("canaries"))
        yield copied(
            ground,
            "armed",
            _renamed,
            partial(acts.reads, place="Kisumu", name="Basel Juror", value=5, words="Reasonwort convinces."),
            partial(acts.conflict_with, place="Okayama", name="Basel Juror", detail="Tiewort with the mayor."),
            acts.everybody_reads,
            partial(acts.recommended, against="Cusco", note="Notewort of the meeting."),
            partial(acts.proposed, refused="Kisumu", also=("Cusco",), reason="Groundwort is missing."),
            acts.approved,
            partial(acts.told, words="Feedwort would tell most."),
            acts.locked,
            acts.armed,
        )
    db.close()


def surfaces(world: Ground, roles: tuple[str, ...]) -> dict[str, str]:
    """Everything that these roles can read, by where it stands."""
    app = opened(world)
    every = everything(app, world, roles)
    asked = [one for at_home, _ in every.values() for one in at_home if one.method == "GET" and "?" not in one.address]
    asked = chosen(every, None, 0) if proof.IS_WHOLE else [one for one in asked if "/ar/" not in one.address]
    found = {
        f"{one.role} {one.address}": " ".join((answer.body, str(answer.headers), *answer.logged))
        for one, answer in answers(app, world, asked).items()
    }
    for role in roles:
        if role in CITIES[:1]:
            for name in PDFS:
                address = f"/en/applications/{world.files['Kisumu']}/{name}"
                found[f"{role} {address}"] = _text_of(came_in(app, world, role).get(address))
    db.close()
    return found


def _text_of(given: TestResponse) -> str:
    """The words and the metadata of a document; of a refusal, its page."""
    if given.mimetype != "application/pdf":
        return given.text
    document = PdfReader(io.BytesIO(given.data))
    return " ".join([str(document.metadata), str(document.xmp_metadata), *(p.extract_text() for p in document.pages)])


def mail(world: Ground, folder: Path) -> dict[str, str]:
    """Every message as the server receives it, by its address in the envelope and its number."""
    app = opened(world)
    with smtp_sink.running(folder) as sink, app.app_context():
        config.use(dataclasses.replace(config.current(), mail=sink.settings()))
        deliver()
        taken = list(sink.taken)
    db.close()
    assert {len(one.recipients) for one in taken} == {1}
    return {
        f"{one.recipients[0]} {number}": " ".join(
            [str(one.message.items()), *(str(p.get_content()) for p in one.message.walk() if not p.is_multipart())]
        )
        for number, one in enumerate(taken)
    }


def hits(found: dict[str, str], words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Where which canary sings."""
    return [(word, place) for place, text in found.items() for word in words if word in text]


def test_an_officer_finds_every_canary(armed: Ground) -> None:
    app = opened(armed)
    places = (f"calls/{armed.call}/decisions", f"calls/{armed.call}/jurors", f"calls/{armed.call}/ranking")
    juror = f"calls/{armed.call}/jurors/{armed.jurors['Basel Juror']}"
    told = f"applications/{armed.files['Kisumu']}/feedback"
    asked = [Asked("officer", "GET", f"/en/secretariat/{place}") for place in (*places, juror, told)]
    found = {one.address: answer.body for one, answer in answers(app, armed, asked).items()}
    chitra = came_in(app, armed, "Chitra Juror").get(f"/en/jury/files/{armed.files['Kisumu']}/read")
    found["a colleague who has submitted"] = chitra.text
    db.close()
    sung = {word for word, _place in hits(found, (*OF_THE_JURY, *OF_THE_DECISION, *OF_THE_FEEDBACK))}
    assert sung == {*OF_THE_JURY, *OF_THE_DECISION, *OF_THE_FEEDBACK}


def test_before_the_announcement_no_canary_sings_outside(armed: Ground, tmp_path: Path) -> None:
    found = surfaces(armed, OUTSIDE)
    # Whose account somebody is stands on the administrator's pages, as every other name; that he reads is not said.
    accounts = {place: text for place, text in found.items() if place.startswith("administrator ")}
    rest = {place: text for place, text in found.items() if place not in accounts}
    assert hits(rest, (*OF_THE_JURY, *OF_THE_DECISION, *OF_THE_FEEDBACK)) == []
    assert hits(accounts, (*OF_THE_JURY[2:], *OF_THE_DECISION, *OF_THE_FEEDBACK)) == []
    jurors = {place: text for place, text in surfaces(armed, JURORS).items() if not place.startswith("Chitra")}
    assert hits(jurors, (*OF_THE_JURY, *OF_THE_DECISION, *OF_THE_FEEDBACK)) == []
    received = mail(armed, tmp_path)
    own = {email_of_closed(armed, who) for who in ("officer", "director")} | {ADDRESS, "office@network.example"}
    others = {place: text for place, text in received.items() if place.split()[0] not in own}
    assert len(others) >= 20
    assert hits(others, (*OF_THE_JURY, *OF_THE_DECISION, *OF_THE_FEEDBACK)) == []
    assert [place for place, text in others.items() if "has been admitted" in text or "not been admitted" in text] == []


def email_of_closed(world: Ground, who: str) -> str:
    """A person's address, from a database that is not open."""
    opened(world)
    found = email_of(world.people[who])
    db.close()
    return found


def test_after_the_announcement_no_canary_of_the_jury_sings_for_cities(armed: Ground, tmp_path: Path) -> None:
    world = copied(armed, "announced", acts.announced)
    with clock.at(NOW + timedelta(days=1)):
        found = surfaces(world, OUTSIDE[:-1])
        assert any("has not been admitted" in text for text in found.values())
        assert hits(found, (*OF_THE_JURY, *OF_THE_DECISION)) == []
        received = mail(world, tmp_path)
    letters = {place: text for place, text in received.items() if "been admitted" in text}
    assert len(letters) >= len(CITIES)
    cities = {
        place: text for place, text in received.items() if place.startswith(("owner@", "editor@", "viewer@", "natcom@"))
    }
    assert hits(cities, (*OF_THE_JURY, *OF_THE_DECISION)) == []
    # What its city reads, in its letter or on its page, nobody else reads.
    readers = {place.split()[0] for _word, place in hits(received, OF_THE_FEEDBACK)}
    assert readers == {email_of_closed(world, who) for who in CITIES[:3]}
    assert {place.rpartition(" ")[0] for _word, place in hits(found, OF_THE_FEEDBACK)} == set(CITIES[:3])
    # An answer goes to the office of the call; nothing in the headers leads to a person.
    assert {"office@network.example" in text for text in letters.values()} == {True}


def test_homes_name_roles_of_the_ground(armed: Ground) -> None:
    assert set(HOMES) - {"public"} <= set(armed.people)
