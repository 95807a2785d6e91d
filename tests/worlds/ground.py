"""One call with the jury at work, from which pairs of worlds part: the people, the files, and what happens afterwards.

Both worlds of a pair are copies of one database, so that numbers, references and moments are the same, and then go on
differently in secret.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from gnlc_apply import config, create_app
from gnlc_apply.core import clock
from gnlc_apply.core.folding import fold
from gnlc_apply.core.sealing import hashed
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Assignment,
    CalibrationFile,
    Juror,
    MemberRole,
    Outcome,
    Review,
    Role,
    SignatureRequest,
    WebSession,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import instance, kept, questionnaire
from gnlc_apply.queries import person as people
from gnlc_apply.services import assignment, calibration, decision, feedback, recommendation, review, schema, screening
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services.application.colleagues import add_member
from gnlc_apply.services.command import Unit, command
from tests.calibration_world import plan
from tests.city import actor_of, add_person
from tests.conftest import SECRET_KEY
from tests.jury_world import Jury, browser, scores

TITLE = "New members 2027"
TOKEN = "signatory-of-kisumu-" + "s" * 23
READERS = {
    "Kisumu": ("Basel Juror", "Chitra Juror"),
    "Cusco": ("Amina Chair", "Diego Juror"),
    "Okayama": ("Basel Juror", "Diego Juror"),
    "Évry": ("Amina Chair", "Chitra Juror"),
}
JURY = (
    ("Amina Chair", "SEN"),
    ("Basel Juror", "JOR"),
    ("Chitra Juror", "IND"),
    ("Diego Juror", "MEX"),
    ("Elena Juror", "TUR"),
    ("Farid Juror", "JOR"),
    ("Gustav Juror", "TUR"),
)


@dataclass
class Ground:
    """A database, who is in it, and how everybody comes in."""

    path: Path
    call: str = ""
    cohort: str = ""
    files: dict[str, str] = field(default_factory=dict)
    jurors: dict[str, str] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """This person, with a second factor shown just now."""
        return actor_of(self.people[name])


def opened(ground: Ground) -> Flask:
    """The application on this world's database, with nothing remembered of another."""
    for memory in (instance, kept, questionnaire):
        memory.forget()
    folder = ground.path.parent
    (folder / "attachments").mkdir(exist_ok=True)
    return create_app(
        config.Settings(
            instance=folder,
            database_url=f"sqlite:///{ground.path}",
            secret_key=SECRET_KEY,
            public_url="http://localhost",
            languages=("en", "ar"),
            is_testing=True,
        )
    )


def copied(ground: Ground, name: str, *acts: Callable[[Ground], None]) -> Ground:
    """A world of its own, in which these acts happen."""
    folder = ground.path.parents[1] / name
    folder.mkdir()
    shutil.copyfile(ground.path, folder / ground.path.name)
    world = replace(ground, path=folder / ground.path.name)
    opened(world)
    for act in acts:
        act(world)
    db.close()
    return world


def built(template: Path, folder: Path) -> Ground:
    """The jury at work: files given to their readers, the guide frozen, the cohort begun; nobody has scored."""
    made = Ground(folder / "ground" / "gnlc.sqlite3")
    made.path.parent.mkdir(parents=True)
    shutil.copyfile(template, made.path)
    app = opened(made)
    schema.mark(is_demo=False)
    world = Jury()
    made.call, made.files = world.call, world.files
    made.people |= {"officer": world.officer.person_id or 0, "director": world.director.person_id or 0}
    _cities_and_outsiders(made)
    _jury(made, world)
    made.cohort = cohorts.create(
        actor=world.officer, call=world.call, title=TITLE, announce_at=clock.now() + timedelta(days=1)
    )
    for name in made.people:
        cookie = browser(app, made.actor(name)).get_cookie("gnlc")
        assert cookie is not None
        made.cookies[name] = cookie.value
    db.close()
    return made


def _cities_and_outsiders(made: Ground) -> None:
    for place, reference in made.files.items():
        screening.confirm_city(actor=made.actor("officer"), reference=reference, city=None)
        found = people.actor_by_email(f"owner@{fold(place)}.example")
        assert found is not None
        made.people[f"owner of {place}"] = found.person_id or 0
        db.release()
    for role in (MemberRole.EDITOR, MemberRole.VIEWER):
        who = add_person(f"{role}@kisumu.example", f"A Colleague ({role})")
        _join(actor=made.actor("owner of Kisumu"), reference=made.files["Kisumu"], person=who.person_id or 0, role=role)
        made.people[f"{role} of Kisumu"] = who.person_id or 0
    others = (
        ("Commission of Kenya", "natcom@ken.example", (Role.COMMISSION, "KEN")),
        ("Commission of Peru", "natcom@per.example", (Role.COMMISSION, "PER")),
        ("administrator", "administrator@network.example", (Role.ADMINISTRATOR, None)),
    )
    for name, email, role_of in others:
        made.people[name] = add_person(email, f"{name.title()} Person", role_of).person_id or 0
    with db.writing() as session:
        of_kisumu = select(Application.id).where(Application.reference == made.files["Kisumu"])
        session.execute(
            update(SignatureRequest)
            .where(SignatureRequest.application_id.in_(of_kisumu))
            .values(token_hash=hashed(TOKEN, "signature_request"))
        )


@command()
def _join(unit: Unit, *, actor: Actor, reference: str, person: int, role: MemberRole) -> None:
    file = unit.session.scalars(select(Application).where(Application.reference == reference)).one()
    add_member(unit, file.id, person, role)


def _jury(made: Ground, world: Jury) -> None:
    for name, country in JURY:
        who = world.add_juror(name, country, is_chair="Chair" in name)
        made.people[name] = who.person_id or 0
    made.jurors = world.jurors
    officer = made.actor("officer")
    for name in ("Farid Juror", "Gustav Juror"):
        assignment.assign(actor=officer, reference=made.files["Kisumu"], juror=made.jurors[name])
    review.declare(
        actor=made.actor("Farid Juror"), reference=made.files["Kisumu"], has_conflict=True, detail="I taught there."
    )
    assignment.end_juror(actor=officer, juror=made.jurors["Gustav Juror"], reason="Ill.")
    for place, names in READERS.items():
        for name in names:
            assignment.assign(actor=officer, reference=made.files[place], juror=made.jurors[name])
    world.freeze()


def reads(ground: Ground, place: str, name: str, value: int, words: str = "A good file.") -> None:
    """A juror declares, scores with these words, and submits."""
    who, reference = ground.actor(name), ground.files[place]
    review.declare(actor=who, reference=reference, has_conflict=False)
    marks = {code: (mark, words) for code, (mark, _reason) in scores(value).items()}
    review.submit(actor=who, reference=reference, scores=marks, paragraph=words, revision=0)


def everybody_reads(ground: Ground) -> None:
    """Every reader of every file that is not in yet submits the same."""
    with db.reading() as session:
        query = (
            select(Juror.person_id, Application.reference)
            .join(Assignment, Assignment.juror_id == Juror.id)
            .join(Application, Application.id == Assignment.application_id)
            .outerjoin(Review, Review.assignment_id == Assignment.id)
            .where(Assignment.ended_at.is_(None), Review.id.is_(None))
            .order_by(Assignment.id)
        )
        open_readings = [(row[0], row[1]) for row in session.execute(query)]
    places = {reference: place for place, reference in ground.files.items()}
    names = {number: name for name, number in ground.people.items()}
    for person_id, reference in open_readings:
        reads(ground, places[reference], names[person_id], 3)


def recommended(ground: Ground, *, against: str | None = None, note: str = "The meeting saw more in it.") -> None:
    """The chair confirms; one file may be recommended against the standard."""
    recommendation.confirm(
        actor=ground.actor("Amina Chair"),
        call=ground.call,
        recommendations={
            reference: (place != against, note if place == against else "") for place, reference in ground.files.items()
        },
        present=["Amina Chair"],
        recusals={},
        words="All were discussed.",
        held_on=clock.today(),
    )


def proposed(
    ground: Ground,
    *,
    refused: str | None = None,
    also: tuple[str, ...] = (),
    reason: str = "Its plan has no resources.",
) -> None:
    """The officer proposes to approve all but one (and ``also`` these)."""
    outcomes = {
        reference: Outcome.NOT_APPROVED if place == refused or place in also else Outcome.APPROVED
        for place, reference in ground.files.items()
    }
    reasons = {ground.files[refused]: reason} if refused else {}
    decision.prepare(actor=ground.actor("officer"), outcomes=outcomes, reasons=reasons)


def approved(ground: Ground) -> None:
    """The director approves what was proposed."""
    decision.approve(actor=ground.actor("director"), references=list(ground.files.values()))


def told(ground: Ground, *, place: str = "Kisumu", words: str = "The plan is clear.") -> None:
    """The officer writes what a city will read of the jury's reading."""
    feedback.write(actor=ground.actor("officer"), application=ground.files[place], body=words, revision=0)


def drafted(ground: Ground) -> None:
    """All drafts in one act."""
    feedback.draft_all(actor=ground.actor("officer"), call=ground.call)


def locked(ground: Ground) -> None:
    """The list is locked."""
    cohorts.lock(actor=ground.actor("officer"), cohort=ground.cohort)


def armed(ground: Ground) -> None:
    """The announcement is armed."""
    cohorts.arm(actor=ground.actor("director"), cohort=ground.cohort, typed_title=TITLE)


def announced(ground: Ground) -> None:
    """A day later: the cohort is announced, and everybody has just signed in again."""
    later = clock.now() + timedelta(days=1)
    with clock.at(later):
        cohorts.announce(actor=ground.actor("director"), cohort=ground.cohort)
    with db.writing() as session:
        again = {"signed_in_at": later, "second_factor_at": later, "seen_at": later}
        session.execute(update(WebSession).values(**again, expires_at=later + timedelta(days=1)))


def calibrating(ground: Ground) -> None:
    """The jury is asked to score two calibration files."""
    given: dict[str, Any] = {"actor": ground.actor("officer"), "call": ground.call}
    calibration.begin(**given, plan=plan())
    for number in (1, 2):
        calibration.add_file(**given, title=f"Practice file {number}", words=f"A city plans {number} times.")
    calibration.open_round(**given)


def calibrated(ground: Ground, value: int, words: str = "As I read it.") -> None:
    """Basel has scored both."""
    with db.reading() as session:
        files = session.scalars(select(CalibrationFile.reference).order_by(CalibrationFile.position)).all()
    marks = {code: (mark, words) for code, (mark, _reason) in scores(value).items()}
    for file in files:
        given: dict[str, Any] = {"actor": ground.actor("Basel Juror"), "call": ground.call, "file": file, "revision": 0}
        calibration.submit(**given, scores=marks, paragraph=words)


def another_reader(ground: Ground) -> None:
    """Elena reads Kisumu instead of Basel."""
    officer, reference = ground.actor("officer"), ground.files["Kisumu"]
    with db.reading() as session:
        query = (
            select(Assignment.reference)
            .join(Juror, Juror.id == Assignment.juror_id)
            .join(Application, Application.id == Assignment.application_id)
            .where(
                Application.reference == reference,
                Juror.reference == ground.jurors["Basel Juror"],
                Assignment.ended_at.is_(None),
            )
        )
        running = session.scalars(query).one()
    assignment.unassign(actor=officer, assignment=running, reason="Too many files.")
    assignment.assign(actor=officer, reference=reference, juror=ground.jurors["Elena Juror"])


def conflict_with(ground: Ground, place: str, name: str, detail: str = "A contract with the city.") -> None:
    """A juror declares a tie to a city."""
    review.declare(actor=ground.actor(name), reference=ground.files[place], has_conflict=True, detail=detail)


def conflict_of_basel(ground: Ground) -> None:
    """Basel declares a tie to Kisumu."""
    conflict_with(ground, "Kisumu", "Basel Juror")


def email_of(person_id: int) -> str:
    """A person's address."""
    return actor_of(person_id).email
