"""A city at work: an open call, people of a city, and answers as a page sends them. Through the commands only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Grant, Person, Region, Role, State, StateStatus
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import person as people
from gnlc_apply.questionnaire import default_form
from gnlc_apply.questionnaire.answers import present
from gnlc_apply.services import application as applications
from gnlc_apply.services import call as calls
from tests.questionnaire import filled

OPENS = datetime(2027, 2, 1, 8, tzinfo=UTC)
DEADLINE = datetime(2027, 4, 30, 12, tzinfo=UTC)
COMMISSIONS = datetime(2027, 5, 31, 12, tzinfo=UTC)
AFTER = datetime(2027, 5, 1, 12, tzinfo=UTC)


def add_states() -> None:
    """Türkiye and Cameroon are members, Aruba an associate, Israel left."""
    states = [
        ("TUR", Region.EUROPE_AND_NORTH_AMERICA, StateStatus.MEMBER, None),
        ("CMR", Region.AFRICA, StateStatus.MEMBER, None),
        ("ABW", Region.LATIN_AMERICA_AND_THE_CARIBBEAN, StateStatus.ASSOCIATE, None),
        ("ISR", Region.EUROPE_AND_NORTH_AMERICA, StateStatus.FORMER, date(2018, 12, 31)),
    ]
    with db.writing() as session:
        rows = [{"iso3": c, "region": r, "status": s, "member_until": u} for c, r, s, u in states]
        session.execute(insert(State), rows)


def add_person(email: str, name: str, *roles: tuple[Role, str | None]) -> Actor:
    """Somebody with a confirmed account, and roles (each with its country, if it has one)."""
    with db.writing() as session:
        person = Person(email=email, name=name, created_at=clock.now(), confirmed_at=clock.now())
        session.add(person)
        session.flush()
        for role, country in roles:
            session.add(Grant(person_id=person.id, role=role, country=country, granted_at=clock.now()))
        number = person.id
    return actor_of(number)


def actor_of(person_id: int) -> Actor:
    """The person as an actor, signed in with everything."""
    actor = people.actor(person_id, signed_in_at=clock.now(), second_factor_at=clock.now())
    assert actor is not None
    db.release()
    return actor


def open_call(officer: Actor, **settings: Any) -> str:
    """A call that is open to cities."""
    values = {
        "title": "Call for applications 2027",
        "year": 2027,
        "opens_at": OPENS,
        "deadline_at": DEADLINE,
        "commission_deadline_at": COMMISSIONS,
        "results_promised_on": date(2027, 11, 1),
        "languages": ("en", "ar"),
        "contact_email": "office@network.example",
        # Most stories do not ask how the jury's figures come about: they spare themselves the child that computes them.
        "jury_method": "plain-1",
        **settings,
    }
    reference = calls.create(actor=officer, values=calls.CallValues(**values))
    calls.open_call(actor=officer, call=reference)
    return reference


def as_sent(answers: Mapping[str, object]) -> dict[str, str | list[str]]:
    """Values as the fields of a page."""
    form = default_form()
    return {name: text for key, value in answers.items() for name, text in present(form.expand(key), value).items()}


def fill(actor: Actor, reference: str, **changes: object) -> None:
    """Answer everything; ``changes`` by answer key with double underscores for full stops."""
    answers = filled.complete() | {key.replace("__", "."): value for key, value in changes.items()}
    applications.save_answers(actor=actor, reference=reference, raw=as_sent(answers), versions={})


class City:
    """An open call with an owner, an editor, a stranger and the country's Commission."""

    def __init__(self, **settings: Any) -> None:
        add_states()
        self.officer = add_person("officer@network.example", "Ona Officer", (Role.OFFICER, None))
        self.owner = add_person("owner@city.example", "Mehmet Kaya")
        self.editor = add_person("editor@city.example", "Elif Demir")
        self.stranger = add_person("stranger@city.example", "Sam Stranger")
        self.commission = add_person("natcom@country.example", "Nora Natcom", (Role.COMMISSION, "TUR"))
        self.call = open_call(self.officer, **settings)

    def begin(self, place: str = "Şanlıurfa", actor: Actor | None = None, **options: Any) -> str:
        """A draft, owned by the owner."""
        options = {"country": "TUR", **options}
        return applications.begin(actor=actor or self.owner, call=self.call, place_name=place, **options)

    def filled(self, place: str = "Şanlıurfa") -> str:
        """A draft in which nothing is missing."""
        reference = self.begin(place)
        fill(self.owner, reference)
        return reference

    def submitted(self, place: str = "Şanlıurfa") -> str:
        """A submitted application."""
        reference = self.filled(place)
        applications.submit(actor=self.owner, reference=reference)
        return reference


def row(reference: str) -> Application:
    """The application as it is now."""
    with db.reading() as session:
        return session.scalars(select(Application).where(Application.reference == reference)).one()
