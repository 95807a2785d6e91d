"""Somebody who reads gains a tie, or loses the role: what ran ends in the same breath, on whichever path it came."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import opened
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    Assignment,
    AuditEntry,
    Call,
    ConflictOfInterest,
    Grant,
    Juror,
    OutboxMessage,
    Person,
    Review,
    Role,
)
from gnlc_apply.permissions import ANONYMOUS, SYSTEM, Actor
from gnlc_apply.queries.embargoed import assignments, readings, roster
from gnlc_apply.services import account, assignment, recommendation, review, screening
from gnlc_apply.services import application as applications
from tests.city import actor_of, add_person
from tests.jury_world import Jury

pytestmark = pytest.mark.postgres


@pytest.fixture
def jury(database: config.Settings) -> Jury:
    made = Jury()
    made.freeze()
    return made


@pytest.fixture
def juror(jury: Jury) -> Actor:
    """Basel has read and submitted Cusco and Okayama; nothing ties him to either."""
    basel = jury.add_juror("Basel Juror", "JOR")
    for place in ("Cusco", "Okayama"):
        assignment.assign(actor=jury.officer, reference=jury.files[place], juror=jury.jurors["Basel Juror"])
        jury.review(basel, jury.files[place], 5)
    return basel


def fresh(actor: Actor) -> Actor:
    return actor_of(actor.person_id or 0)


def owner_of(reference: str) -> Actor:
    with db.reading() as session:
        person = session.scalars(
            select(ApplicationMember.person_id)
            .join(Application, Application.id == ApplicationMember.application_id)
            .where(Application.reference == reference)
            .order_by(ApplicationMember.id)
        ).first()
    return actor_of(person or 0)


def counted(jury: Jury) -> set[str]:
    """The files of the readings that count."""
    with db.reading() as session:
        return {reading.file_id for reading in readings.count(session, session.get_one(Call, jury.call_id)).readings}


def running(juror: Actor) -> set[str]:
    with db.reading() as session:
        query = (
            select(Application.reference)
            .join(Assignment, Assignment.application_id == Application.id)
            .join(Juror, Juror.id == Assignment.juror_id)
            .where(Juror.person_id == juror.person_id, Assignment.ended_at.is_(None))
        )
        return set(session.scalars(query))


def mails(kind: str) -> list[OutboxMessage]:
    with db.reading() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)))


def codes(reference: str) -> set[str]:
    with db.reading() as session:
        return set(
            session.scalars(
                select(ConflictOfInterest.code)
                .join(Application, Application.id == ConflictOfInterest.application_id)
                .where(Application.reference == reference)
            )
        )


def _token(kind: str) -> str:
    return str(opened(mails(kind)[-1].values)["secret_token"])


def _granted(jury: Jury, juror: Actor) -> None:
    administrator = add_person("adam@network.example", "Adam", (Role.ADMINISTRATOR, None))
    with db.reading() as session:
        reference = session.get_one(Person, juror.person_id).reference
    account.grant(actor=administrator, person=reference, role=Role.COMMISSION, country="PER")


def _accepted(jury: Jury, juror: Actor) -> None:
    account.invite(actor=SYSTEM, email=juror.email, name="Basel", role=Role.COMMISSION, country="PER")
    account.accept_invitation(actor=fresh(juror), token=_token("invitation"))


def _at_the_console(jury: Jury, juror: Actor) -> None:
    account.create(actor=SYSTEM, email=juror.email, name="Basel", role=Role.COMMISSION, country="PER")


def _joined(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    account.invite_colleague(
        actor=owner_of(file), reference=file, email=juror.email, name="Basel", member_role="viewer"
    )
    account.accept_invitation(actor=fresh(juror), token=_token("invitation_colleague"))


def _let_in(jury: Jury, juror: Actor) -> None:
    file = jury.files["Cusco"]
    applications.ask_to_join(actor=juror, call=jury.call, country="PER", place_name="Cusco")
    applications.answer_join_request(actor=owner_of(file), reference=file, request=1, is_accepted=True)


def _moved_to_the_citys_domain(jury: Jury, juror: Actor) -> None:
    account.ask_address_change(actor=juror, email="basel@cusco.example")
    account.confirm_address(actor=juror, token=_token("address_confirm"))


def _profile(jury: Jury, juror: Actor) -> None:
    assignment.set_profile(actor=juror, call=jury.call, countries=["JOR", "PER"], languages=["en"])


def _declared_as_staff(jury: Jury, juror: Actor) -> None:
    with db.writing() as session:
        session.add(Grant(person_id=juror.person_id, role=Role.OFFICER, granted_at=clock.now()))
    screening.declare_staff_conflict(actor=fresh(juror), reference=jury.files["Cusco"], reason="My sister works there")


PATHS: dict[str, tuple[Callable[[Jury, Actor], None], set[str]]] = {
    "a Commission's role granted": (_granted, {"own_commission"}),
    "a Commission's invitation accepted": (_accepted, {"own_commission"}),
    "a Commission's role given at the console": (_at_the_console, {"own_commission"}),
    "joined as a colleague": (_joined, {"own_application", "same_domain", "same_person"}),
    "let in as a colleague": (_let_in, {"own_application", "same_domain", "same_person"}),
    "an address of the city": (_moved_to_the_citys_domain, {"same_domain"}),
    "another nationality": (_profile, {"own_country"}),
    "a tie declared as staff": (_declared_as_staff, {"own_application"}),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_tie_ends_the_reading_and_takes_the_review_out_at_once(jury: Jury, juror: Actor, path: str) -> None:
    cusco, okayama = jury.files["Cusco"], jury.files["Okayama"]
    act, found = PATHS[path]
    assert counted(jury) == running(juror) == {cusco, okayama}
    told = len(mails("reader_lost"))

    act(jury, juror)

    assert counted(jury) == running(juror) == {okayama}
    assert codes(cusco) == found
    assert codes(okayama) == set()
    with db.reading() as session:
        kept = session.scalars(
            select(Review)
            .join(Assignment, Assignment.id == Review.assignment_id)
            .where(Assignment.ended_at.is_not(None))
        ).one()
    assert kept.submitted_at is not None
    (letter,) = mails("reader_lost")[told:]
    assert (letter.recipient, letter.values["reference"], letter.values["why"]) == (
        "office@network.example",
        cusco,
        "found",
    )
    assert "Basel" not in str(letter.values)
    with pytest.raises(NotFound):
        review.declare(actor=fresh(juror), reference=cusco, has_conflict=False)
    with pytest.raises(Conflict):
        assignment.assign(actor=jury.officer, reference=cusco, juror=jury.jurors["Basel Juror"])


def test_the_city_is_told_nothing(jury: Jury, juror: Actor) -> None:
    def to_the_city() -> list[tuple[str, str]]:
        with db.reading() as session:
            rows = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient.contains("cusco")))
            return [(row.kind, str(row.values)) for row in rows]

    before = to_the_city()
    _profile(jury, juror)
    assert to_the_city() == before


def test_the_officer_reads_who_was_left_out_and_why(jury: Jury, juror: Actor) -> None:
    _granted(jury, juror)
    now = clock.now()
    head = roster.call_head(jury.officer, now, jury.call)
    file = next(
        row for row in assignments.overview(jury.officer, now, head).files if row.reference == jury.files["Cusco"]
    )
    db.release()
    (ended,) = file.ended
    assert (ended.name, ended.was_submitted, file.readers, file.missing) == ("Basel Juror", True, (), 2)
    assert [str(reason) for reason in ended.reasons] == [
        "The juror acts for the National Commission of the country of the file (PER)"
    ]


def test_a_colleague_of_a_jurors_own_house_ends_that_jurors_reading(jury: Jury, juror: Actor) -> None:
    """The tie may arise on the city's side: whoever joins brings an address of the house where a juror works."""
    file = jury.files["Cusco"]
    newcomer = add_person("carla@baseljuror.example", "Carla")
    account.invite_colleague(
        actor=owner_of(file), reference=file, email=newcomer.email, name="Carla", member_role="viewer"
    )
    assert running(juror) == {file, jury.files["Okayama"]}
    account.accept_invitation(actor=newcomer, token=_token("invitation_colleague"))
    assert running(juror) == {jury.files["Okayama"]}
    assert codes(file) == {"same_domain"}


def test_whoever_brings_the_tie_does_not_find_it_among_the_own_acts(jury: Jury, juror: Actor) -> None:
    """Otherwise the own data, which anybody may take away, would tell a city that somebody of that house read its file."""
    acts = {}
    for address in ("carla@baseljuror.example", "carla@elsewhere.example"):
        file, newcomer = jury.files["Cusco"], add_person(address, "Carla")
        account.invite_colleague(
            actor=owner_of(file), reference=file, email=address, name="Carla", member_role="viewer"
        )
        account.accept_invitation(actor=newcomer, token=_token("invitation_colleague"))
        acts[address] = [entry["act"] for entry in account.export_own(actor=fresh(newcomer))["acts"]]
    assert running(juror) == {jury.files["Okayama"]}
    assert acts["carla@baseljuror.example"] == acts["carla@elsewhere.example"]
    assert "joined" in acts["carla@elsewhere.example"]
    with db.reading() as session:
        by_rule = select(AuditEntry.act, AuditEntry.actor_kind, AuditEntry.actor_id).where(
            AuditEntry.act.in_(("found_conflict", "ended_assignment"))
        )
        assert {tuple(row) for row in session.execute(by_rule)} == {
            ("found_conflict", "system", None),
            ("ended_assignment", "system", None),
        }


def test_after_the_minutes_access_ends_and_the_officer_hears_that_it_was_counted(jury: Jury, juror: Actor) -> None:
    chair = jury.add_juror("Amina Chair", "SEN", is_chair=True)
    for place in ("Kisumu", "Évry"):
        assignment.assign(actor=jury.officer, reference=jury.files[place], juror=jury.jurors["Amina Chair"])
        jury.review(chair, jury.files[place], 3)
    meets = {file: (file in (jury.files["Cusco"], jury.files["Okayama"]), "as agreed") for file in jury.files.values()}
    recommendation.confirm(
        actor=fresh(chair),
        call=jury.call,
        recommendations=meets,
        present=["Amina Chair"],
        recusals={},
        words="Agreed.",
        held_on=clock.today(),
    )
    _granted(jury, juror)
    assert running(juror) == {jury.files["Okayama"]}
    assert mails("reader_lost")[-1].values["is_closed"] is True
    with pytest.raises(NotFound):
        review.declare(actor=fresh(juror), reference=jury.files["Cusco"], has_conflict=False)


def test_an_administrator_gives_nobody_a_country_who_is_the_same_person(jury: Jury, juror: Actor) -> None:
    """Who keeps the accounts sees no file; a refused grant leaves no trace of a tie either."""
    with db.reading() as session:
        person = session.get_one(Person, juror.person_id).reference
    with pytest.raises(Conflict):
        account.grant(actor=fresh(_as_administrator(juror)), person=person, role=Role.COMMISSION, country="PER")
    assert running(juror) == {jury.files["Cusco"], jury.files["Okayama"]}
    assert codes(jury.files["Cusco"]) == set()


def _as_administrator(actor: Actor) -> Actor:
    with db.writing() as session:
        session.add(Grant(person_id=actor.person_id, role=Role.ADMINISTRATOR, granted_at=clock.now()))
    return actor


@pytest.mark.parametrize("way", ["revoked", "closed"])
def test_a_juror_whose_role_or_account_ends_leaves_the_jury(jury: Jury, juror: Actor, way: str) -> None:
    """The draft ends with the reading and is read by nobody; what was submitted counts; the file is free."""
    administrator = add_person("adam@network.example", "Adam", (Role.ADMINISTRATOR, None))
    kisumu = jury.files["Kisumu"]
    assignment.assign(actor=jury.officer, reference=kisumu, juror=jury.jurors["Basel Juror"])
    review.declare(actor=juror, reference=kisumu, has_conflict=False)
    review.save(actor=juror, reference=kisumu, scores={}, paragraph="Half a thought", revision=0)
    with db.reading() as session:
        person = session.get_one(Person, juror.person_id).reference
        grant = session.scalars(
            select(Grant.id).where(Grant.person_id == juror.person_id, Grant.role == Role.JUROR)
        ).one()
    if way == "revoked":
        account.revoke(actor=administrator, person=person, grant_id=grant)
    else:
        account.deactivate(actor=administrator, person=person, reason="Left the field")

    assert running(juror) == counted(jury) == {jury.files["Cusco"], jury.files["Okayama"]}
    (letter,) = mails("juror_left")
    assert (letter.recipient, letter.values["number"], letter.values["why"]) == ("office@network.example", 1, way)
    with db.reading() as session:
        assert session.scalars(select(Juror.ended_at)).one() is not None
        assert session.scalars(select(Review).where(Review.paragraph == "Half a thought")).one().submitted_at is None
    # A request that was under way with the old rights finds nothing either.
    for reference in jury.files.values():
        with pytest.raises(NotFound):
            review.declare(actor=juror, reference=reference, has_conflict=False)
    jury.add_juror("Chitra Juror", "IND")
    assignment.assign(actor=jury.officer, reference=kisumu, juror=jury.jurors["Chitra Juror"])


def test_the_link_of_an_old_invitation_does_not_bring_a_juror_back(jury: Jury) -> None:
    token = assignment.invite_juror(
        actor=jury.officer,
        call=jury.call,
        email="late@jury.example",
        name="Late Juror",
        countries=["SEN"],
        languages=["en"],
    )
    administrator = add_person("adam@network.example", "Adam", (Role.ADMINISTRATOR, None))
    with db.reading() as session:
        row = session.scalars(select(Person).where(Person.email == "late@jury.example")).one()
        grant = session.scalars(select(Grant.id).where(Grant.person_id == row.id)).one()
    account.revoke(actor=administrator, person=row.reference, grant_id=grant)
    with pytest.raises(Conflict):
        account.accept_invitation(actor=ANONYMOUS, token=token, name="Late", password="a quiet green bicycle")
