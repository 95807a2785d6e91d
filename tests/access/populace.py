"""Who stands on the ground of the access matrix: a person for every role, and the cookie each comes in with."""

from __future__ import annotations

import io
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import insert, select, update

from gnlc_apply.core import clock, totp
from gnlc_apply.core.sealing import hashed, seal
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationMember, Assignment, Grant, Juror, MemberRole, Person, Role
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import person as people
from gnlc_apply.scenarios import invented_files
from gnlc_apply.services import account, assignment, calibration, review, screening, sessions, signature
from gnlc_apply.services import application as applications
from tests.access.ground import Ground
from tests.calibration_world import plan
from tests.city import actor_of, add_person
from tests.conftest import SECRET_KEY
from tests.jury_world import Jury


class People(dict[str, Actor]):
    """People by role, each as they are now: signed in with everything at the moment they are asked for."""

    def __getitem__(self, name: str) -> Actor:
        return actor_of(super().__getitem__(name).person_id or 0)


# The main city's files, one in each state of an application.
STATES = (
    *("draft", "expired", "withdrawn", "submitted", "returned", "endorsed", "not_endorsed", "unanswered"),
    *("eligible", "ineligible", "in_review", "admitted", "not_admitted"),
)
# Signed in, but without the second factor; and one who showed it an hour ago.
HALF_WAY = ("officer_half_way", "juror_half_way")
WITHOUT_APP = ("officer_without_app",)
STALE = ("stale_director",)


def by_email(address: str) -> Actor:
    """The person with this address."""
    found = people.actor_by_email(address)
    assert found is not None, address
    db.release()
    return found


def secretariat() -> People:
    """The secretariat and the National Commissions, past ones included."""
    today = clock.today()
    who = People(
        {
            "officer": add_person("officer@network.example", "Ona Officer", (Role.OFFICER, None)),
            "officer_half_way": add_person("half@network.example", "Hal Officer", (Role.OFFICER, None)),
            "officer_without_app": add_person("bare@network.example", "Bea Officer", (Role.OFFICER, None)),
            "conflicted_officer": add_person("tied@network.example", "Tia Officer", (Role.OFFICER, None)),
            "officer_and_viewer": add_person("local@network.example", "Lou Officer", (Role.OFFICER, None)),
            "stand_by": add_person("standby@network.example", "Sol Officer", (Role.OFFICER, None)),
            "director": add_person("director@network.example", "Dora Director", (Role.DIRECTOR, None)),
            "stale_director": add_person("stale@network.example", "Stan Director", (Role.DIRECTOR, None)),
            "conflicted_director": add_person("tied.d@network.example", "Tom Director", (Role.DIRECTOR, None)),
            "administrator": add_person("admin@network.example", "Ada Administrator", (Role.ADMINISTRATOR, None)),
            "commission": add_person("natcom@ken.example", "Nora Natcom", (Role.COMMISSION, "KEN")),
            "deputy": add_person("deputy@ken.example", "Dan Deputy", (Role.COMMISSION, "KEN")),
            "commission_abroad": add_person("natcom@per.example", "Pia Natcom", (Role.COMMISSION, "PER")),
            "commission_and_viewer": add_person("both@ken.example", "Bo Natcom", (Role.COMMISSION, "KEN")),
            "former_commission": add_person("gone@ken.example", "Gil Natcom", (Role.COMMISSION, "KEN")),
            "former_officer": add_person("former@network.example", "Fay Officer", (Role.OFFICER, None)),
            "deactivated_officer": add_person("closed@network.example", "Cleo Officer", (Role.OFFICER, None)),
            "acting_director": add_person("acting@network.example", "Act Director"),
            "past_acting_director": add_person("acted@network.example", "Past Director"),
            "coming_acting_director": add_person("will.act@network.example", "Next Director"),
            "plain": add_person("plain@anywhere.example", "Pat Plain"),
        }
    )
    # The clock of the matrix stands a year after this ground was begun.
    year, day = timedelta(days=365), timedelta(days=1)
    for name, start, end in (
        ("acting_director", today, today + year),
        ("past_acting_director", today, today + year - day),
        ("coming_acting_director", today + year + day, today + year + 9 * day),
    ):
        _grant(who[name], Role.DIRECTOR, valid_from=start, valid_until=end)
    return who


def _grant(who: Actor, role: Role, **dates: object) -> None:
    with db.writing() as session:
        row = {"person_id": who.person_id, "role": role, "granted_at": clock.now(), **dates}
        session.execute(insert(Grant), [row])


def _belongs(reference: str, role: MemberRole, who: Actor) -> None:
    """Make somebody a colleague on a file, as accepting an invitation does."""
    with db.writing() as session:
        found = session.scalars(select(Application.id).where(Application.reference == reference)).one()
        values = {"application_id": found, "person_id": who.person_id, "role": role, "added_at": clock.now()}
        session.execute(insert(ApplicationMember), [values])


def colleagues(ground: Ground, who: People) -> None:
    """The main city's people, and those of other places."""
    who["owner"], who["neighbour"] = by_email("owner@kisumu.example"), by_email("owner@nakuru.example")
    who["official_abroad"] = by_email("owner@cusco.example")
    who["editor"] = add_person("editor@kisumu.example", "Edi Editor")
    who["viewer"] = add_person("viewer@kisumu.example", "Vi Viewer")
    who["removed_editor"] = add_person("removed@kisumu.example", "Rem Editor")
    for state in STATES:
        reference = ground.files[state]
        _belongs(reference, MemberRole.EDITOR, who["editor"])
        _belongs(reference, MemberRole.EDITOR, who["removed_editor"])
        for name in ("viewer", "commission_and_viewer", "officer_and_viewer"):
            _belongs(reference, MemberRole.VIEWER, who[name])
        applications.remove_colleague(actor=who["owner"], reference=reference, email="removed@kisumu.example")
        for name in ("conflicted_officer", "conflicted_director"):
            screening.declare_staff_conflict(actor=who[name], reference=reference, reason="My town.")


def jury(ground: Ground, who: People, past: Jury, now: Jury, late: Jury) -> None:
    """The jury of the running call, and jurors of the others; the main file has exactly two readers."""
    main = ground.files["in_review"]
    who["reader"], who["undeclared_reader"] = (
        by_email("nowbasel@nowbasel.example"),
        by_email("nowchitra@nowchitra.example"),
    )
    who["other_juror"], who["chair"] = by_email("nowdiego@nowdiego.example"), by_email("nowchair@nowchair.example")
    _read_by(main, now, ("Now Basel", "Now Chitra"))
    _read_by(ground.files["neighbour"], now, ("Now Diego", "Now Chair"))
    _read_by(ground.files["abroad"], now, ("Now Basel", "Now Diego"))
    review.declare(actor=who["reader"], reference=main, has_conflict=False)
    who["juror_half_way"] = who["reader"]
    who["conflicted_juror"] = now.add_juror("Wanjiru Kenyan", "KEN")
    who["ended_juror"] = now.add_juror("Ended Juror", "SEN")
    assignment.end_juror(actor=now.officer, juror=now.jurors["Ended Juror"], reason="Moved on.")
    who["juror_and_viewer"] = now.add_juror("Local Juror", "IND")
    who["juror_and_commission"] = now.add_juror("Natcom Juror", "SEN")
    _grant(who["juror_and_commission"], Role.COMMISSION, country="KEN")
    who["officer_and_juror"] = now.add_juror("Staff Juror", "JPN")
    _grant(who["officer_and_juror"], Role.OFFICER)
    for state in STATES:
        _belongs(ground.files[state], MemberRole.VIEWER, who["juror_and_viewer"])
    who["former_juror"] = by_email("formerbasel@formerbasel.example")
    who["former_chair"] = by_email("formerchair@formerchair.example")
    who["late_juror"], who["recused_chair"] = (
        by_email("latebasel@latebasel.example"),
        by_email("latechair@latechair.example"),
    )
    _read_by(ground.files["other_call"], late, ("Late Basel", "Late Diego"))
    ground.things["juror"] = now.jurors["Now Basel"]
    ground.things["calibration_file"] = _calibration(now)
    ground.things["other_calibration_file"] = _calibration(late, is_open=False)
    ground.things["other_juror"] = late.jurors["Late Basel"]


def _calibration(of: Jury, *, is_open: bool = True) -> str:
    """A round of a call, open for scoring or in preparation; its file that is a PDF."""
    given: dict[str, Any] = {"actor": of.officer, "call": of.call}
    calibration.begin(**given, plan=plan())
    pdf = io.BytesIO(invented_files.pdf(["A plan"]))
    found = calibration.add_file(**given, title="Practice file 1", stream=pdf, name="practice.pdf")
    calibration.add_file(**given, title="Practice file 2", words="A city plans.")
    if is_open:
        calibration.open_round(**given)
    return found


def _read_by(reference: str, call: Jury, names: tuple[str, ...]) -> None:
    """Exactly these jurors read the file."""
    with db.reading() as session:
        query = (
            select(Juror.reference, Assignment.reference)
            .join(Assignment, Assignment.juror_id == Juror.id)
            .join(Application, Application.id == Assignment.application_id)
            .where(Application.reference == reference, Assignment.ended_at.is_(None))
        )
        readings = {row[0]: row[1] for row in session.execute(query)}
    wanted = {call.jurors[name] for name in names}
    for juror, reading in readings.items():
        if juror not in wanted:
            assignment.unassign(actor=call.officer, assignment=reading, reason="Too many files.")
    for juror in wanted - readings.keys():
        assignment.assign(actor=call.officer, reference=reference, juror=juror)


def let_in(ground: Ground, who: People) -> None:
    """Roles that have ended end; everybody gets a session, and the mayor a link."""
    owner = who["owner"]
    account.ask_for_role(
        actor=who["administrator"], email="new@network.example", name="Nia New", role=Role.OFFICER, reason="Joins us."
    )
    _end(who)
    for name, actor in who.items():
        ground.people[name] = actor.person_id or 0
        ground.cookies[name] = session_of(ground.people[name], shown_at=_shown(name), has_app=name not in WITHOUT_APP)
    ground.tokens["mayor"] = signature.ask(
        actor=owner, reference=ground.files["submitted"], email="mayor@kisumu.example", name="A Mayor"
    )
    ground.tokens["other_mayor"] = signature.ask(
        actor=owner, reference=ground.files["endorsed"], email="mayor2@kisumu.example", name="A Mayor"
    )


def _end(who: People) -> None:
    with db.writing() as session:
        ids = [who[name].person_id for name in ("former_commission", "former_officer")]
        session.execute(update(Grant).where(Grant.person_id.in_(ids)).values(revoked_at=clock.now()))
        closed = Person.id == who["deactivated_officer"].person_id
        session.execute(update(Person).where(closed).values(deactivated_at=clock.now()))


def _shown(name: str) -> datetime | None:
    if name in HALF_WAY or name in WITHOUT_APP:
        return None
    return clock.now() - timedelta(hours=1) if name in STALE else clock.now()


@cache
def _app_secret() -> bytes:
    return seal(SECRET_KEY, "totp", totp.new_secret()).encode()


def session_of(person_id: int, *, shown_at: datetime | None, has_app: bool = True) -> str:
    """A running session of this person; its cookie."""
    token, now = secrets.token_urlsafe(32), clock.now()
    with db.writing() as session:
        person = session.get_one(Person, person_id)
        if has_app:
            person.totp_secret, person.totp_confirmed_at = person.totp_secret or _app_secret(), now
    values = {
        "person_id": person_id,
        "contents": {"_user_id": str(person_id), "_fresh": True},
        "signed_in_at": now,
        "second_factor_at": shown_at,
        "expires_at": now + timedelta(days=300),
    }
    sessions.save(hashed(token, "session"), values, "192.0.2.1", "test", is_new=True)
    return token
