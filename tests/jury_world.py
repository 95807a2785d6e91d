"""A call with eligible files and a jury: files as the check leaves them, everything after that through the commands."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from gnlc_apply.core import clock, reference_number
from gnlc_apply.core.folding import fold
from gnlc_apply.core.sealing import hashed
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    ApplicationState,
    ApplicationVersion,
    Assignment,
    Call,
    Grant,
    Juror,
    MemberRole,
    Person,
    Region,
    Review,
    Role,
    Score,
    Signature,
    SignatureMethod,
    SignatureRequest,
    State,
    StateStatus,
    VersionReason,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.questionnaire import default_form, default_guide
from gnlc_apply.questionnaire.canonical import canonical, digest, short_code
from gnlc_apply.questionnaire.totals import weighted_total
from gnlc_apply.services import assignment, review, sessions
from gnlc_apply.services import call as calls
from tests.city import COMMISSIONS, DEADLINE, actor_of, add_person, open_call
from tests.questionnaire import filled

STATES = {
    "KEN": Region.AFRICA,
    "SEN": Region.AFRICA,
    "JOR": Region.ARAB_STATES,
    "JPN": Region.ASIA_AND_THE_PACIFIC,
    "IND": Region.ASIA_AND_THE_PACIFIC,
    "FRA": Region.EUROPE_AND_NORTH_AMERICA,
    "TUR": Region.EUROPE_AND_NORTH_AMERICA,
    "PER": Region.LATIN_AMERICA_AND_THE_CARIBBEAN,
    "MEX": Region.LATIN_AMERICA_AND_THE_CARIBBEAN,
}
PASSWORD = "correct horse battery staple 7"
GUIDE = default_guide()


def browser(app: Flask, actor: Actor) -> FlaskClient:
    """A browser in which this person is signed in, with an app set up and shown just now."""
    token, now, person_id = secrets.token_urlsafe(32), clock.now(), actor.person_id or 0
    with db.writing() as session:
        person = session.get_one(Person, person_id)
        person.totp_secret, person.totp_confirmed_at = person.totp_secret or b"sealed", now
    values = {
        "person_id": person_id,
        "contents": {"_user_id": str(person_id), "_fresh": True},
        "signed_in_at": now,
        "second_factor_at": now,
        "expires_at": now.replace(year=now.year + 1),
    }
    sessions.save(hashed(token, "session"), values, "192.0.2.1", "test", is_new=True)
    client = app.test_client()
    client.set_cookie("gnlc", token)
    return client


def scores(value: int = 3, **single: int) -> dict[str, tuple[int | None, str]]:
    """One value for every criterion, or another for single ones, each with a reason."""
    return {c.code: (single.get(c.code, value), "Because of the plan.") for c in GUIDE.criteria}


def change_scores(value: int, *, of: int | None = None) -> None:
    """Submitted scores become another value, or only those of one value, with the totals they make: what no command does."""
    changed = update(Score).values(value=value)
    with db.writing() as session:
        session.execute(changed if of is None else changed.where(Score.value == of))
        by_review: dict[int, dict[str, int | None]] = {}
        for number, criterion, given in session.execute(select(Score.review_id, Score.criterion, Score.value)):
            by_review.setdefault(number, {})[criterion] = given
        for number, found in by_review.items():
            total = weighted_total(GUIDE.weights, found).value
            session.execute(update(Review).where(Review.id == number).values(total=total))


def add_file(call_id: int, country: str, place: str, slug: str, **changes: Any) -> str:
    """An eligible file with its frozen and signed version, live answers and an owner (who may have others)."""
    form = default_form()
    answers = filled.complete() | {"city.name_latin": place, "city.country": country}
    answers |= {"people.signatory_email": f"mayor@{slug}.example", "people.focal_email": f"focal@{slug}.example"}
    answers |= {"people.office_email": f"office@{slug}.example", "practices.1.links": None} | changes
    answers = {key: value for key, value in answers.items() if value is not None}
    text = canonical(form, answers, "en", form.commitment, [])
    with db.writing() as session:
        call = session.get_one(Call, call_id)
        reference = reference_number.create("GNLC-2027")
        row = Application(reference=reference, call_id=call_id, country=country, place_name=place, language="en")
        row.folded_name, row.form_version_id = fold(place), call.form_version_id
        row.created_at = row.edited_at = clock.now()
        session.add(row)
        session.flush()
        version = ApplicationVersion(application_id=row.id, number=1, content=text, sha256=digest(text))
        version.short_code, version.form_version_id = short_code(digest(text)), call.form_version_id
        version.reason, version.frozen_at = VersionReason.SUBMISSION, clock.now()
        session.add(version)
        owner = session.scalar(select(Person).where(Person.email == f"owner@{slug}.example"))
        if owner is None:
            owner = Person(email=f"owner@{slug}.example", name=f"Owner of {place}", created_at=clock.now())
            owner.confirmed_at = clock.now()
            session.add(owner)
            session.flush()
        session.add(
            ApplicationMember(application_id=row.id, person_id=owner.id, role=MemberRole.OWNER, added_at=clock.now())
        )
        session.execute(
            insert(Answer),
            [
                {"application_id": row.id, "key": key, "value": value, "version": 1, "updated_at": clock.now()}
                for key, value in answers.items()
            ],
        )
        row.version_id = version.id
        row.submitted_at = row.received_at = clock.now()
        session.flush()
        request = SignatureRequest(application_id=row.id, version_id=version.id, email=f"mayor@{slug}.example")
        request.token_hash, request.sent_at, request.expires_at = hashed(reference), clock.now(), clock.now()
        session.add(request)
        session.flush()
        signed = Signature(application_id=row.id, version_id=version.id, request_id=request.id, name="A Mayor")
        signed.method, signed.function, signed.signed_at = SignatureMethod.LINK, "Mayor", clock.now()
        signed.wording = "commitment-1"
        session.add(signed)
        eligible = {"state": ApplicationState.ELIGIBLE}
        session.execute(update(Application).where(Application.id == row.id).values(eligible))
    return reference


class Jury:
    """Files of several countries, an officer, a director, jurors (the first is the chair) who have accepted."""

    def __init__(self, readers: int = 2, places: tuple[tuple[str, str], ...] = (), **settings: Any) -> None:
        with db.writing() as session:
            rows = [{"iso3": c, "region": r, "status": StateStatus.MEMBER} for c, r in STATES.items()]
            session.execute(insert(State), rows)
        self.officer = add_person("officer@network.example", "Ona Officer", (Role.OFFICER, None))
        self.director = add_person("director@network.example", "Dora Director", (Role.DIRECTOR, None))
        self.call = open_call(self.officer, readers_per_file=readers, **settings)
        with db.reading() as session:
            self.call_id = session.scalars(select(Call.id).where(Call.reference == self.call)).one()
        wanted = places or (("KEN", "Kisumu"), ("PER", "Cusco"), ("JPN", "Okayama"), ("FRA", "Évry"))
        self.files = {place: add_file(self.call_id, land, place, fold(place)) for land, place in wanted}
        self.jurors: dict[str, str] = {}

    def add_juror(self, name: str, country: str, *, is_chair: bool = False, **profile: Any) -> Actor:
        """Somebody invited and accepted; the actor."""
        slug = fold(name).replace(" ", "")
        profile = {"countries": [country], "languages": ["en"], **profile}
        assignment.invite_juror(
            actor=self.officer,
            call=self.call,
            email=f"{slug}@{slug}.example",
            name=name,
            is_chair=is_chair,
            **profile,
        )
        # As the personal link leaves the account; following the link itself is tested once, with the pages.
        with db.writing() as session:
            person = session.scalars(select(Person).where(Person.email == f"{slug}@{slug}.example")).one()
            person.confirmed_at = clock.now()
            person_id = person.id
        actor = actor_of(person_id)
        assignment.accept_invitation(actor=actor, call=self.call)
        with db.reading() as session:
            self.jurors[name] = session.scalars(select(Juror.reference).where(Juror.person_id == person_id)).one()
        return actor

    def standard_jury(self) -> list[Actor]:
        """Four jurors of countries without a file; the first is the chair."""
        return [
            self.add_juror("Amina Chair", "SEN", is_chair=True),
            self.add_juror("Basel Juror", "JOR"),
            self.add_juror("Chitra Juror", "IND"),
            self.add_juror("Diego Juror", "MEX"),
        ]

    def assign_all(self, seed: int = 7) -> None:
        """Propose and confirm."""
        proposal = assignment.propose(actor=self.officer, call=self.call, seed=seed)
        assignment.confirm(actor=self.officer, proposal=proposal)

    def freeze(self) -> None:
        """The guide is frozen: reviews can be submitted."""
        calls.freeze_guide(actor=self.officer, call=self.call)

    def files_of(self, juror: Actor) -> list[str]:
        """The files of a juror in the order of reading."""
        with db.reading() as session:
            query = (
                select(Application.reference)
                .join(Assignment, Assignment.application_id == Application.id)
                .join(Juror, Juror.id == Assignment.juror_id)
                .where(Juror.person_id == juror.person_id, Assignment.ended_at.is_(None))
                .order_by(Assignment.position)
            )
            return list(session.scalars(query))

    def review(self, juror: Actor, reference: str, value: int = 3, **single: int) -> None:
        """Declare, score, submit."""
        review.declare(actor=juror, reference=reference, has_conflict=False)
        review.submit(
            actor=juror, reference=reference, scores=scores(value, **single), paragraph="A good file.", revision=0
        )

    def review_all(self, jurors: list[Actor], value: int = 3) -> None:
        """Everybody submits everything."""
        for juror in jurors:
            for reference in self.files_of(juror):
                self.review(juror, reference, value)


__all__ = ["COMMISSIONS", "DEADLINE", "GUIDE", "Grant", "Jury", "add_file", "change_scores", "scores"]
